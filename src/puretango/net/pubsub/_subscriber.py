"""A client's subscribing socket, over ZMQ: one thread receives for all subscriptions."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any, Final

import zmq
from zmq.utils.monitor import parse_monitor_message

from puretango.net.pubsub._frames import receiver
from puretango.net.streams._sockets import LOG

HIGH_WATER: Final = 100_000
"""Messages that wait here for the receiving thread, per server, before the server's queue fills."""

BATCH: Final = 256
"""Messages received in a row before anything else is looked at."""

PATIENCE: Final = 5.0
"""Seconds to wait for the receiving thread to end: it may be in a callback that waits for us."""

BEAT: Final = 2_000
"""Milliseconds between ZMTP's own heartbeats, which show that a connection still works."""

BEAT_PATIENCE: Final = 5_000
"""Milliseconds without an answer to one after which the connection counts as dead, and is made again."""

CONNECT_PATIENCE: Final = 700
"""Milliseconds for an attempt to connect again: after a partition's end one succeeds within a second."""

BEATS_SINCE: Final = 420
"""The first release of libzmq (4.2.0) that answers ZMTP's heartbeats."""

_WATCHED: Final = zmq.Event.HANDSHAKE_SUCCEEDED | zmq.Event.DISCONNECTED

Receive = Callable[[list[bytes]], None]
Connected = Callable[[str, bool], None]
"""Called when the connection to an endpoint is made or has ended."""


def subscribing_socket(context: zmq.Context[Any], high_water: int) -> zmq.Socket[bytes]:
    """A SUB socket with no subscription yet."""
    sock: zmq.Socket[bytes] = context.socket(zmq.SUB)
    sock.setsockopt(zmq.RCVHWM, high_water)
    sock.setsockopt(zmq.LINGER, 0)
    sock.setsockopt(zmq.IPV6, 1)
    sock.setsockopt(zmq.HEARTBEAT_TIMEOUT, BEAT_PATIENCE)
    return sock


class Subscriptions:
    """What a SUB socket is connected and subscribed to; repeating a verb is harmless."""

    def __init__(self, sock: zmq.Socket[bytes]) -> None:
        self.sock = sock
        self.endpoints: set[str] = set()
        self.topics: set[bytes] = set()

    def connect(self, endpoint: str, release: int = 0) -> None:
        """Receive from there; ``release`` is the publisher's libzmq, as 434 for 4.3.4."""
        if endpoint not in self.endpoints:
            beats = release >= BEATS_SINCE
            self.sock.setsockopt(zmq.HEARTBEAT_IVL, BEAT if beats else 0)
            self.sock.setsockopt(zmq.CONNECT_TIMEOUT, CONNECT_PATIENCE)
            try:
                self.sock.connect(endpoint)
            except zmq.ZMQError as error:
                raise OSError(error.errno, f"cannot connect to {endpoint}: {error}") from error
            self.endpoints.add(endpoint)

    def disconnect(self, endpoint: str) -> None:
        """Stop receiving from there."""
        if endpoint in self.endpoints:
            self.endpoints.discard(endpoint)
            self.sock.disconnect(endpoint)

    def listen(self, endpoints: Iterable[str], topics: Iterable[bytes], release: int = 0) -> None:
        """Receive all these topics from there."""
        for endpoint in endpoints:
            self.connect(endpoint, release)
        for topic in topics:
            self.subscribe(topic)

    def leave(self, endpoints: Iterable[str], topics: Iterable[bytes]) -> None:
        """Stop receiving these topics, and from there."""
        for topic in topics:
            self.unsubscribe(topic)
        for endpoint in endpoints:
            self.disconnect(endpoint)

    def subscribe(self, topic: bytes) -> None:
        """Receive what has this topic."""
        if topic not in self.topics:
            self.topics.add(topic)
            self.sock.setsockopt(zmq.SUBSCRIBE, topic)

    def unsubscribe(self, topic: bytes) -> None:
        """Stop receiving this topic."""
        if topic in self.topics:
            self.topics.discard(topic)
            self.sock.setsockopt(zmq.UNSUBSCRIBE, topic)


