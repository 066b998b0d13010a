"""Telemetry of a device: spans of its methods, and its messages as log records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puretango.server.device._core import DeviceCore

if TYPE_CHECKING:
    from puretango.tracing import TelemetryEndpoint

_VARIABLE = "TANGO_TELEMETRY_ENABLE"


class DeviceTelemetry(DeviceCore):
    """The part of a device that controls its telemetry.

    Its methods have the names that PyTango gives them: authors override
    ``create_telemetry_tracer_provider`` and ``create_telemetry_tracer``.
    """

    # -- what is switched on ---------------------------------------------------------------------

    def _is_telemetry_enabled(self) -> bool:
        return self._tango.telemetry.settings.enabled

    def _is_telemetry_tracing_enabled(self) -> bool:
        return self._tango.telemetry.settings.tracing

    def _check_telemetry_topic(self, topic: str) -> bool:
        return self._tango.telemetry.settings.has_topic(topic)

    def _get_telemetry_tracing_endpoints(self) -> list[TelemetryEndpoint]:
        return list(self._tango.telemetry.settings.places("tracing"))

    def _telemetry_reconfigured(self) -> None:
        """Called when a client has changed the telemetry settings; authors may override it."""

    # -- spans -----------------------------------------------------------------------------------

    def create_telemetry_tracer_provider(self, class_name: str, device_name: str) -> Any:
        """The provider that sends the device's spans; authors override it to send them elsewhere.

        :returns: an ``opentelemetry.trace.TracerProvider``
        """
        from puretango.tracing import runtime

        endpoints = self._tango.telemetry.settings.places("tracing")
        return runtime().make_provider(class_name, device_name, endpoints=endpoints)

    def create_telemetry_tracer(self, device_tracer_provider: Any) -> Any:
        """The tracer of a provider that create_telemetry_tracer_provider made."""
        from puretango.tracing import runtime

        return runtime().make_tracer(device_tracer_provider, "server")

    def get_telemetry_tracer(self) -> Any:
        """The device's tracer, for spans of the author's own; None while telemetry is off."""
        return self._tango.telemetry.tracer
