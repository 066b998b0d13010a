"""Replies with one text by their layout: what the long way says, or None."""

from __future__ import annotations

import random
from typing import Any

import pytest

from puretango import AttrQuality
from puretango.cdr import CdrReader, CdrWriter
from puretango.errors import MarshalError
from puretango.idl import (
    OPERATIONS,
    AttrDataFormat,
    AttributeDataType,
    AttributeDim,
    AttributeValue_5,
    CmdArgType,
)
from puretango.idl import TimeVal as WireTime
from puretango.values import DeviceAttribute, TextLayout, decode_values

_READ = OPERATIONS["read_attributes_5"]


def _body(texts: list[str], name: str, written: int, little: bool, quality: int = 0) -> bytes:
    value = AttributeValue_5(
        (AttributeDataType.ATT_STRING, texts),
        tuple(AttrQuality)[quality],
        AttrDataFormat.SCALAR,
        CmdArgType.DevString,
        WireTime(5, 6, 7),
        name,
        AttributeDim(1, 0),
        AttributeDim(written, 0),
        [],
    )
    writer = CdrWriter(little)
    _READ.encode_result(writer, [value])
    return writer.getvalue()


def _plain(attribute: DeviceAttribute) -> Any:
    time = attribute.time
    return (
        *(attribute.name, attribute.value, attribute.w_value, attribute.quality, attribute.type),
        *(time.tv_sec, time.tv_usec, time.tv_nsec, attribute.data_format, attribute.is_empty),
        *(attribute.dim_x, attribute.dim_y, attribute.w_dim_x, attribute.w_dim_y),
    )


def _long_way(body: bytes, little: bool) -> DeviceAttribute:
    (found,) = decode_values(CdrReader(body, little))
    return found


@pytest.mark.parametrize("little", [True, False])
@pytest.mark.parametrize(("count", "written"), [(1, 0), (1, 1), (2, 1)])
def test_as_the_long_way(little: bool, count: int, written: int) -> None:
    first = _body(["a", "b"][:count], "text", written, little)
    layout = TextLayout.learn(first, little, _long_way(first, little))
    assert layout is not None
    for texts in (["", ""], ["a longer text", "x"], ["é" * 300, "abc"], ["abc", ""]):
        for quality in (0, 2, 3, 4):
            body = _body(texts[:count], "text", written, little, quality)
            found = layout.decode(body)
            assert found is not None
            assert _plain(found) == _plain(_long_way(body, little))
    for other in (
        _body(["a", "b"][:count], "texts", written, little),
        _body(["a", "b"][:count], "text", 1 - written, little),
        _body(["a", "b", "c"][: count + 1], "text", written, little),
        _body(["a", "b"][:count], "text", written, little, 1),
    ):
        assert layout.decode(other) is None


@pytest.mark.parametrize("seed", range(100))
def test_changed_bytes(seed: int) -> None:
    chance = random.Random(seed)
    first = _body(["some text", "other"], "text", 1, True)
    layout = TextLayout.learn(first, True, _long_way(first, True))
    assert layout is not None
    body = bytearray(first)
    for _ in range(chance.randint(1, 3)):
        body[chance.randrange(len(body))] = chance.randrange(256)
    changed = bytes(body[: chance.choice((len(body), chance.randrange(len(body))))])
    found = layout.decode(changed)
    if found is None:
        return
    try:
        assert _plain(found) == _plain(_long_way(changed, True))
    except MarshalError:
        pytest.fail("the long way refuses what the layout takes")


def test_the_status_is_a_text_of_its_own_kind() -> None:
    body = _body(["fine"], "Status", 0, True)
    assert TextLayout.learn(body, True, _long_way(body, True)) is None
