"""Proxies whose calls are awaited: ``proxy = await puretango.asyncio.DeviceProxy(name)``.

For type checkers these proxies have a face of their own, ``AsyncioDeviceProxy``, whose calls give
an ``asyncio.Future`` of what DeviceProxy's give.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from puretango.client import get_attribute_proxy, get_device_proxy
from puretango.values import GreenMode

__all__ = [
    "Attribute",
    "AttributeProxy",
    "Device",
    "DeviceProxy",
    "AsyncioAttributeProxy",
    "AsyncioDeviceProxy",
]

if TYPE_CHECKING:
    import asyncio

    from puretango import client

    class AsyncioDeviceProxy(client.DeviceProxy, client.AsyncioFace):
        """A DeviceProxy whose calls give futures."""

    class AsyncioAttributeProxy(client.AttributeProxy, client.AsyncioFace):
        """An AttributeProxy whose calls give futures."""

    def DeviceProxy(
        dev_name: str | client.DeviceProxy, need_check_acc: bool = True, **options: Any
    ) -> asyncio.Future[AsyncioDeviceProxy]:
        """A proxy in this green mode."""

    def AttributeProxy(
        target: str | client.DeviceProxy, attr_name: str = "", **options: Any
    ) -> asyncio.Future[AsyncioAttributeProxy]:
        """A proxy in this green mode."""

else:
    DeviceProxy = partial(get_device_proxy, green_mode=GreenMode.Asyncio)
    AttributeProxy = partial(get_attribute_proxy, green_mode=GreenMode.Asyncio)

    def __getattr__(name: str) -> Any:
        """The names that type checkers use for the proxies; they are the classes themselves."""
        from puretango import client

        if name == "AsyncioDeviceProxy":
            return client.DeviceProxy
        if name == "AsyncioAttributeProxy":
            return client.AttributeProxy
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


Device = DeviceProxy
Attribute = AttributeProxy
