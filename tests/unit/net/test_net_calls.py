"""What one small request costs, in calls of functions: the same on every machine."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

from puretango.giop import Invocation, RequestTemplate
from puretango.net import Answer, AsyncClientConnection, ClientConnection, Listener, Peer, under


def calls(work: Callable[[], object], times: int = 100) -> float:
    """Calls of Python and C functions in this thread, per time."""
    seen: Counter[str] = Counter()

    def count(_frame: object, event: str, _what: object) -> None:
        seen[event] += 1

    sys.setprofile(count)
    try:
        for _ in range(times):
            work()
    finally:
        sys.setprofile(None)
    return (seen["call"] + seen["c_call"]) / times


def handle(invocation: Invocation, _peer: Peer) -> Answer:
    invocation.plan = lambda _peer, _data: (0, b"x" * 150)
    return 0, b"x" * 150


def test_client() -> None:
    with Listener("127.0.0.1", 0, handle) as listener:
        with ClientConnection("127.0.0.1", listener.port) as client:
            prepared = RequestTemplate(b"test/dev/1", "read_attributes_5").prepare(b"y" * 60)
            client.call(prepared)
            with under(None):  # a thread that has entered a monitor in another test has a step
                assert calls(lambda: client.call(prepared)) < 18


def test_server() -> None:
    counted: list[int] = [0]

    def count(_frame: object, event: str, _what: object) -> None:
        counted[0] += event in {"call", "c_call"}

    def profiled(invocation: Invocation, peer: Peer) -> Answer:
        if sys.getprofile() is None:
            sys.setprofile(count)
        return handle(invocation, peer)

    with Listener("127.0.0.1", 0, profiled) as listener:
        with ClientConnection("127.0.0.1", listener.port) as client:
            prepared = RequestTemplate(b"test/dev/1", "read_attributes_5").prepare(b"y" * 60)
            with under(None):
                for _ in range(3):
                    client.call(prepared)
                before = counted[0]
                for _ in range(100):
                    client.call(prepared)
            assert (counted[0] - before) / 100 < 22


async def test_asyncio_client() -> None:
    def work(client: AsyncClientConnection, prepared: Any) -> Callable[[], object]:
        return lambda: client.submit(prepared)

    with Listener("127.0.0.1", 0, handle) as listener:
        async with await AsyncClientConnection.connect("127.0.0.1", listener.port) as client:
            prepared = RequestTemplate(b"test/dev/1", "read_attributes_5").prepare(b"y" * 60)
            with under(None):
                await client.call(prepared)
                assert calls(work(client, prepared), 20) < 22
