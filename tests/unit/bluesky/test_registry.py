"""Devices as the database lists them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from puretango.bluesky import TangoDevice, devices_from_database
from puretango.client import Database
from puretango.sim import TangoTest
from puretango.testing import TangoSystem
from tests.unit.bluesky.equipment_under_test import Axis


@pytest.fixture
def system() -> Iterator[TangoSystem]:
    with TangoSystem({TangoTest: ["sys/tg_test/1", "sys/tg_test/2"], Axis: ["lab/axis/1"]}) as made:
        yield made


def test_by_pattern(system: TangoSystem) -> None:
    found = devices_from_database("sys/tg*", database=system.tango_host)
    assert set(found) == {"sys/tg_test/1", "sys/tg_test/2"}
    device = found["SYS/tg_test/1"]
    assert device.name == "sys_tg_test_1"
    assert device.read()["sys_tg_test_1_State"]["value"] == "RUNNING"


def test_aliases(system: TangoSystem) -> None:
    host, _, port = system.tango_host.rpartition(":")
    database = Database(host, int(port))
    database.put_device_alias("lab/axis/1", "theta")
    found = devices_from_database("lab/*", database=database)
    assert found["theta"] is found["lab/axis/1"]
    assert found["theta"].name == "theta"
    direct = TangoDevice(f"tango://{system.tango_host}/theta")
    assert direct.name == "theta"
    assert direct.Position.get() == 5.0


def test_nothing_there(system: TangoSystem) -> None:
    assert devices_from_database("no/*", database=system.tango_host) == {}
    with pytest.raises(KeyError):
        devices_from_database("no/*", database=system.tango_host)["no/such/one"]
