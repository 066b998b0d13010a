"""Events: who wants which, and sending them."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from puretango.errors import DevFailed
from puretango.events import (
    HEARTBEAT_PERIOD,
    Feed,
    PublisherBook,
    SubscriptionAnswer,
    encode_errors,
    encode_heartbeat,
    encode_payload,
)
from puretango.idl import AttDataReady, DevIntrChange
from puretango.server._attributeconfig import config_of
from puretango.server._criteria import Last, has_changed
from puretango.server._endpoints import endpoints
from puretango.server._interface import command_info_2
from puretango.server._pushplan import push_plan
from puretango.server._recast import recast
from puretango.server._snapshot import snapshot
from puretango.server._subscription import check_subscription
from puretango.values import AttrQuality

if TYPE_CHECKING:
    from puretango.net import EventPublisher
    from puretango.server._attribute import Attribute
    from puretango.server._deviceimpl import DeviceImpl
    from puretango.server._server import Server

RELEASE = 1033
MULTICAST_RATE, MULTICAST_RECOVERY = 80 * 1024, 20_000
"""Kilobits per second and milliseconds: what every answer holds, with multicast or without."""
HIGH_WATER = 1000
SAMPLES = 256
_PREFIX = {"change": "", "archive": "archive_", "alarm": ""}
_clock = time.monotonic
_NOT_DETECTED = (False, False)


class Publisher:
    """The events of one server. Sockets and heartbeat come with the first subscriber."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._lock = threading.RLock()
        self._socket: EventPublisher | None = None
        self._book: PublisherBook | None = None
        self._last: dict[tuple[str, str, str], Last] = {}
        self._stop = threading.Event()
        self._heart: threading.Thread | None = None
        self._samples: deque[dict[str, int]] | None = None
        self._sent_at = 0.0

    # -- life ----------------------------------------------------------------------------------------

    def start(self) -> None:
        """The server is up: nothing to do before the first subscriber."""

    def _open(self) -> PublisherBook:
        if self._book is None:
            from puretango.net import EventPublisher

            server = self._server
            host = server.store.tango_host or f"{server.public_host}:{server.port}"
            self._socket = EventPublisher(server.host or "0.0.0.0", high_water=HIGH_WATER)
            self._book = PublisherBook(host, server.admin_name, server.store.is_database)
            self._heart = threading.Thread(target=self._beat, name="puretango-heart", daemon=True)
            self._heart.start()
        return self._book

    def _beat(self) -> None:
        while True:
            with self._lock:
                book, socket = self._book, self._socket
                if book is not None and socket is not None:
                    socket.heartbeat(encode_heartbeat(book.heartbeat_topic))
            if self._stop.wait(HEARTBEAT_PERIOD):
                return

    def stop(self) -> None:
        """The server stops."""
        self._stop.set()
        if self._heart is not None and self._heart is not threading.current_thread():
            self._heart.join()
        with self._lock:
            if self._socket is not None:
                self._socket.close()
                self._socket = None
            self._book = None

    # -- subscriptions ---------------------------------------------------------------------------------

    def subscribe(self, device: DeviceImpl, target: str, event: str, release: int) -> Any:
        """A client subscribes: where it has to listen."""
        name = check_subscription(device, target, event)
        with self._lock:
            book = self._open()
            if not self.has_subscriber(device, name, (event,)):
                self._start_from(device, name, event)
            feed = book.subscribe(device._tango_lower_name, name, event, release, _clock())
            assert self._socket is not None
            self._socket.expect(feed.name)
        answer = SubscriptionAnswer(
            RELEASE,
            device.idl_version,
            HIGH_WATER,
            MULTICAST_RATE,
            MULTICAST_RECOVERY,
            _zmq_release(),
            self._endpoints(),
            feed.topic.text,
            book.heartbeat_base,
        )
        return answer.longs(), answer.strings()

    def _start_from(self, device: DeviceImpl, name: str, event: str) -> None:
        """The first subscriber reads the value himself: polling tells only what differs from it."""
        last = self._last[device._tango_lower_name, name, event] = Last()
        polled = device._tango_polled.get(("attribute", name))
        if polled is not None and polled.ring and event in _PREFIX:
            last.remember(polled.ring[-1].value, _clock())

    def _endpoints(self) -> tuple[tuple[str, str], ...]:
        assert self._socket is not None
        return endpoints(self._server, self._socket.heartbeat_endpoint, self._socket.endpoint)

    def confirm(self, device: DeviceImpl, target: str, event: str) -> None:
        """A subscriber is still there."""
        with self._lock:
            book = self._open()
            name = "" if event == "intr_change" else target.lower()
            if not book.confirm(device._tango_lower_name, name, event, _clock()):
                book.subscribe(device._tango_lower_name, name, event, 5, _clock())

    def info(self) -> Any:
        """Where events come from, for people."""
        with self._lock:
            if self._socket is None:
                return [RELEASE], ["No event sockets yet: nobody has subscribed"]
            texts = []
            for heartbeat, event in self._endpoints():
                texts += [f"Heartbeat: {heartbeat}", f"Event: {event}"]
            return [RELEASE], texts

    def wanted(self, device: DeviceImpl, attribute: str, event: str) -> list[Feed]:
        """The feeds of an event that somebody listens to."""
        book = self._book
        if book is None:
            return []
        return book.wanted((device._tango_lower_name, attribute, event), _clock())

    def has_subscriber(self, device: DeviceImpl, attribute: str, events: Sequence[str]) -> bool:
        """True if anybody wants any of these events."""
        return any(self.wanted(device, attribute, event) for event in events)

    # -- sending -------------------------------------------------------------------------------------

    def _send(self, feeds: list[Feed], event: str, value: Any) -> None:
        started = _clock()
        payloads: dict[int, bytes] = {}
        for feed in feeds:
            payload = payloads.get(feed.idl)
            if payload is None:
                shown = recast(value, feed.idl) if hasattr(value, "err_list") else value
                payload = payloads[feed.idl] = encode_payload(event, shown, feed.idl)
            self._publish(feed, payload, False)
        self._sample(started)

    def _send_errors(self, feeds: list[Feed], event: str, errors: Sequence[Any]) -> None:
        payload = encode_errors(list(errors), event)
        for feed in feeds:
            self._publish(feed, payload, True)

    def _publish(self, feed: Feed, payload: bytes, is_error: bool) -> None:
        with self._lock:
            if self._socket is not None:
                self._socket.publish(feed.frames(payload, is_error))

    def _tell(self, feeds: list[Feed], event: str, value: Any) -> None:
        if value.err_list:
            self._send_errors(feeds, event, value.err_list)
        else:
            self._send(feeds, event, value)

    # -- pushed by the author ------------------------------------------------------------------------

    def push_value(
        self, device: DeviceImpl, attribute: Attribute, event: str, args: tuple[Any, ...]
    ) -> None:
        """The author pushes a value."""
        feeds = self.wanted(device, attribute.lower_name, event)
        alarms = self._alarm_feeds(device, attribute, event)
        if not feeds and not alarms:
            return
        if len(args) == 1 and not alarms and self._push_plain(attribute, event, args[0], feeds):
            return
        value = snapshot(device, attribute, args)
        self._pushed(device, attribute, event, feeds, alarms, value)

    def _push_plain(self, attribute: Attribute, event: str, value: Any, feeds: list[Feed]) -> bool:
        """Push a plain number the quick way; False if it has to go the general one."""
        plan = attribute.push_plan
        if plan is None:
            plan = attribute.push_plan = push_plan(attribute) or False
        if plan is False or attribute.events.get(event, _NOT_DETECTED)[1]:
            return False
        for feed in feeds:
            if feed.idl < 5:
                return False
        started = _clock()
        payload = plan.payload(attribute, value)
        if payload is None:
            return False
        for feed in feeds:
            self._publish(feed, payload, False)
        if self._samples is not None:
            self._sample(started)
        return True

    def _alarm_feeds(self, device: DeviceImpl, attribute: Attribute, event: str) -> list[Feed]:
        """A pushed change event brings an alarm event with it, unless told not to."""
        if event != "change" or not self._server.auto_alarm or attribute.is_alarm_event():
            return []
        return self.wanted(device, attribute.lower_name, "alarm")

    def _pushed(
        self,
        device: DeviceImpl,
        attribute: Attribute,
        event: str,
        feeds: list[Feed],
        alarms: list[Feed],
        value: Any,
    ) -> None:
        if feeds and self._passes(device, attribute, event, value):
            self._tell(feeds, event, value)
        if alarms and self._quality_changed(device, attribute, value):
            self._tell(alarms, "alarm", value)

    def _passes(self, device: DeviceImpl, attribute: Attribute, event: str, value: Any) -> bool:
        """Hold a pushed value against the criteria, if the author wants that."""
        implemented, detect = attribute.events.get(event, (False, False))
        if not (implemented and detect):
            return True
        if event == "alarm":
            return self._quality_changed(device, attribute, value)
        last = self._last_of(device, attribute.lower_name, event)
        prefix = _PREFIX.get(event, "")
        if not has_changed(last, value, attribute.data_type, attribute.settings, prefix):
            return False
        last.remember(value, _clock())
        return True

    def _quality_changed(self, device: DeviceImpl, attribute: Attribute, value: Any) -> bool:
        last = self._last_of(device, attribute.lower_name, "alarm")
        before = (last.known, last.quality, last.errors)
        last.remember(value, _clock())
        return before != (True, last.quality, last.errors)

    def _last_of(self, device: DeviceImpl, name: str, event: str) -> Last:
        return self._last.setdefault((device._tango_lower_name, name, event), Last())

    def push_error(
        self, device: DeviceImpl, attribute: Attribute, event: str, error: DevFailed
    ) -> None:
        """The author pushes an error."""
        feeds = self.wanted(device, attribute.lower_name, event)
        if feeds:
            self._send_errors(feeds, event, error.errors)

    def push_present(
        self, device: DeviceImpl, attribute: Attribute, event: str, error: Any
    ) -> None:
        """The author pushes what the attribute holds."""
        if error is not None:
            self.push_error(device, attribute, event, error)
            return
        feeds = self.wanted(device, attribute.lower_name, event)
        alarms = self._alarm_feeds(device, attribute, event)
        if not feeds and not alarms:
            return
        standard = attribute.lower_name in ("state", "status")
        if standard or (not attribute.has_value and attribute.quality != AttrQuality.ATTR_INVALID):
            value = snapshot(device, attribute, ())
        else:
            value = attribute.to_wire(5)
        self._pushed(device, attribute, event, feeds, alarms, value)

    def push_data_ready(self, device: DeviceImpl, attribute: Attribute, counter: int) -> None:
        """The author says that there are new data."""
        feeds = self.wanted(device, attribute.lower_name, "data_ready")
        if feeds:
            ready = AttDataReady(attribute.name, int(attribute.data_type), int(counter))
            self._send(feeds, "data_ready", ready)

    # -- found by polling ------------------------------------------------------------------------------

    def detect(self, device: DeviceImpl, name: str, value: Any) -> None:
        """An attribute has been polled: is its value worth events?"""
        if self._book is None:
            return
        attribute = device._tango_attributes.find(name)
        if attribute is None:
            return
        now = _clock()
        for event in ("change", "archive", "alarm", "periodic"):
            feeds = self.wanted(device, attribute.lower_name, event)
            if not feeds or attribute.events.get(event, (False, True))[0]:
                continue  # nobody wants it, or the author pushes it
            if self._is_due(device, attribute, event, value, now):
                self._tell(feeds, event, value)

    def _is_due(
        self, device: DeviceImpl, attribute: Attribute, event: str, value: Any, now: float
    ) -> bool:
        last = self._last_of(device, attribute.lower_name, event)
        settings = attribute.settings
        if event == "periodic":
            due = not last.known or self._elapsed(last, settings.periods["period"] or 1000, now)
        elif event == "alarm":
            return self._quality_changed(device, attribute, value)
        else:
            prefix = _PREFIX[event]
            due = has_changed(last, value, attribute.data_type, settings, prefix)
            if event == "archive" and not due:
                period = settings.periods["archive_period"]
                due = period is not None and self._elapsed(last, period, now)
        if due:
            last.remember(value, now)
        return due

    @staticmethod
    def _elapsed(last: Last, period: int, now: float) -> bool:
        # Polling comes a little early or late: two percent of the period are forgiven.
        return (now - last.when) * 1000 >= period * 0.98 - 1

    # -- about the device --------------------------------------------------------------------------------

    def push_configuration(self, device: DeviceImpl, attribute: Attribute) -> None:
        """An attribute has a new configuration."""
        feeds = self.wanted(device, attribute.lower_name, "attr_conf")
        for feed in feeds:
            release = 5 if feed.idl >= 5 else 3
            self._publish(
                feed, encode_payload("attr_conf", config_of(attribute, release), feed.idl), False
            )

    def push_interface(self, device: DeviceImpl, started: bool = False) -> None:
        """Attributes or commands have come or gone, or the device has started again."""
        feeds = self.wanted(device, "", "intr_change")
        if feeds:
            commands = [command_info_2(command) for command in device._tango_all_commands()]
            configs = [config_of(attribute, 5) for attribute in device._tango_attributes]
            self._send(feeds, "intr_change", DevIntrChange(started, commands, configs))

    def device_restarted(self, device: DeviceImpl) -> None:
        """A device has been made anew: its subscribers may want to know."""
        book = self._book
        if book is None:
            return
        for key in [key for key in self._last if key[0] == device._tango_lower_name]:
            self._last.pop(key, None)
        self.push_interface(device, started=True)
        for key in list(book.feeds):
            if key[0] == device._tango_lower_name and key[2] == "attr_conf":
                attribute = device._tango_attributes.find(key[1])
                if attribute is not None:
                    self.push_configuration(device, attribute)

    # -- diagnosis -----------------------------------------------------------------------------------------

    def describe(self) -> str:
        """What QueryEventSystem tells."""
        with self._lock:
            counters = self._book.counters() if self._book is not None else {}
        shown = {topic.replace(".idl5_", "."): count for topic, count in counters.items()}
        perf = None if self._samples is None else list(self._samples)
        server = {"event_counters": shown, "perf": perf}
        return json.dumps({"version": 1, "server": server, "client": None}, separators=(",", ":"))

    def monitor_performance(self, enabled: bool) -> None:
        """Take samples, or do not."""
        self._samples = deque(maxlen=SAMPLES) if enabled else None

    def _sample(self, started: float) -> None:
        samples = self._samples
        if samples is not None:
            now = _clock()
            since = int((started - self._sent_at) * 1e6) if self._sent_at else -1
            samples.append(
                {
                    "micros_since_last_event": since,
                    "push_event_micros": int((now - started) * 1e6),
                }
            )
        self._sent_at = started


def _zmq_release() -> int:
    import zmq

    return int("".join(zmq.zmq_version().split(".")))
