"""A server's two publishing sockets: events and heartbeats, over ZMQ."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from time import monotonic
from typing import Final

import zmq

from puretango.net.pubsub._frames import LAST, MORE, sender

HIGH_WATER: Final = 1000
"""Messages that ZMQ queues for each subscriber: Tango's default."""

BACKLOG: Final = 100_000
"""Messages held back while a subscriber's queue is full, before the oldest are sent regardless."""

BACKLOG_BYTES: Final = 64 * 1024 * 1024
"""Bytes held back at most."""

PATIENCE: Final = 0.2
"""Seconds for which a full subscriber holds back the others."""

GRACE: Final = 0.1
"""Seconds for which events wait for a subscriber that has announced itself."""

_RETRY: Final = 0.001
_LINGER: Final = 200


class _Expected:
    """Subscribers on their way to a topic, and what is published meanwhile."""

    __slots__ = ("count", "held", "until")

    def __init__(self) -> None:
        self.count = 0
        self.until = 0.0
        self.held: list[Sequence[bytes]] = []


class EventPublisher:
    """Publishes on two TCP ports of its own, from any thread or task, without blocking.

    ZMQ drops what a subscriber's full queue does not take, in silence. Here a message that finds a
    queue full waits in a backlog, which a thread sends on; only when a subscriber stays full for
    :data:`PATIENCE`, or the backlog is full too, are messages dropped, for that subscriber alone,
    and :attr:`dropped` counts them.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        *,
        port: int = 0,
        heartbeat_port: int = 0,
        high_water: int = HIGH_WATER,
        backlog: int = BACKLOG,
        backlog_bytes: int = BACKLOG_BYTES,
    ) -> None:
        self.sent = 0
        """Events published so far."""
        self.dropped = 0
        """Events that at least one subscriber has lost."""
        self.backlog = backlog
        self.backlog_bytes = backlog_bytes
        self._lock = threading.Lock()
        self._waiting: deque[Sequence[bytes]] = deque()
        self._held = 0
        self._drainer: threading.Thread | None = None
        self._closed = False
        self._stop = threading.Event()
        self._topics: set[bytes] = set()
        self._expected: dict[bytes, _Expected] = {}
        self._context = zmq.Context(1)
        try:
            self._events = self._bind(host, port, high_water)
            self._heartbeats = self._bind(host, heartbeat_port, high_water)
        except zmq.ZMQError as error:
            self._context.destroy(linger=0)
            raise OSError(error.errno, f"cannot publish on {host}: {error}") from error
        self.endpoint = self._events.getsockopt_string(zmq.LAST_ENDPOINT)
        """Where events are published: ``tcp://host:port``."""
        self.heartbeat_endpoint = self._heartbeats.getsockopt_string(zmq.LAST_ENDPOINT)
        """Where heartbeats are published."""
        # Report full queues instead of dropping in silence.
        self._events.setsockopt(zmq.XPUB_NODROP, 1)
        # Report each subscriber, not only a topic's first.
        self._events.setsockopt(zmq.XPUB_VERBOSE, 1)
        self._send = sender(self._events)
        self._full_since: float | None = None

    def _bind(self, host: str, port: int, high_water: int) -> zmq.Socket[bytes]:
        sock = self._context.socket(zmq.XPUB)
        sock.setsockopt(zmq.SNDHWM, high_water)
        sock.setsockopt(zmq.LINGER, _LINGER)
        if ":" in host:
            sock.setsockopt(zmq.IPV6, 1)
            host = f"[{host}]"
        sock.bind(f"tcp://{host}:{port or '*'}")
        return sock

    # Publishing.

    def publish(self, frames: Sequence[bytes]) -> None:
        """Publish one event; its first frame is the topic."""
        with self._lock:
            if self._closed:
                return
            self.sent += 1
            if self._expected and self._waits_for_subscriber(frames):
                return
            self._deliver(frames)

    def publish_all(self, messages: Sequence[Sequence[bytes]]) -> None:
        """Publish several events."""
        with self._lock:
            if self._closed:
                return
            self.sent += len(messages)
            for frames in messages:
                if not self._expected or not self._waits_for_subscriber(frames):
                    self._deliver(frames)

    def _deliver(self, frames: Sequence[bytes]) -> None:
        """Send now, or after the messages that already wait."""
        if self._waiting:
            self._hold_back(frames)
            return
        try:
            self._put(frames)
        except zmq.Again:
            self._hold_back(frames)

    def _put(self, frames: Sequence[bytes]) -> None:
        """Send, if no queue is full; libzmq refuses or takes a message with its first frame."""
        send = self._send
        *front, last = frames
        for frame in front:
            send(frame, MORE)
        send(last, LAST)

    def heartbeat(self, frames: Sequence[bytes]) -> None:
        """Publish one heartbeat."""
        with self._lock:
            if not self._closed:
                self._heartbeats.send_multipart(frames)
                self._read_topics()

    def _hold_back(self, frames: Sequence[bytes]) -> None:
        waiting = self._waiting
        waiting.append(tuple(frames))
        self._held += sum(map(len, frames))
        while len(waiting) > self.backlog or self._held > self.backlog_bytes:
            self._send_regardless(self._next())
        self._start_drainer()

    def _start_drainer(self) -> None:
        if self._drainer is None:
            drainer = threading.Thread(target=self._drain, name="puretango-publisher", daemon=True)
            drainer.start()  # may fail: the next event tries again
            self._drainer = drainer

    def _next(self) -> Sequence[bytes]:
        frames = self._waiting.popleft()
        self._held -= sum(map(len, frames))
        return frames

    def _send_regardless(self, frames: Sequence[bytes]) -> None:
        """Send to every subscriber that has room."""
        self.dropped += 1
        self._events.setsockopt(zmq.XPUB_NODROP, 0)
        self._put(frames)
        self._events.setsockopt(zmq.XPUB_NODROP, 1)

    def _drain(self) -> None:
        """Send what was held back, in order; ends when nothing is left."""
        while not self._stop.wait(_RETRY):
            with self._lock:
                if self._expected and not self._closed:
                    self._read_topics()
                self._drain_some()
                if self._closed or not (self._waiting or self._is_holding()):
                    self._drainer = None
                    return

    def _drain_some(self) -> None:
        waiting = self._waiting
        for _ in range(HIGH_WATER):
            if not waiting:
                break
            try:
                self._put(waiting[0])
                self._full_since = None
            except zmq.Again:
                now = monotonic()
                if self._full_since is None:
                    self._full_since = now
                if now - self._full_since < PATIENCE:
                    return
                # A subscriber does not read: the others have waited long enough. The full queue
                # stays noted, so that the next message does not wait as long again.
                self._send_regardless(waiting[0])
            self._next()

    # Subscribers.

    def expect(self, topic: bytes) -> None:
        """A subscriber to a topic has announced itself: until its connection is there, events wait.

        ZMQ loses what is published before; the wait ends after :data:`GRACE` in any case.
        """
        with self._lock:
            if self._closed:
                return
            self._read_topics()
            expected = self._expected.setdefault(topic, _Expected())
            expected.count += 1
            expected.until = monotonic() + GRACE

    def _waits_for_subscriber(self, frames: Sequence[bytes]) -> bool:
        if frames[0] in self._expected:
            self._read_topics()
        expected = self._expected.get(frames[0])
        if expected is None:
            return False
        expected.held.append(tuple(frames))
        if len(expected.held) >= HIGH_WATER:
            self._release(frames[0])
        else:
            self._start_drainer()
        return True

    def _is_holding(self) -> bool:
        return any(expected.held for expected in self._expected.values())

    def _release(self, topic: bytes) -> None:
        for frames in self._expected.pop(topic).held:
            self._deliver(frames)

    def _release_due(self) -> None:
        """Send the events that waited for subscribers that are here now, or that do not come."""
        now = monotonic()
        for topic, expected in list(self._expected.items()):
            if expected.count <= 0 or expected.until <= now:
                self._release(topic)

    def topics(self) -> set[bytes]:
        """The topics (or their prefixes) that subscribers have asked for, of events and of heartbeats."""
        with self._lock:
            if not self._closed:
                self._read_topics()
            return set(self._topics)

    def _read_topics(self) -> None:
        for sock in (self._events, self._heartbeats):
            while True:
                try:
                    message = sock.recv(zmq.DONTWAIT)
                except zmq.Again:
                    break
                if message[:1] == b"\1":
                    self._topics.add(message[1:])
                    expected = self._expected.get(message[1:])
                    if expected is not None:
                        expected.count -= 1
                else:
                    self._topics.discard(message[1:])
        if self._expected:
            self._release_due()

    # The end.

    def close(self) -> None:
        """Close both sockets; what is queued gets a moment to leave."""
        with self._lock:
            if self._closed:
                return
            for topic in list(self._expected):
                self._release(topic)
            self._closed = True
            drainer = self._drainer
            for _ in range(len(self._waiting)):
                try:
                    self._put(self._waiting[0])
                except zmq.Again:
                    self.dropped += len(self._waiting)
                    break
                self._waiting.popleft()
        self._stop.set()
        if drainer is not None:
            drainer.join()
        self._context.destroy()

    def __enter__(self) -> EventPublisher:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()
