"""Which devices a server has: the database says, else -dlist, else the class, else nobody."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from puretango.server import Device, DeviceClass, LatestDeviceImpl, Server


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
