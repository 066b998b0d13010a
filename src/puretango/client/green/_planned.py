"""Submitting a planned call in a green mode: at once, in a pool, or on a loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puretango.client.green._green import _default_mode as default_mode
from puretango.client.green._green import get_object_executor, run_green
from puretango.client.session._io import BLOCKING, drive
from puretango.client.session._plan import Again, call
from puretango.values import GreenMode

if TYPE_CHECKING:
    from puretango.client.session._plan import LongWay, Plan
    from puretango.client.session._session import Session

__all__ = ["mode_of", "submit"]

_SYNCHRONOUS = GreenMode.Synchronous
_ASYNCIO = GreenMode.Asyncio
_FUTURES = GreenMode.Futures


def mode_of(proxy: Any, green_mode: GreenMode | None) -> GreenMode:
    """The green mode of a call: its own, the proxy's, or the default one."""
    if green_mode is not None:
        return green_mode
    mode: GreenMode | None = proxy._green_mode
    return default_mode[0] if mode is None else mode


def submit(
    proxy: Any,
    plan: Plan,
    value: Any,
    long_way: LongWay,
    mode: GreenMode,
    wait: bool | None,
    timeout: float | None,
) -> Any:
    """Make a planned call, or go the long way if it turns out to be unusual."""
    session: Session = proxy._session
    if mode is _SYNCHRONOUS and wait is not False and not timeout:
        return _in_thread(session, plan, value, long_way)
    if mode is _ASYNCIO and not wait and timeout is None:
        from puretango.client.green._awaited import call_later  # loads asyncio

        future = call_later(session, plan, value, long_way)
        if future is not None:
            return future
    elif mode is _FUTURES:
        executor = get_object_executor(proxy, mode)
        args = (session, plan, value, long_way)
        return executor.run(_in_thread, args, None, wait, timeout)
    return run_green(proxy, long_way, (), {}, mode, wait, timeout)


def _in_thread(session: Session, plan: Plan, value: Any, long_way: LongWay) -> Any:
    found = call(session, plan, value)
    return drive(long_way(found.then(BLOCKING))) if type(found) is Again else found
