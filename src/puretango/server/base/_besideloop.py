"""Methods that an author keeps off the event loop with ``green_mode=False``."""

from __future__ import annotations

import functools
from typing import Any


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
