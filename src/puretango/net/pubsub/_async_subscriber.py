"""A client's subscribing socket on an event loop."""

from __future__ import annotations

import asyncio
from typing import Final

import zmq

from puretango.net.pubsub._frames import receiver
from puretango.net.pubsub._subscriber import HIGH_WATER, Receive, Subscriptions, subscribing_socket
from puretango.net.streams._sockets import LOG

BATCH: Final = 64
"""Messages received in a row before the loop's other callbacks have their turn."""


class AsyncEventSubscriber:
    """Calls ``receive(frames)`` on the running loop for each message of its subscriptions.

    The loop must watch file descriptors, as all but Windows' proactor loop do; there, use an
    EventSubscriber whose ``receive`` goes through ``loop.call_soon_threadsafe``.
    """

    def __init__(self, receive: Receive, *, high_water: int = HIGH_WATER) -> None:
        self._receive = receive
        self._loop = asyncio.get_running_loop()
        self._context = zmq.Context(1)
        self._subscriptions = Subscriptions(subscribing_socket(self._context, high_water))
        self._take = receiver(self._subscriptions.sock)
        self._closed = False
        self._due = False
        self._fd = self._subscriptions.sock.fileno()
        try:
            self._loop.add_reader(self._fd, self._readable)
        except NotImplementedError:
            self._context.destroy(linger=0)
            raise

    def connect(self, endpoint: str) -> None:
        """Receive from this publisher too."""
        self._subscriptions.connect(endpoint)
        self._look()

    def disconnect(self, endpoint: str) -> None:
        """Stop receiving from this publisher."""
        self._subscriptions.disconnect(endpoint)
        self._look()

    def subscribe(self, topic: bytes) -> None:
        """Receive what has this topic."""
        self._subscriptions.subscribe(topic)
        self._look()

    def unsubscribe(self, topic: bytes) -> None:
        """Stop receiving this topic."""
        self._subscriptions.unsubscribe(topic)
        self._look()

    def _look(self) -> None:
        # ZMQ's descriptor only signals changes, and any use of the socket may consume one.
        if not self._due and not self._closed:
            self._due = True
            self._loop.call_soon(self._readable)

    def _readable(self) -> None:
        self._due = False
        for _ in range(BATCH):
            if self._closed:
                return
            try:
                frames = self._take()
            except zmq.Again:
                return
            try:
                self._receive(frames)
            except Exception:  # noqa: BLE001 - told, and the other subscriptions live
                LOG.exception("an event could not be delivered")
        self._look()

    def close(self) -> None:
        """Stop receiving."""
        if not self._closed:
            self._closed = True
            self._loop.remove_reader(self._fd)
            self._context.destroy(linger=0)
