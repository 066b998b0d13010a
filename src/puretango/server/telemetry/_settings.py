"""The telemetry of one device: what is switched on, and where it is sent."""

from __future__ import annotations

from collections.abc import Sequence

from puretango.tracing import (
    TelemetryEndpoint,
    TelemetryExporter,
    TelemetrySettings,
    TelemetryTopic,
)

TOPICS = ("all", "database", "event", "polling", "user")
"""The topics' names on the wire; PyTango's enumeration says EVENTS for the third."""
_ON_THE_WIRE = {TelemetryTopic.EVENTS: "event"}


class Telemetry:
    """The settings from the device's properties, the environment and the admin device."""

    __slots__ = ("enabled", "endpoints", "logging", "topics", "tracing")

    def __init__(self, environment: TelemetrySettings | None = None) -> None:
        self.enabled = environment is not None and environment.enabled
        self.tracing = environment is None or environment.tracing_enabled
        self.logging = environment is None or environment.logging_enabled
        topics = environment.topics if environment is not None else ()
        self.topics: list[str] = [_topic_name(one) for one in topics] or ["all"]
        self.endpoints: dict[str, list[str]] = {
            "tracing": _texts(environment.tracing_endpoints if environment else ()),
            "logging": _texts(environment.logging_endpoints if environment else ()),
        }

    @property
    def spans(self) -> bool:
        """True if the device's methods are spans."""
        return self.enabled and self.tracing

    @property
    def logs(self) -> bool:
        """True if the device's messages are log records."""
        return self.enabled and self.logging

    def has_topic(self, topic: str) -> bool:
        """True if that topic is on: by its name, or with all of them."""
        return "all" in self.topics or topic.strip().lower() in self.topics

    def places(self, kind: str) -> tuple[TelemetryEndpoint, ...]:
        """The endpoints of ``tracing`` or ``logging``."""
        texts = self.endpoints[kind]
        pairs = zip(texts[::2], texts[1::2], strict=True)
        return tuple(TelemetryEndpoint(TelemetryExporter[name.upper()], to) for name, to in pairs)


def _topic_name(topic: TelemetryTopic) -> str:
    return _ON_THE_WIRE.get(topic, topic.name.lower())


def _texts(endpoints: Sequence[TelemetryEndpoint]) -> list[str]:
    texts: list[str] = []
    for one in endpoints:
        place = one.endpoint or ("cout" if one.exporter == TelemetryExporter.CONSOLE else "")
        texts += [one.exporter.name.lower(), place]
    return texts or ["console", "cout"]
