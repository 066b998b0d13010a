"""Poll plans: what one turn of polling does for a device, prepared once for many turns.

A turn reads the same attributes of a device again and again, by the same steps as a client's
request. A plain number becomes the bytes of its reply: the cache keeps them,
the criteria compare them, and an event is made of them but for their first word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puretango.server.access._reading import Reading
from puretango.server.access._record import PlainRecord, Watched, record_of
from puretango.server.access._ring import Polled, Record
from puretango.server.attribute._attribute import Attribute
from puretango.server.base._blackbox import POLLING
from puretango.server.base._visit import READS, Visit
from puretango.values import DevSource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from puretango.server.polling._ports import PolledOwner


def reading_visit(device: PolledOwner, names: Sequence[str]) -> Visit:
    """The frame in which polling reads attributes."""
    release = min(device.idl_version, 5)
    operation = f"read_attributes_{release}" if release > 1 else "read_attributes"
    detail = [name.lower() for name in names]
    return Visit(device, READS, operation, detail, DevSource.DEV, asker=POLLING)


class PollPlan:
    """The turns of the objects of one synchronous device with one period."""

    def __init__(
        self,
        device: PolledOwner,
        objects: Sequence[Polled],
        watched: list[Watched],
        reading: Reading,
    ) -> None:
        self._device = device
        self._stamp = device._tango.stamp
        self._objects = objects
        self._reading = reading
        self._visit = reading_visit(device, [one.polled.name for one in watched])
        self.watched = watched
        self.commands = [polled for polled in objects if polled.kind == "command"]
        """The objects that the plan does not cover."""

    def fits(self, objects: Sequence[Polled]) -> bool:
        """False if these are other objects, or something has changed since the plan was made."""
        return self._objects is objects and self._device._tango.stamp is self._stamp

    def read(self) -> list[tuple[Watched, Record]]:
        """Read all in the device's frame; raises only what a hook raises."""
        records: list[tuple[Watched, Record]] = self._visit.run(None, self._read)
        return records

    def _read(self) -> list[tuple[Watched, Record]]:
        return [
            (one, _record(one, item))
            for one, item in zip(self.watched, self._reading.read(), strict=True)
        ]


def _record(one: Watched, item: Any) -> Record:
    if type(item) is bytes:
        attribute = one.attribute
        return PlainRecord(attribute.when * 1e-9, item, attribute.value[0])
    return record_of(item, 0.0)


def make_poll_plan(device: PolledOwner, objects: Sequence[Polled]) -> PollPlan | None:
    """The plan for polled objects; None for a device on a loop, and if there is no attribute to read."""
    if device._tango.is_asyncio or device._tango.spans is not None:
        return None
    attributes = [polled for polled in objects if polled.kind == "attribute"]
    reading = Reading(device, [polled.name for polled in attributes], packed=True, kept=True)
    watched: list[Watched] = []
    for polled, found in zip(attributes, reading.found, strict=True):
        if not isinstance(found, Attribute):
            return None
        watched.append(Watched(device, polled, found))
    return PollPlan(device, objects, watched, reading) if watched else None
