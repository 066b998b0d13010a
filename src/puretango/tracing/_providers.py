"""Providers of tracers and loggers: where spans and log records are sent."""

from __future__ import annotations

import logging
import socket
import sys
from collections.abc import Iterable
from typing import Any

from puretango.tracing._kinds import TelemetryEndpoint, TelemetryExporter
from puretango.tracing._packages import Packages
from puretango.tracing._settings import Environment

_PROCESSOR = "PYTANGO_TELEMETRY_SPAN_PROCESSOR_TYPE"
_LEVEL, _LOGGERS = "PYTANGO_TELEMETRY_SDK_LOG_LEVEL", "PYTANGO_TELEMETRY_SDK_LOGGER_NAMES"
_SDK_LOGGERS = (
    "opentelemetry.sdk.trace.export,opentelemetry.sdk._shared_internal,opentelemetry.exporter"
)


class Providers:
    """Makes providers for endpoints, from the installed packages."""

    def __init__(self, packages: Packages, environment: Environment) -> None:
        self._packages = packages
        self._environment = environment

    def tracer_provider(
        self,
        service_name: str,
        service_instance_id: str | None = None,
        extra_resource_attributes: dict[str, str] | None = None,
        endpoints: tuple[TelemetryEndpoint, ...] | None = None,
    ) -> Any:
        """The default factory: a provider that sends spans to the endpoints.

        :returns: an ``opentelemetry.trace.TracerProvider``; one that does nothing if there is no
            SDK, or nowhere to send to
        """
        from opentelemetry import trace

        self._quieten()
        sdk = self._packages.sdk
        processors = [self.span_processor(one) for one in endpoints or ()] if sdk else []
        if not any(processors):
            return trace.NoOpTracerProvider()
        from opentelemetry.sdk.trace import TracerProvider

        resource = _resource(service_name, service_instance_id, extra_resource_attributes)
        provider = TracerProvider(resource=resource)
        for processor in filter(None, processors):
            provider.add_span_processor(processor)
        return provider

    def span_processor(self, endpoint: TelemetryEndpoint) -> Any:
        """The processor that sends finished spans to an endpoint; None if its exporter is not installed."""
        exporter = self._exporter(endpoint, "trace_exporter", "OTLPSpanExporter")
        if exporter is None:
            return None
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor

        wanted = (self._environment(_PROCESSOR) or "").lower()
        at_once = endpoint.exporter == TelemetryExporter.CONSOLE
        simple = wanted == "simple" or (wanted != "batch" and at_once)
        return SimpleSpanProcessor(exporter) if simple else BatchSpanProcessor(exporter)

    def logger_provider(
        self, service_name: str, service_instance_id: str, endpoints: Iterable[TelemetryEndpoint]
    ) -> Any:
        """The provider that sends log records to the endpoints; None if there is no SDK, or nowhere to send to."""
        if not self._packages.sdk:
            return None
        exporters = [self._exporter(one, "_log_exporter", "OTLPLogExporter") for one in endpoints]
        if not any(exporters):
            return None
        from opentelemetry.sdk._logs import LoggerProvider
        from opentelemetry.sdk._logs.export import BatchLogRecordProcessor

        provider = LoggerProvider(resource=_resource(service_name, service_instance_id, None))
        for exporter in filter(None, exporters):
            provider.add_log_record_processor(BatchLogRecordProcessor(exporter))
        return provider

    def _exporter(self, endpoint: TelemetryEndpoint, module: str, name: str) -> Any:
        kind = endpoint.exporter
        if kind == TelemetryExporter.CONSOLE:
            return _console(endpoint.endpoint, name)
        if not self._packages.has_exporter(kind):
            return None
        protocol = kind.name.lower()
        try:
            found = __import__(
                f"opentelemetry.exporter.otlp.proto.{protocol}.{module}", fromlist=[name]
            )
        except ImportError:
            self._packages.lose_exporter(kind)
            return None
        address = endpoint.endpoint
        if kind == TelemetryExporter.GRPC:  # Tango writes grpc://, OpenTelemetry http://
            address = "http://" + address.removeprefix("grpc://")
        return getattr(found, name)(endpoint=address)

    def _quieten(self) -> None:
        """Set the level of the SDK's own loggers, if the environment gives one."""
        level = self._environment(_LEVEL)
        if not level:
            return
        for name in (self._environment(_LOGGERS) or _SDK_LOGGERS).split(","):
            logging.getLogger(name.strip()).setLevel(level.upper())


def _console(place: str, name: str) -> Any:
    out = sys.stderr if place.lower() == "cerr" else sys.stdout
    if name == "OTLPSpanExporter":
        from opentelemetry.sdk.trace.export import ConsoleSpanExporter

        return ConsoleSpanExporter(out=out)
    from opentelemetry.sdk._logs import export

    kind: Any = getattr(export, "ConsoleLogRecordExporter", None) or export.ConsoleLogExporter
    return kind(out=out)


def _resource(service_name: str, instance: str | None, extra: dict[str, str] | None) -> Any:
    from opentelemetry.sdk.resources import Resource

    attributes: dict[str, Any] = {
        "host.name": socket.getfqdn(),
        "service.namespace": "tango",
        "service.name": service_name,
    }
    if instance:
        attributes["service.instance.id"] = instance
    return Resource.create({**attributes, **(extra or {})})
