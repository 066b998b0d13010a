"""The settings of telemetry in the environment, in the variables of cppTango 10.3.

``TANGO_TELEMETRY_ENABLE``, ``…_TYPES``, ``…_TOPICS``, ``…_TRACING_EXPORTERS``,
``…_TRACING_ENDPOINTS``, ``…_LOGGING_EXPORTERS``, ``…_LOGGING_ENDPOINTS``; the last four are lists
that belong together by place.
"""

from __future__ import annotations

import enum
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from puretango.tracing._kinds import (
    TelemetryEndpoint,
    TelemetryExporter,
    TelemetryTopic,
    TelemetryType,
)
from puretango.tracing._warnings import warn_once

Environment = Callable[[str], "str | None"]
"""Looks a setting up: the process's environment, then the tangorc files."""

_Kind = TypeVar("_Kind", bound=enum.IntEnum)

_REPLACED = {
    "TANGO_TELEMETRY_TRACES_EXPORTER": "TANGO_TELEMETRY_TRACING_EXPORTERS",
    "TANGO_TELEMETRY_TRACES_ENDPOINT": "TANGO_TELEMETRY_TRACING_ENDPOINTS",
    "TANGO_TELEMETRY_LOGS_EXPORTER": "TANGO_TELEMETRY_LOGGING_EXPORTERS",
    "TANGO_TELEMETRY_LOGS_ENDPOINT": "TANGO_TELEMETRY_LOGGING_ENDPOINTS",
}
"""Variables of PyTango 10.0, which have no effect any more, and those that replaced them."""


@dataclass(frozen=True)
class TelemetrySettings:
    """The settings in the environment."""

    enabled: bool
    tracing_endpoints: tuple[TelemetryEndpoint, ...]
    logging_endpoints: tuple[TelemetryEndpoint, ...]
    types: tuple[TelemetryType, ...]
    topics: tuple[TelemetryTopic, ...]
    tracing_enabled: bool
    logging_enabled: bool


def is_true(text: str | None) -> bool:
    """Whether a variable's text means yes."""
    return (text or "").strip().lower() in {"on", "1", "true", "yes", "y"}


def read_settings(environment: Environment) -> TelemetrySettings:
    """Read all settings; those that make no sense are left out with a warning."""
    for old, new in _REPLACED.items():
        if environment(old) is not None:
            message = f"{old} is deprecated; use {new} instead."
            warn_once(message, f"deprecated-env:{old}", DeprecationWarning, stacklevel=2)
    enabled = is_true(environment("TANGO_TELEMETRY_ENABLE"))
    types = _listed(environment, "TANGO_TELEMETRY_TYPES", TelemetryType)
    nothing = TelemetryType.NONE in types
    return TelemetrySettings(
        enabled=enabled,
        tracing_endpoints=_endpoints(environment, "TRACING", enabled),
        logging_endpoints=_endpoints(environment, "LOGGING", enabled),
        types=types,
        topics=_listed(environment, "TANGO_TELEMETRY_TOPICS", TelemetryTopic),
        tracing_enabled=not types or (not nothing and TelemetryType.TRACING in types),
        logging_enabled=not types or (not nothing and TelemetryType.LOGGING in types),
    )


def _items(text: str | None) -> list[str]:
    return [item.strip() for item in text.split(",")] if text else []


def _listed(environment: Environment, variable: str, kind: type[_Kind]) -> tuple[_Kind, ...]:
    found: list[_Kind] = []
    for item in filter(None, _items(environment(variable))):
        if item.upper() in kind.__members__:
            found.append(kind[item.upper()])
        else:
            warnings.warn(f"Unknown value '{item}' for {variable}. Ignoring it.", stacklevel=3)
    return tuple(found)


def _endpoints(environment: Environment, kind: str, enabled: bool) -> tuple[TelemetryEndpoint, ...]:
    variable = f"TANGO_TELEMETRY_{kind}_EXPORTERS"
    names = [name.lower() for name in _items(environment(variable)) if name]
    names = names or ["console" if enabled else "none"]
    places = _items(environment(f"TANGO_TELEMETRY_{kind}_ENDPOINTS"))
    if len(places) > len(names):
        warnings.warn(
            f"Ignoring extra endpoint values from TANGO_TELEMETRY_{kind}_ENDPOINTS: expected at "
            f"most {len(names)}, got {len(places)}.",
            stacklevel=3,
        )
    places += [""] * len(names)
    known = (_exporter(name, variable) for name in names)
    return tuple(
        TelemetryEndpoint(exporter, place)
        for exporter, place in zip(known, places, strict=False)
        if exporter is not None
    )


def _exporter(name: str, variable: str) -> TelemetryExporter | None:
    """The exporter of that name; None for ``none``."""
    if name == "none":
        return None
    if name.upper() not in TelemetryExporter.__members__:
        warnings.warn(
            f"Unknown value '{name}' for {variable}. Options are: 'console', 'grpc', 'http' and "
            "'none'. Defaulting to 'console'.",
            stacklevel=4,
        )
        return TelemetryExporter.CONSOLE
    return TelemetryExporter[name.upper()]
