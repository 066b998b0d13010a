"""The telemetry of one process, as set by its environment and its program."""

from __future__ import annotations

import inspect
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from puretango.tracing._kinds import TelemetryEndpoint
from puretango.tracing._location import Location
from puretango.tracing._packages import Packages
from puretango.tracing._providers import Providers
from puretango.tracing._settings import Environment, TelemetrySettings, is_true, read_settings

Factory = Callable[..., Any]
"""``factory(service_name, service_instance_id, extra_resource_attributes, endpoints=…)``."""

COMPATIBLE_WITH = "10.3.1"


class Runtime:
    """What is switched on, and the factory of tracers.

    A client's calls are traced according to the environment, a device's according to its own settings.
    """

    def __init__(self, environment: Environment = os.environ.get) -> None:
        self._environment = environment
        self.packages = Packages()
        self.providers = Providers(self.packages, environment)
        self.factory: Factory | None = None
        """The program's replacement of the default factory."""
        self.settings: TelemetrySettings = read_settings(environment)
        self._client_tracer: Any = None
        self.kernel_spans: bool | None = None
        """Whether the library's own methods are spans too; None until the environment is asked."""

    # -- the environment ---------------------------------------------------------------------------

    @property
    def is_patched_out(self) -> bool:
        """True if the user wants no telemetry from Python, whatever else is set."""
        return is_true(self._environment("PYTANGO_DISABLE_TELEMETRY_PATCHING"))

    @property
    def is_active(self) -> bool:
        """True if the calls of this process are to carry a trace context, and can."""
        return self.settings.enabled and not self.is_patched_out and self.packages.api

    @property
    def traces_calls(self) -> bool:
        """True if calls are spans, too."""
        return self.settings.tracing_enabled and self.is_active

    @property
    def emits_kernel_spans(self) -> bool:
        """True if the library's own methods of a device are spans too."""
        if self.kernel_spans is None:
            text = self._environment("PYTANGO_TELEMETRY_EMIT_KERNEL_SPANS")
            self.kernel_spans = is_true(text)
        return self.kernel_spans

    def refresh(self) -> None:
        """Read the environment again; after a change warn of missing packages."""
        now = read_settings(self._environment)
        if now == self.settings:
            return
        self.settings = now
        self._client_tracer = None
        if now.enabled:
            self.warn(now.tracing_endpoints)

    def begins(self) -> bool:
        """Called when a client is made: read the environment again; True if its calls are traced.

        If the user wants traces and something prevents them, that is warned of, once.
        """
        self.refresh()
        if self.settings.enabled and not self.is_active:
            self.warn(self.settings.tracing_endpoints)
        return self.is_active

    def warn(self, endpoints: tuple[TelemetryEndpoint, ...]) -> str:
        """Warn of missing packages for these endpoints; the text if it is given for the first time."""
        return "" if self.is_patched_out else self.packages.warn(endpoints)

    # -- tracers -----------------------------------------------------------------------------------

    def use_factory(self, factory: Factory | None) -> None:
        """Set the program's own factory of tracer providers; None for the default one."""
        self.factory = factory
        self._client_tracer = None

    def make_provider(
        self,
        service_name: str,
        service_instance_id: str | None = None,
        extra_resource_attributes: dict[str, str] | None = None,
        endpoints: tuple[TelemetryEndpoint, ...] | None = None,
        factory: Factory | None = None,
    ) -> Any:
        """A tracer provider; the endpoints are the environment's if none are given."""
        if endpoints is None:
            self.refresh()
            endpoints = self.settings.tracing_endpoints
        factory = factory or self.factory or self.providers.tracer_provider
        names = inspect.signature(factory).parameters
        takes_any = any(one.kind is one.VAR_KEYWORD for one in names.values())
        given = {"endpoints": endpoints} if takes_any or "endpoints" in names else {}
        return factory(service_name, service_instance_id, extra_resource_attributes, **given)

    def make_tracer(self, provider: Any, side: str) -> Any:
        """A tracer of a provider, for the ``client`` or the ``server``."""
        from opentelemetry import trace

        return trace.get_tracer(f"tango.python.{side}", COMPATIBLE_WITH, provider)

    @property
    def client_tracer(self) -> Any:
        """The tracer of this process's calls."""
        if self._client_tracer is None:
            endpoints = self.settings.tracing_endpoints
            self.warn(endpoints)
            name = self._environment("PYTANGO_TELEMETRY_CLIENT_SERVICE_NAME") or "pytango.client"
            self._client_tracer = self.make_tracer(
                self.make_provider(name, endpoints=endpoints), "client"
            )
        return self._client_tracer

    # -- spans -------------------------------------------------------------------------------------

    @contextmanager
    def client_span(self, where: Location, context: Any = None) -> Iterator[None]:
        """The span of a call made at that line of the program; ``context`` is OpenTelemetry's, from another thread."""
        from opentelemetry.trace import SpanKind

        tracer = self.client_tracer
        with tracer.start_as_current_span(where.qualname, context, kind=SpanKind.CLIENT) as span:
            describe(span, where)
            yield


def describe(span: Any, where: Location) -> None:
    """Give a span the attributes that PyTango's have."""
    thread = threading.current_thread()
    span.set_attributes(
        {
            "code.filepath": where.filepath,
            "code.lineno": where.lineno,
            "thread.id": hex(thread.ident or 0),
            "thread.name": thread.name,
        }
    )


_current: list[Runtime] = []
"""The runtime of this process, one like the environment that it reads."""


def runtime(environment: Environment = os.environ.get) -> Runtime:
    """The telemetry of this process, made when first asked for."""
    if not _current:
        _current.append(Runtime(environment))
    return _current[0]


def use_runtime(made: Runtime) -> Runtime:
    """Replace the runtime of this process."""
    _current[:] = [made]
    return made
