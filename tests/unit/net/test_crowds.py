"""Crowds: hundreds of connections that come, ask and fall silent at once."""

from __future__ import annotations

import asyncio
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from puretango.giop import Invocation, RequestTemplate
from puretango.net import Answer, AsyncListener, Listener, Peer
from puretango.net.serving._room import WaitingRoom

_REQUEST = RequestTemplate(b"k", "op").prepare(b"x").message(2)


def answer(invocation: Invocation, _peer: Peer) -> Answer:
    invocation.plan = lambda _peer, _data: (0, b"y")
    return 0, b"y"


class _Guest:
    def __init__(self, stream: socket.socket) -> None:
        self.stream = stream
        self.since = 0.0


def test_those_who_come_in_do_not_wait_for_the_room() -> None:
    """Each of them wakes its thread, which may be at the door itself: nobody must wait for the other."""
    here, there = socket.socketpair()
    room = WaitingRoom(here, lambda: None, lambda _guest: True)
    coming = threading.Thread(
        target=lambda: [room.enter(_Guest(there)) for _ in range(3000)], daemon=True
    )
    coming.start()  # and the room's own thread takes nothing yet
    coming.join(30)
    alive = coming.is_alive()
    room.start()
    room.stop()
    here.close()
    there.close()
    assert not alive


@contextmanager
def _served(kind: str) -> Iterator[int]:
    """The port of a listener."""
    if kind == "blocking":
        with Listener("127.0.0.1", 0, answer) as listener:
            yield listener.port
        return
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    served = AsyncListener("127.0.0.1", 0, answer)
    try:
        asyncio.run_coroutine_threadsafe(served.start(), loop).result(30)
        yield served.port
        asyncio.run_coroutine_threadsafe(served.stop(), loop).result(30)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()


def _ask(sockets: list[socket.socket], times: int) -> None:
    """Ask over each of them so many times, all at once, the next one as soon as the last is answered."""
    left = dict.fromkeys(range(len(sockets)), times)
    deadline = time.monotonic() + 50
    with selectors.DefaultSelector() as selector:
        for number, sock in enumerate(sockets):
            selector.register(sock, selectors.EVENT_READ, number)
            sock.sendall(_REQUEST)
        while left:
            assert time.monotonic() < deadline, f"{len(left)} connections wait in vain"
            for key, _ in selector.select(1):
                _answered(key, left, selector)


def _answered(key: Any, left: dict[int, int], selector: selectors.BaseSelector) -> None:
    assert key.fileobj.recv(4096), "closed"
    left[key.data] -= 1
    if left[key.data]:
        key.fileobj.sendall(_REQUEST)
    else:
        del left[key.data]
        selector.unregister(key.fileobj)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["blocking", "asyncio"])
def test_hundreds_that_ask_at_once(kind: str, closed: Callable[[socket.socket], None]) -> None:
    with _served(kind) as port:
        sockets = [socket.create_connection(("127.0.0.1", port), 30) for _ in range(400)]
        for sock in sockets:
            closed(sock)
        _ask(sockets, 30)


@pytest.fixture
def closed() -> Iterator[Callable[[socket.socket], None]]:
    """Closes at the end what it is given."""
    kept: list[socket.socket] = []
    yield kept.append
    for sock in kept:
        sock.close()
