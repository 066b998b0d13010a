"""Round trips through CDR: primitives, sequences, TypeCodes, Anys; both byte orders."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puretango import cdr
from puretango.cdr import CdrReader, CdrWriter
from tests.property.strategies import SIMPLE_ANYS, plain, values

CODECS: list[cdr.Codec[Any]] = [
    cdr.OCTET,
    cdr.BOOLEAN,
    cdr.CHAR,
    cdr.SHORT,
    cdr.USHORT,
    cdr.LONG,
    cdr.ULONG,
    cdr.LONGLONG,
    cdr.ULONGLONG,
    cdr.FLOAT,
    cdr.DOUBLE,
    cdr.STRING,
]
CODECS += [cdr.Sequence(codec) for codec in CODECS]
CODECS += [cdr.ANY, cdr.TYPECODE, cdr.Array(cdr.DOUBLE, 3), cdr.Sequence(cdr.SHORT, 2)]


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.what)
@given(data=st.data(), little=st.booleans(), offset=st.integers(0, 7))
def test_round_trip(codec: cdr.Codec[Any], data: Any, little: bool, offset: int) -> None:
    value = data.draw(values(codec))
    writer = CdrWriter(little, offset)
    codec.encode(writer, value)
    encoded = writer.getvalue()
    assert writer.tell() == len(encoded)
    reader = CdrReader(bytes(offset) + encoded, little, offset)
    assert plain(codec.decode(reader)) == plain(value)
    assert reader.remaining == 0


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.what)
@given(data=st.data(), little=st.booleans())
def test_round_trip_inside_an_any(codec: cdr.Codec[Any], data: Any, little: bool) -> None:
    value = cdr.Any(codec.typecode, data.draw(values(codec)))
    again = cdr.ANY.from_bytes(cdr.ANY.to_bytes(value, little), little)
    assert again.typecode == codec.typecode
    assert plain(again) == plain(value)


@given(little=st.booleans(), number=st.sampled_from(range(len(SIMPLE_ANYS))))
def test_typecodes_are_cached_by_their_bytes(little: bool, number: int) -> None:
    typecode = SIMPLE_ANYS[number].typecode
    form = cdr.TYPECODE.to_bytes(typecode, little)
    first = cdr.TYPECODE.from_bytes(form, little)
    assert first == typecode
    assert cdr.TYPECODE.from_bytes(form, little) is first


def test_a_peers_nonsense_does_not_keep_typecodes_out_of_the_cache() -> None:
    def alias(name: str) -> cdr.TypeCode:
        text = name.encode() + b"\0"
        field = struct.pack("<I", len(text)) + text + bytes(-len(text) % 4)
        body = b"\1\0\0\0" + field + field + struct.pack("<I", cdr.TCKind.LONG)
        form = struct.pack("<II", cdr.TCKind.ALIAS, len(body)) + body
        return cdr.TYPECODE.from_bytes(form, True)

    for number in range(2000):
        alias(f"nonsense{number}")
    assert alias("Real") is alias("Real")
