"""Subscriptions that meet: of many threads, of callbacks that misbehave, of threads that wait for each other."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import puretango as tango
import puretango.asyncio
from puretango import EventType
from puretango.client.context._locks import LockKeeper
from puretango.testing import DeviceTestContext
from tests.waiting import LIMIT, eventually, until

CHANGE = EventType.CHANGE_EVENT


class _Counting:
    """Counts events and waits for some."""

    def __init__(self) -> None:
        self.seen = threading.Semaphore(0)

    def __call__(self, _event: Any) -> None:
        self.seen.release()

    def wait(self, count: int) -> bool:
        """True if so many more came."""
        return all(self.seen.acquire(timeout=LIMIT) for _ in range(count))


def _receiving() -> bool:
    """True if events are still listened for."""
    return "puretango-events" in [each.name for each in threading.enumerate()]


def _end(proxy: Any, number: int, pause: float) -> None:
    time.sleep(pause)
    proxy.unsubscribe_event(number)


@pytest.mark.slow
def test_one_subscribes_while_another_unsubscribes(context: DeviceTestContext) -> None:
    """The last subscription of a server, and of the process, ends while a new one is made."""
    leaving, coming = (tango.DeviceProxy(context.get_device_access()) for _ in range(2))
    number = leaving.subscribe_event("pushed", CHANGE, _Counting())
    with ThreadPoolExecutor(1) as pool:
        for turn in range(30):
            ended = pool.submit(_end, leaving, number, (turn % 10) * 0.0003)
            count = _Counting()
            number = coming.subscribe_event("pushed", CHANGE, count)
            ended.result()
            coming.Push(1)
            assert count.wait(2), (turn, coming.diagnose(number))
            leaving, coming = coming, leaving
    leaving.unsubscribe_event(number)


@pytest.mark.slow
def test_subscribed_from_many_threads(thing: Any) -> None:
    counts = [_Counting() for _ in range(20)]
    with ThreadPoolExecutor(20) as pool:
        numbers = list(
            pool.map(lambda count: thing.subscribe_event("pushed", CHANGE, count), counts)
        )
        thing.Push(3)
        assert all(count.wait(4) for count in counts)
        list(pool.map(thing.unsubscribe_event, numbers))
    assert not _receiving()


@pytest.mark.slow
def test_a_callback_that_exits(thing: Any) -> None:
    """As in PyTango: the program's end is not for a callback's thread to say."""
    count = _Counting()

    def leave(event: Any) -> None:
        if event.event_reason == tango.EventReason.Update:
            sys.exit(3)

    numbers = [thing.subscribe_event("pushed", CHANGE, each) for each in (leave, count)]
    thing.Push(3)
    assert count.wait(4)
    for number in numbers:
        thing.unsubscribe_event(number)
    with pytest.raises(SystemExit):
        thing.subscribe_event("pushed", CHANGE, lambda _event: sys.exit(3))
    assert not _receiving()


def test_a_proxy_goes_that_could_not_subscribe(context: DeviceTestContext) -> None:
    """What failed is remembered, and must not keep the proxy alive with it."""
    proxy = tango.DeviceProxy(context.get_device_access())
    count = _Counting()
    proxy.subscribe_event("number", CHANGE, count, tango.EventSubMode.Stateless)
    assert count.wait(1)
    gone = weakref.ref(proxy)
    del proxy
    assert gone() is None


def test_a_queue_of_less_than_nothing(thing: Any) -> None:
    with pytest.raises(tango.DevFailed, match="queue size must be positive"):
        thing.subscribe_event("pushed", CHANGE, -1)


async def test_subscribing_is_cancelled(context: DeviceTestContext) -> None:
    """While the first value is read: nobody would have the number to end it with."""
    proxy = await puretango.asyncio.DeviceProxy(context.get_device_access())
    with pytest.raises(asyncio.TimeoutError):
        subscribing = proxy.subscribe_event("slow", EventType.USER_EVENT, _Counting())
        await asyncio.wait_for(subscribing, 0.15)
    assert not _receiving()


async def test_a_slow_coroutine_has_the_latest_event_only(context: DeviceTestContext) -> None:
    proxy = await puretango.asyncio.DeviceProxy(context.get_device_access())
    got: list[float] = []
    go, last = asyncio.Event(), asyncio.Event()

    async def slow(event: Any) -> None:
        got.append(event.attr_value.value)
        await go.wait()
        if got[-1] == 199.0:
            last.set()

    number = await proxy.subscribe_event("pushed", CHANGE, slow, coalesce=True)
    await proxy.Push(200)
    entry = proxy._event_room.book.subscriptions[number]
    await eventually(lambda: entry.counts.received == 200)
    go.set()
    await asyncio.wait_for(last.wait(), LIMIT)
    report = await proxy.diagnose(number)
    assert len(got) + report["coalesced"] == 201
    assert len(got) < 50
    await proxy.unsubscribe_event(number)


async def test_a_failing_coroutine_is_told_of(
    context: DeviceTestContext, caplog: pytest.LogCaptureFixture
) -> None:
    proxy = await puretango.asyncio.DeviceProxy(context.get_device_access())

    async def bad(_event: Any) -> None:
        raise ValueError("from the user's coroutine")

    number = await proxy.subscribe_event("pushed", CHANGE, bad)
    await eventually(lambda: "from the user's coroutine" in caplog.text)
    await proxy.unsubscribe_event(number)


def test_who_subscribes_and_a_callback_want_the_same_lock(
    context: DeviceTestContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They wait for each other, but not for ever."""
    monkeypatch.setattr("puretango.client.events._link._PATIENCE", 0.3)
    proxy = tango.DeviceProxy(context.get_device_access())
    lock, arrived, count = threading.Lock(), threading.Event(), _Counting()

    def locking(event: Any) -> None:
        if event.event_reason == tango.EventReason.Update:
            arrived.set()
            with lock:
                pass

    numbers = [proxy.subscribe_event("pushed", CHANGE, locking)]

    def subscribe() -> None:
        with lock:
            proxy.Push(1)
            arrived.wait(LIMIT)
            numbers.append(proxy.subscribe_event("pushed", CHANGE, count))

    subscribing = threading.Thread(target=subscribe, daemon=True)
    subscribing.start()
    subscribing.join(LIMIT)
    assert not subscribing.is_alive()
    proxy.Push(1)
    assert count.wait(2)
    for number in numbers:
        proxy.unsubscribe_event(number)


