"""A sample of `make ecosystem` for continuous integration: acts that take seconds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ENVIRONMENT = Path(
    os.environ.get("PURETANGO_ECOSYSTEM", Path(__file__).resolve().parents[2] / ".ecosystem")
)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("program", ["dsconfig", "zingo", "facadedevice"])
def test_a_program_does_the_same_with_both_libraries(program: str, tmp_path: Path) -> None:
    if not (ENVIRONMENT / "bin" / "python").exists():
        pytest.skip("no environment of the ecosystem's programs (make ecosystem makes it)")
    done = subprocess.run(
        [sys.executable, str(HERE / "run.py"), "--no-install", "--acts", program],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
        env={**os.environ, "TMPDIR": str(tmp_path)},  # some of them leave their files there
    )
    assert done.returncode == 0, done.stdout + done.stderr
