"""Whole control systems in one process, for tests.

`DeviceTestContext` and `MultiDeviceTestContext` have PyTango's names and arguments; `TangoSystem` is a database
with servers registered in it. Any number of each run at once, start in milliseconds and stop without a trace.
`puretango.testing.plugin` holds the pytest fixtures.
"""

from typing import TYPE_CHECKING, Any

from puretango.testing._context import DeviceTestContext, MultiDeviceTestContext
from puretango.testing._device import DeviceDescription, device_class
from puretango.testing._ports import get_server_port_via_pid
from puretango.testing._script import get_host_ip, run_device_test_context

if TYPE_CHECKING:
    from puretango.testing._system import TangoSystem

__all__ = [
    "DeviceDescription",
    "DeviceTestContext",
    "MultiDeviceTestContext",
    "TangoSystem",
    "device_class",
    "get_host_ip",
    "get_server_port_via_pid",
    "run_device_test_context",
]


def __getattr__(name: str) -> Any:
    if name == "TangoSystem":  # SQL is loaded only where a database is wanted
        from puretango.testing._system import TangoSystem

        return TangoSystem
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
