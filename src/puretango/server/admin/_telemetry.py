"""The admin device's commands about the telemetry of devices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puretango.server.admin._part import AdminPart
from puretango.server.admin._table import LONGS_STRINGS, STRINGS, admin_command
from puretango.server.base._failure import throw
from puretango.server.telemetry._settings import TOPICS

if TYPE_CHECKING:
    from puretango.server.device._deviceimpl import DeviceImpl


EXPORTERS: dict[str, tuple[str, ...]] = {
    "console": (),
    "grpc": ("grpc://", "gRPC endpoint - e.g., grpc://localhost:4318"),
    "http": ("http", "http[s]:// url - e.g., http://localhost:4317/v1/traces"),
}
"""How an exporter's endpoints begin, and how an error message describes them."""


_ENDPOINTS = (
    "Str[i]=Device Name, Str[i+1] = # of endpoints, Str[i+2]=exporter type, Str[i+3]=endpoint..."
)
_PAIRS = (
    "Str[i]=Device name, Str[i+1]=# of exporter/endpoint pairs, Str[i+2]=exporter "
    "type A, Str[i+3]=endpoint A, Str[i+3]=exporter type B, Str[i+4]=endpoint B..."
)


class TelemetryCommands(AdminPart):
    """StartTelemetry … GetTelemetryTopics."""

    def _chosen(self, names: list[str]) -> list[DeviceImpl]:
        return [device for name in names for device in self._with_telemetry(name)]

    def _with_telemetry(self, pattern: str) -> list[DeviceImpl]:
        found = self.named_like(pattern)
        if not found:
            raise throw(
                "API_DeviceNotFound",
                f"Error: No device name matching patterns: <{pattern}>",
                "DServer::telemetry",
            )
        return found

    @staticmethod
    def _switched(device: DeviceImpl, renew: bool = False) -> None:
        device._tango.telemetry.follow(renew)
        device._telemetry_reconfigured()

    @admin_command(STRINGS, "Device list")
    def StartTelemetry(self, argin: list[str]) -> None:
        """Turn the telemetry of devices on."""
        for device in self._chosen(argin):
            device._tango.telemetry.settings.enabled = True
            self._switched(device)

    @admin_command(STRINGS, "Device list")
    def StopTelemetry(self, argin: list[str]) -> None:
        """Turn the telemetry of devices off."""
        for device in self._chosen(argin):
            device._tango.telemetry.settings.enabled = False
            self._switched(device)

    def _flags(self, argin: list[str], name: str) -> Any:
        devices = self._chosen(argin)
        flags = [int(getattr(device._tango.telemetry.settings, name)) for device in devices]
        return flags, [device._tango.name for device in devices]

    @admin_command(
        STRINGS, "Device list", LONGS_STRINGS, "Long[i]=enable(1)/disabled(0); Str[i]=device name"
    )
    def IsTelemetryEnabled(self, argin: list[str]) -> Any:
        """Whether the telemetry of devices is on."""
        return self._flags(argin, "enabled")

    @admin_command(
        STRINGS, "Device list", LONGS_STRINGS, "Long[i]=enable(1)/disabled(0); Str[i]=device name"
    )
    def GetTelemetryTracing(self, argin: list[str]) -> Any:
        """Whether devices trace."""
        return self._flags(argin, "tracing")

    @admin_command(
        STRINGS, "Device list", LONGS_STRINGS, "Long[i]=enable(1)/disabled(0); Str[i]=device name"
    )
    def GetTelemetryLogging(self, argin: list[str]) -> Any:
        """Whether devices send their logs by telemetry."""
        return self._flags(argin, "logging")

    def _set_flags(self, argin: Any, name: str) -> None:
        flags, names = argin
        if len(flags) != len(names):
            raise throw(
                "API_InvalidArgs",
                "Input long array and string array must have the same length.",
                "DServer::set_telemetry",
            )
        for flag, pattern in zip(flags, names, strict=True):
            for device in self._with_telemetry(pattern):
                setattr(device._tango.telemetry.settings, name, bool(flag))
                self._switched(device)

    @admin_command(LONGS_STRINGS, "Long[i]=enable(1)/disabled(0); Str[i]=device name")
    def SetTelemetryTracing(self, argin: Any) -> None:
        """Whether devices trace."""
        self._set_flags(argin, "tracing")

    @admin_command(LONGS_STRINGS, "Long[i]=enable(1)/disabled(0); Str[i]=device name")
    def SetTelemetryLogging(self, argin: Any) -> None:
        """Whether devices send their logs by telemetry."""
        self._set_flags(argin, "logging")

    @admin_command(
        STRINGS,
        "Device list",
        STRINGS,
        "Str[i]=device name, Str[i+1] = # of topics, Str[i+2]... = topics",
    )
    def GetTelemetryTopics(self, argin: list[str]) -> list[str]:
        """The topics of devices: name, how many, the topics."""
        texts: list[str] = []
        for device in self._chosen(argin):
            topics = device._tango.telemetry.settings.topics
            texts += [device._tango.name, str(len(topics)), *topics]
        return texts

    @admin_command(STRINGS, "Str[i] = Device name, Str[i+1]=# of topis, Str[i+2] ... = topics")
    def SetTelemetryTopics(self, argin: list[str]) -> None:
        """The topics of devices: name, how many, the topics."""
        for name, topics in _counted(argin, 1):
            for topic in topics:
                if topic not in TOPICS:
                    known = ", ".join(f"'{each}'" for each in TOPICS)
                    raise throw(
                        "API_InvalidArgs",
                        f"Cannot parse '{topic}' as a telemetry topic (e.g., {known}).",
                        "DServer::set_telemetry_topics",
                    )
            for device in self._with_telemetry(name):
                device._tango.telemetry.settings.topics = topics
                self._switched(device)

    def _get_endpoints(self, argin: list[str], kind: str) -> list[str]:
        texts: list[str] = []
        for device in self._chosen(argin):
            known = device._tango.telemetry.settings.endpoints[kind]
            texts += [device._tango.name, str(len(known) // 2), *known]
        return texts

    def _set_endpoints(self, argin: list[str], kind: str) -> None:
        for name, endpoints in _counted(argin, 2):
            for place in range(0, len(endpoints), 2):
                _check_endpoint(*endpoints[place : place + 2])
            for device in self._with_telemetry(name):
                device._tango.telemetry.settings.endpoints[kind] = endpoints
                self._switched(device, renew=True)

    def _change_endpoints(self, argin: list[str], kind: str, add: bool) -> None:
        if len(argin) % 3:
            raise throw(
                "API_InvalidArgs",
                "There must be 3 arguments per entry: device pattern, exporter, and endpoint.",
                "DServer::telemetry_endpoints",
            )
        for place in range(0, len(argin), 3):
            name, *pair = argin[place : place + 3]
            _check_endpoint(*pair)
            for device in self._with_telemetry(name):
                known = device._tango.telemetry.settings.endpoints[kind]
                pairs = list(zip(known[::2], known[1::2], strict=True))
                rest = [each for each in pairs if list(each) != pair]
                flat = [text for each in rest for text in each]
                device._tango.telemetry.settings.endpoints[kind] = flat + (pair if add else [])
                self._switched(device, renew=True)

    @admin_command(
        STRINGS,
        "Device List",
        STRINGS,
        _ENDPOINTS,
    )
    def GetTelemetryTracingEndpoints(self, argin: list[str]) -> list[str]:
        """Where devices send their traces."""
        return self._get_endpoints(argin, "tracing")

    @admin_command(
        STRINGS,
        "Device List",
        STRINGS,
        _ENDPOINTS,
    )
    def GetTelemetryLoggingEndpoints(self, argin: list[str]) -> list[str]:
        """Where devices send their logs."""
        return self._get_endpoints(argin, "logging")

    @admin_command(STRINGS, _PAIRS)
    def SetTelemetryTracingEndpoints(self, argin: list[str]) -> None:
        """Where devices send their traces."""
        self._set_endpoints(argin, "tracing")

    @admin_command(STRINGS, _PAIRS)
    def SetTelemetryLoggingEndpoints(self, argin: list[str]) -> None:
        """Where devices send their logs."""
        self._set_endpoints(argin, "logging")

    @admin_command(STRINGS, "Str[i]=device name, Str[i+1]=exporter type, Str[i+2]=endpoint...")
    def AddTelemetryTracingEndpoints(self, argin: list[str]) -> None:
        """One more place for the traces."""
        self._change_endpoints(argin, "tracing", add=True)

    @admin_command(STRINGS, "Str[i]=device name, Str[i+1]=exporter type, Str[i+2]=endpoint...")
    def AddTelemetryLoggingEndpoints(self, argin: list[str]) -> None:
        """One more place for the logs."""
        self._change_endpoints(argin, "logging", add=True)

    @admin_command(STRINGS, "Str[i]=device name, Str[i+1]=exporter type, Str[i+2]=endpoint...")
    def RemoveTelemetryTracingEndpoints(self, argin: list[str]) -> None:
        """One place less for the traces."""
        self._change_endpoints(argin, "tracing", add=False)

    @admin_command(STRINGS, "Str[i]=device name, Str[i+1]=exporter type, Str[i+2]=endpoint...")
    def RemoveTelemetryLoggingEndpoints(self, argin: list[str]) -> None:
        """One place less for the logs."""
        self._change_endpoints(argin, "logging", add=False)


def _check_endpoint(exporter: str, endpoint: str) -> None:
    """Raise unless the exporter is a known one and the endpoint is of its kind."""
    if exporter not in EXPORTERS:
        raise throw(
            "API_InvalidArgs",
            f"Cannot parse '{exporter}' as Exporter enum class.",
            "DServer::telemetry_endpoints",
        )
    if EXPORTERS[exporter] and not endpoint.startswith(EXPORTERS[exporter][0]):
        raise throw(
            "API_InvalidArgs",
            f"the specified telemetry endpoint '{endpoint}' is invalid - expecting a valid "
            f"{EXPORTERS[exporter][1]}",
            "DServer::telemetry_endpoints",
        )


def _counted(argin: list[str], width: int) -> list[tuple[str, list[str]]]:
    """Groups of device, count, and count × width texts."""
    found: list[tuple[str, list[str]]] = []
    place = 0
    while place < len(argin):
        if place + 1 == len(argin):
            what = "topics" if width == 1 else "endpoints"
            raise throw(
                "API_InvalidArgs",
                f"You must provide a device pattern and number of {what}",
                "DServer::telemetry",
            )
        if not argin[place + 1].isdigit():
            raise throw(
                "API_InvalidArgs",
                f'"{argin[place + 1]}" cannot be entirely parsed into unsigned int',
                "DServer::telemetry",
            )
        count = int(argin[place + 1]) * width
        if len(argin) - place - 2 < count:
            what = "topics" if width == 1 else "exporter/endpoint"
            raise throw(
                "API_InvalidArgs",
                f"The number of {what} entries for the pattern <{argin[place]}> does not match "
                f"the expected number ({argin[place + 1]})",
                "DServer::telemetry",
            )
        found.append((argin[place], list(argin[place + 2 : place + 2 + count])))
        place += 2 + count
    return found
