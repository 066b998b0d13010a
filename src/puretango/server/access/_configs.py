"""Changing the configurations of several attributes of a device at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from puretango.errors import DevFailed
from puretango.server.attribute._config import take_config

if TYPE_CHECKING:
    from puretango.server.access._ports import AttributesOwner


def take_configs(device: AttributesOwner, configs: Sequence[Any]) -> None:
    """Change the configurations of several attributes; a failure says what went well before."""
    for place, config in enumerate(configs):
        try:
            take_config(device._tango.attributes.get(config.name), config)
        except DevFailed as failure:
            if place:
                failure.errors[
                    0
                ].reason += "\nAll previous attribute(s) have been successfully updated"
            raise
