"""Telemetry's data types, under PyTango's name."""

from puretango.client._telemetry import (
    TelemetryEndpoint,
    TelemetryExporter,
    TelemetryTopic,
    TelemetryType,
)

__all__ = ["TelemetryEndpoint", "TelemetryExporter", "TelemetryTopic", "TelemetryType"]
