"""Workers, the supervisor's sleep, sending of buffers, late imports."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor

import pytest

import puretango.net
from puretango.errors import COMM_FAILURE, TRANSIENT
from puretango.giop import Invocation, RequestTemplate
from puretango.net import (
    Answer,
    AsyncConnectionPool,
    AsyncListener,
    ClientConnection,
    ConnectionPool,
    Listener,
    Peer,
    WorkerPool,
)
from puretango.net.serving._serving import Handler
from puretango.net.streams._sockets import address_text, kernel_timeout, send_buffers
from tests.waiting import LIMIT, Gate, eventually, until


def answer(_invocation: Invocation, _peer: Peer) -> Answer:
    return 0, b""


def test_workers_are_used_again() -> None:
    pool = WorkerPool(limit=2)
    seen: list[threading.Thread] = []
    for number in range(1, 6):
        assert pool.submit(lambda: seen.append(threading.current_thread()))
        until(lambda n=number: len(seen) == n and len(pool._idle) == 1)
    assert len(set(seen)) == 1
    assert pool.stop(1) == 0
    assert not pool.submit(print)


def test_workers_are_bounded_and_survive(caplog: pytest.LogCaptureFixture) -> None:
    pool = WorkerPool(limit=2)
    go = threading.Event()
    assert pool.submit(go.wait)  # type: ignore[arg-type]  # what it gives is of no interest
    assert pool.submit(lambda: 1 // 0)  # type: ignore[arg-type]  # what it gives is of no interest
    until(lambda: "ZeroDivisionError" in caplog.text)
    until(lambda: pool._idle)
    assert pool.submit(go.wait)  # type: ignore[arg-type]  # what it gives is of no interest
    assert not pool.submit(print)
    assert pool.stop(0.05) == 2
    go.set()
    assert pool.stop(1) == 0


def held_at(gate: Gate) -> Handler:
    """A handler that answers at once, besides the operation "hold", which waits for the gate."""

    def handle(invocation: Invocation, _peer: Peer) -> Answer:
        if invocation.operation == "hold":
            gate.hold()
        return 0, b"done"

    return handle


def call(client: ClientConnection, operation: str, timeout: float = LIMIT) -> bytes:
    return bytes(client.invoke(RequestTemplate(b"k", operation), [], timeout).body)


def test_no_thread_to_be_had(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Clients wait meanwhile, and the listener's own threads live."""
    start = threading.Thread.start
    short = threading.Event()

    def starting(thread: threading.Thread) -> None:
        if short.is_set() and thread.name == "puretango-worker":
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", starting)
    # The thread of a client that has been silent for longer would be free for another one.
    monkeypatch.setattr("puretango.net.serving._served.PATIENCE", LIMIT)
    gate = Gate()
    with Listener("127.0.0.1", 0, held_at(gate)) as listener, ThreadPoolExecutor(1) as threads:
        with ClientConnection("127.0.0.1", listener.port) as client:
            call(client, "quick")
            short.set()
            with ClientConnection("127.0.0.1", listener.port) as waiting:
                with pytest.raises(TRANSIENT):
                    call(waiting, "quick", timeout=0.1)
            held = threads.submit(call, client, "hold")
            gate.reached()
            until(lambda: "no thread for another task" in caplog.text)
            gate.open()
            assert held.result() == b"done"
            assert caplog.text.count("no thread for another task") == 1
            short.clear()
            assert call(client, "quick") == b"done"
        with ClientConnection("127.0.0.1", listener.port) as client:
            assert call(client, "quick") == b"done"


