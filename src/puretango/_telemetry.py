"""The process's telemetry under the private names of PyTango's module, which its users' tests know.

Importing the module, or reloading it, reads the environment again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from puretango.client import current_trace, environment_variable
from puretango.tracing import (
    Runtime,
    TelemetryEndpoint,
    TelemetryExporter,
    TelemetrySettings,
    TelemetryTopic,
    TelemetryType,
    read_settings,
    use_runtime,
)

TELEMETRY_ENABLED = True
_ENUM_MEMBERS = {
    kind.__name__: {name: int(member) for name, member in kind.__members__.items()}
    for kind in (TelemetryExporter, TelemetryType, TelemetryTopic)
}
_runtime = use_runtime(Runtime(environment_variable))


def get_trace_context() -> dict[str, str]:
    """W3C's headers of the trace that a call made now belongs to; empty texts outside of any."""
    trace = current_trace()
    return {"traceparent": trace.parent, "tracestate": trace.state}


def set_telemetry_tracer_provider_factory(provider_factory: Callable[..., Any] | None) -> None:
    """Set the program's own factory of tracer providers; None for the default one.

    :param provider_factory: called with service name, instance id, extra attributes and
        ``endpoints=``; gives an ``opentelemetry.trace.TracerProvider``
    """
    _runtime.use_factory(provider_factory)


def get_telemetry_tracer_provider_factory() -> Callable[..., Any]:
    """The present factory of tracer providers; without ``endpoints`` it uses those of the environment."""
    made = _runtime.factory or _runtime.providers.tracer_provider

    def factory(
        service_name: str,
        service_instance_id: str | None = None,
        extra_resource_attributes: dict[str, str] | None = None,
        endpoints: tuple[TelemetryEndpoint, ...] | None = None,
    ) -> Any:
        return _runtime.make_provider(
            service_name, service_instance_id, extra_resource_attributes, endpoints, factory=made
        )

    return factory


def _get_env_telemetry_config() -> TelemetrySettings:
    return read_settings(environment_variable)


def _create_span_processor_for_endpoint(endpoint: TelemetryEndpoint) -> Any:
    return _runtime.providers.span_processor(endpoint)


class _RuntimeView:
    """The runtime, with PyTango's names for its members."""

    @property
    def _skip_kernel_spans(self) -> bool | None:
        emits = _runtime.kernel_spans
        return None if emits is None else not emits

    @_skip_kernel_spans.setter
    def _skip_kernel_spans(self, skip: bool | None) -> None:
        _runtime.kernel_spans = None if skip is None else not skip

    @property
    def _client_tracing_endpoints(self) -> tuple[TelemetryEndpoint, ...]:
        return _runtime.settings.tracing_endpoints

    def refresh_from_env(self) -> None:
        """Read the environment again."""
        _runtime.refresh()


_telemetry_runtime = _RuntimeView()


def __getattr__(name: str) -> Any:
    if name == "_telemetry_http_exporter_available":
        return _runtime.packages.has_exporter(TelemetryExporter.HTTP)
    if name == "_telemetry_grpc_exporter_available":
        return _runtime.packages.has_exporter(TelemetryExporter.GRPC)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
