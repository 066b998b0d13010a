"""What a Sardana measurement group measures, by its configuration."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

__all__ = ["Channel", "channels_of"]


class Channel(NamedTuple):
    """One channel of a measurement group."""

    label: str
    #: The device's full locator.
    element: str
    #: 0 for a number, 1 for a spectrum, 2 for an image.
    dimensions: int
    #: Whether its data are stored by the Pool, and named by a reference.
    referenced: bool
    #: Whether it ends an acquisition, by time or by counts, for its controller's channels.
    is_timer: bool
    is_monitor: bool


def channels_of(configuration: str) -> list[Channel]:
    """The channels that take part, in the group's order; from the JSON of the attribute ``Configuration``."""
    found: list[tuple[int, Channel]] = []
    for controller in json.loads(configuration).get("controllers", {}).values():
        for element, channel in controller.get("channels", {}).items():
            if channel.get("enabled", True):
                found.append((int(channel.get("index", 0)), _channel(element, channel, controller)))
    return [channel for _, channel in sorted(found, key=lambda each: each[0])]


def _channel(element: str, channel: dict[str, Any], controller: dict[str, Any]) -> Channel:
    return Channel(
        label=str(channel.get("label") or channel.get("name") or element.rpartition("/")[2]),
        element=str(channel.get("full_name") or element),
        dimensions=int(channel.get("ndim") or 0),
        referenced=bool(channel.get("value_ref_enabled", False)),
        is_timer=controller.get("timer") == element,
        is_monitor=controller.get("monitor") == element,
    )
