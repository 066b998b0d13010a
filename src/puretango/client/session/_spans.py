"""Spans of a client's calls: one for each, named after the line of the program that made it.

The switch is the list ``traced`` of ``_trace``: while it is empty, calls check nothing else.
The environment is looked at each time a proxy is made.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from puretango.client.names._environment import environment_variable
from puretango.client.session._trace import traced
from puretango.tracing import caller_location, runtime

__all__ = ["begin_tracing", "in_span", "spanned", "without_spans"]

VARIABLE = "TANGO_TELEMETRY_ENABLE"
_quiet: ContextVar[bool] = ContextVar("puretango_no_spans", default=False)
_looked: list[bool] = []
"""Not empty once the tangorc files have been looked at: they do not change while a program runs."""


def begin_tracing() -> None:
    """When a proxy is made: decide whether calls are traced from now on, its own and all others'."""
    if not _looked:
        _looked.append(True)
        if environment_variable(VARIABLE) is not None:
            runtime(environment_variable)
    elif VARIABLE not in os.environ and VARIABLE not in traced:
        return
    if VARIABLE in traced:
        traced.remove(VARIABLE)
    if environment_variable(VARIABLE) is not None and runtime().begins():
        traced.append(VARIABLE)


@contextmanager
def without_spans() -> Iterator[None]:
    """Within it, calls get no spans: they are the library's own, part of a call of the program's."""
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)


def in_span(call: Callable[..., Any], *args: Any) -> Any:
    """Make a synchronous call within a span of its own, if this process's calls have one."""
    current = runtime()
    if not current.traces_calls:
        return call(*args)
    with current.client_span(caller_location()):
        return call(*args)


def spanned(core: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Any]:
    """The same coroutine function, within a span that belongs to the calling line and its trace."""
    current = runtime()
    if _quiet.get() or not current.traces_calls:
        return core
    from opentelemetry import context

    where, outer = caller_location(), context.get_current()

    async def inside(*args: Any, **keywords: Any) -> Any:
        with current.client_span(where, outer):
            return await core(*args, **keywords)

    return inside
