"""Every example runs as it stands, in a directory of its own, and leaves the picture it promises."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.interop.equipment.iocs import needs

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"

#: What each example prints, and the picture it makes.
PROMISES = {
    "epics_flyer.py": ("1.000", None),
    "epics_pilatus.py": ("images (3, 195, 487), int32", "image.png"),
    "epics_scan.py": ("11 points, plotted", "scan.png"),
    "tango_async.py": ("images (3, 195, 487), int32", None),
    "tango_flyer.py": ("1.000", None),
    "tango_pilatus.py": ("images (3, 195, 487), int32", "image.png"),
    "tango_scan.py": ("21 points, plotted", "scan.png"),
}


#: No programs to run: what `puretango lint` finds fault with, and profiles of services, each with tests of its own.
PROFILES = ("bad_power_supply.py", "blueapi_devices.py", "queueserver_profile.py")


def test_every_example_is_listed() -> None:
    """A new example comes with its promise."""
    assert sorted([*PROMISES, *PROFILES]) == sorted(path.name for path in EXAMPLES.glob("*.py"))


@pytest.mark.parametrize("name", sorted(PROMISES))
def test_the_example_runs(name: str, tmp_path: Path) -> None:
    """Without an error, a warning of its own, or a hint of what was not to be left."""
    needs("bluesky", "matplotlib", "h5py", *["caproto"] * name.startswith("epics"))
    environment = {k: v for k, v in os.environ.items() if k != "OPHYD_CONTROL_LAYER"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(EXAMPLES / name)],
        cwd=tmp_path,
        env=environment | {"TMPDIR": str(tmp_path), "MPLCONFIGDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    printed, picture = PROMISES[name]
    assert done.returncode == 0, done.stdout + done.stderr
    assert printed in done.stdout
    assert "Traceback" not in done.stderr
    if picture is not None:
        assert (tmp_path / picture).read_bytes().startswith(b"\x89PNG")
