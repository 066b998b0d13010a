"""The arguments and results of commands that consist of numbers and texts, by ophyd-async's names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from ophyd_async.core import Array1D, Table

from puretango.idl import CmdArgType

__all__ = ["TABLES", "TangoDoubleStringTable", "TangoLongStringTable", "as_pair", "as_table"]


class TangoLongStringTable(Table):
    """A DevVarLongStringArray: integers and texts, which may differ in number."""

    long: Array1D[np.int32]
    string: Sequence[str]

    def __eq__(self, other: object) -> bool:
        return _equal(self, other, "long")

    __hash__ = None  # type: ignore[assignment]  # the fields may change


class TangoDoubleStringTable(Table):
    """A DevVarDoubleStringArray: numbers and texts, which may differ in number."""

    double: Array1D[np.float64]
    string: Sequence[str]

    def __eq__(self, other: object) -> bool:
        return _equal(self, other, "double")

    __hash__ = None  # type: ignore[assignment]  # the fields may change


TABLES: dict[CmdArgType, Any] = {
    CmdArgType.DevVarLongStringArray: TangoLongStringTable,
    CmdArgType.DevVarDoubleStringArray: TangoDoubleStringTable,
}


def as_table(kind: Any, value: Any) -> Any:
    """A command's result as a table, if it is one."""
    table = TABLES.get(CmdArgType(int(kind)))
    if table is None or value is None:
        return value
    numbers = next(iter(table.model_fields))
    # Not validated: a table's columns have one length, while these may differ.
    dtype = np.int32 if table is TangoLongStringTable else np.float64
    return table.model_construct(
        **{numbers: np.asarray(value[0], dtype), "string": [str(text) for text in value[1]]}
    )


def as_pair(value: Any) -> Any:
    """A table as Tango takes it: (numbers, texts)."""
    if isinstance(value, TangoLongStringTable):
        return (value.long, list(value.string))
    if isinstance(value, TangoDoubleStringTable):
        return (value.double, list(value.string))
    return value


def _equal(one: Any, other: object, numbers: str) -> bool:
    if not isinstance(other, type(one)):
        return False
    same = np.array_equal(getattr(one, numbers), getattr(other, numbers))
    return bool(same) and list(one.string) == list(other.string)
