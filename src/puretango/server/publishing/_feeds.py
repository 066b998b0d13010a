"""The sending side of a server's events: sockets, heartbeat, and the clients that listen."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from puretango.events import (
    HEARTBEAT_PERIOD,
    LIFE,
    Feed,
    PublisherBook,
    encode_errors,
    encode_heartbeat,
    encode_payload,
)
from puretango.server.attribute._releases import recast
from puretango.server.base._failure import throw
from puretango.server.publishing._endpoints import endpoints
from puretango.server.publishing._samples import EventSamples

if TYPE_CHECKING:
    from puretango.net import EventPublisher
    from puretango.server.publishing._ports import PublishingOwner
    from puretango.server.store._ports import StoreHost

HIGH_WATER = 1000
FIRST = 1
"""A topic's first event is sent twice, as cppTango's servers do: a cppTango client that knew this server before
its restart keeps the last counter, and drops the first event with the same one as a duplicate."""


class EventFeeds:
    """The book of subscriptions, and the sockets, which are opened for the first subscriber."""

    heartbeat_period = HEARTBEAT_PERIOD
    """Seconds between heartbeats."""
    life = LIFE
    """Seconds after which a subscription ends that nobody has confirmed."""

    def __init__(self, server: StoreHost, clock: Callable[[], float] = time.monotonic) -> None:
        self._server = server
        self.clock = clock
        """The clock in seconds, never set back: by it subscriptions end, and periods and samples are measured."""
        self.lock = threading.RLock()
        self.samples = EventSamples()
        self._socket: EventPublisher | None = None
        self._book: PublisherBook | None = None
        self._stop = threading.Event()
        self._heart: threading.Thread | None = None
        self.beats = True
        """False while the author has asked for no heartbeats."""

    # -- life ----------------------------------------------------------------------------------------

    def open(self) -> PublisherBook:
        """The book; opens the sockets and starts the heartbeat if needed. Called with the lock held."""
        if self._book is None:
            if self._stop.is_set():  # sockets made now would never be closed
                raise throw(
                    "API_ShutdownInProgress", "The device server is shutting down.", "EventFeeds"
                )
            from puretango.client import environment_number
            from puretango.net import EventPublisher

            server = self._server
            host = server.store.tango_host or f"{server.public_host}:{server.port}"
            # cppTango's figure: how much may wait for a client that is slow for a while.
            room = environment_number("TANGO_DS_EVENT_BUFFER_HWM", HIGH_WATER)
            self._socket = EventPublisher(server.host or "0.0.0.0", high_water=room)
            database = server.store.is_database
            self._book = PublisherBook(host, server.admin_name, database, self.life)
            self._heart = threading.Thread(target=self._beat, name="puretango-heart", daemon=True)
            self._heart.start()
        return self._book

    @property
    def book(self) -> PublisherBook | None:
        """The book, if anybody has ever subscribed."""
        return self._book

    def _beat(self) -> None:
        while True:
            with self.lock:
                book, socket = self._book, self._socket
                if book is not None and socket is not None and self.beats:
                    socket.heartbeat(encode_heartbeat(book.heartbeat_topic))
            if self._stop.wait(self.heartbeat_period):
                return

    def stop(self) -> None:
        """Stop sending."""
        self._stop.set()
        if self._heart is not None and self._heart is not threading.current_thread():
            self._heart.join()
        with self.lock:
            if self._socket is not None:
                self._socket.close()
                self._socket = None
            self._book = None

    def endpoints(self) -> tuple[tuple[str, str], ...]:
        """The (heartbeat, event) endpoints; none before the first subscriber."""
        if self._socket is None:
            return ()
        return endpoints(self._server, self._socket.heartbeat_endpoint, self._socket.endpoint)

    # -- who listens ---------------------------------------------------------------------------------

    def subscribe(self, device: PublishingOwner, name: str, event: str, release: int) -> Feed:
        """Note that a client will listen; returns the feed."""
        with self.lock:
            feed = self.open().subscribe(
                device._tango.lower_name, name, event, release, self.clock()
            )
            assert self._socket is not None
            self._socket.expect(feed.name)
            return feed

    def wanted(self, device: PublishingOwner, attribute: str, event: str) -> list[Feed]:
        """The feeds of an event that have subscribers."""
        book = self._book
        if book is None:
            return []
        return book.wanted((device._tango.lower_name, attribute, event), self.clock())

    # -- sending -------------------------------------------------------------------------------------

    def publish(self, feed: Feed, payload: bytes, is_error: bool) -> None:
        """Send one message."""
        with self.lock:
            if self._socket is not None:
                frames = feed.frames(payload, is_error)
                self._socket.publish(frames)
                if feed.counter == FIRST:
                    self._socket.publish(frames)

    def publish_all(self, messages: Sequence[tuple[Feed, bytes]]) -> None:
        """Send values that were found together."""
        started = self.clock()
        with self.lock:
            if self._socket is not None:
                frames = [feed.frames(payload) for feed, payload in messages]
                again = [one for (feed, _), one in zip(messages, frames) if feed.counter == FIRST]
                self._socket.publish_all(frames + again if again else frames)
        took = (self.clock() - started) / len(messages)
        for place in range(len(messages) if self.samples.enabled else 0):
            self.samples.add(started + place * took, started + (place + 1) * took)

    def send(self, feeds: list[Feed], event: str, value: Any) -> None:
        """Send a value to each feed, in the feed's release of the interface."""
        started = self.clock()
        payloads: dict[int, bytes] = {}
        for feed in feeds:
            payload = payloads.get(feed.idl)
            if payload is None:
                shown = recast(value, feed.idl) if hasattr(value, "err_list") else value
                payload = payloads[feed.idl] = encode_payload(event, shown, feed.idl)
            self.publish(feed, payload, False)
        self.samples.add(started, self.clock())

    def send_errors(self, feeds: list[Feed], event: str, errors: Sequence[Any]) -> None:
        """Send errors instead of a value."""
        started = self.clock()
        payload = encode_errors(list(errors), event)
        for feed in feeds:
            self.publish(feed, payload, True)
        self.samples.add(started, self.clock())

    def tell(self, feeds: list[Feed], event: str, value: Any) -> None:
        """Send an attribute's value, or its errors."""
        if value.err_list:
            self.send_errors(feeds, event, value.err_list)
        else:
            self.send(feeds, event, value)
