"""Spans of the methods of one device that telemetry is switched on for."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from puretango.tracing import Location, Runtime, describe

_OWN = "puretango."


class Identified(Protocol):
    """The client of a request, as ``get_client_ident()`` gives it."""

    client_ip: str
    client_pid: int
    client_lang: Any


class DeviceSpans:
    """Makes a span of each method of the author's that is called for a device."""

    def __init__(
        self, runtime: Runtime, provider: Any, tracer: Any, client: Callable[[], Identified | None]
    ) -> None:
        self._runtime = runtime
        self._provider = provider
        self.tracer = tracer
        self._client = client

    @property
    def has_kernel(self) -> bool:
        """True if the library's own methods are spans too."""
        return self._runtime.emits_kernel_spans

    @contextmanager
    def span(self, method: Callable[..., Any]) -> Iterator[None]:
        """A span while the method runs; a child of the request's trace, where there is one."""
        from opentelemetry.trace import SpanKind

        where = _location(method)
        with self.tracer.start_as_current_span(where.qualname, kind=SpanKind.SERVER) as span:
            describe(span, where)
            self._describe_client(span)
            yield

    def _describe_client(self, span: Any) -> None:
        client = self._client()
        if client is None:
            return
        span.set_attributes(
            {
                "tango.client_ident.location": client.client_ip,
                "tango.client_ident.pid": client.client_pid,
                "tango.client_ident.lang": getattr(client.client_lang, "name", "CPP"),
            }
        )

    def close(self) -> None:
        """Send what is queued, and stop."""
        shutdown = getattr(self._provider, "shutdown", None)
        if shutdown is not None:
            shutdown()


def is_authors(method: Callable[..., Any]) -> bool:
    """True for a method that is not the library's own."""
    function = inspect.unwrap(getattr(method, "__func__", method))
    return not getattr(function, "__module__", "").startswith(_OWN)


def _location(method: Callable[..., Any]) -> Location:
    function = inspect.unwrap(getattr(method, "__func__", method))
    code = getattr(function, "__code__", None)
    name = getattr(function, "__qualname__", getattr(function, "__name__", "unknown"))
    if code is None:
        return Location("unknown", 0, name)
    return Location(code.co_filename, code.co_firstlineno, name)
