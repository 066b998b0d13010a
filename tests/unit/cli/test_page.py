"""The command line's page is run: its example, line by line."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.interop.peers.process import free_port


def lines_of_the_page(page: Path) -> list[str]:
    """The block that starts with a database."""
    blocks = re.findall(r"((?:^    .*\n)+)", page.read_text("utf-8"), re.MULTILINE)
    (example,) = [block for block in blocks if block.strip().startswith("puretango db")]
    return [line.partition(" #")[0].strip() for line in example.splitlines()]


@pytest.mark.parametrize("page", ["README.md", "docs/cli.md"])
@pytest.mark.slow
def test_the_example(page: str, project_root: Path, tmp_path: Path) -> None:
    environment = dict(os.environ)
    port = str(free_port())
    running: list[subprocess.Popen[str]] = []
    shown: dict[str, str] = {}
    try:
        for line in lines_of_the_page(project_root / page):
            line = line.replace("10000", port)
            if line.startswith("export "):
                name, _, value = line.removeprefix("export ").partition("=")
                environment[name] = value
                continue
            words = shlex.split(line.removesuffix("&"))
            assert words[0] == "puretango"
            command = [sys.executable, "-m", "puretango.cli", *words[1:]]
            if line.endswith("&"):
                process = subprocess.Popen(
                    command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
                )
                running.append(process)
                assert process.stdout is not None
                assert "ready" in process.stdout.readline().lower(), line
                continue
            if words[1] == "watch":
                command += ["--count", "2"]  # it would go on for ever
            done = subprocess.run(
                command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
            )
            assert (done.returncode, done.stderr) == (0, ""), line
            shown[words[1]] = done.stdout
    finally:
        for process in reversed(running):
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=20)
    assert "sys/tg_test/1" in shown["ls"]
    assert shown.get("call", "hello\n") == "hello\n"
    assert "double_scalar" in shown["read"]
    assert shown["watch"].count("sys/tg_test/1/double_scalar") == 2
    assert "error" not in shown["watch"]
    assert (tmp_path / "control.sqlite").exists()


def test_every_command_is_in_the_table(
    project_root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from puretango.cli._main import app

    names = {
        (each.name or getattr(each.callback, "__name__", "")) for each in app.registered_commands
    } | {
        str(each.name or each.typer_instance.info.name)
        for each in app.registered_groups
        if each.typer_instance
    }
    page = (project_root / "docs" / "cli.md").read_text("utf-8")
    assert names == set(re.findall(r"^\| `puretango (\w+)`", page, re.MULTILINE))
