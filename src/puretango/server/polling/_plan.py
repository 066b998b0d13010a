"""Poll plans: what one turn of polling does for a device, prepared once for many turns.

A turn reads the same attributes of a device again and again. The plan holds a reader for each,
as a plan for a client's request does; a plain number becomes the bytes of its reply, which are
at once what the cache keeps, what is compared with the criteria, and all but the first word of
an event.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from puretango.server.access._reader import (
    Reader,
    can_be_planned,
    make_kept_standard_reader,
    make_reader,
)
from puretango.server.access._reading import STANDARD, hardware_indexes
from puretango.server.access._record import PlainRecord, Watched, record_of
from puretango.server.access._ring import Polled, Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from puretango.server.attribute._attribute import Attribute
    from puretango.server.polling._ports import PolledOwner

_time = time.time


class PollPlan:
    """The turns of what one synchronous device has of one period."""

    def __init__(self, device: PolledOwner, objects: Sequence[Polled], watched: list[Watched]):
        self._device = device
        self._stamp = device._tango_stamp
        self._objects = objects
        self.watched = watched
        self.commands = [polled for polled in objects if polled.kind == "command"]
        """What the plan knows nothing about."""
        # State and Status are read last: what they say depends on the others.
        self._order = sorted(watched, key=lambda one: one.attribute.lower_name in STANDARD)
        attributes = [one.attribute for one in watched]
        self._memorized = [one for one in attributes if one.spec.memorized]
        self._indexes = hardware_indexes(device, attributes)
        self._names = [one.lower_name for one in attributes]

    def fits(self, objects: Sequence[Polled]) -> bool:
        """False if something has changed since the plan was made."""
        return (
            self._objects is objects
            and self._device._tango_stamp is self._stamp
            and not any(one.memorized_error is not None for one in self._memorized)
        )

    def read(self) -> list[tuple[Watched, Record]]:
        """Read all, inside the monitor; raises only what a hook raises."""
        device = self._device
        device._tango_black_box.polled(device.idl_version, self._names)
        with device._tango_server.subdevices.acting(device), device._tango_monitor:
            if device._tango_has_hook:
                device.always_executed_hook()
            if self._indexes and device._tango_has_hardware_read:
                device.read_attr_hardware(self._indexes)
            return [(one, _take(one)) for one in self._order]


def _take(one: Watched) -> Record:
    item = one.read()
    if type(item) is bytes:
        attribute = one.attribute
        return PlainRecord(attribute.when * 1e-9, item, attribute.value[0])
    return record_of(item, 0.0)


def make_poll_plan(device: PolledOwner, objects: Sequence[Polled]) -> PollPlan | None:
    """The plan for polled objects; None if not all their attributes can be planned."""
    if device._tango_is_asyncio or device._tango_spans is not None:
        return None
    found: list[tuple[Polled, Attribute]] = []
    for polled in objects:
        if polled.kind == "command":
            continue
        attribute = device._tango_attributes.find(polled.name)
        if attribute is None or not can_be_planned(attribute):
            return None
        if attribute.spec.memorized and attribute.memorized_error is not None:
            return None
        found.append((polled, attribute))
    others = frozenset(one.lower_name for _, one in found if one.lower_name not in STANDARD)
    watched: list[Watched] = []
    for polled, attribute in found:
        if attribute.lower_name in STANDARD:
            read: Reader | None = make_kept_standard_reader(device, attribute, others)
        else:
            read = make_reader(device, attribute)
        if read is None:
            return None
        watched.append(Watched(device, polled, attribute, read))
    return PollPlan(device, objects, watched) if watched else None
