"""A user's script, as `mypy --strict` sees it: every line says what a call gives."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any, assert_type

import puretango as tango
import puretango.asyncio
import puretango.futures
from puretango.client import AttributeProxy, Database, DeviceProxy, Group
from puretango.server import Device, attribute, command, device_property
from puretango.values import (
    AttributeInfoEx,
    AttributeInfoList,
    CommandInfo,
    DeviceAttribute,
    DeviceInfo,
)


def synchronous(name: str) -> None:
    """DeviceProxy."""
    proxy = tango.DeviceProxy(name)
    assert_type(proxy, DeviceProxy)
    assert_type(proxy.read_attribute("x"), DeviceAttribute)
    assert_type(proxy.read_attribute("x", extract_as=tango.ExtractAs.List), DeviceAttribute)
    assert_type(proxy.read_attributes(["x", "y"]), list[DeviceAttribute])
    assert_type(proxy.write_read_attribute("x", 1.0), DeviceAttribute)
    assert_type(proxy.info(), DeviceInfo)
    assert_type(proxy.state(), tango.DevState)
    assert_type(proxy.status(), str)
    assert_type(proxy.ping(), int)
    assert_type(proxy.name(), str)
    assert_type(proxy.get_attribute_config("x"), AttributeInfoEx)
    assert_type(proxy.get_attribute_config(["x"]), AttributeInfoList)
    assert_type(proxy.command_query("State"), CommandInfo)
    assert_type(proxy.get_property("x"), dict[str, Any])
    assert_type(proxy.is_attribute_polled("x"), bool)
    assert_type(proxy.get_logging_level(), int)
    assert_type(proxy.subscribe_event("x", tango.EventType.CHANGE_EVENT, print), int)
    assert_type(proxy.read_attribute_asynch("x"), int | None)
    assert_type(proxy.read_attribute_reply(1, 100), DeviceAttribute)
    assert_type(proxy.read_attributes_reply(1), list[DeviceAttribute])
    assert_type(proxy.write_read_attributes([("x", 1)], ["y"]), list[DeviceAttribute])
    assert_type(proxy.get_events(1), list[Any])
    proxy.write_attributes([("x", 1.0)])
    proxy.write_attribute("x", 1.0)
    proxy.set_timeout_millis(500)
    proxy.poll_attribute("x", 100)
    answer: float = proxy.command_inout("Twice", 1.0)
    later = proxy.read_attribute("x", green_mode=tango.GreenMode.Futures, wait=False)
    print(answer, later)


async def awaited(name: str) -> None:
    """The asyncio twin."""
    proxy = await puretango.asyncio.DeviceProxy(name)
    assert_type(proxy.read_attribute("x"), asyncio.Future[DeviceAttribute])
    assert_type(await proxy.read_attribute("x"), DeviceAttribute)
    assert_type(await proxy.state(), tango.DevState)
    assert_type(await proxy.get_attribute_config("x"), AttributeInfoEx)
    assert_type(await proxy.subscribe_event("x", tango.EventType.CHANGE_EVENT, print), int)
    assert_type(proxy.info(), DeviceInfo)
    async for event in proxy.events("x"):
        print(event)
    await proxy.write_attribute("x", 1.0)
    one = await puretango.asyncio.AttributeProxy(f"{name}/x")
    assert_type(await one.read(), DeviceAttribute)


def futures(name: str) -> None:
    """The futures twin."""
    proxy = puretango.futures.DeviceProxy(name)
    assert_type(proxy.read_attribute("x"), Future[DeviceAttribute])
    assert_type(proxy.read_attribute("x").result(), DeviceAttribute)


def attributes(name: str) -> None:
    """AttributeProxy."""
    proxy = AttributeProxy(name)
    assert_type(proxy.read(), DeviceAttribute)
    assert_type(proxy.get_config(), AttributeInfoEx)
    assert_type(proxy.state(), tango.DevState)
    assert_type(proxy.get_poll_period(), int)
    assert_type(proxy.get_property("x"), dict[str, Any])
    assert_type(proxy.subscribe_event(tango.EventType.CHANGE_EVENT, print), int)
    proxy.write(2.0)


def database() -> None:
    """Database."""
    found = Database()
    assert_type(found.get_server_info("x/y").host, str)
    assert_type(found.get_class_for_device("a/b/c"), str)
    assert_type(found.import_device("a/b/c").ior, str)
    assert_type(list(found.get_device_exported("*")), list[str])
    assert_type(found.get_device_property("a/b/c", "x"), dict[str, Any])
    found.put_device_property("a/b/c", {"x": ["1"]})


def group(names: Sequence[str]) -> None:
    """Group."""
    found = Group("all")
    found.add(names)
    assert_type(found.get_device(1), DeviceProxy)
    for reply in found.read_attribute("x"):
        assert_type(reply.dev_name(), str)
        assert_type(reply.get_data(), DeviceAttribute | None)
    for answer in found.command_inout("State"):
        assert_type(answer.has_failed(), bool)


class Motor(Device):
    """A device of a user's."""

    speed = device_property(dtype=float, default_value=1.0)
    position = attribute(dtype=float, unit="mm", access=tango.AttrWriteType.READ_WRITE)

    def init_device(self) -> None:
        super().init_device()
        self._position = 0.0
        self.set_state(tango.DevState.ON)

    def read_position(self) -> float:
        return self._position

    def write_position(self, value: float) -> None:
        self._position = value * self.speed

    @attribute(dtype=float)
    def power(self) -> float:
        return 1.0

    @command(dtype_in=float, dtype_out=float)
    def Twice(self, value: float) -> float:
        return 2 * value


if __name__ == "__main__":
    Motor.run_server()
