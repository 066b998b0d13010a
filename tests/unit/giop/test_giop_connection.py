"""A pair of connections joined in memory, fed whole, byte by byte and with trailing data."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from puretango.errors import ProtocolError
from puretango.giop import (
    V1_0,
    V1_1,
    V1_2,
    CancelRequest,
    CloseConnection,
    Connection,
    Event,
    LocateReply,
    LocateRequest,
    LocateStatus,
    MessageError,
    MessageType,
    Reply,
    Request,
    RequestTemplate,
    Role,
    State,
    Version,
    build_cancel,
    build_header,
)

Feed = Callable[[Connection, bytes], list[Event]]


def whole(connection: Connection, data: bytes) -> list[Event]:
    connection.receive_data(data)
    return list(connection.events())


def bytewise(connection: Connection, data: bytes) -> list[Event]:
    found: list[Event] = []
    for index in range(len(data)):
        connection.receive_data(data[index : index + 1])
        found.extend(connection.events())
    return found


def into_buffer(connection: Connection, data: bytes) -> list[Event]:
    found: list[Event] = []
    view = memoryview(data)
    while view:
        space = connection.assembler.get_buffer()
        size = min(len(space), len(view), 100)
        space[:size] = view[:size]
        connection.assembler.buffer_updated(size)
        view = view[size:]
        found.extend(connection.events())
    return found


def trailing(connection: Connection, data: bytes) -> list[Event]:
    events = whole(connection, data + build_cancel(77)[:9])
    assert not connection.assembler.at_boundary
    return events


FEEDS = [whole, bytewise, into_buffer]
VERSIONS = [V1_0, V1_1, V1_2]


def joined(buffers: Iterable[bytes | bytearray | memoryview]) -> bytes:
    return b"".join(buffers)


@pytest.mark.parametrize("fragment_size", [0, 64, 104, 1000])
@pytest.mark.parametrize("size", [0, 1, 7, 8, 500, 20_000, 70_000])
@pytest.mark.parametrize("version", VERSIONS, ids=str)
@pytest.mark.parametrize("feed", [*FEEDS, trailing])
def test_request_and_reply(feed: Feed, version: Version, size: int, fragment_size: int) -> None:
    client = Connection(Role.CLIENT, fragment_size=fragment_size)
    server = Connection(Role.SERVER, fragment_size=fragment_size)
    body = bytes(index % 251 for index in range(size))
    template = RequestTemplate(b"test/dev/1", "read_attributes_5", version)
    request_id = client.new_id()
    data = joined(client.send_request(request_id, template, [body]))
    (request,) = feed(server, data)
    assert isinstance(request, Request)
    assert request.object_key == b"test/dev/1"
    assert request.operation == "read_attributes_5"
    assert request.request_id == request_id
    assert request.response_expected
    assert request.minor == version.minor
    assert request.body == body
    if size:
        assert request.body_start % 8 == template.body_offset

    answer = joined(server.send_reply(request, 0, [body[: size // 2], body[size // 2 :]]))
    (reply,) = feed(client, answer)
    assert isinstance(reply, Reply)
    assert (reply.request_id, reply.status, reply.body) == (request_id, 0, body)
    if not (version.minor == 2 and fragment_size):
        assert size == 0 or reply.body_start == 24


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_prepared_request_is_the_built_one(version: Version) -> None:
    template = RequestTemplate(b"key", "op", version)
    for body in (b"", b"abc"):
        prepared = template.prepare(body)
        assert prepared.message(12) == joined(template.build(12, [body] if body else []))


@pytest.mark.parametrize("version", VERSIONS, ids=str)
@pytest.mark.parametrize("feed", [*FEEDS, trailing])
def test_locate(feed: Feed, version: Version) -> None:
    client, server = Connection(Role.CLIENT), Connection(Role.SERVER)
    (asked,) = feed(server, client.send_locate(4, b"a/b/c", version.minor))
    assert isinstance(asked, LocateRequest)
    assert (asked.request_id, asked.object_key) == (4, b"a/b/c")
    (told,) = feed(client, server.send_locate_reply(asked, LocateStatus.OBJECT_HERE))
    assert isinstance(told, LocateReply)
    assert (told.request_id, told.status) == (4, LocateStatus.OBJECT_HERE)


@pytest.mark.parametrize("feed", FEEDS)
def test_close_and_cancel(feed: Feed) -> None:
    client, server = Connection(Role.CLIENT), Connection(Role.SERVER)
    assert feed(server, client.send_cancel(4)) == [CancelRequest(4)]
    assert feed(client, server.send_close()) == [CloseConnection()]
    assert client.state is State.CLOSED
    with pytest.raises(ProtocolError, match="client cannot send REQUEST"):
        client.send_request(2, RequestTemplate(b"k", "op"), [])
    # What was under way when the server closed is ignored.
    assert feed(server, build_cancel(6)) == [CancelRequest(6)]
    assert server.state is State.CLOSED


def test_interleaved_fragments() -> None:
    client = Connection(Role.CLIENT, fragment_size=64)
    server = Connection(Role.SERVER)
    template = RequestTemplate(b"k", "op")
    one = client.send_request(2, template, [b"1" * 300])
    two = client.send_request(4, template, [b"2" * 300])
    events: list[Event] = []
    for pair in zip(_messages(one), _messages(two), strict=True):
        for data in pair:
            events += whole(server, data)
    assert [(e.request_id, e.body) for e in events if isinstance(e, Request)] == [
        (2, b"1" * 300),
        (4, b"2" * 300),
    ]


def _messages(buffers: list[bytes | bytearray | memoryview]) -> list[bytes]:
    data, out = joined(buffers), []
    while data:
        size = 12 + int.from_bytes(data[8:12], "little")
        out.append(data[:size])
        data = data[size:]
    return out


def test_cancel_drops_fragments() -> None:
    client = Connection(Role.CLIENT, fragment_size=64)
    server = Connection(Role.SERVER)
    first, *_rest = _messages(client.send_request(2, RequestTemplate(b"k", "op"), [b"1" * 300]))
    assert whole(server, first) == []
    assert not server.assembler.at_boundary
    assert whole(server, client.send_cancel(2)) == [CancelRequest(2)]
    assert server.assembler.at_boundary


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"GET / HTTP/1.1\r\n", "does not speak GIOP"),
        (b"GIOP\x02\x00\x01\x00\x00\x00\x00\x00", r"speaks GIOP 2\.0"),
        (b"GIOP\x01\x03\x01\x00\x00\x00\x00\x00", r"speaks GIOP 1\.3"),
        (b"GIOP\x01\x02\x01\x08\x00\x00\x00\x00", "unknown type 8"),
        (b"GIOP\x01\x02\x01\x00\xff\xff\xff\xff", "exceeds"),
        (b"GIOP\x01\x02\x00\x00\x7f\xff\xff\xff", "exceeds"),
        (b"GIOP\x01\x02\x03\x05\x00\x00\x00\x00", "fragments a CLOSE_CONNECTION"),
        (b"GIOP\x01\x00\x01\x07\x00\x00\x00\x00", r"Fragment in GIOP 1\.0"),
        (b"GIOP\x01\x02\x01\x07\x04\x00\x00\x00\x02\x00\x00\x00", "never began"),
        (b"GIOP\x01\x02\x03\x00\x00\x00\x00\x00", "without its request id"),
        (b"GIOP\x01\x02\x01\x00\x04\x00\x00\x00\x02\x00\x00\x00", "ends inside"),
        (b"GIOP\x01\x02\x01\x01\x00\x00\x00\x00", "sent a REPLY"),
    ],
)
@pytest.mark.parametrize("feed", FEEDS)
def test_broken_rules(feed: Feed, data: bytes, text: str) -> None:
    server = Connection(Role.SERVER)
    with pytest.raises(ProtocolError, match=text):
        feed(server, data)
    assert server.state is State.FAILED
    client = Connection(Role.CLIENT)
    assert whole(client, server.send_error()) == [MessageError()]
    assert client.state is State.FAILED


def test_end_in_the_middle() -> None:
    server = Connection(Role.SERVER)
    server.receive_data(b"GIOP")
    with pytest.raises(ProtocolError, match="in the middle"):
        server.receive_data(b"")
    done = Connection(Role.SERVER)
    done.receive_data(b"")
    assert done.state is State.CLOSED


def test_announced_length_takes_no_memory() -> None:
    sizes: list[int] = []

    def allocate(size: int) -> memoryview:
        sizes.append(size)
        return memoryview(bytearray(size))

    server = Connection(Role.SERVER, allocate=allocate)
    server.receive_data(b"GIOP\x01\x02\x01\x00" + (200 << 20).to_bytes(4, "little"))
    assert server.next_event() is None
    assert sum(sizes) <= 16 << 20


def test_fragments_are_bounded() -> None:
    server = Connection(Role.SERVER, max_message=10_000)
    client = Connection(Role.CLIENT, fragment_size=1000)
    data = client.send_request(2, RequestTemplate(b"k", "op"), [bytes(20_000)])
    with pytest.raises(ProtocolError, match="exceed the 10000"):
        whole(server, joined(data))


def test_announcing_a_long_message_takes_no_memory_until_it_comes() -> None:
    """A thousand clients that announce 200 MiB each and send little would end a server."""
    taken: list[int] = []

    def allocate(size: int) -> memoryview:
        taken.append(size)
        return memoryview(bytearray(size))

    server = Connection(Role.SERVER, allocate=allocate)
    size = 4 << 20
    announced = build_header(MessageType.REQUEST, 200 << 20)
    server.receive_data(announced + bytes(100))
    assert server.next_event() is None
    assert sum(taken) <= 64 * 1024
    for _ in range(16):
        server.receive_data(bytes(64 * 1024))
        assert server.next_event() is None
    assert max(taken) <= 4 << 20

    # Whoever has sent a long message is believed the next one: no buffer is copied to a bigger one.
    server = Connection(Role.SERVER, allocate=allocate)
    whole = b"".join(bytes(one) for one in RequestTemplate(b"key", "op").build(1, [bytes(size)]))
    for _ in range(2):
        taken.clear()
        server.receive_data(whole)
        assert isinstance(server.next_event(), Request)
    assert len(taken) == 1
