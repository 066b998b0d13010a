"""Proxies whose calls give futures of a thread pool."""

from __future__ import annotations

from functools import partial

from puretango.client import get_attribute_proxy, get_device_proxy
from puretango.values import GreenMode

__all__ = ["Attribute", "AttributeProxy", "Device", "DeviceProxy"]

DeviceProxy = partial(get_device_proxy, green_mode=GreenMode.Futures)
AttributeProxy = partial(get_attribute_proxy, green_mode=GreenMode.Futures)
Device = DeviceProxy
Attribute = AttributeProxy
