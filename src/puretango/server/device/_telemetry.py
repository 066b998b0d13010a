"""Telemetry of a device: spans of its methods, and its messages as log records."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from puretango.server.device._clientident import ClientIdent
from puretango.server.device._core import DeviceCore
from puretango.server.telemetry._settings import Telemetry
from puretango.server.telemetry._spans import DeviceSpans
from puretango.server.telemetry._target import TelemetryTarget

if TYPE_CHECKING:
    from puretango.tracing import TelemetryEndpoint

_VARIABLE = "TANGO_TELEMETRY_ENABLE"


class DeviceTelemetry(DeviceCore):
    """The part of a device that telemetry is told by.

    Its methods have the names that PyTango gives them: authors override
    ``create_telemetry_tracer_provider`` and ``create_telemetry_tracer``.
    """

    _tango_telemetry: Telemetry
    _tango_telemetry_target: TelemetryTarget | None = None
    _tango_telemetry_config: Any = None
    _tango_tracer_provider: Any = None
    _tango_tracer: Any = None

    def _tango_prepare_telemetry(self) -> None:
        """What the properties telemetry_enable and telemetry_topics say, or else the environment."""
        store = self._tango_server.store
        enable = store.own_property(self, "telemetry_enable")
        if enable is None and _VARIABLE not in os.environ:
            self._tango_telemetry = Telemetry()
            return
        from puretango.tracing import runtime

        runtime().refresh()
        telemetry = self._tango_telemetry = Telemetry(runtime().settings)
        if enable is not None:
            telemetry.enabled = bool(enable) and enable[0].strip().lower() in ("1", "true", "on")
        topics = [
            topic.strip().lower()
            for text in store.own_property(self, "telemetry_topics") or ()
            for topic in text.split(",")
            if topic.strip()
        ]
        telemetry.topics = topics or telemetry.topics
        if telemetry.enabled:
            self._tango_follow_telemetry()

    # -- what is switched on ---------------------------------------------------------------------

    def _is_telemetry_enabled(self) -> bool:
        return self._tango_telemetry.enabled

    def _is_telemetry_tracing_enabled(self) -> bool:
        return self._tango_telemetry.tracing

    def _check_telemetry_topic(self, topic: str) -> bool:
        return self._tango_telemetry.has_topic(topic)

    def _get_telemetry_tracing_endpoints(self) -> list[TelemetryEndpoint]:
        return list(self._tango_telemetry.places("tracing"))

    def _telemetry_reconfigured(self) -> None:
        """Called when a client has switched something; authors may override it."""

    def _tango_follow_telemetry(self, renew: bool = False) -> None:
        """Something has been switched: spans and log records follow; ``renew`` makes a new tracer."""
        telemetry = self._tango_telemetry
        if telemetry.enabled or self._tango_telemetry_config is not None:
            from puretango.tracing import runtime

            if telemetry.spans and (message := runtime().warn(telemetry.places("tracing"))):
                self.warn_stream(message)
            self._tango_refresh_tracer(renew)
            self._tango_refresh_log_records()
        self._tango_changed()

    # -- spans -----------------------------------------------------------------------------------

    def create_telemetry_tracer_provider(self, class_name: str, device_name: str) -> Any:
        """What sends the device's spans; authors override it to send them elsewhere.

        :returns: an ``opentelemetry.trace.TracerProvider``
        """
        from puretango.tracing import runtime

        endpoints = self._tango_telemetry.places("tracing")
        return runtime().make_provider(class_name, device_name, endpoints=endpoints)

    def create_telemetry_tracer(self, device_tracer_provider: Any) -> Any:
        """The tracer of a provider that create_telemetry_tracer_provider made."""
        from puretango.tracing import runtime

        return runtime().make_tracer(device_tracer_provider, "server")

    def get_telemetry_tracer(self) -> Any:
        """The device's tracer, for spans of the author's own; None while telemetry is off."""
        return self._tango_tracer

    def _tango_refresh_tracer(self, renew: bool) -> None:
        from puretango.tracing import runtime

        telemetry, current = self._tango_telemetry, runtime()
        places = telemetry.places("tracing")
        can = current.packages.api and not current.is_patched_out
        config = (telemetry.spans and can, places)
        if renew or config != self._tango_telemetry_config:
            self._tango_telemetry_config = config
            self._tango_end_spans()
            if config[0]:
                name = self._tango_device_class.get_name()
                provider = self.create_telemetry_tracer_provider(name, self._tango_name)
                self._tango_tracer_provider = provider
                self._tango_tracer = self.create_telemetry_tracer(provider)
        if not config[0]:
            return
        self._tango_spans = DeviceSpans(
            current, self._tango_tracer_provider, self._tango_tracer, self._tango_traced_client
        )
        self._tango_spans_of_authors = telemetry.has_topic("user")
        self._tango_spans_of_kernel = telemetry.has_topic("all")

    def _tango_traced_client(self) -> ClientIdent | None:
        """The client of the running request, in the thread or task that serves it."""
        client = self._tango_server.subdevices.visits.client()
        return None if client is None else ClientIdent(client)

    def _tango_end_spans(self) -> None:
        spans, self._tango_spans = self._tango_spans, None
        self._tango_tracer = self._tango_tracer_provider = None
        if spans is not None:
            spans.close()

    # -- log records -----------------------------------------------------------------------------

    def _tango_refresh_log_records(self) -> None:
        from puretango.tracing import runtime

        self._tango_end_log_records()
        telemetry, current = self._tango_telemetry, runtime()
        if not telemetry.logs or current.is_patched_out:
            return
        provider = current.providers.logger_provider(
            self._tango_device_class.get_name(), self._tango_name, telemetry.places("logging")
        )
        if provider is not None:
            self._tango_telemetry_target = TelemetryTarget(provider)
            self.get_logger().add_telemetry(self._tango_telemetry_target)

    def _tango_end_log_records(self) -> None:
        target, self._tango_telemetry_target = self._tango_telemetry_target, None
        if target is not None:
            self.get_logger().remove_telemetry(target)
            target.close()

    def _tango_end_telemetry(self) -> None:
        """The device goes out of use."""
        self._tango_end_spans()
        self._tango_end_log_records()
