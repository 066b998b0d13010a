"""Telemetry of a device: spans of its methods, and its messages as log records."""

from __future__ import annotations

import os
from typing import Any

from puretango.server.device.parts._clientident import ClientIdent
from puretango.server.device.parts._part import Part
from puretango.server.telemetry._settings import Telemetry
from puretango.server.telemetry._spans import DeviceSpans
from puretango.server.telemetry._target import TelemetryTarget

_VARIABLE = "TANGO_TELEMETRY_ENABLE"


class TelemetryPart(Part):
    """Spans of a device's methods, and its messages as log records."""

    settings: Telemetry
    target: TelemetryTarget | None = None
    config: Any = None
    tracer_provider: Any = None
    tracer: Any = None

    def prepare(self) -> None:
        """Read the properties telemetry_enable and telemetry_topics, or else the environment."""
        store = self.tango.server.store
        enable = store.own_property(self.device, "telemetry_enable")
        if enable is None and _VARIABLE not in os.environ:
            self.settings = Telemetry()
            return
        from puretango.tracing import runtime

        runtime().refresh()
        telemetry = self.settings = Telemetry(runtime().settings)
        if enable is not None:
            telemetry.enabled = bool(enable) and enable[0].strip().lower() in ("1", "true", "on")
        topics = [
            topic.strip().lower()
            for text in store.own_property(self.device, "telemetry_topics") or ()
            for topic in text.split(",")
            if topic.strip()
        ]
        telemetry.topics = topics or telemetry.topics
        if telemetry.enabled:
            self.follow()

    def follow(self, renew: bool = False) -> None:
        """Adapt spans and log records to changed settings; ``renew`` makes a new tracer."""
        telemetry = self.settings
        if telemetry.enabled or self.config is not None:
            from puretango.tracing import runtime

            if telemetry.spans and (message := runtime().warn(telemetry.places("tracing"))):
                self.device.warn_stream(message)
            self._refresh_tracer(renew)
            self._refresh_log_records()
        self.tango.changed()

    def _refresh_tracer(self, renew: bool) -> None:
        from puretango.tracing import runtime

        telemetry, current = self.settings, runtime()
        places = telemetry.places("tracing")
        can = current.packages.api and not current.is_patched_out
        config = (telemetry.spans and can, places)
        if renew or config != self.config:
            self.config = config
            self._end_spans()
            if config[0]:
                name = self.tango.device_class.get_name()
                provider = self.device.create_telemetry_tracer_provider(name, self.tango.name)
                self.tracer_provider = provider
                self.tracer = self.device.create_telemetry_tracer(provider)
        if not config[0]:
            return
        self.tango.spans = DeviceSpans(
            current, self.tracer_provider, self.tracer, self._traced_client
        )
        self.tango.spans_of_authors = telemetry.has_topic("user")
        self.tango.spans_of_kernel = telemetry.has_topic("all")

    def _traced_client(self) -> ClientIdent | None:
        """The client of the running request, in the thread or task that serves it."""
        client = self.tango.server.subdevices.visits.client()
        return None if client is None else ClientIdent(client)

    def _end_spans(self) -> None:
        spans, self.tango.spans = self.tango.spans, None
        self.tracer = self.tracer_provider = None
        if spans is not None:
            spans.close()

    def _refresh_log_records(self) -> None:
        from puretango.tracing import runtime

        self._end_log_records()
        telemetry, current = self.settings, runtime()
        if not telemetry.logs or current.is_patched_out:
            return
        provider = current.providers.logger_provider(
            self.tango.device_class.get_name(), self.tango.name, telemetry.places("logging")
        )
        if provider is not None:
            self.target = TelemetryTarget(provider)
            self.device.get_logger().add_telemetry(self.target)

    def _end_log_records(self) -> None:
        target, self.target = self.target, None
        if target is not None:
            self.device.get_logger().remove_telemetry(target)
            target.close()

    def end(self) -> None:
        """The device goes out of use."""
        self._end_spans()
        self._end_log_records()
