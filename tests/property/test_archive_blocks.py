"""Blocks of the archive: what is packed comes back bit by bit, and wrong bytes are one documented error."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from puretango.archive import BlockDamaged, Kind
from puretango.archive.files._block import checksum, pack, unpack
from puretango.archive.sample import cell_of, value_of

INTEGERS = ("u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8")


@given(data=st.data(), rows=st.integers(1, 700))
def test_columns_come_back(data: st.DataObject, rows: int) -> None:
    times = data.draw(npst.arrays("<i8", rows, elements=st.integers(0, 2**62)))
    columns: dict[str, object] = {"time": np.sort(times)}
    for dtype in data.draw(st.lists(st.sampled_from(INTEGERS), max_size=3, unique=True)):
        columns[f"c{dtype}"] = data.draw(npst.arrays(dtype, rows))
    for dtype in ("<f4", "<f8"):
        columns[dtype] = data.draw(npst.arrays(dtype, rows))
    columns["p"] = [bytes([n % 256]) * (n % 7) for n in range(rows)]
    packed = pack(columns)
    found = unpack(packed, checksum(packed))
    assert list(found) == list(columns)
    for name, column in columns.items():
        if isinstance(column, np.ndarray):
            assert found[name].dtype == column.dtype
            assert found[name].tobytes() == column.tobytes()
        else:
            assert found[name] == column


@given(data=st.data(), rows=st.integers(1, 40))
def test_a_wrong_byte_is_told(data: st.DataObject, rows: int) -> None:
    packed = pack(
        {
            "time": np.arange(rows, dtype="<i8"),
            "value": np.random.default_rng(rows).normal(size=rows),
        }
    )
    at = data.draw(st.integers(0, len(packed) - 1))
    wrong = packed[:at] + bytes([packed[at] ^ data.draw(st.integers(1, 255))]) + packed[at + 1 :]
    with pytest.raises(BlockDamaged):
        unpack(wrong, checksum(packed))
    # Also with a checksum that is right, nothing but the documented error comes of it.
    try:
        unpack(wrong, checksum(wrong))
    except BlockDamaged:
        pass


@given(st.binary(max_size=200))
def test_any_bytes_at_all(data: bytes) -> None:
    try:
        unpack(data, checksum(data))
    except BlockDamaged:
        pass


@given(st.floats() | st.floats(width=32))
def test_floats_are_kept(number: float) -> None:
    kind = Kind("DevDouble")
    found = value_of(kind, cell_of(kind, number))
    assert np.float64(found).tobytes() == np.float64(number).tobytes() or number != number


@given(st.lists(st.text(st.characters(codec="utf-8"))))
def test_texts_are_kept(texts: list[str]) -> None:
    kind = Kind("DevString", "SPECTRUM")
    assert list(value_of(kind, cell_of(kind, texts))) == texts