@pytest.mark.parametrize("how", ["queue", "coalesced"])
def test_what_waits_does_not_keep_its_own_proxy(context: DeviceTestContext, how: str) -> None:
    proxy = tango.DeviceProxy(context.get_device_access())
    if how == "queue":
        number = proxy.subscribe_event("pushed", CHANGE, 10)
        (event,) = proxy.get_events(number)
        assert event.device is proxy
        del event
        proxy.Push(3)
    else:
        count = _Counting()
        proxy.subscribe_event("pushed", CHANGE, count, coalesce=True)
        assert count.wait(1)
    gone = weakref.ref(proxy)
    del proxy
    until(lambda: gone() is None)  # as soon as the event that is being handed on is


def test_dropping_a_proxy_waits_for_no_callback(context: DeviceTestContext) -> None:
    """The garbage collector drops it, in whatever thread, with whatever lock held there."""
    proxy = tango.DeviceProxy(context.get_device_access())
    entered, go = threading.Event(), threading.Event()

    def wait(event: Any) -> None:
        event.device = None
        entered.set()
        go.wait(LIMIT)

    proxy.subscribe_event("pushed", CHANGE, wait, coalesce=True)
    assert entered.wait(LIMIT)
    subscriptions = proxy._event_room.book.subscriptions
    started = time.monotonic()
    proxy.__del__()
    del proxy
    took = time.monotonic() - started
    go.set()
    assert took < 10  # the callback stands for longer
    until(lambda: not subscriptions)


def test_interrupted_in_the_callback_that_tells_of_a_failure(context: DeviceTestContext) -> None:
    proxy = tango.DeviceProxy(context.get_device_access())

    def interrupt(_event: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        proxy.subscribe_event("number", CHANGE, interrupt, tango.EventSubMode.Stateless)
    assert not proxy._event_room.book.subscriptions


async def test_a_stream_is_closed_while_a_task_iterates(context: DeviceTestContext) -> None:
    proxy = await puretango.asyncio.DeviceProxy(context.get_device_access())
    stream = proxy.events("pushed")
    got: list[Any] = []

    async def iterate() -> None:
        async for event in stream:
            got.append(event)  # noqa: PERF401 - one after the other

    tasks = [asyncio.create_task(iterate()) for _ in range(2)]
    await eventually(lambda: got)
    assert len(proxy._event_room.book.subscriptions) == 1
    await stream.aclose()
    await asyncio.wait_for(asyncio.gather(*tasks), LIMIT)
    assert not _receiving()
    with pytest.raises(StopAsyncIteration):
        await anext(stream)


async def test_a_stream_that_is_left(context: DeviceTestContext) -> None:
    proxy = await puretango.asyncio.DeviceProxy(context.get_device_access())
    async for _event in proxy.events("pushed"):
        break
    gc.collect()
    await eventually(lambda: not _receiving())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_parents_proxy_ends_no_subscription_of_the_child(context: DeviceTestContext) -> None:
    """It remembers the number that its own subscription had in the parent."""
    old = tango.DeviceProxy(context.get_device_access())
    number = old.subscribe_event("pushed", CHANGE, _Counting())
    child = os.fork()
    if child == 0:
        again = 1
        try:
            new = tango.DeviceProxy(context.get_device_access())
            again = new.subscribe_event("pushed", CHANGE, _Counting())
        finally:
            os._exit(again == number)
    assert os.waitpid(child, 0)[1] == 0
    old.unsubscribe_event(number)


def test_no_thread_for_the_supervision(thing: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next one to need it tries again."""
    start = threading.Thread.start
    keeper = thing._event_room.keeper
    done = threading.Event()

    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    with pytest.raises(RuntimeError):
        keeper.do(print)
    monkeypatch.setattr(threading.Thread, "start", start)
    keeper.do(done.set)
    assert done.wait(LIMIT)


def test_a_lock_that_comes_after_the_end(thing: Any) -> None:
    """Nobody would end the thread that renews it."""
    locks = LockKeeper()
    locks.close()
    locks.hold(thing._session, "test/thing/1", 10)
    assert locks._thread is None
