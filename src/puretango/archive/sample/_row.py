"""Rows as they are stored: samples, gaps, and an attribute's generations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from puretango.archive.sample._cell import Cell

if TYPE_CHECKING:
    from puretango.archive.sample._kind import Kind

__all__ = ["Gap", "GapKind", "Generation", "Row"]


class Row(NamedTuple):
    """One sample.

    Attributes:
        generation: The number of the attribute's generation, which changes with its type.
        time: The device's time, ns since 1970.
        received: The time of receipt, ns since 1970.
        quality: Tango's AttrQuality as a number.
        value: The read value's cell; None if there is none.
        set_value: The set value's cell; None if there is none.
    """

    generation: int
    time: int
    received: int
    quality: int
    value: Cell
    set_value: Cell


class GapKind:
    """Why there is no data: the words in gap rows."""

    STOPPED = "stopped"
    PAUSED = "paused"
    ERROR = "error"
    DISCONNECTED = "disconnected"
    OVERFLOW = "overflow"
    TYPE_CHANGE = "type change"
    DAMAGED = "damaged"
    ARCHIVER_DOWN = "archiver down"


@dataclass(frozen=True, slots=True)
class Gap:
    """A time range without data, and the reason.

    Attributes:
        name: The attribute.
        kind: One of GapKind's words.
        start: ns since 1970.
        end: ns since 1970; None while it lasts.
        count: How many samples were lost, if that is known (an overflow), else 0.
        text: The error's text, or another explanation.
    """

    name: str
    kind: str
    start: int
    end: int | None = None
    count: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Generation:
    """An attribute's name with one kind: after a change of type a new generation begins."""

    id: int
    name: str
    number: int
    kind: Kind
    since: int
