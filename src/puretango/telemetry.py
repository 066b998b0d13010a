"""Telemetry under PyTango's names: kinds, endpoints, and the factory of tracer providers."""

from __future__ import annotations

from puretango._telemetry import (
    get_telemetry_tracer_provider_factory,
    get_trace_context,
    set_telemetry_tracer_provider_factory,
)
from puretango.tracing import (
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
    "get_telemetry_tracer_provider_factory",
    "get_trace_context",
    "set_telemetry_tracer_provider_factory",
]
