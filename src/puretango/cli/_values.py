"""Values on the command line: from text to values of attributes and commands, and back."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from enum import Enum
from typing import Any

from puretango.cli._failure import Failure

__all__ = ["for_people", "for_programs", "parse_value"]

INTEGERS = {
    "DevUChar": (0, 2**8 - 1),
    "DevShort": (-(2**15), 2**15 - 1),
    "DevUShort": (0, 2**16 - 1),
    "DevLong": (-(2**31), 2**31 - 1),
    "DevULong": (0, 2**32 - 1),
    "DevLong64": (-(2**63), 2**63 - 1),
    "DevULong64": (0, 2**64 - 1),
}
"""The smallest and the largest value of each whole-number type."""
FLOATS = frozenset({"DevFloat", "DevDouble"})
TRUE = frozenset({"true", "yes", "on", "1"})
FALSE = frozenset({"false", "no", "off", "0"})

LONGEST = 10
"""How many elements of an array are shown to people at each end."""


def parse_value(
    words: Sequence[str],
    kind: str,
    rank: int = 0,
    labels: Sequence[str] = (),
    states: Sequence[str] = (),
) -> Any:
    """The value in ``words`` for a type (``DevDouble``) of rank 0, 1 or 2.

    An array is one JSON text (``[1, 2, 3]``), or one word per element.
    """
    if kind == "DevVoid":
        if words:
            raise Failure("takes no argument")
        return None
    if kind == "DevEncoded":
        return _encoded(words)
    if rank == 0:
        if len(words) != 1:
            raise Failure(f"takes one value, not {len(words)}")
        return _scalar(_unquoted(words[0], kind), kind, labels, states)
    given: Any = None
    if len(words) == 1 and words[0].lstrip().startswith("["):
        try:
            given = json.loads(words[0])
        except ValueError as error:
            raise Failure(f"{words[0]!r} is no JSON array: {error}") from error
    elif rank == 1:
        given = list(words)
    else:
        raise Failure("takes an image: a JSON array of rows")
    return _array(given, kind, rank, labels, states)


def _array(
    given: Any, kind: str, rank: int, labels: Sequence[str], states: Sequence[str]
) -> list[Any]:
    if not isinstance(given, list):
        raise Failure(f"{given!r} is not an array")
    if rank == 1:
        return [_scalar(element, kind, labels, states) for element in given]
    return [_array(row, kind, rank - 1, labels, states) for row in given]


def _unquoted(word: str, kind: str) -> Any:
    """A JSON text in quotes is a text, so that any text can be given."""
    if kind == "DevString" and len(word) > 1 and word[0] == word[-1] == '"':
        try:
            return json.loads(word)
        except ValueError:
            return word
    return word


def _scalar(given: Any, kind: str, labels: Sequence[str], states: Sequence[str]) -> Any:
    try:
        if kind in INTEGERS:
            return _bounded(_integer(given), kind)
        if kind in FLOATS:
            return float(given)
    except (TypeError, ValueError, OverflowError):
        raise Failure(f"{given!r} is not a {_spoken(kind)}") from None
    if kind == "DevBoolean":
        return _boolean(given)
    if kind == "DevEnum":
        return _enumerated(given, labels)
    if kind == "DevState":
        if str(given).upper() not in states:
            raise Failure(f"{given!r} is not a state ({', '.join(states)})")
        return str(given).upper()
    if isinstance(given, (dict, list)):
        raise Failure(f"{json.dumps(given)} is not a {_spoken(kind)}")
    return given if isinstance(given, str) else json.dumps(given)


def _integer(given: Any) -> int:
    if isinstance(given, bool):
        raise ValueError(given)
    if isinstance(given, float):
        if not given.is_integer():
            raise ValueError(given)
        return int(given)
    return int(given, 0) if isinstance(given, str) else int(given)


def _bounded(value: int, kind: str) -> int:
    lowest, highest = INTEGERS[kind]
    if not lowest <= value <= highest:
        raise Failure(f"{value} is outside {kind} ({lowest} to {highest})")
    return value


def _boolean(given: Any) -> bool:
    word = str(given).lower()
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    raise Failure(f"{given!r} is neither true nor false")


def _enumerated(given: Any, labels: Sequence[str]) -> int:
    if isinstance(given, str):
        for number, label in enumerate(labels):
            if label.lower() == given.lower():
                return number
    try:
        return _integer(given)
    except (TypeError, ValueError):
        raise Failure(f"{given!r} is none of {', '.join(labels)}") from None


def _encoded(words: Sequence[str]) -> tuple[str, bytes]:
    if len(words) != 2:
        raise Failure("takes a format and the data")
    return words[0], words[1].encode("latin-1", "replace")


def _spoken(kind: str) -> str:
    if kind in INTEGERS:
        return "whole number"
    return "number" if kind in FLOATS else kind


def for_programs(value: Any) -> Any:
    """A value as JSON can hold it."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).decode("latin-1")
    if isinstance(value, (list, tuple)):
        return [for_programs(each) for each in value]
    if isinstance(value, dict):
        return {str(key): for_programs(each) for key, each in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        # JSON has no such numbers; these are the names that JavaScript and Python read.
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)


def for_people(value: Any, format_text: str = "") -> str:
    """A value as a person reads it: long arrays are shortened."""
    if value is None:
        return "-"
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f"{len(value)} bytes"
    shape = getattr(value, "shape", None)
    if shape is not None and len(shape) == 2:
        return f"{shape[0]} × {shape[1]} {value.dtype}"
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return _shortened(value, format_text)
    if isinstance(value, float):
        return _number(value, format_text)
    return str(value)


def _shortened(value: Sequence[Any], format_text: str) -> str:
    if value and isinstance(value[0], (list, tuple)):
        return f"{len(value)} × {len(value[0])}"
    if len(value) <= 2 * LONGEST:
        return "[" + ", ".join(for_people(each, format_text) for each in value) + "]"
    ends = [for_people(each, format_text) for each in (*value[:LONGEST], *value[-3:])]
    return f"[{', '.join(ends[:LONGEST])}, … {', '.join(ends[LONGEST:])}] ({len(value)})"


def _number(value: float, format_text: str) -> str:
    """A number in the attribute's own format, if that is one of C's, as most are."""
    if format_text.startswith("%") and format_text[-1] in "fegFEG":
        try:
            return (format_text % value).strip()
        except (TypeError, ValueError):
            return repr(value)
    return repr(value)
