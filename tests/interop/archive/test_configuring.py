"""A Python program that configures HDB++ at its sites, PyTangoArchiving, drives our configuration manager.

Wants an interpreter with it: ``pip install --no-deps PyTangoArchiving`` beside fandango, pytango and pymysql;
PURETANGO_TAURUS names it. (yaml2archiving, the other one, is in no package registry.)
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from puretango.archive import HdbConfigurationManager, HdbEventSubscriber
from puretango.client import Database
from puretango.sim import load_class
from puretango.testing import TangoSystem
from tests.ecosystem.test_sample import ENVIRONMENT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

PROGRAM = Path(__file__).with_name("configure.py")


@pytest.fixture(scope="module")
def python() -> str:
    found = os.environ.get("PURETANGO_TAURUS", str(ENVIRONMENT / "bin" / "python"))
    names = "('PyTangoArchiving', 'fandango', 'pymysql')"
    wanted = f"from importlib.util import find_spec; assert all(map(find_spec, {names}))"
    if (
        not Path(found).exists()
        or subprocess.run(
            [found, "-c", wanted], capture_output=True, check=False, timeout=120
        ).returncode
    ):
        pytest.skip("no interpreter with PyTangoArchiving (PURETANGO_TAURUS=…)")
    return found


def test_pytangoarchiving_configures(
    python: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with TangoSystem({load_class("TangoTest"): ["sys/tg_test/1"]}, short_names=False) as system:
        monkeypatch.setenv("TANGO_HOST", system.tango_host)
        here = f"tango://{system.tango_host}"
        host, _, port = system.tango_host.partition(":")
        database = Database(host, int(port))
        store = {"LibConfiguration": [f"store=file:{tmp_path / 'archive'}"]}
        database.put_device_property("archive/es/1", store)
        database.put_device_property("archive/cm/1", {"ArchiverList": [f"{here}/archive/es/1"]})
        system.add_server(
            {HdbEventSubscriber: ["archive/es/1"], HdbConfigurationManager: ["archive/cm/1"]}
        )
        done = subprocess.run(
            [python, str(PROGRAM), "archive/cm/1", "archive/es/1", "sys/tg_test/1/double_scalar"],
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        name = f"{here}/sys/tg_test/1/double_scalar"
        assert json.loads(done.stdout.splitlines()[-1]) == {
            "added to": f"{here}/archive/es/1",
            "attributes": [name],
            "started": True,
        }
        manager: Any = system.get_device("archive/cm/1")
        assert list(manager.AttributeSearch("double_scalar")) == [name]
        assert manager.AttributeGetArchiver(name) == f"{here}/archive/es/1"
        assert manager.GetAttributeStrategy(name) == "RUN"
        assert manager.GetAttributeTTL(name) == 24
