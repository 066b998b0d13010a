"""A listener over loopback that echoes, and a blocking client of it."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest

from puretango.errors import BAD_OPERATION, OBJECT_NOT_EXIST
from puretango.giop import (
    V1_0,
    V1_1,
    V1_2,
    Invocation,
    Reply,
    RequestTemplate,
    Version,
)
from puretango.net import (
    Answer,
    ClientConnection,
    Listener,
    Peer,
)
from tests.waiting import Gate

VERSIONS = [V1_0, V1_1, V1_2]


HOLD = RequestTemplate(b"k", "hold")


def handle(invocation: Invocation, peer: Peer) -> Answer:
    """An echo with a few words more."""
    if invocation.operation == "echo":
        answer = 0, bytes(invocation.body)
        invocation.plan = lambda _peer, _data: answer
        return answer
    if invocation.operation == "big":
        (size,) = struct.unpack("<I", invocation.body)
        return 0, [b"first   ", memoryview(bytes(size)), b"last"]
    if invocation.operation == "raise":
        raise OBJECT_NOT_EXIST("no", minor=7, completed=1)
    if invocation.operation == "bug":
        raise ZeroDivisionError("oh")
    raise BAD_OPERATION(invocation.operation)


@pytest.fixture
def gate() -> Iterator[Gate]:
    """What the operation "hold" waits at."""
    made = Gate()
    yield made
    made.open()


@pytest.fixture
def listener(gate: Gate) -> Iterator[Listener]:
    def holding(invocation: Invocation, peer: Peer) -> Answer:
        if invocation.operation == "hold":
            gate.hold()
            return 0, b"held"
        return handle(invocation, peer)

    with Listener("127.0.0.1", 0, holding, locate=lambda key: key == b"here") as made:
        yield made


@pytest.fixture
def client(listener: Listener) -> Iterator[ClientConnection]:
    with ClientConnection("127.0.0.1", listener.port) as made:
        yield made


def echo(client: ClientConnection, body: bytes = b"abc", version: Version = V1_2) -> Reply:
    return client.invoke(RequestTemplate(b"k", "echo", version), [body], 5)
