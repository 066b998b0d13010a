"""Tango's values as JSON: a value that JSON cannot express becomes a text, and is read back by its type.

NaN and the infinities are the texts NaN, Infinity, -Infinity; an integer that a browser's double does
not hold exactly is its digits as a text; bytes of an encoded value are base64.
"""

from __future__ import annotations

import base64
import math
from typing import Any

import numpy as np

from puretango.errors import DevFailed
from puretango.values import AttrDataFormat, CmdArgType, DevState

__all__ = ["from_json", "shown", "to_json"]

_EXACT = 2**53

T = CmdArgType
_INTEGERS = {T.DevShort, T.DevLong, T.DevUShort, T.DevULong, T.DevUChar, T.DevLong64, T.DevULong64}
_FLOATS = {T.DevFloat, T.DevDouble}


def to_json(value: Any) -> Any:
    """A value of an attribute, command or property for JSON."""
    if value is None or type(value) in (bool, str):
        return value
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        number = int(value)
        return number if -_EXACT <= number <= _EXACT else str(number)
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else _special(float(value))
    if isinstance(value, (bytes, bytearray, memoryview)):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, dict):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)) or hasattr(value, "__iter__"):
        return [to_json(item) for item in value]
    return str(value)


def _special(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def _array(value: Any) -> Any:
    plain = value.tolist()
    if value.dtype.kind in "fiu" and not _is_plain(value):
        return [to_json(item) for item in plain]
    return plain


def _is_plain(value: Any) -> bool:
    if value.dtype.kind == "f":
        return bool(np.isfinite(value).all())
    if value.dtype.itemsize < 8 or not value.size:
        return True
    return bool(value.max() <= _EXACT and (value.dtype.kind == "u" or value.min() >= -_EXACT))


def from_json(value: Any, data_type: CmdArgType, data_format: Any = AttrDataFormat.SCALAR) -> Any:
    """A value sent by a page, as the client library takes it. Raises DevFailed if it does not fit."""
    if data_format == AttrDataFormat.SCALAR:
        return _scalar(value, data_type)
    if not isinstance(value, list):
        raise _wrong(value, "a list")
    if data_format == AttrDataFormat.SPECTRUM:
        return [_scalar(item, data_type) for item in value]
    if any(not isinstance(row, list) or len(row) != len(value[0]) for row in value):
        raise _wrong(value, "rows of one length")
    return [[_scalar(item, data_type) for item in row] for row in value]


def _scalar(value: Any, data_type: CmdArgType) -> Any:
    try:
        if data_type == T.DevBoolean:
            return _boolean(value)
        if data_type in _FLOATS:
            return float(value)
        if data_type == T.DevState and isinstance(value, str) and not _is_number(value):
            return DevState[value.strip().upper()]
        if data_type in _INTEGERS or data_type in (T.DevEnum, T.DevState):
            return value if isinstance(value, str) and not _is_number(value) else _integer(value)
        if data_type == T.DevEncoded:
            return str(value[0]), base64.b64decode(value[1], validate=True)
        return str(value)
    except (TypeError, ValueError, IndexError, KeyError) as error:
        raise _wrong(value, data_type.name) from error


def _is_number(text: str) -> bool:
    try:
        int(text.strip(), 0)
    except ValueError:
        return False
    return True


def _integer(value: Any) -> int:
    if isinstance(value, str):
        return int(value.strip(), 0)
    if isinstance(value, float) and not value.is_integer():
        raise ValueError(value)
    return int(value)


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in ("true", "1", "yes", "on"):
        return True
    if text in ("false", "0", "no", "off"):
        return False
    raise ValueError(value)


def _wrong(value: Any, wanted: str) -> DevFailed:
    return DevFailed.make(
        "API_IncompatibleAttrDataType", f"{str(value)[:80]!r} is not a {wanted}", "puretango web"
    )


def shown(value: Any, most: int = 200) -> str:
    """A value in one line, for the journal."""
    text = value if isinstance(value, str) else str(to_json(value))
    return text if len(text) <= most else text[: most - 1] + "…"
