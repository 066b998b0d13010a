"""Strings of properties → values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from puretango.idl import AttrDataFormat, CmdArgType
from puretango.values._types import (
    is_float_type,
    is_int_type,
    is_str_type,
    scalar_to_array_type,
)

T = CmdArgType


def strtobool(val: str) -> bool:
    """The boolean for a word: y, yes, t, true, on, 1 or n, no, f, false, off, 0."""
    word = val.lower()
    if word in ("y", "yes", "t", "true", "on", "1"):
        return True
    if word in ("n", "no", "f", "false", "off", "0"):
        return False
    raise ValueError(f"invalid truth value {word}")


def seqStr_2_obj(  # PyTango's name
    seq: Any, tg_type: Any, tg_format: AttrDataFormat | None = None
) -> Any:
    """Strings (of a property) as a value of a data type."""
    if tg_format == AttrDataFormat.SPECTRUM:
        return _by_type(seq, scalar_to_array_type(tg_type))
    if tg_format == AttrDataFormat.IMAGE:
        if is_int_type(tg_type):
            return [[int(item) for item in row] for row in seq]
        if is_float_type(tg_type):
            return [[float(item) for item in row] for row in seq]
        return seq
    return _by_type(seq, tg_type)


def _by_type(seq: str | Sequence[str], tg_type: Any) -> Any:
    if isinstance(seq, str):
        seq = (seq,)
    if is_int_type(tg_type) or tg_type == T.DevUChar:
        return int(seq[0])
    if is_float_type(tg_type):
        return float(seq[0])
    if is_str_type(tg_type):
        return seq[0]
    if tg_type == T.DevBoolean:
        return strtobool(seq[0])
    if tg_type in (T.DevVarCharArray, T.DevVarStringArray):
        return seq
    if is_int_type(tg_type, inc_array=True):
        return [int(item) for item in seq]
    if is_float_type(tg_type, inc_array=True):
        return [float(item) for item in seq]
    if tg_type == T.DevVarBooleanArray:
        return [strtobool(item) for item in seq]
    return []
