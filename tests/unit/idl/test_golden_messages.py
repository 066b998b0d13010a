"""The messages of real peers decode, and encode back to the same bytes."""

from __future__ import annotations

from typing import Any

import pytest

from puretango import idl
from puretango.cdr import CdrReader, CdrWriter
from puretango.errors import DevFailed
from tests.data.golden_files import Golden, golden_messages

MESSAGES = list(golden_messages())
OPERATIONS = sorted({message.operation for message in MESSAGES})


def decode(message: Golden, reader: CdrReader) -> Any:
    operation = idl.OPERATIONS[message.operation]
    if message.part == "request":
        return operation.decode_args(reader)
    if message.part == "reply":
        return operation.decode_result(reader)
    return idl.decode_user_exception(reader)


def encode(message: Golden, writer: CdrWriter, value: Any) -> None:
    operation = idl.OPERATIONS[message.operation]
    if message.part == "request":
        operation.encode_args(writer, *value)
    elif message.part == "reply":
        operation.encode_result(writer, value)
    else:
        idl.encode_user_exception(writer, value)


def same_but_for_padding(ours: bytes, theirs: bytes) -> bool:
    """Where the bytes differ, ours are zero: peers leave garbage in their padding."""
    return len(ours) == len(theirs) and all(
        mine == other or mine == 0 for mine, other in zip(ours, theirs, strict=True)
    )


def test_there_are_messages_of_both_peers() -> None:
    assert {message.peer for message in MESSAGES} == {"pytango", "cpptango"}
    assert len(MESSAGES) > 600
    assert len(OPERATIONS) >= 23


@pytest.mark.parametrize("operation", OPERATIONS)
def test_decode_and_encode_back(operation: str) -> None:
    for message in golden_messages(operation):
        reader = CdrReader(message.data, message.little, message.body)
        value = decode(message, reader)
        assert reader.remaining == 0
        writer = CdrWriter(message.little, message.body % 8)
        encode(message, writer, value)
        assert same_but_for_padding(writer.getvalue(), message.data[message.body :])


@pytest.mark.parametrize("operation", OPERATIONS)
def test_in_the_foreign_byte_order(operation: str) -> None:
    for message in golden_messages(operation):
        value = decode(message, CdrReader(message.data, message.little, message.body))
        writer = CdrWriter(not message.little, message.body % 8)
        encode(message, writer, value)
        data = bytes(message.body) + writer.getvalue()
        again = decode(message, CdrReader(data, not message.little, message.body))
        if isinstance(value, DevFailed):
            assert again.args == value.args
        else:
            assert again == value
