"""The value of an attribute as it travels, in all releases of the interface."""

from __future__ import annotations

import time
from typing import Any

from puretango.idl import (
    AttributeDataType,
    AttributeDim,
    AttributeValue_3,
    AttributeValue_4,
    AttributeValue_5,
)
from puretango.idl import TimeVal as WireTime
from puretango.values import AttrDataFormat, AttrQuality

NO_DATA = AttributeDataType.ATT_NO_DATA


def now_ns() -> int:
    """The time that a new value gets."""
    return time.time_ns()


def wire_time(nanoseconds: int) -> WireTime:
    """A moment as it travels."""
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    return WireTime(seconds, rest // 1000, rest % 1000)


def make_value(
    release: int,
    name: str,
    union: Any,
    quality: AttrQuality,
    data_format: AttrDataFormat,
    data_type: int,
    when: WireTime,
    read_dim: AttributeDim,
    write_dim: AttributeDim,
    errors: Any = (),
) -> Any:
    """An AttributeValue of release 3, 4 or 5 (1 is made of 3 by the caller)."""
    if name == "State" and union[0] == AttributeDataType.ATT_STATE:
        union = (AttributeDataType.DEVICE_STATE, union[1][0])
    if release >= 5:
        return AttributeValue_5(
            union,
            quality,
            data_format,
            int(data_type),
            when,
            name,
            read_dim,
            write_dim,
            list(errors),
        )
    if release == 4:
        return AttributeValue_4(
            union, quality, data_format, when, name, read_dim, write_dim, list(errors)
        )
    from puretango.server.attribute._anyvalue import any_of_union

    return AttributeValue_3(
        any_of_union(union), quality, when, name, read_dim, write_dim, list(errors)
    )


def failed_value(release: int, name: str, errors: Any) -> Any:
    """The AttributeValue of an attribute that could not be read."""
    return make_value(
        release,
        name,
        (NO_DATA, True),
        AttrQuality.ATTR_INVALID,
        AttrDataFormat.FMT_UNKNOWN,
        0,
        WireTime(0, 0, 0),
        AttributeDim(0, 0),
        AttributeDim(0, 0),
        errors,
    )
