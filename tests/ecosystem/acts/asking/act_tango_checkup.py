"""tango-checkup: a suite of checks over one device, with its report."""

import re
import subprocess
import sys
from pathlib import Path

from bench import author, define, serving

Path("test_health.py").write_text("""
import pytest
import tango
from tango_checkup import *


@pytest.mark.parametrize("device", ["lab/plant/1", "lab/plant/2"], indirect=True)
def test_on(device):
    check_device_state(device, tango.DevState.ON)


@pytest.mark.parametrize("attribute", ["lab/plant/1/position"], indirect=True)
def test_high(attribute):
    assert attribute > 5


@pytest.mark.parametrize("attribute", ["lab/plant/1/double"], indirect=True)
def test_double(attribute):
    assert attribute == 4.0


@pytest.mark.parametrize("state", ["lab/plant/1"], indirect=True)
def test_state(state):
    assert state == tango.DevState.MOVING
""")
define("plant/one", "Plant", "lab/plant/1")
with serving("lab/plant/1", author("plant", "one")):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:puretango",
         "-p", "no:randomly", "--tb=short", "test_health.py"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    for line in done.stdout.splitlines():
        if line.startswith(("E   Failed", "E   assert", "FAILED")) or re.search(
            r"\d (passed|failed)", line
        ):
            print(re.sub(r" in [\d.]+s.*|0x\w+|:\d{4,5}", "", line))
