"""What the archive's tests share: kinds with values of each, and rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from puretango.archive import Generation, Kind, Row
from puretango.archive.sample import cell_of

SECOND = 1_000_000_000
START = 1_700_000_000 * SECOND

# One of each type, with the values that a careless store loses.
SCALARS: list[tuple[Kind, list[Any]]] = [
    (Kind("DevBoolean"), [True, False, True]),
    (Kind("DevUChar"), [0, 255, 7]),
    (Kind("DevShort"), [-32768, 32767, 0]),
    (Kind("DevUShort"), [0, 65535, 1]),
    (Kind("DevLong"), [-(2**31), 2**31 - 1, 5]),
    (Kind("DevULong"), [0, 2**32 - 1, 5]),
    (Kind("DevLong64"), [-(2**63), 2**63 - 1, 5]),
    (Kind("DevULong64"), [0, 2**64 - 1, 2**63]),
    (Kind("DevFloat"), [float(np.float32(1.1)), float("inf"), float("nan")]),
    (Kind("DevDouble"), [1.1, float("-inf"), float("nan")]),
    (Kind("DevState"), [0, 13, 6]),
    (Kind("DevEnum", labels=("off", "on")), [0, 1, 0]),
    (Kind("DevString"), ["", "µ tango \u20ac", "a\0b"]),
    (Kind("DevEncoded"), [("jpeg", b"\0\xff"), ("", b""), ("µ", b"x")]),
]
ARRAYS: list[tuple[Kind, list[Any]]] = [
    (Kind("DevDouble", "SPECTRUM"), [[1.0, float("nan")], [], [3.0]]),
    (Kind("DevULong64", "SPECTRUM"), [[2**64 - 1], [0, 1], []]),
    (Kind("DevBoolean", "SPECTRUM"), [[True, False], [False], []]),
    (Kind("DevState", "SPECTRUM"), [[1, 2], [13], []]),
    (Kind("DevString", "SPECTRUM"), [["a", "", "µ"], [], ["x" * 300]]),
    (Kind("DevShort", "IMAGE"), [[[1, 2, 3], [4, 5, 6]], [[7]], np.empty((0, 0), "i2")]),
    (Kind("DevString", "IMAGE"), [[["a", "b"], ["c", "d"]], [["x"]], []]),
]
EVERY_KIND = SCALARS + ARRAYS


def plain(value: Any) -> Any:
    """Lists instead of arrays and tuples, and NaN that equals itself."""
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float) and value != value:
        return "NaN"
    return value


def rows(generation: Generation, values: Iterable[Any], start: int = START) -> list[Row]:
    """A row a second, received 250 ms after the device's time."""
    return [
        Row(
            generation.id,
            start + at * SECOND,
            start + at * SECOND + SECOND // 4,
            0,
            cell_of(generation.kind, value),
            None,
        )
        for at, value in enumerate(values)
    ]
