"""Whatever the bytes, decoding gives a value or MarshalError, quickly and in little memory."""

from __future__ import annotations

import random
import tracemalloc
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from puretango import cdr, idl
from puretango.cdr import CdrReader
from puretango.errors import DevFailed, MarshalError
from puretango.values import decode_command_value, decode_value
from tests.data.golden_files import Golden, golden_messages
from tests.property.test_idl_properties import NAMED, OPERATIONS


def one_of_each() -> list[Golden]:
    found: dict[tuple[str, str], Golden] = {}
    for message in golden_messages():
        key = (message.operation, message.part)
        longer = key not in found or len(message.data) > len(found[key].data)
        if longer and len(message.data) < 6000:
            found[key] = message
    return list(found.values())


ONE_OF_EACH = one_of_each()


def decode(message: Golden, data: Any) -> Any:
    reader = CdrReader(data, message.little, message.body)
    operation = idl.OPERATIONS[message.operation]
    if message.part == "request":
        return operation.decode_args(reader)
    if message.part == "reply":
        return operation.decode_result(reader)
    return idl.decode_user_exception(reader)


def attempt(message: Golden, data: Any) -> None:
    try:
        decode(message, data)
    except MarshalError:
        pass


@pytest.mark.parametrize("message", ONE_OF_EACH, ids=lambda m: f"{m.operation}-{m.part}")
def test_truncated_everywhere(message: Golden) -> None:
    step = max(1, len(message.data) // 500)
    for end in range(message.body, len(message.data), step):
        attempt(message, message.data[:end])


@pytest.mark.parametrize("message", ONE_OF_EACH, ids=lambda m: f"{m.operation}-{m.part}")
def test_mutated(message: Golden) -> None:
    chance = random.Random(message.operation)
    for _ in range(150):
        data = bytearray(message.data)
        for _ in range(chance.choice((1, 1, 2, 8))):
            if len(data) > message.body:
                data[chance.randrange(message.body, len(data))] = chance.randrange(256)
        attempt(message, data)


MORE_SIZES = [
    pytest.param(size, marks=pytest.mark.slow) for size in (0x7FFFFFFF, 0x10000000, 0x00100000)
]


@pytest.mark.parametrize("message", ONE_OF_EACH, ids=lambda m: f"{m.operation}-{m.part}")
@pytest.mark.parametrize("size", [0xFFFFFFFF, *MORE_SIZES])
@pytest.mark.slow
def test_giant_lengths(message: Golden, size: int) -> None:
    form = size.to_bytes(4, "little" if message.little else "big")
    tracemalloc.start()
    try:
        step = 4 * max(1, len(message.data) // 1200)
        for place in range(message.body + -message.body % 4, len(message.data) - 3, step):
            attempt(message, message.data[:place] + form + message.data[place + 4 :])
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("name", "codec"), NAMED, ids=[name for name, _ in NAMED])
@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=200), little=st.booleans())
def test_garbage(name: str, codec: Any, data: bytes, little: bool) -> None:
    try:
        codec.decode(CdrReader(data, little))
    except MarshalError:
        pass


@pytest.mark.parametrize("operation", OPERATIONS, ids=[each.name for each in OPERATIONS])
@settings(max_examples=40, deadline=None)
@given(data=st.binary(max_size=200), little=st.booleans())
def test_garbage_operations(operation: idl.Operation, data: bytes, little: bool) -> None:
    for function in (operation.decode_args, operation.decode_result):
        try:
            function(CdrReader(memoryview(data), little))
        except MarshalError:
            pass


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=120), kind=st.sampled_from([15, 16, 17, 19, 20, 21, 22]))
def test_garbage_typecodes(data: bytes, kind: int) -> None:
    form = kind.to_bytes(4, "little") + len(data).to_bytes(4, "little") + data
    for codec in (cdr.TYPECODE, cdr.ANY):
        try:
            codec.from_bytes(form + bytes(64))
        except MarshalError:
            pass


@pytest.mark.parametrize("kind", [19, 20, 21])
def test_nested_typecodes_end(kind: int) -> None:
    """TypeCodes inside each other, deeper than any honest peer's."""
    form = (2).to_bytes(4, "little")
    for _ in range(2000):
        strings = b"" if kind != 21 else b"\1\0\0\0\0\0\0\0" * 2
        body = b"\1\0\0\0" + strings + form
        if kind != 21:
            body += b"\0\0\0\0"
        form = kind.to_bytes(4, "little") + len(body).to_bytes(4, "little") + body
    with pytest.raises(MarshalError, match="deep"):
        cdr.ANY.from_bytes(form)


def test_names_in_typecodes_are_not_code() -> None:
    """A peer's names must never reach a compiled function."""
    evil = "x'); import os; raise SystemExit(os.getpid()) #\n\0"
    name = evil.encode("latin-1").replace(b"\0", b"") + b"\0"
    body = b"\1\0\0\0" + len(name).to_bytes(4, "little") + name
    body += bytes(-len(body) % 4) + len(name).to_bytes(4, "little") + name
    body += bytes(-len(body) % 4) + (1).to_bytes(4, "little")
    body += len(name).to_bytes(4, "little") + name + bytes(-len(name) % 4)
    body += (3).to_bytes(4, "little")
    form = (15).to_bytes(4, "little") + len(body).to_bytes(4, "little") + body
    form += bytes(-len(form) % 4) + (77).to_bytes(4, "little")
    found = cdr.ANY.from_bytes(form)
    assert found.value == (77,)
    with pytest.raises(MarshalError):
        cdr.ANY.from_bytes(form[:-2])


@pytest.mark.parametrize("inner", [cdr.VOID.typecode, cdr.OCTET.typecode])
def test_types_that_repeat_for_free_are_refused(inner: cdr.TypeCode) -> None:
    """A few bytes of TypeCode must not order a billion steps of work."""
    array = inner
    for _ in range(4):
        array = cdr.TypeCode(cdr.TCKind.ARRAY, content=array, length=1024)
    form = cdr.TYPECODE.to_bytes(array) + bytes(64)
    with pytest.raises(MarshalError):
        cdr.ANY.from_bytes(form)
    if inner.kind is cdr.TCKind.VOID:
        for typecode in (
            cdr.TypeCode(cdr.TCKind.SEQUENCE, content=inner),
            cdr.TypeCode(cdr.TCKind.STRUCT, "x", "x", members=(("a", inner),)),
        ):
            with pytest.raises(MarshalError):
                cdr.ANY.from_bytes(cdr.TYPECODE.to_bytes(typecode) + b"\xff" * 64)


def test_nested_blobs_end() -> None:
    blob = idl.DevPipeBlob("blob", [])
    for _ in range(70):
        blob = idl.DevPipeBlob("b", [idl.DevPipeDataElt(name="e", inner_blob=blob.blob_data)])
    with pytest.raises(MarshalError, match="deep"):
        idl.DevPipeBlob.codec.to_bytes(blob)


def test_hostile_values_end_in_one_error() -> None:
    """Replies that decode, but whose dimensions and types do not fit their data."""
    chance = random.Random(7)
    for message in golden_messages("read_attributes_5", "command_inout_4"):
        if message.part != "reply" or len(message.data) > 600:
            continue
        for _ in range(20):
            data = bytearray(message.data)
            data[chance.randrange(24, len(data))] = chance.randrange(256)
            try:
                result = decode(message, bytes(data))
                if message.operation == "read_attributes_5":
                    for value in result:
                        decode_value(value)
                else:
                    decode_command_value(result)
            except (MarshalError, ValueError, DevFailed):
                pass
