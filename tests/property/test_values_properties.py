"""Users' values survive the way over the wire: every data type and format, both byte orders."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from puretango.cdr import ANY
from puretango.idl import AttrDataFormat, AttrValUnion, CmdArgType, DevState
from puretango.values import (
    SCALARS,
    decode_command_argument,
    encode_command_value,
    to_wire,
    value_from_wire,
)
from tests.property.strategies import LATIN_1, primitives

T = CmdArgType
TYPES = [kind for kind in SCALARS if kind != T.ConstDevString]
SCALAR, SPECTRUM, IMAGE = AttrDataFormat.SCALAR, AttrDataFormat.SPECTRUM, AttrDataFormat.IMAGE


def scalars(data_type: int) -> st.SearchStrategy[Any]:
    if data_type == T.DevString:
        return LATIN_1
    if data_type == T.DevState:
        return st.sampled_from(DevState)
    if data_type == T.DevEnum:  # a label's number, which is never negative
        return st.integers(0, 2**15 - 1)
    if data_type == T.DevEncoded:
        return st.tuples(LATIN_1, st.binary(max_size=10))
    return primitives(SCALARS[data_type].char)


def over_the_wire(data_type: int, data_format: int, value: Any, little: bool) -> Any:
    items, dim_x, dim_y = to_wire(data_type, data_format, value)
    union = (SCALARS[data_type].union, items)
    _, again = AttrValUnion.from_bytes(AttrValUnion.to_bytes(union, little), little)
    return value_from_wire(data_type, data_format, again, (dim_x, dim_y))


def plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


@pytest.mark.parametrize("data_type", TYPES, ids=lambda kind: CmdArgType(kind).name)
@settings(max_examples=40)
@given(data=st.data(), little=st.booleans())
def test_scalars(data_type: int, data: Any, little: bool) -> None:
    value = data.draw(scalars(data_type))
    assert over_the_wire(data_type, SCALAR, value, little) == value
    form = ANY.to_bytes(encode_command_value(data_type, value), little)
    assert decode_command_argument(data_type, ANY.from_bytes(form, little)) == value


@pytest.mark.parametrize("data_type", TYPES, ids=lambda kind: CmdArgType(kind).name)
@settings(max_examples=40)
@given(data=st.data(), little=st.booleans(), width=st.integers(1, 4), height=st.integers(1, 3))
def test_arrays(data_type: int, data: Any, little: bool, width: int, height: int) -> None:
    if data_type == T.DevEncoded:
        return
    one = scalars(data_type)
    spectrum = data.draw(st.lists(one, max_size=5))
    assert plain(over_the_wire(data_type, SPECTRUM, spectrum, little)) == spectrum
    row = st.lists(one, min_size=width, max_size=width)
    image = data.draw(st.lists(row, min_size=height, max_size=height))
    assert plain(over_the_wire(data_type, IMAGE, image, little)) == image
    dtype = SCALARS[data_type].dtype
    if dtype is not None:
        found = over_the_wire(data_type, IMAGE, np.array(image, dtype), little)
        assert found.dtype == dtype
        assert found.shape == (height, width)
        assert found.tolist() == image


@settings(max_examples=40)
@given(
    numbers=st.lists(primitives("i"), max_size=4),
    strings=st.lists(LATIN_1, max_size=4),
    little=st.booleans(),
)
def test_numbers_with_strings(numbers: list[int], strings: list[str], little: bool) -> None:
    for cmd_type in (T.DevVarLongStringArray, T.DevVarDoubleStringArray):
        form = ANY.to_bytes(encode_command_value(cmd_type, (numbers, strings)), little)
        found = decode_command_argument(cmd_type, ANY.from_bytes(form, little))
        assert plain(found) == [numbers, strings]
