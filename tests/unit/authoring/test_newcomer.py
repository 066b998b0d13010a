"""A newcomer: from `puretango new` to a running, tested, documented device, by what it says itself.

The commands are the README's and those of the package's continuous integration, word for word,
but for the installation (puretango is not on a registry) and the port. The time that it takes is
printed (`pytest -rP`), not asserted.
"""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.waiting import until


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _scripts(folder: Path, package: str, name: str) -> Path:
    """What an installation would put on the path."""
    scripts = folder / "bin"
    scripts.mkdir()
    for command, words in (
        (name, f"-m {package}"),
        ("puretango", "-m puretango"),
        ("pytest", "-m pytest -p no:cacheprovider"),
    ):
        path = scripts / command
        path.write_text(f'#!/bin/sh\nexec "{sys.executable}" {words} "$@"\n')
        path.chmod(0o755)
    return scripts


def _until_it_answers(command: list[str], folder: Path, env: dict[str, str]) -> str:
    def answered() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=folder, env=env, capture_output=True, text=True, check=True, timeout=60
        )

    return until(answered, 60, step=0.2, forgiving=subprocess.CalledProcessError).stdout


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", ["detector"])
def test_the_readme_s_commands_do_what_they_say(kind: str, tmp_path: Path) -> None:
    started = time.monotonic()
    folder = tmp_path / "package"
    words = ["new", "Shutter", "--template", kind, "--in", str(folder)]
    subprocess.run([sys.executable, "-m", "puretango", *words], check=True, timeout=100)
    readme = (folder / "README.md").read_text()
    said = [line.split("  #")[0].strip() for line in readme.splitlines() if line.startswith("    ")]
    install, tests, serve, ask = (shlex.split(line) for line in said)
    assert install == ["pip", "install", "-e", ".[dev]"]
    port = str(_free_port())
    scripts = _scripts(tmp_path, "tangods_shutter", "Shutter")
    env = os.environ | {
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(folder / "src"),
    }
    subprocess.run(tests, cwd=folder, env=env, check=True, timeout=100)
    server = subprocess.Popen([one.replace("45678", port) for one in serve], cwd=folder, env=env)
    try:
        text = _until_it_answers([one.replace("45678", port) for one in ask], folder, env)
    finally:
        server.terminate()
        server.wait(60)
    assert re.search(r"class\s+Shutter", text)
    workflow = (folder / ".github" / "workflows" / "ci.yml").read_text()
    for command in re.findall(r"- run: (puretango .+)", workflow):
        subprocess.run(shlex.split(command), cwd=folder, env=env, check=True, timeout=100)
    print(f"{kind}: new, tested, running, linted, documented in {time.monotonic() - started:.1f} s")
