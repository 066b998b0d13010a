"""Replies with several scalars, or with one array, by their layouts: what the long way says, or None."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from puretango import AttrQuality, DevError, ErrSeverity
from puretango.cdr import CdrReader, CdrWriter
from puretango.errors import MarshalError
from puretango.idl import (
    OPERATIONS,
    AttrDataFormat,
    AttributeDataType,
    AttributeDim,
    AttributeValue_5,
    CmdArgType,
    DevState,
)
from puretango.idl import TimeVal as WireTime
from puretango.values import (
    SCALARS,
    ArrayLayout,
    ArrayReply,
    DeviceAttribute,
    RowsLayout,
    decode_values,
)

_READ = OPERATIONS["read_attributes_5"]
_SCALAR, _SPECTRUM, _IMAGE = AttrDataFormat.SCALAR, AttrDataFormat.SPECTRUM, AttrDataFormat.IMAGE
_NUMERIC = [
    kind
    for kind in (CmdArgType(number) for number in SCALARS)
    if SCALARS[kind].dtype is not None and kind != CmdArgType.DevState
]
_QUALITIES = [one for one in AttrQuality if one != AttrQuality.ATTR_INVALID]


def _encoded(values: list[Any], little: bool = True) -> bytes:
    writer = CdrWriter(little)
    _READ.encode_result(writer, values)
    return writer.getvalue()


def _long_way(body: Any) -> list[DeviceAttribute]:
    return decode_values(CdrReader(body, True))


def _plain(attribute: DeviceAttribute) -> Any:
    time = attribute.time
    values = [
        (one.tobytes(), str(one.dtype), one.shape, one.flags.writeable)
        if isinstance(one, np.ndarray)
        else (type(one), one)
        for one in (attribute.value, attribute.w_value)
    ]
    return (
        *(attribute.name, values, attribute.quality, attribute.type, attribute.has_failed),
        *(time.tv_sec, time.tv_usec, time.tv_nsec, attribute.data_format, attribute.is_empty),
        *(attribute.dim_x, attribute.dim_y, attribute.w_dim_x, attribute.w_dim_y),
        attribute.get_err_stack(),
    )


def _number(rng: random.Random, kind: CmdArgType) -> Any:
    scalar = SCALARS[kind]
    if kind == CmdArgType.DevBoolean:
        return rng.random() < 0.5
    if kind in (CmdArgType.DevFloat, CmdArgType.DevDouble):
        return float(np.float32(rng.uniform(-1e6, 1e6)))
    return rng.randint(scalar.low, scalar.high)


def _value(
    rng: random.Random,
    union: Any,
    kind: CmdArgType,
    data_format: AttrDataFormat,
    name: str,
    read: tuple[int, int],
    written: tuple[int, int],
) -> AttributeValue_5:
    return AttributeValue_5(
        union,
        rng.choice(_QUALITIES),
        data_format,
        kind,
        WireTime(rng.randint(0, 2**31 - 1), rng.randint(0, 999999), rng.randint(0, 999)),
        name,
        AttributeDim(*read),
        AttributeDim(*written),
        [],
    )


def _scalar(rng: random.Random, kind: CmdArgType, name: str, setter: bool) -> AttributeValue_5:
    items = [_number(rng, kind) for _ in range(2 if setter else 1)]
    union = SCALARS[kind].union, items
    return _value(rng, union, kind, _SCALAR, name, (1, 0), (1 if setter else 0, 0))


def _state(rng: random.Random) -> AttributeValue_5:
    union = AttributeDataType.DEVICE_STATE, rng.choice(list(DevState))
    return _value(rng, union, CmdArgType.DevState, _SCALAR, "State", (1, 0), (0, 0))


def _some(rng: random.Random) -> Callable[[], list[AttributeValue_5]]:
    """What makes replies of one shape."""
    shape = [
        (rng.choice(_NUMERIC), "n" * rng.randint(1, 9) + str(place), rng.random() < 0.5)
        for place in range(rng.randint(1, 12))
    ]
    state = rng.random() < 0.4

    def make() -> list[AttributeValue_5]:
        found = [_scalar(rng, *one) for one in shape]
        return [*found, _state(rng)] if state else found

    return make


@pytest.mark.parametrize("seed", range(40))
def test_several_scalars_as_the_long_way(seed: int) -> None:
    rng = random.Random(seed)
    make = _some(rng)
    first = _encoded(make())
    layout = RowsLayout.learn(first, _long_way(first))
    assert layout is not None
    for _ in range(5):
        body = _encoded(make())
        found = layout.decode(body)
        assert found is not None
        assert [_plain(one) for one in found] == [_plain(one) for one in _long_way(body)]


@pytest.mark.parametrize("seed", range(40))
def test_anything_else_goes_the_long_way(seed: int) -> None:
    """A changed byte gives what the long way gives, or nothing; never something else."""
    rng = random.Random(seed)
    make = _some(rng)
    first = _encoded(make())
    layout = RowsLayout.learn(first, _long_way(first))
    assert layout is not None
    for _ in range(200):
        body = bytearray(_encoded(make()))
        for _ in range(rng.randint(1, 3)):
            body[rng.randrange(len(body))] ^= 1 << rng.randrange(8)
        cut = bytes(body[: rng.choice((len(body), len(body), rng.randrange(len(body))))])
        found = layout.decode(cut)
        if found is None:
            continue
        assert [_plain(one) for one in found] == [_plain(one) for one in _long_way(cut)]


def _failed(name: str) -> AttributeValue_5:
    error = DevError("API_Some", ErrSeverity.ERR, "why", "where")
    return AttributeValue_5(
        (AttributeDataType.ATT_NO_DATA, True),
        AttrQuality.ATTR_INVALID,
        _SCALAR,
        0,
        WireTime(0, 0, 0),
        name,
        AttributeDim(0, 0),
        AttributeDim(0, 0),
        [error],
    )


def test_a_failure_is_no_layout_and_fits_none() -> None:
    rng = random.Random(1)
    good = [_scalar(rng, CmdArgType.DevDouble, name, False) for name in ("one", "two")]
    body = _encoded(good)
    layout = RowsLayout.learn(body, _long_way(body))
    assert layout is not None
    bad = _encoded([good[0], _failed("two")])
    assert layout.decode(bad) is None
    assert RowsLayout.learn(bad, _long_way(bad)) is None


def _array(rng: random.Random, kind: CmdArgType, image: bool, setter: bool) -> AttributeValue_5:
    read = (rng.randint(1, 6), rng.randint(1, 4) if image else 0)
    written = ((rng.randint(0, 5), rng.randint(1, 3) if image else 0)) if setter else (0, 0)
    if image and not written[0]:
        written = (0, 0)
    size = read[0] * (read[1] if image else 1) + written[0] * (written[1] if image else 1)
    items = np.array([_number(rng, kind) for _ in range(size)], SCALARS[kind].dtype)
    union = SCALARS[kind].union, items
    return _value(rng, union, kind, _IMAGE if image else _SPECTRUM, "array", read, written)


@pytest.mark.parametrize("image", [False, True])
@pytest.mark.parametrize("kind", _NUMERIC)
def test_arrays_as_the_long_way(kind: CmdArgType, image: bool) -> None:
    rng = random.Random(int(kind))
    for _ in range(20):
        first = _encoded([_array(rng, kind, image, rng.random() < 0.5)])
        layout = ArrayLayout.learn(first, True, _long_way(first)[0])
        assert layout is not None
        for make in (bytes, bytearray):
            body = make(_encoded([_array(rng, kind, image, rng.random() < 0.5)]))
            found = layout.decode(memoryview(body))
            assert found is not None
            assert _plain(found) == _plain(_long_way(memoryview(body))[0])


@pytest.mark.parametrize("kind", _NUMERIC)
def test_a_damaged_array_is_told_as_the_long_way_tells_it(kind: CmdArgType) -> None:
    rng = random.Random(int(kind))
    first = _encoded([_array(rng, kind, True, True)])
    layout = ArrayLayout.learn(first, True, _long_way(first)[0])
    assert layout is not None
    for _ in range(300):
        body = bytearray(_encoded([_array(rng, kind, rng.random() < 0.9, True)]))
        body[rng.randrange(len(body))] ^= 1 << rng.randrange(8)
        cut = bytes(body[: rng.choice((len(body), len(body), rng.randrange(len(body))))])
        found = layout.decode(cut)
        if found is not None:
            assert repr(_plain(found)) == repr(_plain(_long_way(cut)[0]))


def test_no_layout_of_texts_failures_and_the_other_order() -> None:
    rng = random.Random(3)
    failed = _encoded([_failed("array")])
    assert ArrayLayout.learn(failed, True, _long_way(failed)[0]) is None
    good = _encoded([_array(rng, CmdArgType.DevDouble, False, False)])
    assert ArrayLayout.learn(good, False, _long_way(good)[0]) is None
    union = AttributeDataType.ATT_STRING, ["a", "b"]
    texts = _encoded([_value(rng, union, CmdArgType.DevString, _SPECTRUM, "t", (2, 0), (0, 0))])
    assert ArrayLayout.learn(texts, True, _long_way(texts)[0]) is None


@pytest.mark.parametrize("image", [False, True])
@pytest.mark.parametrize("kind", _NUMERIC)
@pytest.mark.parametrize("long", [False, True])
def test_packed_as_the_codec_packs(kind: CmdArgType, image: bool, long: bool) -> None:
    rng = random.Random(int(kind))
    dtype = SCALARS[kind].dtype
    for setter in (False, True):
        width = 21_000 if long else rng.randint(1, 9)
        read = (width, 2 if image else 0)
        written = (3, 1 if image else 0) if setter else (0, 0)
        values = [np.zeros(width * (2 if image else 1), dtype), np.ones(3, dtype)]
        values[0][0] = _number(rng, kind)
        union = SCALARS[kind].union, np.concatenate(values) if setter else values[0]
        data_format = _IMAGE if image else _SPECTRUM
        value = _value(rng, union, kind, data_format, "some_name", read, written)
        when = value.time
        body = ArrayReply(kind, data_format, "some_name").pack(
            values[0],
            values[1] if setter else None,
            (*read, *written),
            value.quality,
            *(when.tv_sec, when.tv_usec, when.tv_nsec),
        )
        assert isinstance(body, list) == (long and sum(one.nbytes for one in values) > 16 * 1024)
        assert (b"".join(body) if isinstance(body, list) else body) == _encoded([value])


def test_a_count_beyond_the_message_is_no_array() -> None:
    rng = random.Random(4)
    body = bytearray(_encoded([_array(rng, CmdArgType.DevDouble, False, False)]))
    layout = ArrayLayout.learn(body, True, _long_way(bytes(body))[0])
    assert layout is not None
    struct.pack_into("<I", body, 8, 2**31)
    assert layout.decode(bytes(body)) is None
    with pytest.raises(MarshalError):
        _long_way(bytes(body))
