"""Publishers and subscribers over loopback."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import zmq

from puretango.net import AsyncEventSubscriber, EventPublisher, EventSubscriber
from tests.waiting import LIMIT, eventually, until


@pytest.fixture
def publisher() -> Iterator[EventPublisher]:
    with EventPublisher() as made:
        yield made


def test_events_and_heartbeats(publisher: EventPublisher) -> None:
    received: queue.Queue[list[bytes]] = queue.Queue()
    with EventSubscriber(received.put) as subscriber:
        subscriber.connect(publisher.endpoint)
        subscriber.connect(publisher.heartbeat_endpoint)
        subscriber.connect(publisher.endpoint)
        subscriber.subscribe(b"one")
        until(lambda: publisher.topics() == {b"one"})
        publisher.publish([b"two", b"\1", b"", b"no"])
        publisher.publish([b"one", b"\1", b"info", b"yes"])
        assert received.get(timeout=30) == [b"one", b"\1", b"info", b"yes"]
        publisher.heartbeat([b"one", b"\1", b"", b""])
        assert received.get(timeout=30) == [b"one", b"\1", b"", b""]
        subscriber.unsubscribe(b"one")
        until(lambda: publisher.topics() == set())
        publisher.publish([b"one", b"\1", b"info", b"yes"])
        subscriber.disconnect(publisher.endpoint)
        assert received.empty()
    assert (publisher.sent, publisher.dropped) == (3, 0)


def test_verbs_from_within(publisher: EventPublisher) -> None:
    done = threading.Event()

    def receive(frames: list[bytes]) -> None:
        subscriber.unsubscribe(b"one")
        if frames[0] == b"two":
            done.set()
        subscriber.subscribe(b"two")

    with EventSubscriber(receive) as subscriber:
        subscriber.connect(publisher.endpoint)
        subscriber.subscribe(b"one")
        until(lambda: publisher.topics() == {b"one"})
        publisher.publish([b"one", b"\1", b""])
        until(lambda: publisher.topics() == {b"two"})
        publisher.publish([b"two", b"\1", b""])
        assert done.wait(30)


def test_failing_receiver_lives(
    publisher: EventPublisher, caplog: pytest.LogCaptureFixture
) -> None:
    received: list[bytes] = []

    def receive(frames: list[bytes]) -> None:
        received.append(frames[2])
        if frames[2] == b"bad":
            raise ValueError("bad")

    with EventSubscriber(receive) as subscriber:
        subscriber.connect(publisher.endpoint)
        subscriber.subscribe(b"t")
        until(lambda: publisher.topics() == {b"t"})
        for text in (b"bad", b"good"):
            publisher.publish([b"t", b"\1", text])
        until(lambda: received == [b"bad", b"good"])
    assert "could not be delivered" in caplog.text


def test_messages_of_odd_shapes(publisher: EventPublisher) -> None:
    received: list[list[bytes]] = []
    with EventSubscriber(received.append) as subscriber:
        subscriber.connect(publisher.endpoint)
        subscriber.subscribe(b"t")
        until(lambda: publisher.topics() == {b"t"})
        odd = [[b"t"], [b"t", b"2"], [b"t", b"\1", b"", b"", b"5", b"6"]]
        for frames in odd:
            publisher.publish(frames)
        good = [b"t", b"\1", b"info", b"good"]
        for _ in range(3):
            publisher.publish(good)
        until(lambda: sum(map(len, received)) == 9 + 12)
        assert received[-1] == good


def test_bad_endpoint() -> None:
    with EventSubscriber(print) as subscriber:
        with pytest.raises(OSError, match="cannot connect"):
            subscriber.connect("tcp://nonsense")


def test_burst_loses_nothing_to_who_keeps_up(publisher: EventPublisher) -> None:
    received: list[bytes] = []
    with EventSubscriber(lambda frames: received.append(frames[2])) as subscriber:
        subscriber.connect(publisher.endpoint)
        subscriber.subscribe(b"t")
        until(lambda: publisher.topics() == {b"t"})
        for number in range(20_000):
            publisher.publish([b"t", b"\1", number.to_bytes(4, "big"), b"x" * 100])
        until(lambda: len(received) == 20_000)
    assert received == [number.to_bytes(4, "big") for number in range(20_000)]
    assert publisher.dropped == 0


def test_who_does_not_read_loses_and_it_is_counted() -> None:
    received: list[bytes] = []
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    stuck = context.socket(zmq.SUB)
    stuck.setsockopt(zmq.RCVHWM, 10)
    stuck.setsockopt(zmq.RCVBUF, 4096)
    with (
        EventPublisher(high_water=10, backlog_bytes=5_000_000) as publisher,
        EventSubscriber(lambda frames: received.append(frames[2])) as subscriber,
    ):
        stuck.connect(publisher.endpoint)
        stuck.setsockopt(zmq.SUBSCRIBE, b"")
        until(lambda: publisher.topics() == {b""})
        subscriber.connect(publisher.endpoint)
        subscriber.subscribe(b"t")
        until(lambda: publisher.topics() == {b"", b"t"})
        payload = bytes(100_000)
        for number in range(300):
            publisher.publish([b"t", b"\1", number.to_bytes(4, "big"), payload])
            assert publisher._held <= 5_000_000
        until(lambda: not publisher._waiting, 20)
        assert publisher.dropped > 0
        until(lambda: len(received) > 0)
    stuck.close(0)
    context.term()


def test_publish_from_many_threads(publisher: EventPublisher) -> None:
    received: list[bytes] = []
    with EventSubscriber(lambda frames: received.append(frames[2])) as subscriber:
        subscriber.connect(publisher.endpoint)
        subscriber.subscribe(b"t")
        until(lambda: publisher.topics() == {b"t"})

        def push(number: int) -> None:
            for _ in range(500):
                publisher.publish([b"t", b"\1", bytes([number])])

        threads = [threading.Thread(target=push, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        until(lambda: len(received) == 2000)


def test_closed_is_closed() -> None:
    publisher = EventPublisher()
    publisher.close()
    publisher.close()
    publisher.publish([b"t", b""])
    publisher.heartbeat([b"t", b""])
    assert publisher.topics() == set()
    subscriber = EventSubscriber(print)
    subscriber.close()
    subscriber.close()
    subscriber.subscribe(b"t")


def test_port_in_use(publisher: EventPublisher) -> None:
    with pytest.raises(OSError, match="cannot publish"):
        EventPublisher(port=int(publisher.endpoint.rpartition(":")[2]))


async def test_asyncio(publisher: EventPublisher) -> None:
    received: list[bytes] = []
    subscriber = AsyncEventSubscriber(lambda frames: received.append(frames[2]))
    try:
        subscriber.connect(publisher.endpoint)
        subscriber.subscribe(b"t")
        await eventually(lambda: publisher.topics() == {b"t"})
        for number in range(5000):
            publisher.publish([b"t", b"\1", number.to_bytes(4, "big")])
            if number % 100 == 0:
                await asyncio.sleep(0)
        await eventually(lambda: len(received) == 5000)
        subscriber.unsubscribe(b"t")
        subscriber.disconnect(publisher.endpoint)
    finally:
        subscriber.close()
    assert received == [number.to_bytes(4, "big") for number in range(5000)]


def test_events_wait_for_an_announced_subscriber() -> None:
    with EventPublisher() as publisher:
        publisher.expect(b"here")
        for number in range(3):
            publisher.publish([b"here", b"%d" % number])
            publisher.publish([b"other", b"%d" % number])
        context = zmq.Context()
        sock = context.socket(zmq.SUB)
        sock.setsockopt(zmq.RCVTIMEO, 30_000)
        sock.setsockopt(zmq.SUBSCRIBE, b"here")
        sock.connect(publisher.endpoint)
        try:
            assert [sock.recv_multipart()[1] for _ in range(3)] == [b"0", b"1", b"2"]
            publisher.publish([b"here", b"3"])
            assert sock.recv_multipart()[1] == b"3"
        finally:
            context.destroy(linger=0)


def test_events_do_not_wait_for_ever() -> None:
    with EventPublisher() as publisher:
        publisher.publish([b"here", b"nobody"])
        publisher.expect(b"here")
        publisher.publish([b"here", b"held"])
        until(lambda: publisher._expected == {})
        until(lambda: publisher._drainer is None or not publisher._drainer.is_alive())


@contextmanager
def flooded(publisher: EventPublisher) -> Iterator[None]:
    """Within this, there is always one more event on its way."""
    done = threading.Event()

    def flood() -> None:
        while not done.wait(0.0005):
            publisher.publish_all([[b"one", b"\1", b"info", b"yes"]] * 20)

    thread = threading.Thread(target=flood)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_leaving_a_publisher_in_mid_flood(publisher: EventPublisher) -> None:
    # libzmq ends the process ("Assertion failed: !_more") if a message is half fetched then.
    sizes: set[int] = set()
    came = threading.Event()

    def take(frames: Any) -> None:
        sizes.add(len(frames))
        came.set()

    with flooded(publisher), EventSubscriber(take) as subscriber:
        subscriber.subscribe(b"one")
        for _ in range(300):
            came.clear()
            subscriber.connect(publisher.endpoint)
            assert came.wait(LIMIT)
            subscriber.disconnect(publisher.endpoint)
    assert sizes == {4}


async def test_leaving_a_publisher_in_mid_flood_on_a_loop(publisher: EventPublisher) -> None:
    sizes: set[int] = set()
    came = asyncio.Event()

    def take(frames: Any) -> None:
        sizes.add(len(frames))
        came.set()

    subscriber = AsyncEventSubscriber(take)
    with flooded(publisher):
        subscriber.subscribe(b"one")
        for _ in range(300):
            came.clear()
            subscriber.connect(publisher.endpoint)
            await asyncio.wait_for(came.wait(), LIMIT)
            subscriber.disconnect(publisher.endpoint)
    subscriber.close()
    assert sizes == {4}


def test_interrupted_between_word_and_ring(publisher: EventPublisher) -> None:
    """The next one who rings is not taken for the one before."""

    class Dumb:
        def send(self, _data: bytes) -> None:
            raise KeyboardInterrupt

    subscriber = EventSubscriber(lambda _frames: None)
    bell, subscriber._bell = subscriber._bell, Dumb()  # type: ignore[assignment]  # on purpose: a bell that fails
    with pytest.raises(KeyboardInterrupt):
        subscriber.subscribe(b"one")
    subscriber._bell = bell
    told = subscriber.change(lambda wire: wire.connect(publisher.endpoint))
    assert told.result(30) is None
    assert subscriber._subscriptions.topics == {b"one"}
    subscriber.close()
    assert not subscriber._thread.is_alive()


def test_a_verb_that_libzmq_refuses_harms_nobody_else(publisher: EventPublisher) -> None:
    received: queue.Queue[list[bytes]] = queue.Queue()
    with EventSubscriber(received.put) as subscriber:
        subscriber.connect(publisher.endpoint)
        subscriber.subscribe(b"one")
        with pytest.raises(zmq.ZMQError):
            subscriber.change(lambda wire: wire.sock.disconnect("tcp://127.0.0.1:1")).result()
        until(lambda: publisher.topics() == {b"one"})
        publisher.publish([b"one", b"\1", b"info", b"yes"])
        assert received.get(timeout=30) == [b"one", b"\1", b"info", b"yes"]
