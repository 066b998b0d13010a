"""The hub's frames as bytes: one message for all numbers of a tick, one for each array.

Little-endian, arrays at offsets that a browser's typed arrays can be laid on:

    numbers   u32 1, u32 n, f64 now; f64 value[n], f64 time[n], f64 set[n]; u32 index[n], u32 skipped[n];
              u8 quality[n], u8 kind[n]
    array     u32 2, u32 index, f64 time; u32 quality, u32 width, u32 height, u32 step, u32 code, u16 x, u16 y;
              x and y are the origin of a region of an image;
              the values row by row in the type of the code (0 f64, 1 f32, 2 i32, 3 u32, 4 i16, 5 u16, 6 u8);
              256 is added to the code of a region
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from puretango.hub import Frame, Sample

__all__ = ["Region", "array_message", "is_array", "number_message"]

_NUMBERS = struct.Struct("<IId")
_ARRAY = struct.Struct("<IIdIIIIIHH")
_REGION = 256
_CODES = {"f8": 0, "f4": 1, "i4": 2, "u4": 3, "i2": 4, "u2": 5, "u1": 6}
Region = tuple[int, int, int, int]
"""Column, row, width and height in pixels."""
_WIDEST = 20_000
"""The most points of a spectrum that are sent."""
_LARGEST = 512
"""The most pixels of an image's longer side that are sent."""


def number_message(frame: Frame, now: float) -> bytes:
    """All elements of a frame; those that are not numbers are only marked as such."""
    return b"".join(
        (
            _NUMBERS.pack(1, len(frame), now),
            frame.values.tobytes(),
            frame.times.tobytes(),
            frame.set_values.tobytes(),
            frame.indices.astype("<u4").tobytes(),
            frame.skipped.clip(0, 2**32 - 1).astype("<u4").tobytes(),
            frame.qualities.tobytes(),
            frame.kinds.tobytes(),
        )
    )


def is_array(sample: Sample) -> bool:
    """True for a numeric spectrum or image."""
    value = sample.value
    return isinstance(value, np.ndarray) and value.dtype.kind in "fiub" and value.size > 0


def array_message(index: int, sample: Sample, region: Region | None = None) -> bytes:
    """A spectrum or image, or a region of an image; a large one is thinned out by the step in the message."""
    x, y, value = _cut(sample.value, region)
    mark = _REGION if value is not sample.value else 0
    value, step = _thinned(value)
    if value.dtype.kind == "b":
        value = value.astype("u1")
    key = f"{value.dtype.kind}{value.dtype.itemsize}"
    if key not in _CODES:
        value, key = value.astype("<f8"), "f8"
    height, width = value.shape if value.ndim == 2 else (0, value.shape[0])
    header = _ARRAY.pack(
        2, index, sample.time, int(sample.quality), width, height, step, _CODES[key] | mark, x, y
    )
    return header + np.ascontiguousarray(value).astype(f"<{key}", copy=False).tobytes()


def _cut(value: Any, region: Region | None) -> tuple[int, int, Any]:
    """The origin of the region and its pixels; the whole image if the region is outside."""
    if region is None or value.ndim != 2:
        return 0, 0, value
    x, y, width, height = region
    part = value[y : y + height, x : x + width]
    return (x, y, part) if part.size else (0, 0, value)


def _thinned(value: Any) -> tuple[Any, int]:
    if value.ndim == 1:
        step = -(-value.shape[0] // _WIDEST)
        return value[::step], step
    step = -(-max(value.shape) // _LARGEST)
    return value[::step, ::step], step
