"""Proxies whose calls give futures of a thread pool.

For type checkers these proxies have a face of their own, ``FuturesDeviceProxy``, whose calls give
a ``concurrent.futures.Future`` of what DeviceProxy's give.
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
    "FuturesAttributeProxy",
    "FuturesDeviceProxy",
]

if TYPE_CHECKING:
    from puretango import client

    class FuturesDeviceProxy(client.DeviceProxy, client.FuturesFace):
        """A DeviceProxy whose calls give futures."""

    class FuturesAttributeProxy(client.AttributeProxy, client.FuturesFace):
        """An AttributeProxy whose calls give futures."""

    def DeviceProxy(
        dev_name: str | client.DeviceProxy, need_check_acc: bool = True, **options: Any
    ) -> FuturesDeviceProxy:
        """A proxy in this green mode."""

    def AttributeProxy(
        target: str | client.DeviceProxy, attr_name: str = "", **options: Any
    ) -> FuturesAttributeProxy:
        """A proxy in this green mode."""

else:
    DeviceProxy = partial(get_device_proxy, green_mode=GreenMode.Futures)
    AttributeProxy = partial(get_attribute_proxy, green_mode=GreenMode.Futures)

    def __getattr__(name: str) -> Any:
        """The names that type checkers use for the proxies; they are the classes themselves."""
        from puretango import client

        if name == "FuturesDeviceProxy":
            return client.DeviceProxy
        if name == "FuturesAttributeProxy":
            return client.AttributeProxy
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


Device = DeviceProxy
Attribute = AttributeProxy