class EventSubscriber:
    """Calls ``receive(frames)`` in a thread of its own for each message of its subscriptions.

    Its methods may be called from any thread, also from within ``receive``.
    """

    def __init__(
        self,
        receive: Receive,
        *,
        high_water: int = HIGH_WATER,
        connected: Connected | None = None,
    ) -> None:
        self._receive = receive
        self._connected = connected
        self._context = zmq.Context(1)
        sock = subscribing_socket(self._context, high_water)
        self._subscriptions = Subscriptions(sock)
        self._take = receiver(sock)
        self._monitor: Any = None
        if connected is not None:
            self._monitor = sock.get_monitor_socket(_WATCHED)
        # A ZMQ socket belongs to one thread: the others queue a task and ring its bell.
        self._rung = self._context.socket(zmq.PAIR)
        self._bell = self._context.socket(zmq.PAIR)
        self._rung.set_hwm(0)  # ringing must never block, even while a callback sleeps
        self._bell.set_hwm(0)
        self._rung.bind("inproc://ring")
        self._bell.connect("inproc://ring")
        self._ringing = threading.Lock()
        self._tasks: deque[tuple[Callable[..., None], Any, Future[None]]] = deque()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="puretango-events", daemon=True)
        self._thread.start()

    def connect(self, endpoint: str) -> None:
        """Receive from this publisher too."""
        self._do(self._subscriptions.connect, endpoint)

    def disconnect(self, endpoint: str) -> None:
        """Stop receiving from this publisher."""
        self._do(self._subscriptions.disconnect, endpoint)

    def subscribe(self, topic: bytes) -> None:
        """Receive what has this topic."""
        self._do(self._subscriptions.subscribe, topic)

    def unsubscribe(self, topic: bytes) -> None:
        """Stop receiving this topic."""
        self._do(self._subscriptions.unsubscribe, topic)

    def change(self, verb: Callable[[Subscriptions], None]) -> Future[None]:
        """Change what is received: without waiting, and in the order in which it was asked for."""
        return self._post(verb, self._subscriptions)

    def _do(self, verb: Callable[[Any], None], argument: str | bytes) -> None:
        self._post(verb, argument).result()

    def _post(self, verb: Callable[[Any], None], argument: Any) -> Future[None]:
        done: Future[None] = Future()
        with self._ringing:
            if self._closed:
                done.set_result(None)
                return done
            self._tasks.append((verb, argument, done))
            self._bell.send(b"")
        if threading.current_thread() is self._thread:
            self._work()
        return done

    def _work(self) -> None:
        """Do all queued tasks; rings are not counted, since Ctrl-C may have lost one."""
        while self._tasks:
            verb, argument, done = self._tasks.popleft()
            try:
                verb(argument)
            except Exception as error:  # noqa: BLE001 - for the caller: the thread serves the others too
                done.set_exception(error)
            else:
                done.set_result(None)

    def _run(self) -> None:
        sock, rung = self._subscriptions.sock, self._rung
        poller = zmq.Poller()
        poller.register(sock, zmq.POLLIN)
        poller.register(rung, zmq.POLLIN)
        monitor = self._monitor
        if monitor is not None:
            poller.register(monitor, zmq.POLLIN)
        while True:
            ready = dict(poller.poll())
            # Do this first: libzmq has fetched a message's first frame in order to know that there
            # is one, and aborts the process if its connection is taken away before the rest.
            if sock in ready:
                self._receive_some()
            if monitor in ready:
                self._tell_connections()
            if rung in ready:
                rung.recv()
                self._work()
                if self._closed:
                    break
        with (
            self._ringing
        ):  # the thread that rang for the end may still be inside libzmq, with the bell
            self._work()  # tasks queued just before the end
            if monitor is not None:
                sock.disable_monitor()
            self._context.destroy(linger=0)

    def _tell_connections(self) -> None:
        """Report which connections were made and which have ended."""
        while True:
            try:
                found = parse_monitor_message(self._monitor.recv_multipart(zmq.DONTWAIT))
            except zmq.Again:
                return
            endpoint = found["endpoint"].decode("latin-1")
            try:
                assert self._connected is not None
                self._connected(endpoint, found["event"] == zmq.Event.HANDSHAKE_SUCCEEDED)
            except Exception:  # noqa: BLE001 - told, and the other subscriptions live
                LOG.exception("a connection's change could not be reported")

    def _receive_some(self) -> None:
        receive, take = self._receive, self._take
        for _ in range(BATCH):
            try:
                frames = take()
            except zmq.Again:
                return
            try:
                receive(frames)
            except Exception:  # noqa: BLE001 - told, and the other subscriptions live
                LOG.exception("an event could not be delivered")
            if self._tasks:
                return  # a task waits; a full queue of images may take seconds

    def close(self) -> None:
        """Stop receiving; ends the thread (if called by it, when ``receive`` returns)."""
        with self._ringing:
            if self._closed:
                return
            self._closed = True
            self._bell.send(b"")
        if threading.current_thread() is not self._thread:
            self._thread.join(PATIENCE)

    def __enter__(self) -> EventSubscriber:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()
