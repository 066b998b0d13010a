"""taurus' trend, offscreen and unmodified, draws what was archived: it asks pyhdbpp, which asks our reader.

Wants an interpreter with taurus, taurus_pyqtgraph, PyQt5 and pyhdbpp beside puretango: PURETANGO_TAURUS names it, else
the one of `make ecosystem` is taken if it has them.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from puretango.archive import Kind, open_store
from puretango.client import Database
from puretango.sim import load_class
from puretango.testing import TangoSystem
from tests.ecosystem.test_sample import ENVIRONMENT
from tests.unit.archive.stores import SECOND, START, rows

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

PROGRAM = Path(__file__).with_name("trend.py")
VALUES = [math.sin(number / 20) for number in range(300)]
BEGIN = START // SECOND


@pytest.fixture(scope="module")
def python() -> str:
    """An interpreter with everything; skips where there is none."""
    found = os.environ.get("PURETANGO_TAURUS", str(ENVIRONMENT / "bin" / "python"))
    wanted = "import taurus_pyqtgraph, pyhdbpp, PyQt5, psycopg, puretango"
    if (
        not Path(found).exists()
        or subprocess.run(
            [found, "-c", wanted], capture_output=True, check=False, timeout=120
        ).returncode
    ):
        pytest.skip(
            "no interpreter with taurus, taurus_pyqtgraph, PyQt5, pyhdbpp and psycopg (PURETANGO_TAURUS=…)"
        )
    return found


@pytest.mark.parametrize("where", ["file", "postgresql"])
def test_the_trend_draws_what_was_archived(
    python: str, where: str, tmp_path: Path, database: str
) -> None:
    address = f"file:{tmp_path}" if where == "file" else database
    with TangoSystem({load_class("TangoTest"): ["sys/tg_test/1"]}, short_names=False) as system:
        name = f"tango://{system.tango_host}/sys/tg_test/1/ampli"
        store: Any = open_store(address)
        (generation,) = store.generations([(name, Kind("DevDouble"), START)])
        store.write(rows(generation, VALUES))
        store.close()
        host, _, port = system.tango_host.partition(":")
        # As a site of HDB++ has it: which reader, and of what, is said in the control system's database.
        reader = ["apiclass=puretango.archive.Reader", f"database={address}"]
        Database(host, int(port)).put_property(
            "HDB++",
            {"DefaultSchema": ["archive"], "archive": [*reader, "user=hdb", "password=secret"]},
        )
        picture = tmp_path / "trend.png"
        environment = {
            "TANGO_HOST": system.tango_host,
            "QT_QPA_PLATFORM": "offscreen",
            "XDG_RUNTIME_DIR": str(tmp_path),
        }
        done = subprocess.run(
            [python, str(PROGRAM), name, str(BEGIN), str(BEGIN + 300), str(picture)],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    drawn = [(x, y) for x, y in zip(told["x"], told["y"]) if x < BEGIN + 1000]
    assert len(drawn) >= len(VALUES)
    for x, y in drawn:
        # A bin begins up to its width before its sample.
        assert min(abs(y - v) for v in VALUES[max(0, int(x - BEGIN)) :][:3]) < 1e-9
    assert max(y for _, y in drawn) == pytest.approx(max(VALUES))
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert not np.isnan([y for _, y in drawn]).any()
