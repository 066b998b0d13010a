"""Samples, gaps and kinds: what every store holds and every reader gives."""

from puretango.archive.sample._cell import Cell, cell_of, number_of, value_of
from puretango.archive.sample._errors import (
    ArchiveError,
    BlockDamaged,
    StoreInUse,
    StoreTooNew,
    UnknownAttribute,
)
from puretango.archive.sample._kind import Kind
from puretango.archive.sample._ports import EVER, Reading, Storing
from puretango.archive.sample._row import Gap, GapKind, Generation, Row
from puretango.archive.sample._series import Decimated, Series, joined

__all__ = [
    "EVER",
    "ArchiveError",
    "BlockDamaged",
    "Cell",
    "Decimated",
    "Gap",
    "GapKind",
    "Generation",
    "Kind",
    "Reading",
    "Row",
    "Series",
    "StoreInUse",
    "StoreTooNew",
    "Storing",
    "UnknownAttribute",
    "cell_of",
    "joined",
    "number_of",
    "value_of",
]
