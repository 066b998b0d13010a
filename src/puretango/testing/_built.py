"""A device built and called directly: no socket, no proxy, no thread."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from puretango.errors import DevFailed
from puretango.server import Server, read_directly, write_directly
from puretango.testing._device import DeviceDescription, read_devices_info
from puretango.values import DeviceAttribute

__all__ = ["BuiltDevice", "read_attribute", "write_attribute"]


class BuiltDevice:
    """A device, initialised as by a server, whose methods a test calls itself.

    ``with BuiltDevice(Valve, properties={"positions": 4}) as valve: valve.count()``; an asyncio device is built
    with ``async with``, and its coroutines run on the test's own loop. Entering raises what init_device raises.
    """

    def __init__(
        self,
        device: Any,
        device_cls: Any = None,
        device_name: str | None = None,
        properties: Mapping[str, Any] | None = None,
        memorized: Mapping[str, Any] | None = None,
        class_properties: Mapping[str, Any] | None = None,
    ) -> None:
        name = device_name or f"test/built/{device.__name__.lower()}"
        info = {
            "class": (device_cls, device) if device_cls else device,
            "class_properties": class_properties,
            "devices": [{"name": name, "properties": properties, "memorized": memorized}],
        }
        (served,) = read_devices_info([info])
        (self._device,) = served.devices
        self._server = self._make(served, self._device)

    @staticmethod
    def _make(served: Any, device: DeviceDescription) -> Server:
        return Server(
            "built",
            [served.declaration],
            devices={served.name: [device.name]},
            properties={device.name: device.properties},
            class_properties={served.name: served.class_properties},
            attribute_properties={device.name: device.attribute_properties},
        )

    def _found(self) -> Any:
        if self._server.init_failures:
            raise self._server.init_failures[0][1]
        return self._server.find_device(self._device.name)

    def __enter__(self) -> Any:
        self._server.build()
        try:
            return self._found()
        except DevFailed:
            self._server.stop()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.stop()

    async def __aenter__(self) -> Any:
        await self._server.build_async()
        try:
            return self._found()
        except DevFailed:
            await self._server.stop_async()
            raise

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._server.stop_async()


def read_attribute(device: Any, name: str) -> Any:
    """Read an attribute as a request does: hooks, is_allowed, the method, alarms; a failure is raised.

    Returns a DeviceAttribute; for an asyncio device, something to await.
    """
    answer = read_directly(device, name)
    return _awaited(answer) if asyncio.iscoroutine(answer) else _checked(answer)


async def _awaited(answer: Any) -> DeviceAttribute:
    return _checked(await answer)


def _checked(attribute: DeviceAttribute) -> DeviceAttribute:
    if attribute.has_failed:
        raise DevFailed(*attribute.get_err_stack())
    return attribute


def write_attribute(device: Any, name: str, value: Any) -> Any:
    """Write an attribute as a request does: limits, hooks, is_allowed, the method, memorized."""
    return write_directly(device, name, value)
