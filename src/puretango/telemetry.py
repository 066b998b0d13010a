"""Telemetry's data types, under PyTango's name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from puretango.client import current_trace
from puretango.client.commands._telemetry import (
    TelemetryEndpoint,
    TelemetryExporter,
    TelemetryTopic,
    TelemetryType,
)

__all__ = [
    "TelemetryEndpoint",
    "TelemetryExporter",
    "TelemetryTopic",
    "TelemetryType",
    "get_trace_context",
    "get_telemetry_tracer_provider_factory",
    "set_telemetry_tracer_provider_factory",
]


def get_trace_context() -> dict[str, str]:
    """W3C's headers of the trace that a call made now belongs to; empty texts outside of any."""
    trace = current_trace()
    return {"traceparent": trace.parent, "tracestate": trace.state}


class _Factory:
    """What makes tracer providers; kept for programs that set it, traces are not sent."""

    current: Callable[..., Any] | None = None


def set_telemetry_tracer_provider_factory(provider_factory: Callable[..., Any] | None) -> None:
    """Set what makes tracer providers."""
    _Factory.current = provider_factory


def get_telemetry_tracer_provider_factory() -> Callable[..., Any] | None:
    """What makes tracer providers."""
    return _Factory.current
