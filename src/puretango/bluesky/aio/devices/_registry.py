"""Devices in bulk for ophyd-async, as the control-system database lists them."""

from __future__ import annotations

import asyncio
from typing import Any

from ophyd_async.core import NotConnectedError

from puretango.bluesky.aio.transport import logger
from puretango.bluesky.devices import Devices, listed

from ._readable import TangoReadable

__all__ = ["TangoReadables", "devices_from_database"]


class TangoReadables(Devices[TangoReadable]):
    """ophyd-async's devices."""

    def __init__(self) -> None:
        super().__init__()
        #: What did not connect: name -> why.
        self.failing: dict[str, str] = {}


async def devices_from_database(
    pattern: str = "*", *, database: Any = None, sub_devices: bool = False, **options: Any
) -> TangoReadables:
    """A connected TangoReadable for each running device whose name matches: ``"sys/*"``.

    In a plan: ``(task,) = yield from bps.wait_for([partial(devices_from_database, "sys/*")])``.
    Arguments and names are those of the classic one; ``failing`` names the devices that did not
    connect.
    """
    found = TangoReadables()
    rows = await asyncio.to_thread(listed, pattern, database, sub_devices=sub_devices)
    made = [TangoReadable(each.trl, each.label, **options) for each in rows]
    ends = await asyncio.gather(*(one.connect() for one in made), return_exceptions=True)
    for each, device, end in zip(rows, made, ends):
        if isinstance(end, NotConnectedError):
            logger.warning("%s is left out: %s", each.name, end)
            found.failing[each.name] = str(end)
            continue
        if isinstance(end, BaseException):
            raise end
        found[each.name] = device
        if each.alias:
            found.aliases[each.alias.lower()] = each.name
    return found
