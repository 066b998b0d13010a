"""A client's pool: what servers have left is closed, and a silent connection is given to no more callers."""

from __future__ import annotations

import asyncio
import os
import threading
from typing import Any

import pytest

from puretango.errors import SystemException
from puretango.giop import RequestTemplate
from puretango.net import AsyncConnectionPool, ConnectionPool, Listener

TEMPLATE = RequestTemplate(b"k", "echo")


def answer(invocation: Any, _peer: Any) -> tuple[int, bytes]:
    return 0, bytes(invocation.body)


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_connections_that_servers_have_left_are_closed() -> None:
    with ConnectionPool() as pool:
        before = descriptors()
        for _ in range(100):
            listener = Listener("127.0.0.1", 0, answer)
            listener.start()
            pool.connection("127.0.0.1", listener.port).invoke(TEMPLATE, (b"x",))
            listener.stop()
        assert descriptors() <= before + 2
        assert not pool._making


async def test_a_loop_remembers_no_place_that_is_gone() -> None:
    pool = AsyncConnectionPool()
    for _ in range(30):
        listener = Listener("127.0.0.1", 0, answer)
        listener.start()
        link = await pool.connection("127.0.0.1", listener.port)
        await link.invoke(TEMPLATE, (b"x",))
        await asyncio.to_thread(listener.stop)
        await link.wait_closed()
    assert len(pool._connections) <= 1
    assert not pool._making
    await pool.aclose()


def test_a_retired_connection_ends_with_its_last_call() -> None:
    hold, held = threading.Event(), threading.Event()

    def slow(invocation: Any, _peer: Any) -> tuple[int, bytes]:
        held.set()
        hold.wait(30)
        return 0, bytes(invocation.body)

    listener = Listener("127.0.0.1", 0, slow)
    listener.start()
    with ConnectionPool() as pool:
        old = pool.connection("127.0.0.1", listener.port)
        found: list[Any] = []
        calling = threading.Thread(
            target=lambda: found.append(old.invoke(TEMPLATE, (b"x",), 10).body)
        )
        calling.start()
        assert held.wait(30)
        pool.retire(old)
        assert not old.closed
        new = pool.connection("127.0.0.1", listener.port)
        assert new is not old
        hold.set()
        calling.join(30)
        assert found == [b"x"]
        assert old.closed
        with pytest.raises(SystemException):
            old.invoke(TEMPLATE, (b"y",))
        assert new.invoke(TEMPLATE, (b"z",)).body == b"z"
    listener.stop()


async def test_a_retired_connection_of_a_loop_ends_with_its_last_call() -> None:
    hold = threading.Event()

    def slow(invocation: Any, _peer: Any) -> tuple[int, bytes]:
        hold.wait(30)
        return 0, bytes(invocation.body)

    listener = Listener("127.0.0.1", 0, slow)
    listener.start()
    pool = AsyncConnectionPool()
    old = await pool.connection("127.0.0.1", listener.port)
    call = asyncio.ensure_future(old.invoke(TEMPLATE, (b"x",), 10))
    await asyncio.sleep(0)
    pool.retire("127.0.0.1", listener.port)
    assert not old.closed
    hold.set()
    assert (await call).body == b"x"
    await old.wait_closed()
    await pool.aclose()
    await asyncio.to_thread(listener.stop)