@pytest.mark.skipif(sys.platform == "win32", reason="a wait is not interrupted there")
def test_interrupted_while_another_thread_reads() -> None:
    """The turn to read must not come to a caller that has gone."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    def interrupt_at_second(gate: Gate) -> None:
        gate.reached(2)
        os.kill(os.getpid(), signal.SIGUSR1)

    gate = Gate()
    before = signal.signal(signal.SIGUSR1, interrupt)
    try:
        with Listener("127.0.0.1", 0, held_at(gate)) as listener, ThreadPoolExecutor(2) as pool:
            with ClientConnection("127.0.0.1", listener.port) as client:
                leading = pool.submit(call, client, "hold", timeout=LIMIT)
                gate.reached()
                killing = pool.submit(interrupt_at_second, gate)
                with pytest.raises(KeyboardInterrupt):
                    call(client, "hold", timeout=LIMIT)
                killing.result()
                gate.open()
                assert leading.result() == b"done"
                assert call(client, "quick", timeout=LIMIT) == b"done"
    finally:
        signal.signal(signal.SIGUSR1, before)


@pytest.mark.skipif(sys.platform == "win32", reason="nobody can look without waiting there")
def test_a_turn_that_is_lost_ends_the_connection() -> None:
    """Ctrl-C between two instructions: no code can give back what it does not know to have."""
    with Listener("127.0.0.1", 0, answer) as listener:
        with ConnectionPool() as pool:
            client = pool.connection("127.0.0.1", listener.port)
            client._turn.acquire()
            with pytest.raises(COMM_FAILURE, match="nobody reads it"):
                call(client, "quick", timeout=0.2)
            client._turn.release()
            assert call(pool.connection("127.0.0.1", listener.port), "quick") == b""


def test_a_reader_that_is_late_has_not_lost_its_turn() -> None:
    """On a busy machine replies lie unread for a while: the caller has timed out, the connection lives."""
    with Listener("127.0.0.1", 0, answer) as listener:
        with ClientConnection("127.0.0.1", listener.port) as client:
            client._turn.acquire()
            late = threading.Timer(0.3, client._turn.release)
            late.start()
            with pytest.raises(TRANSIENT):
                call(client, "quick", timeout=0.05)
            late.join()
            assert not client.closed
            assert call(client, "quick", timeout=LIMIT) == b""


def test_half_a_request_is_the_last_one() -> None:
    """A server that reads no more takes only a part of it: nothing may be sent behind that."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        with ClientConnection("127.0.0.1", server.getsockname()[1]) as client:
            peer, _ = server.accept()
            with peer:
                for _ in range(2000):
                    try:
                        client.invoke(RequestTemplate(b"k", "x"), [bytes(15_000)], 0.005)
                    except TRANSIENT:
                        continue
                    except COMM_FAILURE:
                        break
                assert client.closed


def functions_of(thread: int) -> list[str]:
    """The names of the functions that a thread is in."""
    return [
        frame.f_code.co_name for frame, _ in traceback.walk_stack(sys._current_frames()[thread])
    ]


def test_a_pool_may_be_stopped_while_a_worker_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = WorkerPool()
    begin, submitted = threading.Thread.start, threading.Event()
    stopper = threading.get_ident()

    def slowly(thread: threading.Thread) -> None:
        if thread.name == "puretango-worker":
            submitted.set()
            until(lambda: "stop" in functions_of(stopper))
        begin(thread)

    monkeypatch.setattr(threading.Thread, "start", slowly)
    submitting = threading.Thread(target=pool.submit, args=(lambda: None,))
    submitting.start()
    assert submitted.wait(LIMIT)
    assert pool.stop(5) == 0
    submitting.join()


def test_supervisor_sleeps_when_nothing_happens() -> None:
    with Listener("127.0.0.1", 0, answer) as listener:
        with ClientConnection("127.0.0.1", listener.port) as client:
            client.invoke(RequestTemplate(b"k", "op"))
            assert not listener.supervisor.asleep
            until(lambda: listener.supervisor.asleep)
            client.invoke(RequestTemplate(b"k", "op"))
            assert not listener.supervisor.asleep
            until(lambda: listener.supervisor.asleep)


def test_supervisor_sleeps_beside_a_long_request() -> None:
    gate = Gate()

    def wait(_invocation: Invocation, _peer: Peer) -> Answer:
        gate.hold()
        return 0, b""

    with Listener("127.0.0.1", 0, wait) as listener, ThreadPoolExecutor(1) as threads:
        with ClientConnection("127.0.0.1", listener.port) as client:
            slow = threads.submit(client.invoke, RequestTemplate(b"k", "op"))
            gate.reached()
            until(lambda: listener.supervisor.asleep)
            gate.open()
            slow.result()


def test_one_connection_for_all_threads() -> None:
    with Listener("127.0.0.1", 0, answer) as listener, ConnectionPool() as pool:
        with ThreadPoolExecutor(8) as threads:
            made = threads.map(lambda _: pool.connection("127.0.0.1", listener.port), range(50))
            assert len(set(made)) == 1
        pool.drop("127.0.0.1", listener.port)
        pool.drop("127.0.0.1", listener.port)
        assert pool.connection("127.0.0.1", listener.port).invoke(RequestTemplate(b"k", "op"))
        assert not pool.closed


