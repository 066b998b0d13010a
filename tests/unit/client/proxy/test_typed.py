"""What a user's type checker says of scripts for puretango: nothing of a right one, and of each mistake in another."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

TYPED = Path(__file__).parent / "typed"
ROOT = TYPED.parents[4]


@pytest.mark.timeout(240)
def test_mypy_knows_what_calls_give() -> None:
    scripts = [str(TYPED / "good.py"), str(TYPED / "bad.py")]
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", *scripts]
    told = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT).stdout
    errors = re.findall(r"(\w+)\.py:(\d+): error", told)
    assert {script for script, _ in errors} == {"bad"}, told
    wrong = [
        number
        for number, line in enumerate((TYPED / "bad.py").read_text().splitlines(), 1)
        if "# wrong" in line
    ]
    assert sorted({int(number) for _, number in errors}) == wrong, told
