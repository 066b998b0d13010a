"""A busy server whose devices call each other lives, and answers, for as long as it is asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SECONDS = os.environ.get("PURETANGO_LOAD_SECONDS", "45")
PROGRAM = Path(__file__).parents[1] / "peers" / "strain" / "contended.py"


@pytest.mark.slow
def test_a_busy_server_lives() -> None:
    done = subprocess.run(
        [sys.executable, str(PROGRAM), SECONDS],
        stdout=subprocess.PIPE,
        text=True,
        timeout=float(SECONDS) + 60,
        check=False,
    )
    told = json.loads(done.stdout)
    assert told["lives"], told
    assert told["answers"], told
    assert not told["wrong"], told
    assert not told["fatal"], told
    assert min(told["rounds"].values()) > 5, told
