"""Telemetry of a device, switched through its admin device."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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
    """The texts after ``[device, count, …]``."""
    texts = list(reply or ())
    if len(texts) < 2 or not texts[1].isdigit():
        return []
    return texts[2:]


def _flag(answer: Any) -> bool:
    """A switch's state: the first number of a DevVarLongStringArray."""
    numbers, _ = answer
    return len(numbers) > 0 and bool(numbers[0])


class TelemetryCalls:
    """Telemetry calls of a DeviceProxy."""

    _session: Session

    async def _ask_admin(
        self,
        io: IO,
        command: str,
        in_type: CmdArgType = CmdArgType.DevVoid,
        value: Any = None,
        then: Callable[[Any], Any] | None = None,
    ) -> Any:
        raise NotImplementedError

    async def _telemetry(
        self,
        io: IO,
        command: str,
        *arguments: str,
        then: Callable[[Any], Any] | None = None,
    ) -> Any:
        """Run a telemetry command of the admin device for this device."""
        argument = [self._session.device_name, *arguments]
        return await self._ask_admin(io, command, STRINGS, argument, then)

    async def _switch(self, io: IO, command: str, enabled: bool) -> None:
        argument = ([int(bool(enabled))], [self._session.device_name])
        await self._ask_admin(io, command, NUMBERS, argument)

    async def _is_on(self, io: IO, command: str) -> bool:
        found: bool = await self._telemetry(io, command, then=_flag)
        return found

    async def _endpoints(self, io: IO, command: str) -> tuple[TelemetryEndpoint, ...]:
        found: tuple[TelemetryEndpoint, ...] = await self._telemetry(
            io, command, then=lambda reply: _from_wire(_counted(reply))
        )
        return found

    @green_core
    async def start_telemetry(self, io: IO) -> None:
        """Switch telemetry on."""
        await self._telemetry(io, "StartTelemetry")

    @green_core
    async def stop_telemetry(self, io: IO) -> None:
        """Switch telemetry off."""
        await self._telemetry(io, "StopTelemetry")

    @green_core
    async def is_telemetry_enabled(self, io: IO) -> bool:
        """True if telemetry is on."""
        return await self._is_on(io, "IsTelemetryEnabled")

    @green_core
    async def set_telemetry_tracing(self, io: IO, enabled: bool) -> None:
        """Switch traces on or off."""
        await self._switch(io, "SetTelemetryTracing", enabled)

    @green_core
    async def get_telemetry_tracing(self, io: IO) -> bool:
        """True if traces are sent."""
        return await self._is_on(io, "GetTelemetryTracing")

    @green_core
    async def set_telemetry_logging(self, io: IO, enabled: bool) -> None:
        """Switch logs on or off."""
        await self._switch(io, "SetTelemetryLogging", enabled)

    @green_core
    async def get_telemetry_logging(self, io: IO) -> bool:
        """True if logs are sent."""
        return await self._is_on(io, "GetTelemetryLogging")

    @green_core
    async def set_telemetry_tracing_endpoints(
        self, io: IO, endpoints: Sequence[TelemetryEndpoint]
    ) -> None:
        """Set where traces go."""
        texts = _to_wire(endpoints)
        await self._telemetry(io, "SetTelemetryTracingEndpoints", str(len(endpoints)), *texts)

    @green_core
    async def get_telemetry_tracing_endpoints(self, io: IO) -> tuple[TelemetryEndpoint, ...]:
        """Where traces go."""
        return await self._endpoints(io, "GetTelemetryTracingEndpoints")

    @green_core
    async def add_telemetry_tracing_endpoint(self, io: IO, endpoint: TelemetryEndpoint) -> None:
        """Send traces to one more place."""
        await self._telemetry(io, "AddTelemetryTracingEndpoints", *_to_wire([endpoint]))

    @green_core
    async def remove_telemetry_tracing_endpoint(self, io: IO, endpoint: TelemetryEndpoint) -> None:
        """Stop sending traces to a place."""
        await self._telemetry(io, "RemoveTelemetryTracingEndpoints", *_to_wire([endpoint]))

    @green_core
    async def set_telemetry_logging_endpoints(
        self, io: IO, endpoints: Sequence[TelemetryEndpoint]
    ) -> None:
        """Set where logs go."""
        texts = _to_wire(endpoints)
        await self._telemetry(io, "SetTelemetryLoggingEndpoints", str(len(endpoints)), *texts)

    @green_core
    async def get_telemetry_logging_endpoints(self, io: IO) -> tuple[TelemetryEndpoint, ...]:
        """Where logs go."""
        return await self._endpoints(io, "GetTelemetryLoggingEndpoints")

    @green_core
    async def add_telemetry_logging_endpoint(self, io: IO, endpoint: TelemetryEndpoint) -> None:
        """Send logs to one more place."""
        await self._telemetry(io, "AddTelemetryLoggingEndpoints", *_to_wire([endpoint]))

    @green_core
    async def remove_telemetry_logging_endpoint(self, io: IO, endpoint: TelemetryEndpoint) -> None:
        """Stop sending logs to a place."""
        await self._telemetry(io, "RemoveTelemetryLoggingEndpoints", *_to_wire([endpoint]))

    @green_core
    async def set_telemetry_topics(self, io: IO, topics: Sequence[str]) -> None:
        """Set the topics that telemetry covers."""
        wanted = [str(topic).strip().lower() for topic in topics if str(topic).strip()]
        await self._telemetry(io, "SetTelemetryTopics", str(len(wanted)), *wanted)

    @green_core
    async def get_telemetry_topics(self, io: IO) -> tuple[str, ...]:
        """The topics that telemetry covers."""
        found: tuple[str, ...] = await self._telemetry(
            io, "GetTelemetryTopics", then=lambda reply: tuple(_counted(reply))
        )
        return found
