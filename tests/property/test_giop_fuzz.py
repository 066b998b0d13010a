"""Whatever bytes come, GIOP gives a value or a ProtocolError, and takes no more memory than came."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from hypothesis import example, given
from hypothesis import strategies as st

from puretango.errors import ProtocolError, SystemException
from puretango.giop import (
    IOR,
    V1_0,
    V1_1,
    V1_2,
    Component,
    Connection,
    Event,
    IIOPProfile,
    Invocation,
    InvocationCache,
    LocateStatus,
    MessageType,
    Reply,
    Request,
    RequestTemplate,
    Role,
    ServiceContext,
    State,
    build_corbaloc,
    build_error,
    build_header,
    build_locate,
    build_locate_reply,
    build_reply,
    build_system_exception,
    forwarded_to,
    parse_corbaloc,
    parse_ior,
    parse_system_exception,
    whole_request,
)

VERSIONS = st.sampled_from([V1_0, V1_1, V1_2])
KEYS = st.binary(max_size=40)
LATIN = st.text(st.characters(max_codepoint=255, exclude_characters="\0"), max_size=30)
BODIES = st.binary(max_size=300)
CONTEXTS = st.lists(
    st.builds(ServiceContext, st.integers(0, 2**32 - 1), st.binary(max_size=20)), max_size=3
)


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    """A well-formed message of any kind, in fragments or whole."""
    version = draw(VERSIONS)
    request_id = draw(st.integers(0, 2**32 - 1))
    size = draw(st.sampled_from([0, 0, 32, 64]))
    kind = draw(st.integers(0, 4))
    if kind == 0:
        template = RequestTemplate(
            draw(KEYS), draw(LATIN), version, draw(st.booleans()), contexts=draw(CONTEXTS)
        )
        return b"".join(template.build(request_id, [draw(BODIES)], size))
    if kind == 1:
        status = draw(st.integers(0, 3))
        return b"".join(
            build_reply(request_id, status, [draw(BODIES)], version.minor, fragment_size=size)
        )
    if kind == 2:
        return build_locate(request_id, draw(KEYS), version.minor)
    if kind == 3:
        return build_locate_reply(request_id, LocateStatus.OBJECT_HERE, version.minor)
    return build_error(version.minor)


def feed(connection: Connection, pieces: Iterable[bytes]) -> list[Event]:
    found: list[Event] = []
    for piece in pieces:
        connection.receive_data(piece)
        found.extend(connection.events())
    return found


def counting() -> tuple[list[int], Connection, Connection]:
    """A client and a server that count what they allocate."""
    taken: list[int] = []

    def allocate(size: int) -> memoryview:
        taken.append(size)
        return memoryview(bytearray(size))

    return (
        taken,
        Connection(Role.CLIENT, max_message=1 << 20, allocate=allocate),
        Connection(Role.SERVER, max_message=1 << 20, allocate=allocate),
    )


@given(st.lists(st.binary(min_size=1, max_size=200), max_size=5))
@example([b"GIOP\x01\x02\x01\x00\xff\xff\x0f\x00"])
@example([b"GIOP\x01\x02\x03\x00\x04\x00\x00\x00\x01\x00\x00\x00"])
def test_any_bytes(pieces: list[bytes]) -> None:
    for connection in counting()[1:]:
        with contextlib.suppress(ProtocolError):
            feed(connection, pieces)


@given(st.lists(messages(), min_size=1, max_size=3), st.data())
def test_damaged_messages(whole: list[bytes], data: st.DataObject) -> None:
    damaged = bytearray(b"".join(whole))
    for _ in range(data.draw(st.integers(0, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(1, len(damaged)))
    taken, *connections = counting()
    for connection in connections:
        try:
            for event in feed(connection, [bytes(damaged[:cut]), bytes(damaged[cut:])]):
                _look_inside(event)
        except ProtocolError:
            assert connection.state is State.FAILED or connection.assembler is not None
    assert sum(taken) <= 8 << 20


def _look_inside(event: Event) -> None:
    """The bodies that giop itself reads."""
    if isinstance(event, Reply):
        for parse in (parse_system_exception, forwarded_to):
            with contextlib.suppress(ProtocolError):
                parse(event)


@given(messages(), st.lists(st.integers(1, 60), max_size=20))
def test_pieces_do_not_matter(whole: bytes, sizes: list[int]) -> None:
    pieces, at = [], 0
    for size in sizes:
        pieces.append(whole[at : at + size])
        at += size
    pieces.append(whole[at:])
    for role in Role:
        try:
            expected = [repr(event) for event in feed(Connection(role), [whole])]
        except ProtocolError:
            continue
        split = feed(Connection(role), [piece for piece in pieces if piece])
        assert [repr(event) for event in split] == expected


@given(VERSIONS, KEYS, LATIN, BODIES, st.booleans(), CONTEXTS)
def test_request_round_trip(
    version: tuple[int, int],
    key: bytes,
    operation: str,
    body: bytes,
    expected: bool,
    contexts: list[ServiceContext],
) -> None:
    template = RequestTemplate(key, operation, version, expected, contexts=contexts)
    (request,) = feed(Connection(Role.SERVER), [b"".join(template.build(7, [body]))])
    assert isinstance(request, Request)
    assert request.object_key == key
    assert request.operation == operation
    assert request.response_expected is expected
    assert list(request.contexts) == contexts
    assert request.body == body


@given(VERSIONS, KEYS, LATIN, BODIES, st.integers(0, 2**32 - 1), st.binary(max_size=8))
def test_cache_finds_the_same_request_only(
    version: tuple[int, int], key: bytes, operation: str, body: bytes, other: int, more: bytes
) -> None:
    prepared = RequestTemplate(key, operation, version).prepare(body)
    (request,) = feed(Connection(Role.SERVER), [prepared.message(1)])
    assert isinstance(request, Request)
    cache = InvocationCache()
    invocation = Invocation(request)
    cache.keep(invocation)
    again = prepared.message(other)
    assert cache.find(again) is invocation
    assert cache.find(again[:-1]) is None
    if more:
        assert cache.find(again + more) is None


@given(st.text(max_size=60) | st.binary(max_size=80).map(lambda data: "IOR:" + data.hex()))
def test_any_reference(text: str) -> None:
    for parse in (parse_ior, parse_corbaloc):
        with contextlib.suppress(ProtocolError):
            parse(text)


def _fields(request: Request) -> list[object]:
    names = set(Request.__slots__) - {"contexts"}
    return [getattr(request, name) for name in sorted(names)]


@given(messages() | st.binary(max_size=80), st.data())
def test_the_short_way_is_the_long_way(whole: bytes, data: st.DataObject) -> None:
    damaged = bytearray(whole)
    if damaged and data.draw(st.booleans()):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    short = whole_request(bytes(damaged))
    if short is not None:
        connection = Connection(Role.SERVER)
        (long,) = feed(connection, [bytes(damaged)])
        assert isinstance(long, Request)
        assert _fields(short) == _fields(long)
        assert connection.assembler.at_boundary


@given(VERSIONS, KEYS, LATIN, BODIES)
def test_the_short_way_is_taken(
    version: tuple[int, int], key: bytes, operation: str, body: bytes
) -> None:
    assert whole_request(RequestTemplate(key, operation, version).prepare(body).message(3))


PROFILES = st.builds(
    IIOPProfile,
    LATIN,
    st.integers(0, 65535),
    KEYS,
    st.sampled_from([V1_1, V1_2]),
    st.lists(st.builds(Component, st.integers(0, 2**32 - 1), st.binary(max_size=30)), max_size=3),
)


@given(
    st.builds(
        IOR,
        LATIN,
        st.lists(PROFILES, max_size=3),
        st.lists(
            st.builds(Component, st.integers(1, 2**32 - 1), st.binary(max_size=9)), max_size=2
        ),
    )
)
def test_reference_round_trip(ior: IOR) -> None:
    assert parse_ior(str(ior)) == ior
    for profile in ior.profiles:
        with contextlib.suppress(ProtocolError):
            assert profile.addresses
        for name in ("orb_type", "code_sets", "unix_address"):
            with contextlib.suppress(ProtocolError):
                getattr(profile, name)


@given(st.from_regex(r"[a-z0-9.-]{1,20}", fullmatch=True), st.integers(0, 65535), KEYS, VERSIONS)
def test_corbaloc_round_trip(host: str, port: int, key: bytes, version: tuple[int, int]) -> None:
    profile = IIOPProfile(host, port, key, version)  # type: ignore[arg-type]  # on purpose: what no enum has
    assert parse_corbaloc(build_corbaloc(profile)) == [profile]


@given(LATIN, st.integers(0, 2**32 - 1), st.integers(0, 2))
def test_system_exception_round_trip(repo_id: str, minor: int, completed: int) -> None:
    body = build_system_exception(
        SystemException("x", minor=minor, completed=completed, repo_id=repo_id or "IDL:x:1.0")
    )
    (reply,) = feed(Connection(Role.CLIENT), [b"".join(build_reply(1, 2, [body]))])
    assert isinstance(reply, Reply)
    error = parse_system_exception(reply)
    assert (error.repo_id, error.minor, error.completed) == (
        repo_id or "IDL:x:1.0",
        minor,
        completed,
    )


def test_every_type_has_a_header() -> None:
    for kind in MessageType:
        assert build_header(kind, 5)[7] == kind
