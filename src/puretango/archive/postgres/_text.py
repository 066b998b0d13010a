"""Rows as lines of COPY's text format, which takes every type of HDB++'s tables."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from puretango.archive.sample import value_of

if TYPE_CHECKING:
    from puretango.archive.sample import Kind, Row

__all__ = ["columns_of", "instant", "line_of"]

_NULL = r"\N"
_ESCAPES = str.maketrans(
    {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r", "\b": r"\b", "\f": r"\f", "\0": "\ufffd"}
)
_seconds: dict[int, str] = {}


def columns_of(kind: Kind) -> str:
    """The columns of a line."""
    labels = ", value_r_label, value_w_label" if kind.type == "DevEnum" else ""
    return "att_conf_id, data_time, value_r, value_w, quality, att_error_desc_id, details" + labels


def instant(microseconds: int) -> str:
    """µs since 1970 as PostgreSQL reads them."""
    seconds, rest = divmod(microseconds, 1_000_000)
    told = _seconds.get(seconds)
    if told is None:
        if len(_seconds) > 10_000:
            _seconds.clear()
        moment = datetime.fromtimestamp(seconds, UTC)
        told = _seconds[seconds] = moment.strftime("%Y-%m-%d %H:%M:%S")
    return f"{told}.{rest:06d}+00"


def line_of(kind: Kind, attribute: int, row: Row, microseconds: int) -> str:
    """A sample's line."""
    details = f'{{"recv_time": "{instant(row.received // 1000)}"'
    if kind.type == "DevEncoded":
        details += _formats(kind, row)
    line = (
        f"{attribute}\t{instant(microseconds)}\t{_value(kind, row.value)}\t"
        f"{_value(kind, row.set_value)}\t{row.quality}\t{_NULL}\t{details}}}"
    )
    if kind.type == "DevEnum":
        line += f"\t{_label(kind, row.value)}\t{_label(kind, row.set_value)}"
    return line + "\n"


def _value(kind: Kind, cell: Any) -> str:
    if cell is None:
        return _NULL
    if type(cell) is float:
        return repr(cell)
    if type(cell) is int and kind.type not in {"DevBoolean", "DevULong64", "DevFloat", "DevDouble"}:
        return str(cell)
    value = value_of(kind, cell)
    if kind.is_scalar:
        return _scalar(kind, value)
    text = _array(kind, value)
    return text.translate(_ESCAPES)


def _scalar(kind: Kind, value: Any) -> str:
    if kind.type == "DevString":
        return str(value).translate(_ESCAPES)
    if kind.type == "DevEncoded":
        return r"\\x" + bytes(value[1]).hex()
    if kind.type == "DevBoolean":
        return "t" if value else "f"
    return repr(value)


def _array(kind: Kind, value: Any) -> str:
    """The text of an array, not yet escaped for COPY."""
    if kind.type == "DevString":
        if kind.format == "IMAGE":
            return "{" + ",".join(_texts(row) for row in value) + "}"
        return _texts(value)
    if kind.type == "DevEncoded":
        return "{" + ",".join('"\\\\x' + data.hex() + '"' for _, data in value) + "}"
    plain = value.tolist()
    if value.dtype.kind == "f":
        # The shortest digits of the float itself, not of the double that it becomes.
        flat = [str(number) for number in value.ravel()]
        plain = np.array(flat, object).reshape(value.shape).tolist() if flat else []
    return _braced(plain)


def _braced(plain: Any) -> str:
    if isinstance(plain, list):
        return "{" + ",".join(_braced(item) for item in plain) + "}"
    return str(plain).lower() if isinstance(plain, bool) else str(plain)


def _texts(texts: Any) -> str:
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return "{" + ",".join(f'"{text}"' for text in quoted) + "}"


def _label(kind: Kind, cell: Any) -> str:
    if cell is None:
        return _NULL
    value = value_of(kind, cell)
    if kind.is_scalar:
        return _named(kind, value).translate(_ESCAPES)
    names = [_named(kind, number) for number in value.ravel().tolist()]
    shaped = np.array(names, object).reshape(value.shape).tolist() if names else []
    if shaped and isinstance(shaped[0], list):
        return ("{" + ",".join(_texts(row) for row in shaped) + "}").translate(_ESCAPES)
    return _texts(shaped).translate(_ESCAPES)


def _named(kind: Kind, number: int) -> str:
    return kind.labels[number] if 0 <= number < len(kind.labels) else ""


def _formats(kind: Kind, row: Row) -> str:
    """An encoded value's format, which HDB++ has no column for."""
    told = ""
    for key, cell in (("format_r", row.value), ("format_w", row.set_value)):
        if cell is not None and kind.is_scalar:
            name = json.dumps(value_of(kind, cell)[0])
            told += f', "{key}": {name.translate(_ESCAPES)}'
    return told
