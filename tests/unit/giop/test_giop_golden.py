"""What real peers sent, fed whole, byte by byte, with trailing data and in fragments."""

from __future__ import annotations

from pathlib import Path

import pytest

from puretango.giop import (
    Connection,
    Event,
    Reply,
    ReplyStatus,
    Request,
    Role,
    build_cancel,
    whole_request,
)
from tests.data.golden_files import Golden, golden_messages

MESSAGES = list(golden_messages())


def role_of(golden: Golden) -> Role:
    return Role.SERVER if golden.data[7] == 0 else Role.CLIENT


def check(golden: Golden, event: Event) -> None:
    assert isinstance(event, Request | Reply)
    assert event.little == golden.little
    assert event.minor == golden.data[5]
    assert event.data == golden.data
    assert len(event.body) in {0, len(golden.data) - golden.body}
    if isinstance(event, Request):
        assert event.operation == golden.operation
        assert event.response_expected


def test_there_are_many() -> None:
    assert len(MESSAGES) > 100
    assert {golden.data[5] for golden in MESSAGES} == {0}
    assert {golden.data[7] for golden in MESSAGES} == {0, 1}


@pytest.mark.parametrize("peer", sorted({golden.peer for golden in MESSAGES}))
def test_whole_and_with_trailing_data(peer: str) -> None:
    for golden in MESSAGES:
        if golden.peer != peer:
            continue
        for tail in (b"", build_cancel(4)[:11]):
            connection = Connection(role_of(golden))
            connection.receive_data(golden.data + tail)
            (event,) = connection.events()
            check(golden, event)
            assert connection.assembler.at_boundary is not bool(tail)


@pytest.mark.parametrize("peer", sorted({golden.peer for golden in MESSAGES}))
def test_byte_by_byte(peer: str) -> None:
    for golden in MESSAGES:
        if golden.peer != peer or len(golden.data) > 3000:
            continue
        connection = Connection(role_of(golden))
        for index in range(len(golden.data) - 1):
            connection.receive_data(golden.data[index : index + 1])
            assert connection.next_event() is None
        connection.receive_data(golden.data[-1:])
        (event,) = connection.events()
        check(golden, event)


def test_requests_the_short_way() -> None:
    taken = 0
    for golden in MESSAGES:
        if golden.data[7] != 0:
            continue
        request = whole_request(golden.data)
        if request is not None:
            check(golden, request)
            taken += 1
    assert taken > 20


# A whole GIOP 1.2 session between omniORBs, with fragments (tests/data/giop/record.py).

SESSION = Path(__file__).parents[2] / "data" / "giop" / "omniorb-1.2.hex"


def session(side: str) -> list[bytes]:
    found = []
    for block in SESSION.read_text().split("\n\n"):
        title, *lines = block.strip().splitlines()
        if title.split()[1] == side:
            found.append(bytes.fromhex("".join(lines)))
    return found


@pytest.mark.parametrize("size", [1, 7, 4096, 1 << 20])
def test_omniorb_session(size: int) -> None:
    events: dict[Role, list[Event]] = {}
    for role, side in ((Role.SERVER, "client"), (Role.CLIENT, "server")):
        stream = b"".join(session(side))
        connection = Connection(role)
        found = events.setdefault(role, [])
        for start in range(0, len(stream), size):
            connection.receive_data(stream[start : start + size])
            found.extend(connection.events())
        assert connection.assembler.at_boundary
    requests, replies = events[Role.SERVER], events[Role.CLIENT]
    assert len(requests) == len(replies) > 8
    for request, reply in zip(requests, replies, strict=True):
        assert isinstance(request, Request)
        assert isinstance(reply, Reply)
        assert (request.minor, reply.minor) == (2, 2)
        assert request.request_id == reply.request_id
        assert reply.status == ReplyStatus.NO_EXCEPTION
        assert reply.body_start == 24
        assert request.body_start % 8 == 0 or not request.body
    echoes = [request for request in requests if b"xxxx" in bytes(request.data[80:])]  # type: ignore[union-attr]  # requests have data
    assert [bytes(echo.data).count(b"x" * 8 + b"\0") for echo in echoes[-2:]] == [1, 1]  # type: ignore[union-attr]  # requests have data


def test_omniorb_session_has_fragments() -> None:
    for side, kind in (("client", 0), ("server", 1)):
        messages = session(side)
        assert sum(data[7] == 7 for data in messages) >= 2
        first = next(data for data in messages if data[6] & 2)
        assert (first[7], len(first)) == (kind, 8192)
