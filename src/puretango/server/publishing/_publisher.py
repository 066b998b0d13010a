"""Events: subscriptions, and what authors and the library push."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from puretango.errors import DevFailed
from puretango.events import Feed, SubscriptionAnswer, encode_payload
from puretango.idl import DevIntrChange
from puretango.server.access._record import POLLED_EVENTS
from puretango.server.attribute._config import config_of
from puretango.server.base._failure import throw
from puretango.server.command._info import command_info_2
from puretango.server.publishing._detector import EventDetector
from puretango.server.publishing._feeds import HIGH_WATER, EventFeeds
from puretango.server.publishing._pushplan import is_plain, push_plan
from puretango.server.publishing._snapshot import snapshot
from puretango.server.publishing._subscription import check_subscription, check_target
from puretango.values import AttrQuality

if TYPE_CHECKING:
    from puretango.server.attribute._attribute import Attribute
    from puretango.server.publishing._ports import PublishingOwner
    from puretango.server.store._ports import StoreHost

RELEASE = 1033
# Rate in kilobits per second and recovery time in milliseconds; only multicast would use them, which we lack.
MULTICAST_RATE, MULTICAST_RECOVERY = 80 * 1024, 20_000
_NOT_DETECTED = (False, False)


class Publisher:
    """The events of one server."""

    def __init__(self, server: StoreHost) -> None:
        self._server = server
        self.feeds = EventFeeds(server)
        self.detector = EventDetector(self.feeds)
        self.wanted = self.feeds.wanted
        self.detect = self.detector.detect

    def start(self) -> None:
        """Do nothing: the first subscriber opens the sockets."""

    def stop(self) -> None:
        """The server stops."""
        self.feeds.stop()

    # -- subscriptions ---------------------------------------------------------------------------------

    def subscribe(self, device: PublishingOwner, target: str, event: str, release: int) -> Any:
        """A client subscribes: the answer says where it has to listen."""
        name = check_subscription(device, target, event, release)
        feeds = self.feeds
        with feeds.lock:
            if not self.has_subscriber(device, name, (event,)):
                self.detector.start_from(device, name, event)
            feed = feeds.subscribe(device, name, event, release)
            answer = SubscriptionAnswer(
                RELEASE,
                device.idl_version,
                HIGH_WATER,
                MULTICAST_RATE,
                MULTICAST_RECOVERY,
                _zmq_release(),
                feeds.endpoints(),
                feed.topic.text,
                feeds.open().heartbeat_base,
            )
        return answer.longs(), answer.strings()

    def confirm(self, device: PublishingOwner, target: str, event: str) -> None:
        """A client confirms that it is still subscribed."""
        name = check_target(device, target, event)
        feeds = self.feeds
        with feeds.lock:
            known = feeds.open().confirm(device._tango.lower_name, name, event, feeds.clock())
            if not known:  # made before this server's last start
                feeds.subscribe(device, name, event, 5)

    def info(self) -> Any:
        """Where events come from, for people."""
        with self.feeds.lock:
            found = self.feeds.endpoints()
        if not found:
            return [RELEASE], ["No event sockets yet: nobody has subscribed"]
        texts = []
        for heartbeat, event in found:
            texts += [f"Heartbeat: {heartbeat}", f"Event: {event}"]
        return [RELEASE], texts

    def has_subscriber(
        self, device: PublishingOwner, attribute: str, events: Sequence[str]
    ) -> bool:
        """True if anybody wants any of these events."""
        return any(self.wanted(device, attribute, event) for event in events)

    # -- pushed by the author ------------------------------------------------------------------------

    def push_value(
        self, device: PublishingOwner, attribute: Attribute, event: str, args: tuple[Any, ...]
    ) -> None:
        """The author pushes a value."""
        feeds = self.wanted(device, attribute.lower_name, event)
        alarms = self._alarm_feeds(device, attribute, event)
        if not feeds and not alarms:
            if args and not is_plain(attribute, args):
                snapshot(
                    device, attribute, args, told=False
                )  # a wrong value raises even if nobody listens
            return
        if len(args) == 1 and not alarms and self._push_plain(attribute, event, args[0], feeds):
            return
        value = snapshot(device, attribute, args)
        self._pushed(device, attribute, event, feeds, alarms, value)

    def _push_plain(self, attribute: Attribute, event: str, value: Any, feeds: list[Feed]) -> bool:
        """Push a plain number the quick way; False if it has to go the general way."""
        plan = attribute.push_plan
        if plan is None:
            plan = attribute.push_plan = push_plan(attribute) or False
        if plan is False or attribute.events.get(event, _NOT_DETECTED)[1]:
            return False
        for feed in feeds:
            if feed.idl < 5:
                return False
        started = self.feeds.clock()
        payload = plan.payload(attribute, value)
        if payload is None:
            return False
        publish = self.feeds.publish
        for feed in feeds:
            publish(feed, payload, False)
        if self.feeds.samples.enabled:
            self.feeds.samples.add(started, self.feeds.clock())
        return True

    def _alarm_feeds(self, device: PublishingOwner, attribute: Attribute, event: str) -> list[Feed]:
        """The feeds of the alarm event that a pushed change event brings with it, unless that is switched off."""
        if event != "change" or not self._server.auto_alarm or attribute.is_alarm_event():
            return []
        return self.wanted(device, attribute.lower_name, "alarm")

    def _pushed(
        self,
        device: PublishingOwner,
        attribute: Attribute,
        event: str,
        feeds: list[Feed],
        alarms: list[Feed],
        value: Any,
    ) -> None:
        if feeds and self.detector.passes(device, attribute, event, value):
            self.feeds.tell(feeds, event, value)
        if alarms and self.detector.quality_changed(device, attribute, value):
            self.feeds.tell(alarms, "alarm", value)

    def push_error(
        self, device: PublishingOwner, attribute: Attribute, event: str, error: DevFailed
    ) -> None:
        """The author pushes an error."""
        feeds = self.wanted(device, attribute.lower_name, event)
        if feeds:
            self.feeds.send_errors(feeds, event, error.errors)

    def polling_stopped(self, device: PublishingOwner, name: str) -> None:
        """Send subscribers that depend on polling the error that polling has stopped."""
        attribute = device._tango.attributes.find(name)
        if attribute is None:
            return
        error = throw(
            "API_PollObjNotFound",
            f"No event possible on attribute {attribute.name}. Polling has just being stopped!",
            "DServer::rem_obj_polling",
        )
        for event in POLLED_EVENTS:
            if not attribute.events.get(event, _NOT_DETECTED)[0]:  # otherwise the author pushes it
                self.push_error(device, attribute, event, error)

    def push_present(
        self, device: PublishingOwner, attribute: Attribute, event: str, error: Any
    ) -> None:
        """Push the value that the attribute holds."""
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

    def push_payload(self, device: PublishingOwner, name: str, event: str, payload: Any) -> None:
        """The author pushes a structure of the interface, or an error, of an attribute or a pipe."""
        feeds = self.wanted(device, name, event)
        if feeds and isinstance(payload, DevFailed):
            self.feeds.send_errors(feeds, event, payload.errors)
        elif feeds:
            self.feeds.send(feeds, event, payload)

    # -- about the device --------------------------------------------------------------------------------

    def push_configuration(self, device: PublishingOwner, attribute: Attribute) -> None:
        """An attribute has a new configuration."""
        feeds = self.wanted(device, attribute.lower_name, "attr_conf")
        for feed in feeds:
            release = 5 if feed.idl >= 5 else 3
            payload = encode_payload("attr_conf", config_of(attribute, release), feed.idl)
            self.feeds.publish(feed, payload, False)

    def push_interface(self, device: PublishingOwner, started: bool = False) -> None:
        """Attributes or commands have come or gone, or the device has started again."""
        feeds = self.wanted(device, "", "intr_change")
        if feeds:
            self.feeds.send(feeds, "intr_change", _interface(device, started))

    def interface_of(self, device: PublishingOwner) -> DevIntrChange | None:
        """The interface of a device that is about to be restarted; None if nobody is subscribed to its changes."""
        return _interface(device, True) if self.wanted(device, "", "intr_change") else None

    def device_restarted(
        self, device: PublishingOwner, before: DevIntrChange | None = None
    ) -> None:
        """Send the interface change event of a device that has been restarted.

        As in cppTango, an interface that is the same as ``before`` is no event.
        """
        book = self.feeds.book
        if book is None:
            return
        self.detector.forget(device)
        if before is None or before != _interface(device, True):
            self.push_interface(device, started=True)
        for key in list(book.feeds):
            if key[0] == device._tango.lower_name and key[2] == "attr_conf":
                attribute = device._tango.attributes.find(key[1])
                if attribute is not None:
                    self.push_configuration(device, attribute)

    # -- diagnosis -----------------------------------------------------------------------------------------

    def describe(self) -> str:
        """The answer of QueryEventSystem: this server as a source of events, and as a subscriber of others."""
        from puretango.client import default_context, events_of, has_events

        counters: dict[str, int] = {}
        with self.feeds.lock:
            if self.feeds.book is not None:
                for topic, count in sorted(self.feeds.book.counters().items()):
                    shown = topic.replace(".idl5_", ".")
                    # The counter that the next event will have.
                    counters[shown] = max(counters.get(shown, 0), count + 1)
        context = default_context()
        told = {
            "version": 1,
            "server": {"event_counters": counters, "perf": self.feeds.samples.take()},
            "client": events_of(context).report() if has_events(context) else None,
        }
        return json.dumps(told, separators=(",", ":"))

    def monitor_performance(self, enabled: bool) -> None:
        """Take samples, or do not."""
        from puretango.client import default_context, events_of, has_events

        self.feeds.samples.enable(enabled)
        context = default_context()
        if has_events(context):
            events_of(context).set_monitoring(enabled)


def _zmq_release() -> int:
    import zmq

    return int("".join(zmq.zmq_version().split(".")))


def _interface(device: PublishingOwner, started: bool) -> DevIntrChange:
    commands = [command_info_2(command) for command in device._tango.commands.every()]
    configs = [config_of(attribute, 5) for attribute in device._tango.attributes]
    return DevIntrChange(started, commands, configs)
