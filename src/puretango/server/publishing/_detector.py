"""Which values are worth an event: they are compared with the last event's by the criteria."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from puretango.server.access._record import POLLED_EVENTS, PlainRecord
from puretango.server.publishing._criteria import Last, has_changed, number_changed
from puretango.server.publishing._feeds import EventFeeds
from puretango.values import AttrQuality, ScalarReply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from puretango.events import Feed
    from puretango.server.access._record import Watched
    from puretango.server.access._ring import Record
    from puretango.server.attribute._attribute import Attribute
    from puretango.server.publishing._ports import PublishingOwner

LOG = logging.getLogger("puretango.server")
_PREFIX = {"change": "", "archive": "archive_", "alarm": ""}
_FOUND = (False, True)


class EventDetector:
    """Remembers the value last sent by each type of event."""

    def __init__(self, feeds: EventFeeds) -> None:
        self._feeds = feeds
        self._last: dict[tuple[str, str, str], Last] = {}

    def start_from(self, device: PublishingOwner, name: str, event: str) -> None:
        """The first subscriber reads the value itself: polling sends only values that differ from it."""
        last = self._last[device._tango.lower_name, name, event] = Last()
        polled = device._tango.polled.get(("attribute", name))
        if polled is not None and polled.ring and event in _PREFIX:
            last.remember(polled.ring[-1].value, self._feeds.clock())

    def forget(self, device: PublishingOwner) -> None:
        """Forget a device that is restarted."""
        for key in [key for key in self._last if key[0] == device._tango.lower_name]:
            self._last.pop(key, None)

    def start_anew(self, device: PublishingOwner, name: str) -> None:
        """Polling of an attribute begins, with an event, as in cppTango."""
        for event in _PREFIX:
            self._last.pop((device._tango.lower_name, name, event), None)

    def _last_of(self, device: PublishingOwner, name: str, event: str) -> Last:
        return self._last.setdefault((device._tango.lower_name, name, event), Last())

    # -- pushed by the author ------------------------------------------------------------------------

    def passes(self, device: PublishingOwner, attribute: Attribute, event: str, value: Any) -> bool:
        """Compare a pushed value by the criteria, if the author wants that."""
        implemented, detect = attribute.events.get(event, (False, False))
        if not (implemented and detect):
            return True
        if event == "alarm":
            return self.quality_changed(device, attribute, value)
        last = self._last_of(device, attribute.lower_name, event)
        prefix = _PREFIX.get(event, "")
        if not has_changed(last, value, attribute.data_type, attribute.settings, prefix):
            return False
        last.remember(value, self._feeds.clock())
        return True

    def quality_changed(self, device: PublishingOwner, attribute: Attribute, value: Any) -> bool:
        """True if the errors or the alarm differ from those of the last alarm event.

        A change between qualities without alarm (INVALID and CHANGING are such) makes no event.
        """
        last = self._last_of(device, attribute.lower_name, "alarm")
        before = (last.known, _alarm_in(last.quality), last.errors)
        last.remember(value, self._feeds.clock())
        return before != (True, _alarm_in(last.quality), last.errors)

    # -- found by polling ------------------------------------------------------------------------------

    def detect(self, device: PublishingOwner, name: str, value: Any) -> None:
        """Send the events that the value of a polled attribute is worth."""
        feeds = self._feeds
        if feeds.book is None:
            return
        attribute = device._tango.attributes.find(name)
        if attribute is None:
            return
        now = feeds.clock()
        for event in POLLED_EVENTS:
            wanted = feeds.wanted(device, attribute.lower_name, event)
            if not wanted or attribute.events.get(event, _FOUND)[0]:
                continue  # nobody wants it, or the author pushes it
            if self._is_due(device, attribute, event, value, now):
                feeds.tell(wanted, event, value)

    def detect_all(
        self, device: PublishingOwner, records: Sequence[tuple[Watched, Record]]
    ) -> None:
        """Send the events of a device's attributes that a plan has polled."""
        feeds = self._feeds
        book = feeds.book
        if book is None:
            return
        now = feeds.clock()
        plain: list[tuple[Feed, bytes]] = []
        for one, record in records:
            for event, key in one.keys:
                if key not in book.feeds:
                    continue
                wanted = book.wanted(key, now)
                if not wanted or one.attribute.events.get(event, _FOUND)[0]:
                    continue  # nobody wants it, or the author pushes it
                try:
                    if self._is_due_record(device, one, record, event, now):
                        self._tell(one, record, event, wanted, plain)
                except Exception:
                    LOG.exception("events of %s/%s", device._tango.name, one.attribute.name)
        if plain:
            feeds.publish_all(plain)

    def _tell(
        self,
        one: Watched,
        record: Record,
        event: str,
        wanted: list[Feed],
        plain: list[tuple[Feed, bytes]],
    ) -> None:
        """Send a record to all feeds; plain values are collected, to be sent together."""
        if not isinstance(record, PlainRecord):
            self._feeds.tell(wanted, event, record.value)
            return
        payload = None
        for feed in wanted:
            if feed.idl < 5:
                self._feeds.tell([feed], event, record.value)
                continue
            if payload is None:
                payload = ScalarReply.as_event(record.body, one.wide)
            plain.append((feed, payload))

    def _is_due_record(
        self, device: PublishingOwner, one: Watched, record: Record, event: str, now: float
    ) -> bool:
        attribute = one.attribute
        if isinstance(record, PlainRecord):
            last = self._last_of(device, attribute.lower_name, event)
            if last.is_plain:
                return self._is_due_plain(attribute, last, record, event, now)
        return self._is_due(device, attribute, event, record.value, now)

    def _is_due_plain(
        self, attribute: Attribute, last: Last, record: PlainRecord, event: str, now: float
    ) -> bool:
        """Whether an event is due for a number after a number, neither of them in error or alarm."""
        if event == "alarm":
            return False
        settings = attribute.settings
        if event == "periodic":
            due = _elapsed(last, settings.periods["period"] or 1000, now)
        else:
            due = number_changed(last, record.number, attribute.data_type, settings, _PREFIX[event])
            if event == "archive" and not due:
                period = settings.periods["archive_period"]
                due = period is not None and _elapsed(last, period, now)
        if due:
            last.data, last.when = (record.number,), now
        return due

    def _is_due(
        self, device: PublishingOwner, attribute: Attribute, event: str, value: Any, now: float
    ) -> bool:
        if event == "alarm":
            return self.quality_changed(device, attribute, value)
        last = self._last_of(device, attribute.lower_name, event)
        settings = attribute.settings
        if event == "periodic":
            due = not last.known or _elapsed(last, settings.periods["period"] or 1000, now)
        else:
            prefix = _PREFIX[event]
            due = has_changed(last, value, attribute.data_type, settings, prefix)
            if event == "archive" and not due:
                period = settings.periods["archive_period"]
                due = period is not None and _elapsed(last, period, now)
        if due:
            last.remember(value, now)
        return due


def _alarm_in(quality: AttrQuality) -> AttrQuality | None:
    return quality if quality in (AttrQuality.ATTR_ALARM, AttrQuality.ATTR_WARNING) else None


def _elapsed(last: Last, period: int, now: float) -> bool:
    # Polling comes a little early or late: two percent of the period are forgiven.
    return (now - last.when) * 1000 >= period * 0.98 - 1
