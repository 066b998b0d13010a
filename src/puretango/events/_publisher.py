"""The server's book of subscriptions: which events have subscribers, and until when.

No clock: times are arguments, in seconds on any steady scale.  Not locked: the server changes
the book and sends under one lock, as ZMQ's sockets demand anyway.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from puretango.events._message import LITTLE, encode_call
from puretango.events._topic import EVENT_NAMES, Topic, heartbeat_base, heartbeat_topic

LIFE = 600.0
"""Seconds after which a subscription that nobody confirmed is forgotten."""


class Feed:
    """One topic: its counter, and until when it has subscribers."""

    __slots__ = ("counter", "expires", "idl", "name", "topic")

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self.name = topic.text.encode()
        self.idl = topic.idl
        self.counter = 0
        self.expires = float("-inf")

    def frames(self, payload: bytes, is_error: bool = False) -> list[bytes]:
        """The frames of the topic's next event: counted from 1."""
        self.counter = counter = (self.counter + 1) & 0xFFFFFFFF
        return [self.name, LITTLE, encode_call(counter, is_error), payload]


Key = tuple[str, str, str]


class PublisherBook:
    """All feeds of one server.

    ``feeds`` finds the feeds of (device, attribute, event), all in lower case: the hot path asks
    ``book.wanted(key, now)`` and does nothing if that is empty.
    """

    def __init__(
        self, host: str, admin_device: str, database: bool = True, life: float = LIFE
    ) -> None:
        self.host = host
        self.database = database
        self.life = life
        self.heartbeat_base = heartbeat_base(host, admin_device)
        self.heartbeat_topic = heartbeat_topic(self.heartbeat_base, database)
        self.feeds: dict[Key, tuple[Feed, ...]] = {}

    @staticmethod
    def key(device: str, attribute: str, event: str) -> Key:
        """The key of a feed; ``attribute`` is empty for events of the whole device."""
        return device.lower(), attribute.lower(), event

    def subscribe(
        self, device: str, attribute: str, event: str, client_idl: int, now: float
    ) -> Feed:
        """A client subscribes; returns the feed to listen to."""
        if event not in EVENT_NAMES:
            raise ValueError(f"The event type you sent ({event}) is not  valid event type")
        if event == "intr_change":
            attribute = ""
        idl = 5 if client_idl >= 5 or event in ("alarm", "intr_change", "pipe") else 4
        key = self.key(device, attribute, event)
        found = self.feeds.get(key, ())
        for feed in found:
            if feed.idl == idl:
                break
        else:
            feed = Feed(Topic(self.host, key[0], key[1], event, idl, self.database))
            self.feeds[key] = (*found, feed)
        feed.expires = now + self.life
        return feed

    def confirm(self, device: str, attribute: str, event: str, now: float) -> bool:
        """A client confirms its subscription; False if there is no such subscription."""
        if event == "intr_change":
            attribute = ""
        known = self.feeds.get(self.key(device, attribute, event), ())
        for feed in known:
            feed.expires = now + self.life
        return bool(known)

    def wanted(self, key: Key, now: float) -> list[Feed]:
        """The feeds of a key that have subscribers."""
        found = self.feeds.get(key)
        return [feed for feed in found if feed.expires > now] if found else []

    def is_wanted(self, device: str, attribute: str, event: str, now: float) -> bool:
        """True if the event has subscribers."""
        return bool(self.wanted(self.key(device, attribute, event), now))

    def live(self, now: float) -> Iterator[Feed]:
        """All feeds that have subscribers."""
        for feeds in self.feeds.values():
            for feed in feeds:
                if feed.expires > now:
                    yield feed

    def counters(self) -> dict[str, int]:
        """How many events each topic has had."""
        return {feed.topic.text: feed.counter for feeds in self.feeds.values() for feed in feeds}

    def forget(self, device: str, attributes: Iterable[str] | None = None) -> None:
        """Forget the feeds of a device that is gone, or of some of its attributes."""
        gone = {name.lower() for name in attributes} if attributes is not None else None
        for key in list(self.feeds):
            if key[0] == device.lower() and (gone is None or key[1] in gone):
                del self.feeds[key]
