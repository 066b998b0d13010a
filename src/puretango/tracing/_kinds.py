"""Exporters, kinds, topics and endpoints of telemetry, with PyTango's names."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class TelemetryExporter(enum.IntEnum):
    """How telemetry is sent."""

    GRPC = 0
    HTTP = 1
    CONSOLE = 2


class TelemetryType(enum.IntEnum):
    """What kind of telemetry is sent."""

    TRACING = 0
    LOGGING = 1
    NONE = 2


class TelemetryTopic(enum.IntEnum):
    """What telemetry covers."""

    DATABASE = 0
    EVENTS = 1
    POLLING = 2
    USER = 3
    ALL = 4


@dataclass(frozen=True)
class TelemetryEndpoint:
    """One place that telemetry is sent to: ``cout`` or ``cerr``, or an address."""

    exporter: TelemetryExporter
    endpoint: str
