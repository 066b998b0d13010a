"""Streams: alignment, lengths, scatter/gather, and what is refused."""

from __future__ import annotations

from array import array

import numpy as np
import pytest

from puretango import cdr
from puretango.cdr import CdrReader, CdrWriter
from puretango.errors import MarshalError


def test_alignment_counts_from_the_offset() -> None:
    writer = CdrWriter(offset=3)
    writer.octet(1)
    writer.ulonglong(2)
    assert writer.getvalue().hex() == "01" + "00" * 4 + "0200000000000000"
    assert writer.tell() == 13


def test_reader_counts_from_its_origin() -> None:
    reader = CdrReader(b"\xc0\xde\xc0\xde" + b"\7" + bytes(7) + b"\5" + bytes(7), True, 4, 4)
    assert reader.octet() == 7
    assert reader.ulonglong() == 5
    assert reader.remaining == 0


@pytest.mark.parametrize("little", [True, False])
def test_helpers_round_trip(little: bool) -> None:
    writer = CdrWriter(little)
    writer.octet(9)
    writer.ushort(0x1234)
    writer.ulong(0x12345678)
    writer.ulonglong(1 << 60)
    writer.string("h\xe9")
    writer.octets(b"abc")
    reader = CdrReader(writer.getvalue(), little)
    assert reader.octet() == 9
    assert reader.ushort() == 0x1234
    assert reader.ulong() == 0x12345678
    assert reader.ulonglong() == 1 << 60
    assert reader.string() == "h\xe9"
    assert bytes(reader.octets()) == b"abc"
    assert reader.remaining == 0


def test_encapsulations_have_their_own_byte_order() -> None:
    reader = CdrReader(b"\0\0\0\x08" + b"\1\0\0\0" + b"\5\0\0\0", False)
    inner = reader.encapsulation()
    assert inner.little
    assert inner.ulong() == 5


def test_big_arrays_are_referenced() -> None:
    image = np.arange(4096, dtype=np.float64)
    writer = CdrWriter()
    cdr.LONG.encode(writer, 1)
    cdr.Sequence(cdr.DOUBLE).encode(writer, image)
    cdr.LONG.encode(writer, 2)
    head, body, tail = writer.buffers()
    assert isinstance(body, memoryview)
    assert len(body) == body.nbytes == image.nbytes
    assert np.shares_memory(np.frombuffer(body, np.uint8), image)
    assert (len(head), len(tail)) == (8, 4)
    assert writer.getvalue()[8:-4] == image.tobytes()


@pytest.mark.parametrize("little", [True, False])
def test_joined_arrays_travel_as_one(little: bool) -> None:
    image, more = np.arange(6000.0).reshape(60, 100), [1.5, 2.5]
    both = cdr.Joined(image, more)
    assert len(both) == 6002
    writer = CdrWriter(little)
    codec = cdr.Sequence(cdr.DOUBLE)
    codec.encode(writer, both)
    if little:
        assert any(np.shares_memory(np.frombuffer(b, "u1"), image) for b in writer.buffers())
    assert codec.from_bytes(writer.getvalue(), little).tolist() == list(both)


def test_received_arrays_are_views() -> None:
    data = bytearray(cdr.Sequence(cdr.LONG).to_bytes([1, 2, 3]))
    view = cdr.Sequence(cdr.LONG).from_bytes(memoryview(data))
    data[4] = 9
    assert view.tolist() == [9, 2, 3]
    assert view.format == "i"


@pytest.mark.parametrize(
    "value",
    [
        [1, 2],
        (1, 2),
        range(1, 3),
        array("q", [1, 2]),
        np.array([1, 2]),
        np.array([1, 2], ">i8"),
        np.array([1, 0, 2, 0])[::2],
        np.array([1, 2], np.int16),
        np.array([[1], [2]]),
        memoryview(array("q", [1, 2])),
    ],
    ids=lambda one: "a memoryview" if isinstance(one, memoryview) else repr(one),
)
@pytest.mark.parametrize("little", [True, False])
def test_numbers_encode_from_many_forms(value: object, little: bool) -> None:
    codec = cdr.Sequence(cdr.LONGLONG)
    assert codec.from_bytes(codec.to_bytes(value, little), little).tolist() == [1, 2]


def test_an_empty_sequence_has_no_padding() -> None:
    assert cdr.Sequence(cdr.DOUBLE).to_bytes([]) == bytes(4)
    assert cdr.Sequence(cdr.DOUBLE).to_bytes(np.empty((0, 3))) == bytes(4)


@pytest.mark.parametrize(
    ("codec", "value"),
    [
        (cdr.LONG, 2**31),
        (cdr.LONG, "x"),
        (cdr.OCTET, -1),
        (cdr.STRING, None),
        (cdr.STRING, "\u20ac"),
        (cdr.STRING, "a\0b"),
        (cdr.Sequence(cdr.STRING), 3),
        (cdr.Sequence(cdr.STRING), "abc"),
        (cdr.Sequence(cdr.LONG), ["a"]),
        (cdr.Sequence(cdr.LONG), [2**40]),
        (cdr.Sequence(cdr.SHORT, 2), [1, 2, 3]),
        (cdr.ANY, 5),
        (cdr.TYPECODE, 5),
        (cdr.Array(cdr.LONG, 2), [1]),
    ],
    ids=lambda one: getattr(one, "what", None) or repr(one),
)
def test_values_that_do_not_fit(codec: cdr.Codec[object], value: object) -> None:
    with pytest.raises(MarshalError):
        codec.to_bytes(value)


@pytest.mark.parametrize(
    "data",
    ["", "05", "05000000", "0500000061626364", "0000000061", "0200000061626300", "ffffffff41"],
)
def test_bad_strings(data: str) -> None:
    with pytest.raises(MarshalError):
        cdr.STRING.from_bytes(bytes.fromhex(data))
    with pytest.raises(MarshalError):
        CdrReader(bytes.fromhex(data)).string()


def test_an_any_of_a_known_name_but_another_type() -> None:
    """A peer that calls something else DevEncoded gets what its TypeCode says."""
    impostor = cdr.TypeCode(
        cdr.TCKind.STRUCT,
        "IDL:Tango/DevEncoded:1.0",
        "DevEncoded",
        members=(("x", cdr.LONG.typecode),),
    )
    found = cdr.ANY.from_bytes(cdr.ANY.to_bytes(cdr.Any(impostor, (5,))))
    assert found.value == (5,)
