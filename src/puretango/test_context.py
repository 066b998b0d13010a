"""Devices served for tests, under PyTango's name."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["DeviceTestContext", "MultiDeviceTestContext"]  # noqa: F822  # found below


def __getattr__(name: str) -> Any:
    if name == "device":  # PyTango's name for it
        name = "device_class"
    # By name, so that nothing at run time depends on the testing room.
    return getattr(import_module("puretango.testing"), name)
