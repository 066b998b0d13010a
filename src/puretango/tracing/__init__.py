"""Telemetry: spans and logs of calls, exported by OpenTelemetry under PyTango's settings.

Nothing of OpenTelemetry is imported until telemetry is switched on, by ``TANGO_TELEMETRY_ENABLE``,
by a device's properties or through its admin device.
"""

from puretango.tracing._kinds import (
    TelemetryEndpoint,
    TelemetryExporter,
    TelemetryTopic,
    TelemetryType,
)
from puretango.tracing._location import Location, caller_location
from puretango.tracing._runtime import Runtime, describe, runtime, use_runtime
from puretango.tracing._settings import TelemetrySettings, read_settings
from puretango.tracing._warnings import PyTangoUserWarning, warn_once, warned

__all__ = [
    "Location",
    "PyTangoUserWarning",
    "Runtime",
    "TelemetryEndpoint",
    "TelemetryExporter",
    "TelemetrySettings",
    "TelemetryTopic",
    "TelemetryType",
    "caller_location",
    "describe",
    "read_settings",
    "runtime",
    "use_runtime",
    "warn_once",
    "warned",
]
