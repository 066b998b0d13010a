"""asyncio clients and listeners over loopback, and crossed with the blocking ones."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Awaitable
from concurrent.futures import ThreadPoolExecutor

import pytest

from puretango.errors import BAD_OPERATION, COMM_FAILURE, TRANSIENT
from puretango.giop import (
    V1_0,
    V1_1,
    V1_2,
    Invocation,
    LocateStatus,
    Reply,
    ReplyStatus,
    RequestTemplate,
    Version,
    build_header,
    parse_system_exception,
)
from puretango.net import (
    CALL_TIMED_OUT,
    CONNECT_FAILED,
    Answer,
    AsyncClientConnection,
    AsyncConnectionPool,
    AsyncListener,
    ClientConnection,
    Listener,
    Peer,
)
from tests.waiting import LIMIT, eventually

HOLD = RequestTemplate(b"k", "hold")


class Held:
    """What the operation "hold" waits for, and how often it did."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.inside = 0
        self.cancelled = 0

    async def hold(self) -> Answer:
        self.inside += 1
        try:
            await asyncio.wait_for(self.go.wait(), LIMIT)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.inside -= 1
        return 0, b"held"


async def failing() -> Answer:
    await asyncio.sleep(0)
    raise ZeroDivisionError("oh")


def handle(invocation: Invocation, _peer: Peer) -> Answer | Awaitable[Answer]:
    if invocation.operation == "echo":
        invocation.plan = "echo"  # an asyncio listener leaves it to the handler
        return 0, [bytes(invocation.body)]
    if invocation.operation == "quick":
        invocation.plan = "quick"
        return 0, b"quick"
    if invocation.operation == "fail":
        return failing()
    raise BAD_OPERATION(invocation.operation)


@pytest.fixture
async def held() -> AsyncIterator[Held]:
    made = Held()
    yield made
    made.go.set()


@pytest.fixture
async def listener(held: Held) -> AsyncIterator[AsyncListener]:
    def holding(invocation: Invocation, peer: Peer) -> Answer | Awaitable[Answer]:
        return held.hold() if invocation.operation == "hold" else handle(invocation, peer)

    async with AsyncListener("127.0.0.1", 0, holding, locate=lambda key: key == b"here") as made:
        yield made


@pytest.fixture
async def client(listener: AsyncListener) -> AsyncIterator[AsyncClientConnection]:
    async with await AsyncClientConnection.connect("127.0.0.1", listener.port) as made:
        yield made


async def echo(
    client: AsyncClientConnection, body: bytes = b"abc", version: Version = V1_2
) -> Reply:
    return await client.invoke(RequestTemplate(b"k", "echo", version), [body], 5)


@pytest.mark.parametrize("size", [0, 1, 900, 70_000, 3_000_000])
@pytest.mark.parametrize("version", [V1_0, V1_1, V1_2], ids=str)
async def test_echo(client: AsyncClientConnection, version: Version, size: int) -> None:
    body = bytes(size)
    for _ in range(3):
        assert bytes((await echo(client, body, version)).body) == body


async def test_prepared_and_submitted(client: AsyncClientConnection) -> None:
    prepared = RequestTemplate(b"k", "quick").prepare(b"x")
    assert (await client.call(prepared)).body == b"quick"
    futures = [client.submit(prepared) for _ in range(50)]
    assert [(await future).body for future in futures] == [b"quick"] * 50


async def test_errors(client: AsyncClientConnection, caplog: pytest.LogCaptureFixture) -> None:
    reply = await client.invoke(RequestTemplate(b"k", "fail"))
    assert reply.status == ReplyStatus.SYSTEM_EXCEPTION
    assert parse_system_exception(reply).kind == "UNKNOWN"
    assert "ZeroDivisionError" in caplog.text
    reply = await client.invoke(RequestTemplate(b"k", "nonsense"))
    assert parse_system_exception(reply).kind == "BAD_OPERATION"


async def test_locate_and_oneway(client: AsyncClientConnection) -> None:
    assert await client.locate(b"here") is LocateStatus.OBJECT_HERE
    assert await client.locate(b"there") is LocateStatus.UNKNOWN_OBJECT
    client.oneway(RequestTemplate(b"k", "echo", V1_2, False), [b"x"])
    assert (await echo(client)).body == b"abc"


async def test_all_at_once(client: AsyncClientConnection, held: Held) -> None:
    calls = [asyncio.ensure_future(client.invoke(HOLD)) for _ in range(100)]
    await eventually(lambda: held.inside == 100)
    held.go.set()
    assert [bytes(reply.body) for reply in await asyncio.gather(*calls)] == [b"held"] * 100


async def test_timeouts(client: AsyncClientConnection, held: Held) -> None:
    for timeout in (0.05, 0.1, 0.05):
        started = time.monotonic()
        with pytest.raises(TRANSIENT, match="did not answer") as caught:
            await client.invoke(HOLD, [], timeout)
        assert caught.value.minor == CALL_TIMED_OUT
        assert timeout - 0.01 < time.monotonic() - started < LIMIT
    for _ in range(5):
        assert (await echo(client)).body == b"abc"
    assert held.inside == 3
    held.go.set()
    await eventually(lambda: not held.inside)
    for _ in range(5):  # the late replies are among these
        assert (await echo(client)).body == b"abc"
    assert not client.closed


