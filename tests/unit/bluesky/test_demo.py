"""The demo, as a user runs it: nothing prepared, nothing left behind but pictures."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from puretango.sim import TangoTest
from puretango.testing import TangoSystem


def run(folder: Path, *options: str) -> str:
    """What ``puretango demo`` prints."""
    environment = {key: value for key, value in os.environ.items() if key != "TANGO_HOST"}
    done = subprocess.run(
        [sys.executable, "-m", "puretango.cli", "demo", *options],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_demo(tmp_path: Path) -> None:
    shown = run(tmp_path)
    assert "RE(count([tango_attr], 10, 0.5)" in shown
    assert shown.count("|  ") > 21
    assert "36 attributes in one request" in shown
    assert "everything is stopped again" in shown
    assert "puretango demo --tango-host" in shown
    pictures = {path.name for path in (tmp_path / "demo-output").iterdir()}
    assert {"scan.png", "fly.png", "image.png"} <= pictures
    assert {path.name for path in tmp_path.iterdir()} == {"demo-output"}


@pytest.mark.slow
def test_on_an_existing_system(tmp_path: Path) -> None:
    with TangoSystem({TangoTest: ["sys/tg_test/1"]}, short_names=False) as system:
        shown = run(tmp_path, "--tango-host", system.tango_host)
    assert f"Using the Tango control system at {system.tango_host}" in shown
    assert "36 attributes in one request" in shown


def test_nobody_at_the_tango_host(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "puretango.cli", "demo", "--tango-host", "127.0.0.1:1"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode != 0
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "127.0.0.1:1" in done.stderr
    assert not list(tmp_path.iterdir())