@pytest.mark.parametrize("kind", ["threads", "tasks"])
async def test_many_wait_for_a_host_that_swallows_everything(kind: str) -> None:
    """They wait together, not one after the other."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        host, port = server.getsockname()[:2]
        with socket.create_connection((host, port)):  # the only place in the backlog
            started = time.monotonic()
            if kind == "threads":
                blocking = ConnectionPool()
                with ThreadPoolExecutor(8) as threads:
                    waiting = [
                        threads.submit(blocking.connection, host, port, 0.4) for _ in range(8)
                    ]
                    failures = [each.exception() for each in waiting]
            else:
                pool = AsyncConnectionPool()
                calls = [pool.connection(host, port, 1.0) for _ in range(8)]
                failures = [*await asyncio.gather(*calls, return_exceptions=True)]  # type: ignore[list-item]  # every one of them fails
            assert time.monotonic() - started < 6  # one after the other: 8
    assert {type(failure) for failure in failures} == {TRANSIENT}
    assert len({id(failure) for failure in failures}) == 8


def test_bound_and_never_started() -> None:
    listener = Listener("127.0.0.1", 0, answer).bind()
    assert listener.port
    listener.stop()
    Listener("127.0.0.1", 0, answer).stop()


async def test_loop_of_a_listener_not_started() -> None:
    listener = AsyncListener("127.0.0.1", 0, answer)
    with pytest.raises(RuntimeError, match="not started"):
        _ = listener.loop
    await listener.stop()


@pytest.mark.parametrize("sizes", [[0], [10, 0, 20], [100_000, 3, 0, 700_000], [9] * 3000])
def test_buffers_arrive_whole(sizes: list[int]) -> None:
    buffers = [bytes([index % 256]) * size for index, size in enumerate(sizes)]
    left, right = socket.socketpair()
    with left, right, ThreadPoolExecutor(1) as threads:
        sent = threads.submit(send_buffers, left, buffers)
        received = b""
        while len(received) < sum(sizes):
            received += right.recv(1 << 20)
        sent.result()
    assert received == b"".join(buffers)


def test_addresses_and_timeouts() -> None:
    assert address_text("::1", 5) == "[::1]:5"
    assert address_text("host", 5) == "host:5"
    assert set(kernel_timeout(None)) == {0}
    assert kernel_timeout(0.0) == kernel_timeout(None)
    assert set(kernel_timeout(1e-9)) != {0}


def test_ipv6() -> None:
    try:
        listener = Listener("::1", 0, answer).bind()
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with listener, ClientConnection("::1", listener.port) as client:
        assert client.invoke(RequestTemplate(b"k", "op")).status == 0


def test_door_is_light() -> None:
    code = (
        "import sys, puretango.net as n; print([m for m in ('zmq','asyncio') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    with pytest.raises(AttributeError):
        _ = puretango.net.Nonsense  # type: ignore[attr-defined]  # on purpose: there is none
    for name in puretango.net.__all__:
        assert getattr(puretango.net, name) is not None


@pytest.mark.parametrize(
    ("host", "port", "reason"),
    [
        ("127.0.0.1", None, "address already in use"),
        ("127.0.0.1", 99999, "a port is a number from 0 to 65535"),
        ("no-such-host.invalid", 0, "there is no such host"),
    ],
)
async def test_an_address_that_cannot_be_listened_at(
    host: str, port: int | None, reason: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = taken.getsockname()[1] if port is None else port
        expected = f"cannot listen at {host}:{place}: {reason}"
        with pytest.raises(OSError, match=expected):
            Listener(host, place, answer).bind()
        with pytest.raises(OSError, match=expected):
            await AsyncListener(host, place, answer).bind()


@pytest.mark.parametrize("kind", ["blocking", "asyncio"])
async def test_who_asks_nothing_gives_place(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that never finishes its first message keeps nobody out when all places are taken."""
    monkeypatch.setattr("puretango.net.serving._serving.SILENT", 0.0)
    message = b"".join(bytes(one) for one in RequestTemplate(b"k", "op").build(1, []))
    make: type[Listener] | type[AsyncListener]
    make = Listener if kind == "blocking" else AsyncListener
    listener = make("127.0.0.1", 0, answer, max_connections=3)
    started = listener.start()
    if not isinstance(started, Listener):
        await started

    async def connected(part: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        writer.write(part)
        return reader, writer

    async def answered(reader: asyncio.StreamReader) -> bool:
        return bool(await asyncio.wait_for(reader.read(4), 10))

    peers = [await connected(message)]
    try:
        assert await answered(peers[0][0])
        for _ in range(2):
            peers.append(await connected(message[:20]))
            await eventually(lambda: listener.connections == len(peers))
        for number in range(2):
            peers.append(await connected(message))
            assert await answered(peers[-1][0])
            assert not await answered(peers[1 + number][0])  # the oldest silent one is gone
        peers[0][1].write(message)
        assert await answered(peers[0][0])
        peers.append(await connected(message))
        assert not await answered(peers[-1][0])  # all have asked: the newcomer is refused
    finally:
        for _, writer in peers:
            writer.close()
        stopped = listener.stop()
        if stopped is not None:
            await stopped