async def test_cancelled_call(client: AsyncClientConnection, held: Held) -> None:
    task = asyncio.create_task(client.invoke(HOLD))
    await eventually(lambda: held.inside)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    held.go.set()
    await eventually(lambda: not held.inside)
    assert (await echo(client)).body == b"abc"


async def test_client_leaves_and_its_requests_are_cancelled(
    listener: AsyncListener, held: Held
) -> None:
    client = await AsyncClientConnection.connect("127.0.0.1", listener.port)
    call = asyncio.ensure_future(client.invoke(HOLD))
    await eventually(lambda: held.inside)
    client.close()
    with pytest.raises(COMM_FAILURE):
        await call
    await client.wait_closed()
    await eventually(lambda: held.cancelled == 1)
    await eventually(lambda: listener.connections == 0)


async def test_listener_stops_in_order(listener: AsyncListener, held: Held) -> None:
    client = await AsyncClientConnection.connect("127.0.0.1", listener.port)
    call = asyncio.ensure_future(client.invoke(HOLD))
    await eventually(lambda: held.inside)
    stopping = asyncio.ensure_future(listener.stop(LIMIT))
    assert not (await asyncio.wait([stopping], timeout=0.05))[0]
    held.go.set()
    await stopping
    assert (await call).body == b"held"
    await eventually(lambda: client.closed)
    with pytest.raises(COMM_FAILURE):
        await echo(client)


async def test_stopping_is_cancelled(listener: AsyncListener, held: Held) -> None:
    """Then it is done at once, and not left half done."""
    async with await AsyncClientConnection.connect("127.0.0.1", listener.port) as client:
        call = asyncio.ensure_future(client.invoke(HOLD, [], LIMIT))
        await eventually(lambda: held.inside)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(listener.stop(LIMIT), 0.05)
        with pytest.raises(COMM_FAILURE):
            await asyncio.wait_for(call, LIMIT)
        await eventually(lambda: not listener.connections)


async def test_nobody_listens() -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        with pytest.raises(TRANSIENT, match="cannot connect") as caught:
            await AsyncClientConnection.connect("127.0.0.1", sock.getsockname()[1])
    assert caught.value.minor == CONNECT_FAILED


async def test_pool(listener: AsyncListener) -> None:
    pool = AsyncConnectionPool()
    made = await asyncio.gather(*(pool.connection("127.0.0.1", listener.port) for _ in range(5)))
    assert len(set(made)) == 1
    made[0].close()
    again = await pool.connection("127.0.0.1", listener.port)
    assert again is not made[0]
    assert (await echo(again)).body == b"abc"
    await made[0].wait_closed()
    await pool.aclose()
    with pytest.raises(COMM_FAILURE):
        await echo(again)


@pytest.mark.parametrize(
    "data",
    [b"GET / HTTP/1.1\r\n", build_header(1, 0), b"GIOP\x01\x02\x01\x00\xff\xff\xff\xff"],  # type: ignore[arg-type]  # on purpose: what no enum has
)
async def test_bad_client(
    listener: AsyncListener,
    client: AsyncClientConnection,
    caplog: pytest.LogCaptureFixture,
    data: bytes,
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
    writer.write(data)
    assert (await reader.read())[4:8] == b"\x01\x02\x01\x06"
    writer.close()
    await writer.wait_closed()
    assert caplog.text.count("closed:") == 1
    assert (await echo(client)).body == b"abc"


async def test_client_dies_in_mid_message(
    listener: AsyncListener, caplog: pytest.LogCaptureFixture
) -> None:
    data = b"".join(RequestTemplate(b"k", "echo").build(2, [bytes(100_000)]))
    for cut in (5, 90_000):
        _, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        writer.write(data[:cut])
        await writer.drain()
        writer.close()
        await writer.wait_closed()
    await eventually(lambda: caplog.text.count("in the middle") == 2)
    await eventually(lambda: listener.connections == 0)


async def test_blocking_client_of_asyncio_server(listener: AsyncListener) -> None:
    def work() -> list[bytes]:
        with ClientConnection("127.0.0.1", listener.port) as client:
            template = RequestTemplate(b"k", "echo")
            return [bytes(client.invoke(template, [bytes([n]) * 9000]).body) for n in range(20)]

    with ThreadPoolExecutor(1) as pool:
        found = await asyncio.get_running_loop().run_in_executor(pool, work)
    assert found == [bytes([n]) * 9000 for n in range(20)]


async def test_asyncio_client_of_blocking_server() -> None:
    def answer(invocation: Invocation, _peer: Peer) -> Answer:
        return 0, bytes(invocation.body)

    with Listener("127.0.0.1", 0, answer) as listener:
        async with await AsyncClientConnection.connect("127.0.0.1", listener.port) as client:
            replies = await asyncio.gather(*(echo(client, bytes([n])) for n in range(50)))
            assert [bytes(reply.body) for reply in replies] == [bytes([n]) for n in range(50)]
