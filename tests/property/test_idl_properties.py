"""Round trips of every struct, union and operation of the interface, both byte orders."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from puretango import idl
from puretango.cdr import CdrReader, CdrWriter, Codec
from tests.property.strategies import plain, values

QUICK = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def named_codecs() -> list[tuple[str, Codec[Any]]]:
    found = []
    for name in idl.__all__:
        item = getattr(idl, name)
        codec = getattr(item, "codec", None) if not isinstance(item, dict) else None
        if isinstance(codec, Codec):
            found.append((name, codec))
    return found


NAMED = named_codecs()
OPERATIONS = list(idl.OPERATIONS.values())


def test_the_whole_interface_is_there() -> None:
    assert len(NAMED) > 95
    assert len(OPERATIONS) == 48


@pytest.mark.parametrize(("name", "codec"), NAMED, ids=[name for name, _ in NAMED])
@QUICK
@given(data=st.data(), little=st.booleans())
def test_types(name: str, codec: Codec[Any], data: Any, little: bool) -> None:
    value = data.draw(values(codec))
    again = codec.from_bytes(codec.to_bytes(value, little), little)
    assert plain(again) == plain(value)


@pytest.mark.parametrize("operation", OPERATIONS, ids=[each.name for each in OPERATIONS])
@QUICK
@given(data=st.data(), little=st.booleans(), offset=st.integers(0, 7))
def test_operations(operation: idl.Operation, data: Any, little: bool, offset: int) -> None:
    args = data.draw(st.tuples(*(values(codec) for _, codec in operation.params)))
    writer = CdrWriter(little, offset)
    operation.encode_args(writer, *args)
    reader = CdrReader(bytes(offset) + writer.getvalue(), little, offset)
    assert plain(operation.decode_args(reader)) == plain(args)
    result = data.draw(values(operation.result))
    writer = CdrWriter(little)
    operation.encode_result(writer, result)
    assert plain(operation.decode_result(CdrReader(writer.getvalue(), little))) == plain(result)
