"""Calling an author's methods: which hooks there are, which method is called and in which thread."""

from __future__ import annotations

import functools
import inspect
import warnings
from typing import Any

HOOKS = ("always_executed_hook", "read_attr_hardware", "write_attr_hardware")
"""The hooks that the author of a device may write, in the order in which they are called."""


class Stamp:
    """A plan is valid as long as its device has the same one; compared by identity only."""

    __slots__ = ()


def drive(core: Any) -> Any:
    """Run a coroutine that never really waits: those of synchronous devices.

    The dispatch logic is written once, as coroutines; if everything that they call is synchronous,
    one step takes them to their end.
    """
    try:
        core.send(None)
    except StopIteration as done:
        return done.value
    core.close()
    raise RuntimeError("a synchronous device cannot wait for a coroutine")


def warn_if_sync(method: Any) -> None:
    """Warn that an author's method should be ``async def``; the library's own need not."""
    function = getattr(method, "__func__", method)
    if getattr(function, "__module__", "").startswith("puretango.server"):
        return
    name = getattr(function, "__name__", repr(function))
    warnings.warn(
        f"{name} is sync: support of sync functions in Asyncio Servers is deprecated. "
        "Use 'async def' instead of 'def'.",
        DeprecationWarning,
        stacklevel=3,
    )


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
        if device._tango.is_asyncio:
            return device._tango.server.in_worker(functools.partial(function, device, *args))
        return function(device, *args)

    return run
