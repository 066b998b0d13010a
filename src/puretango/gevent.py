"""Proxies whose calls let other greenlets run (needs gevent)."""

from __future__ import annotations

from functools import partial

from puretango.client import get_attribute_proxy, get_device_proxy
from puretango.values import GreenMode

__all__ = ["Attribute", "AttributeProxy", "Device", "DeviceProxy"]

DeviceProxy = partial(get_device_proxy, green_mode=GreenMode.Gevent)
AttributeProxy = partial(get_attribute_proxy, green_mode=GreenMode.Gevent)
Device = DeviceProxy
Attribute = AttributeProxy
