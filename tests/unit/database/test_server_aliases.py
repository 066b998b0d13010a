"""A server finds its own devices by the aliases that the database has for them."""

from __future__ import annotations

import pytest

from puretango.client import Database, DbDevInfo
from puretango.database import DatabaseServer
from puretango.errors import DevFailed
from puretango.server import Device, Server


class Lamp(Device):
    pass


def test_a_device_by_its_alias() -> None:
    with DatabaseServer(":memory:", "127.0.0.1", 0) as served:
        host, _, port = served.tango_host.partition(":")
        database = Database(host, int(port))
        for name in ("demo/lamp/1", "demo/lamp/2"):
            info = DbDevInfo()
            info.server, info._class, info.name = "Lamps/t", "Lamp", name
            database.add_device(info)
        with Server("t", [Lamp], server_name="Lamps", database=served.tango_host) as server:
            database.put_device_alias("demo/lamp/2", "Reading")
            assert server.util.get_device_by_name("reading").get_name() == "demo/lamp/2"
            assert server.util.get_device_by_name("Demo/Lamp/1").get_name() == "demo/lamp/1"
            with pytest.raises(DevFailed, match="Device cellar not found"):
                server.util.get_device_by_name("cellar")
    with (
        Server("t", [Lamp], devices={"Lamp": ["demo/lamp/1"]}) as alone,
        pytest.raises(DevFailed, match="API_DeviceNotFound"),
    ):
        alone.find_device("reading")
