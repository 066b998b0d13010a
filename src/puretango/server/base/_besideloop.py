"""Methods that an author keeps off the event loop with ``green_mode=False``."""

from __future__ import annotations

import functools
import inspect
from typing import Any


def of_class(device_type: Any, method: Any) -> Any:
    """The class's method of that name, where its devices follow tango.server.

    PyTango binds the methods of attributes, and those that allow commands, once for the class: a
    device that is given another one later goes on with the class's. Low-level devices are asked
    by name each time.
    """
    if not isinstance(method, str) or not getattr(device_type, "high_level", False):
        return method
    found = inspect.getattr_static(device_type, method, None)
    return found if inspect.isfunction(found) else method


def beside_loop(device_type: Any, method: Any, green: bool) -> Any:
    """The method, or one that runs it in a thread beside the loop of an asyncio device.

    ``method`` is a name, or a function that takes the device first.
    """
    if green or method is None:
        return method
    function = getattr(device_type, method, None) if isinstance(method, str) else method
    if function is None:
        return method

    @functools.wraps(function)
    def run(device: Any, *args: Any) -> Any:
        if device._tango_is_asyncio:
            return device._tango_server.in_worker(functools.partial(function, device, *args))
        return function(device, *args)

    return run
