"""The trace that a call belongs to: W3C's Trace Context, which travels with each call of IDL 6.

A call made while a device serves a traced request belongs to that request's trace, and so do the calls of that
device's devices. A program's own trace is OpenTelemetry's current span, where that is installed and in use and
TANGO_TELEMETRY_ENABLE says ``on``. Spans of the calls themselves are made in ``_spans``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

__all__ = ["Trace", "current_trace", "part_of", "traced"]


class Trace(NamedTuple):
    """The two headers of W3C's Trace Context; empty outside of any trace."""

    parent: str = ""
    state: str = ""


_NONE = Trace()
_served: ContextVar[Trace] = ContextVar("puretango_trace", default=_NONE)

traced: list[Any] = []
"""Not empty while calls of this process may belong to a trace: they are then made the long way."""


def current_trace() -> Trace:
    """The trace that a call made now belongs to."""
    api: Any = sys.modules.get("opentelemetry.trace")
    if api is not None:
        span = api.get_current_span().get_span_context()
        if span.is_valid:
            parent = f"00-{span.trace_id:032x}-{span.span_id:016x}-{int(span.trace_flags):02x}"
            return Trace(parent, span.trace_state.to_header())
    return _served.get()


@contextmanager
def part_of(trace: Trace) -> Iterator[None]:
    """Calls made within belong to that trace, and OpenTelemetry's spans are its children."""
    traced.append(trace)
    token = _served.set(trace)
    api, context = _span_context(trace)
    attached = None if api is None else api.attach(context)
    try:
        yield
    finally:
        if api is not None:
            api.detach(attached)
        _served.reset(token)
        traced.remove(trace)


def _span_context(trace: Trace) -> tuple[Any, Any]:
    """OpenTelemetry's context module, if the program uses it, and the trace in its terms."""
    api: Any = sys.modules.get("opentelemetry.trace")
    parts = trace.parent.split("-")
    if api is None or len(parts) < 4:
        return None, None
    from opentelemetry import context  # already loaded by the program

    try:
        identity = api.SpanContext(
            trace_id=int(parts[1], 16),
            span_id=int(parts[2], 16),
            is_remote=True,
            trace_flags=api.TraceFlags(int(parts[3], 16)),
            trace_state=api.TraceState.from_header([trace.state]),
        )
    except ValueError:
        return None, None
    return context, api.set_span_in_context(api.NonRecordingSpan(identity))
