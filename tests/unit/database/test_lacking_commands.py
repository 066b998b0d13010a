"""A server starts, works and stops on a database that lacks commands, as old ones and those of others do."""

from __future__ import annotations

import pytest

from puretango.client import Database, DbDevInfo, DeviceProxy
from puretango.database import DatabaseServer, _device
from puretango.server import Device, Server, attribute, class_property, device_property


class Oven(Device):
    power = device_property(dtype=int, default_value=1)
    count = class_property(dtype=int, default_value=0)
    level = 1.0

    @attribute(memorized=True, hw_memorized=True)
    def target(self) -> float:
        return self.level

    @target.setter
    def target(self, value: float) -> None:
        self.level = value

    @attribute
    def sum(self) -> float:
        return float(self.power + 100 * self.count)


LACKING = (
    ("DbGetDataForServerCache",),
    ("DbGetProperty", "DbGetPropertyList"),
    ("DbGetDataForServerCache", "DbGetProperty", "DbGetPropertyList"),
    (
        "DbGetDevicePipeList",
        "DbGetDevicePipeProperty",
        "DbGetClassPipeList",
        "DbGetClassPipeProperty",
    ),
    ("DbGetForwardedAttributeListForDevice", "DbGetHostServersInfo"),
    ("DbGetServerInfo", "DbGetDeviceInfo", "DbInfo"),
    ("DbGetClassInheritanceForDevice", "DbGetClassForDevice"),
    ("DbGetInstanceNameList", "DbGetDeviceAlias", "DbMySqlSelect"),
    ("DbExportEvent", "DbImportEvent", "DbUnExportEvent"),
    ("DbUnExportServer",),
)


@pytest.mark.parametrize("lacking", LACKING, ids="+".join)
def test_a_server_does_without(lacking: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    every = _device.command_faces()
    assert set(lacking) <= set(every)
    some = {name: face for name, face in every.items() if name not in lacking}
    monkeypatch.setattr(_device, "command_faces", lambda: some)
    with DatabaseServer(":memory:") as served:
        host, _, port = served.tango_host.partition(":")
        database = Database(host, int(port))
        for name, cls in (("lab/oven/1", "Oven"), ("dserver/Oven/lab", "DServer")):
            info = DbDevInfo()
            info.name, info._class, info.server = name, cls, "Oven/lab"
            database.add_device(info)
        database.put_device_property("lab/oven/1", {"power": [7]})
        database.put_class_property("Oven", {"count": [5]})
        settings = {"target": {"__value": ["3.5"], "label": ["Ziel"]}}
        database.put_device_attribute_property("lab/oven/1", settings)
        with Server("lab", [Oven], server_name="Oven", database=served.tango_host) as server:
            # Directly: a client that cannot ask for the access control may only read.
            proxy = DeviceProxy(f"tango://127.0.0.1:{server.port}/lab/oven/1#dbase=no")
            assert proxy.read_attribute("sum").value == 507.0
            assert proxy.read_attribute("target").value == 3.5
            config = proxy.get_attribute_config("target")
            assert config.label == "Ziel"
            config.unit = "K"
            proxy.set_attribute_config(config)
            proxy.write_attribute("target", 4.5)
        kept = database.get_device_attribute_property("lab/oven/1", "target")["target"]
        assert (list(kept["unit"]), list(kept["__value"])) == (["K"], ["4.5"])
