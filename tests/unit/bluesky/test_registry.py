"""Devices as the database lists them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from puretango.bluesky import TangoDevice, aio, devices_from_database
from puretango.bluesky.aio.devices import _registry
from puretango.bluesky.devices._listing import Listed
from puretango.client import Database, DeviceProxy
from puretango.server import Device
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


class Composite(Device):
    """A device that uses another."""

    def init_device(self) -> None:
        """Whatever it talks to from here on is a device that it uses."""
        super().init_device()
        self.axis = DeviceProxy("lab/axis/1")


def test_sub_devices(system: TangoSystem) -> None:
    system.add_server({Composite: ["lab/table/1"]}, "Tables", "one")
    alone = devices_from_database("lab/table/*", database=system.tango_host)
    assert set(alone) == {"lab/table/1"}
    found = devices_from_database("lab/table/*", database=system.tango_host, sub_devices=True)
    assert set(found) == {"lab/table/1", "lab/axis/1"}


async def test_for_ophyd_async(system: TangoSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    """Connected, with aliases and sub-devices; who does not answer is left out, and said."""
    await asyncio.to_thread(system.add_server, {Composite: ["lab/table/1"]}, "Tables", "one")
    host, _, port = system.tango_host.rpartition(":")
    database = await asyncio.to_thread(Database, host, int(port))
    await asyncio.to_thread(database.put_device_alias, "lab/axis/1", "theta")
    found = await aio.devices_from_database(
        "lab/table/*", database=system.tango_host, sub_devices=True
    )
    assert set(found) == {"lab/table/1", "lab/axis/1"}
    assert found["theta"] is found["lab/axis/1"]
    assert (await found["theta"].read())["theta-Position"]["value"] == 5.0
    gone = Listed("lab/gone/1", "", f"tango://127.0.0.1:{port}/lab/gone/1")
    monkeypatch.setattr(_registry, "listed", lambda *_, **__: [gone])
    found = await aio.devices_from_database("lab/*", database=system.tango_host)
    assert found == {}
    assert "lab/gone/1" in found.failing["lab/gone/1"]
