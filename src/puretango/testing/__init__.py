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
    from puretango.testing._ior import (
        IOR,
        ascii_to_bytes,
        get_server_host_port,
        literal_dict,
        parse_ior,
    )
    from puretango.testing._ports import get_server_port_via_pid
    from puretango.testing._script import get_host_ip, run_device_test_context
    from puretango.testing._system import TangoSystem

__all__ = [
    "BuiltDevice",
    "DeviceDescription",
    "DeviceTestContext",
    "IOR",
    "MultiDeviceTestContext",
    "TangoSystem",
    "ascii_to_bytes",
    "device_class",
    "get_host_ip",
    "get_server_host_port",
    "get_server_port_via_pid",
    "literal_dict",
    "parse_ior",
    "read_attribute",
    "run_device_test_context",
    "write_attribute",
]

_WHERE = {
    "BuiltDevice": "_built",
    "DeviceDescription": "_device",
    "DeviceTestContext": "_context",
    "MultiDeviceTestContext": "_context",
    "IOR": "_ior",
    "TangoSystem": "_system",
    "ascii_to_bytes": "_ior",
    "device_class": "_device",
    "get_host_ip": "_script",
    "get_server_host_port": "_ior",
    "get_server_port_via_pid": "_ports",
    "literal_dict": "_ior",
    "parse_ior": "_ior",
    "read_attribute": "_built",
    "run_device_test_context": "_script",
    "write_attribute": "_built",
}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
