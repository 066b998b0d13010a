"""The settings of attributes: display, limits, alarms, criteria of events; those of one attribute are set together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from puretango.web._call import BadRequest
from puretango.web._site import ASYNCIO, Site
from puretango.web.pages._change import Change
from puretango.web.pages._device import read_config

__all__ = ["Configuration"]

_PLAIN = (
    "label",
    "description",
    "unit",
    "standard_unit",
    "display_unit",
    "format",
    "min_value",
    "max_value",
)
_ALARMS = (
    "min_alarm",
    "max_alarm",
    "min_warning",
    "max_warning",
    "delta_val",
    "delta_t",
)


class Configuration:
    """Reads and writes settings at the device, which stores them in the database."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def present(self, change: Change) -> list[str]:
        """The present value of a setting. Raises DevFailed; BadRequest if there is no such setting."""
        settings = read_config(await self._config(change))["settings"]
        if change.name not in settings:
            raise BadRequest(f"no setting {change.name!r}")
        return [str(settings[change.name])]

    async def _config(self, change: Change) -> Any:
        proxy = await self._site.proxy(change.owner)
        return await proxy.get_attribute_config(change.attribute, green_mode=ASYNCIO)

    async def write(self, changes: Sequence[Change]) -> list[Change]:
        """Write settings of one attribute in one request: so that limits are checked together.

        Returns the changes as the device has taken them: it may spell a number differently.
        """
        config = await self._config(changes[0])
        for change in changes:
            assert change.new is not None
            _set(config, change.name, change.new[0])
        proxy = await self._site.proxy(changes[0].owner)
        await proxy.set_attribute_config(config, green_mode=ASYNCIO)
        now = read_config(await self._config(changes[0]))["settings"]
        return [change._replace(new=[str(now[change.name])]) for change in changes]


def _set(config: Any, name: str, text: str) -> None:
    if name in _PLAIN:
        setattr(config, name, text)
    elif name in _ALARMS:
        setattr(config.alarms, name, text)
    elif name in ("rel_change", "abs_change"):
        setattr(config.events.ch_event, name, text)
    elif name == "event_period":
        config.events.per_event.period = text
    else:
        setattr(config.events.arch_event, name, text)
