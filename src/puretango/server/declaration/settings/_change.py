"""The change of a value that is worth an event: as numbers, as clients see it, as the database keeps it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

NOT_SPECIFIED = "Not specified"
UNSET = "2147483647"
"""What the database holds for a number that is not specified although the class has one."""


FLOAT = re.compile(r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
"""A floating-point number at the start of a text, as C++ reads it."""


@dataclass(frozen=True, slots=True)
class Change:
    """The allowed change below and above the last value; None if none is given."""

    low: float | None = None
    high: float | None = None

    @classmethod
    def of(cls, text: str) -> Change:
        """From ``low,high`` or one number for both; signs do not matter. ValueError if it is neither."""
        parts = [_number(part) for part in text.split(",")]
        if len(parts) > 2:
            raise ValueError("more than two numbers")
        low, high = parts if len(parts) == 2 else parts * 2
        return cls() if not low and not high else cls(low, high)

    @property
    def text(self) -> str:
        """As clients see it."""
        low, high = (NOT_SPECIFIED if x is None else _text(x) for x in (self.low, self.high))
        return low if low == high else f"{low},{high}"

    @property
    def stored(self) -> list[str]:
        """As the database keeps it: the lower one is negative."""
        if self.low is None and self.high is None:
            return [UNSET]
        return [
            UNSET if self.low is None else _text(-self.low),
            UNSET if self.high is None else _text(self.high),
        ]

    def pair(self) -> tuple[float | None, float | None]:
        """Both numbers."""
        return self.low, self.high


def fill_in(text: str, author: str, above: str) -> str:
    """A text whose parts may be reset texts: "" is the author's part, "NaN" that of the class."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 2:
        return text
    return ",".join(
        _part(author, place)
        if part == ""
        else _part(above, place)
        if part.lower() == "nan"
        else part
        for place, part in enumerate(parts)
    )


def joined(texts: Sequence[str]) -> str:
    """What the database keeps, as one text."""
    return ",".join(texts)


def _part(text: str, place: int) -> str:
    parts = text.split(",")
    return parts[place] if len(parts) == 2 else parts[0]


def _number(part: str) -> float | None:
    if part.strip() in (NOT_SPECIFIED, UNSET):
        return None
    if not FLOAT.fullmatch(part):
        raise ValueError("no number")
    value = float(part)
    if not math.isfinite(value):
        raise ValueError("no finite number")
    return abs(value)


def _text(value: float) -> str:
    return f"{value:.15g}"
