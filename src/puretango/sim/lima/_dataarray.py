"""DATA_ARRAY: how LimaCCDs encodes an image, according to its documentation (version 4)."""

from __future__ import annotations

import struct
from typing import Any

import numpy.typing as npt

__all__ = ["data_array"]

# magic, version, size of this header, category, type, endianness, number of dimensions,
# six sizes, six steps in octets, image number, tag of the acquisition, padding
_HEADER = struct.Struct("<IHHIIHH6H6IQQII")
_MAGIC, _VERSION, _IMAGE, _LITTLE = 0x44544159, 4, 2, 0
#: numpy's type by name: DataArrayType.
_TYPES = {
    "uint8": 0,
    "uint16": 1,
    "uint32": 2,
    "uint64": 3,
    "int8": 4,
    "int16": 5,
    "int32": 6,
    "int64": 7,
    "float32": 8,
    "float64": 9,
}
#: No tag was given.
_NO_TAG = 0xFFFFFFFF


def data_array(image: npt.NDArray[Any], number: int) -> bytes:
    """An image of two dimensions, (rows, columns), and the header before it; ``number`` counts from 0."""
    height, width = image.shape
    octets = image.dtype.itemsize
    header = _HEADER.pack(
        *(_MAGIC, _VERSION, _HEADER.size, _IMAGE, _TYPES[image.dtype.name], _LITTLE, 2),
        *(width, height, 0, 0, 0, 0),
        *(octets, octets * width, 0, 0, 0, 0),
        *(number, _NO_TAG, 0, 0),
    )
    return header + image.astype(image.dtype.newbyteorder("<")).tobytes()
