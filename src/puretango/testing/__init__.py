"""Whole control systems in one process, for tests.

`DeviceTestContext` and `MultiDeviceTestContext` have PyTango's names and arguments; `TangoSystem` is a database
with servers registered in it. Any number of each run at once, start in milliseconds and stop without a trace.
`puretango.testing.plugin` holds the pytest fixtures; it is loaded with every pytest, so nothing is imported here
before it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from puretango.testing._built import BuiltDevice, read_attribute, write_attribute
    from puretango.testing._context import DeviceTestContext, MultiDeviceTestContext
    from puretango.testing._device import DeviceDescription, device_class
    from puretango.testing._ports import get_server_port_via_pid
    from puretango.testing._script import get_host_ip, run_device_test_context
    from puretango.testing._system import TangoSystem

__all__ = [
    "BuiltDevice",
    "DeviceDescription",
    "DeviceTestContext",
    "MultiDeviceTestContext",
    "TangoSystem",
    "device_class",
    "get_host_ip",
    "get_server_port_via_pid",
    "read_attribute",
    "run_device_test_context",
    "write_attribute",
]

_WHERE = {
    "BuiltDevice": "_built",
    "DeviceDescription": "_device",
    "DeviceTestContext": "_context",
    "MultiDeviceTestContext": "_context",
    "TangoSystem": "_system",
    "device_class": "_device",
    "get_host_ip": "_script",
    "get_server_port_via_pid": "_ports",
    "read_attribute": "_built",
    "run_device_test_context": "_script",
    "write_attribute": "_built",
}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
