"""Which of OpenTelemetry's packages are installed, and warnings about those that are not."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from functools import cached_property

from puretango.tracing._kinds import TelemetryEndpoint, TelemetryExporter
from puretango.tracing._warnings import PyTangoUserWarning, warn_once

_NO_API = (
    "OpenTelemetry API packages are not available: telemetry context cannot be propagated and "
    "Python telemetry spans will not be emitted. Install puretango[telemetry]."
)
_NO_SDK = (
    "OpenTelemetry SDK packages are not available: the trace context is passed on, but Python "
    "telemetry spans will not be emitted. Install puretango[telemetry]."
)
_MODULES = {
    TelemetryExporter.HTTP: "opentelemetry.exporter.otlp.proto.http.trace_exporter",
    TelemetryExporter.GRPC: "opentelemetry.exporter.otlp.proto.grpc.trace_exporter",
}
_NAMES = {TelemetryExporter.HTTP: "HTTP", TelemetryExporter.GRPC: "gRPC"}


def _is_here(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


class Packages:
    """The installed packages; looked up when first asked, nothing is imported before."""

    def __init__(self) -> None:
        self._exporters: dict[TelemetryExporter, bool] = {TelemetryExporter.CONSOLE: True}

    @cached_property
    def api(self) -> bool:
        """True if contexts can be passed on."""
        return _is_here("opentelemetry.trace")

    @cached_property
    def sdk(self) -> bool:
        """True if spans can be made."""
        return self.api and _is_here("opentelemetry.sdk.trace.export")

    def has_exporter(self, exporter: TelemetryExporter) -> bool:
        """True if spans can be sent by this exporter."""
        if exporter not in self._exporters:
            self._exporters[exporter] = _is_here(_MODULES[exporter])
        return self._exporters[exporter]

    def lose_exporter(self, exporter: TelemetryExporter) -> None:
        """Note, with one warning, that an installed exporter cannot be imported, and go without."""
        self._exporters[exporter] = False
        self.warn([TelemetryEndpoint(exporter, "")])

    def warn(self, endpoints: Iterable[TelemetryEndpoint]) -> str:
        """Warn of what is missing for these endpoints; the text if it is given for the first time."""
        message, key = self._missing(endpoints)
        if message and warn_once(message, key, PyTangoUserWarning, stacklevel=3):
            return message
        return ""

    def _missing(self, endpoints: Iterable[TelemetryEndpoint]) -> tuple[str, str]:
        if not self.api:
            return _NO_API, "telemetry-missing-api"
        if not self.sdk:
            return _NO_SDK, "telemetry-missing-sdk"
        lost = sorted({one.exporter for one in endpoints if not self.has_exporter(one.exporter)})
        what = "; ".join(
            f"OpenTelemetry OTLP {_NAMES[each]} trace exporter package is not available"
            for each in lost
        )
        packages = ", ".join(
            f"opentelemetry-exporter-otlp-proto-{each.name.lower()}" for each in lost
        )
        key = f"telemetry-missing-exporter:{','.join(each.name.lower() for each in lost)}"
        return (f"{what}. Install {packages} to emit spans there." if lost else ""), key
