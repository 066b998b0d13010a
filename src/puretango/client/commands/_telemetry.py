"""Telemetry of a device, switched through its admin device."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from puretango.client.green._green import green_core
from puretango.tracing import TelemetryEndpoint, TelemetryExporter
from puretango.values import CmdArgType

if TYPE_CHECKING:
    from puretango.client.session._io import IO
    from puretango.client.session._session import Session

__all__ = ["TelemetryCalls"]


def _to_wire(endpoints: Iterable[TelemetryEndpoint]) -> list[str]:
    texts: list[str] = []
    for endpoint in endpoints:
        exporter: Any = endpoint.exporter
        name = exporter if isinstance(exporter, str) else exporter.name
        texts += [name.lower(), endpoint.endpoint]
    return texts


def _from_wire(texts: Sequence[str]) -> tuple[TelemetryEndpoint, ...]:
    if len(texts) % 2:
        raise ValueError("telemetry endpoint data must contain exporter/endpoint pairs")
    return tuple(
        TelemetryEndpoint(TelemetryExporter[exporter.upper()], endpoint)
        for exporter, endpoint in zip(texts[::2], texts[1::2], strict=True)
    )


STRINGS = CmdArgType.DevVarStringArray
NUMBERS = CmdArgType.DevVarLongStringArray


def _counted(reply: Sequence[str] | None) -> list[str]:
    """The texts behind ``[device, count, …]``."""
    texts = list(reply or ())
    if len(texts) < 2 or not texts[1].isdigit():
        return []
    return texts[2:]


def _switch(command: str, doc: str) -> Any:
    async def core(self: Any, io: IO, enabled: bool) -> None:
        argument = ([int(bool(enabled))], [self._session.device_name])
        await self._ask_admin(io, command, NUMBERS, argument)

    return _named(core, command, doc)


def _state(command: str, doc: str) -> Any:
    async def core(self: Any, io: IO) -> bool:
        numbers, _ = await self._ask_admin(io, command, STRINGS, [self._session.device_name])
        return len(numbers) > 0 and bool(numbers[0])

    return _named(core, command, doc)


def _set_endpoints(command: str, doc: str) -> Any:
    async def core(self: Any, io: IO, endpoints: Sequence[TelemetryEndpoint]) -> None:
        argument = [self._session.device_name, str(len(endpoints)), *_to_wire(endpoints)]
        await self._ask_admin(io, command, STRINGS, argument)

    return _named(core, command, doc)


def _one_endpoint(command: str, doc: str) -> Any:
    async def core(self: Any, io: IO, endpoint: TelemetryEndpoint) -> None:
        argument = [self._session.device_name, *_to_wire([endpoint])]
        await self._ask_admin(io, command, STRINGS, argument)

    return _named(core, command, doc)


def _get_endpoints(command: str, doc: str) -> Any:
    async def core(self: Any, io: IO) -> tuple[TelemetryEndpoint, ...]:
        reply = await self._ask_admin(io, command, STRINGS, [self._session.device_name])
        return _from_wire(_counted(reply))

    return _named(core, command, doc)


def _order(command: str, doc: str) -> Any:
    async def core(self: Any, io: IO) -> None:
        await self._ask_admin(io, command, STRINGS, [self._session.device_name])

    return _named(core, command, doc)


def _named(core: Any, command: str, doc: str) -> Any:
    core.__name__ = core.__qualname__ = command
    core.__doc__ = doc
    return green_core(core)


class TelemetryCalls:
    """Telemetry calls of a DeviceProxy."""

    _session: Session

    start_telemetry = _order("StartTelemetry", "Switch telemetry on.")
    stop_telemetry = _order("StopTelemetry", "Switch telemetry off.")
    is_telemetry_enabled = _state("IsTelemetryEnabled", "True if telemetry is on.")
    set_telemetry_tracing = _switch("SetTelemetryTracing", "Switch traces on or off.")
    get_telemetry_tracing = _state("GetTelemetryTracing", "True if traces are sent.")
    set_telemetry_logging = _switch("SetTelemetryLogging", "Switch logs on or off.")
    get_telemetry_logging = _state("GetTelemetryLogging", "True if logs are sent.")
    set_telemetry_tracing_endpoints = _set_endpoints(
        "SetTelemetryTracingEndpoints", "Set where traces go."
    )
    get_telemetry_tracing_endpoints = _get_endpoints(
        "GetTelemetryTracingEndpoints", "Where traces go."
    )
    add_telemetry_tracing_endpoint = _one_endpoint(
        "AddTelemetryTracingEndpoints", "Send traces to one more place."
    )
    remove_telemetry_tracing_endpoint = _one_endpoint(
        "RemoveTelemetryTracingEndpoints", "Stop sending traces to a place."
    )
    set_telemetry_logging_endpoints = _set_endpoints(
        "SetTelemetryLoggingEndpoints", "Set where logs go."
    )
    get_telemetry_logging_endpoints = _get_endpoints(
        "GetTelemetryLoggingEndpoints", "Where logs go."
    )
    add_telemetry_logging_endpoint = _one_endpoint(
        "AddTelemetryLoggingEndpoints", "Send logs to one more place."
    )
    remove_telemetry_logging_endpoint = _one_endpoint(
        "RemoveTelemetryLoggingEndpoints", "Stop sending logs to a place."
    )

    @green_core
    async def set_telemetry_topics(self, io: IO, topics: Sequence[str]) -> None:
        """Set what telemetry tells about."""
        wanted = [str(topic).strip().lower() for topic in topics if str(topic).strip()]
        argument = [self._session.device_name, str(len(wanted)), *wanted]
        await self._ask_admin(  # type: ignore[attr-defined]
            io, "SetTelemetryTopics", STRINGS, argument
        )

    @green_core
    async def get_telemetry_topics(self, io: IO) -> tuple[str, ...]:
        """What telemetry tells about."""
        reply = await self._ask_admin(  # type: ignore[attr-defined]
            io, "GetTelemetryTopics", STRINGS, [self._session.device_name]
        )
        return tuple(_counted(reply))
