"""Attribute data types: authors' values to wire values, and back.

A value in wire form is a flat sequence: a numpy array of the type's dtype, or a list.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from puretango.idl import AttributeDataType, DevEncoded, status_in_value
from puretango.values import (
    SCALAR_TO_WIRE,
    SCALARS,
    AttrDataFormat,
    CmdArgType,
    DevState,
    ExtractAs,
    array_to_wire,
    value_from_wire,
)


class WireType:
    """One attribute data type."""

    __slots__ = ("data_type", "default", "discriminator", "dtype", "scalar")

    def __init__(self, data_type: CmdArgType, default: Any) -> None:
        kind = SCALARS[data_type]
        self.data_type = data_type
        self.discriminator: AttributeDataType = kind.union
        self.dtype: np.dtype[Any] | None = None if data_type == CmdArgType.DevState else kind.dtype
        self.default = default
        self.scalar = SCALAR_TO_WIRE[data_type]
        """An author's scalar as the wire wants it, or TypeError, OverflowError."""

    def array(self, value: Any, image: bool, function: str) -> tuple[Any, int, int]:
        """An author's spectrum or image: its flat form, dim_x and dim_y."""
        flat, dim_x, dim_y = array_to_wire(self.data_type, value, image, function)
        if self.dtype is not None:
            flat = np.frombuffer(flat, np.uint8) if isinstance(flat, (bytes, bytearray)) else flat
            flat = np.ascontiguousarray(flat, self.dtype).reshape(-1)
        return flat, dim_x, dim_y

    def to_user(self, flat: Any, data_format: AttrDataFormat, dim_x: int, dim_y: int) -> Any:
        """Wire form to what a write method takes."""
        if self.dtype is not None or data_format == AttrDataFormat.SCALAR:
            return value_from_wire(
                self.data_type, data_format, flat, (dim_x, dim_y), 0, ExtractAs.Numpy
            )
        if data_format == AttrDataFormat.SPECTRUM:
            return list(flat)
        return [list(flat[row * dim_x : (row + 1) * dim_x]) for row in range(dim_y)]


_UNSET = "Not initialised"
_DEFAULTS: dict[CmdArgType, Any] = {  # the set values that C++ Tango shows before the first write
    CmdArgType.DevBoolean: True,
    CmdArgType.DevFloat: 0.0,
    CmdArgType.DevDouble: 0.0,
    CmdArgType.DevString: _UNSET,
    CmdArgType.DevState: DevState.UNKNOWN,
    CmdArgType.DevEncoded: DevEncoded(_UNSET, b""),
}
WIRE_TYPES: dict[CmdArgType, WireType] = {
    data_type: WireType(data_type, _DEFAULTS.get(data_type, 0))
    for data_type in map(CmdArgType, SCALARS)
    if data_type != CmdArgType.ConstDevString
}
"""The wire type of each attribute data type."""


def _status(value: Any) -> Any:
    plain = SCALAR_TO_WIRE[CmdArgType.DevString]
    return plain(status_in_value(value) if isinstance(value, str) else value)


STATUS_WIRE_TYPE = WireType(CmdArgType.DevString, _UNSET)
"""The wire type of the attribute Status, whose value is a text."""
STATUS_WIRE_TYPE.scalar = _status
