"""Which devices a server has: the database says, else -dlist, else the class, else nobody."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from puretango.client import DeviceProxy
from puretango.server import Device, DeviceClass, LatestDeviceImpl, Server
from puretango.server.run._classlists import get_class_by_class, get_constructed_class_by_class


class First(Device):
    pass


class Second(Device):
    pass


class Old(LatestDeviceImpl):
    pass


class OldClass(DeviceClass):
    def device_name_factory(self, dev_name_list: list[str]) -> None:
        dev_name_list.extend(["demo/old/1", "demo/old/2"])


def devices(server: Server, devices: Iterable[str] | None) -> list[str]:
    server.command_line_devices = None if devices is None else list(devices)
    with server:
        return list(server.admin.query_device())


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        (None, []),
        ([], ["First::NoName"]),
        (["a/b/c"], ["First::NoName", "Second::a/b/c"]),
        (["First::x/y/z", "a/b/c"], ["First::x/y/z", "Second::a/b/c"]),
        (["first::x/y/z", "a/b/c", "a/b/d"], ["First::x/y/z", "Second::a/b/c", "Second::a/b/d"]),
    ],
)
def test_names_of_the_command_line(listed: list[str] | None, expected: list[str]) -> None:
    assert devices(Server("t", [First, Second]), listed) == expected


def test_the_class_names_its_devices_only_without_a_database(tmp_path: Path) -> None:
    pair = (OldClass, Old, "Old")
    assert devices(Server("t", [pair]), []) == ["Old::demo/old/1", "Old::demo/old/2"]
    assert devices(Server("t", [pair]), ["a/b/c"]) == ["Old::a/b/c"]
    empty = tmp_path / "properties"
    empty.write_text("")
    assert devices(Server("t", [pair], file=str(empty)), []) == []


class Factory(DeviceClass):
    """Makes its devices as PyTango's own device_factory does, one of them with a name of its own on the wire."""

    def device_factory(self, device_list: list[str]) -> None:
        _, kind, _ = get_class_by_class(type(self))
        made = []
        for name in device_list:
            device = self._new_device(kind, get_constructed_class_by_class(type(self)), name)
            self._add_device(device)
            made.append(device)
        self.dyn_attr(made)
        for device in made:
            self.export_device(device, "lamp")
        self.py_dev_list += made


def test_a_device_factory_after_pytangos() -> None:
    with Server("t", [(Factory, Old, "Old")], devices={"Old": ["a/b/c"]}) as server:
        assert list(server.admin.query_device()) == ["Old::a/b/c"]
        proxy = DeviceProxy(f"tango://127.0.0.1:{server.port}/a/b/c#dbase=no")
        assert proxy.name() == "a/b/c"
        found = server.dispatcher.find(b"lamp")
        assert found is not None
        assert found.get_name() == "a/b/c"
