"""Converters between Tango's numbers and pairs and users' values, by ``ophyd_async.tango``'s names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from puretango.idl import CmdArgType, DevState

from ._tables import as_pair, as_table

__all__ = [
    "TangoConverter",
    "TangoDevStateArrayConverter",
    "TangoDevStateConverter",
    "TangoDoubleStringTableConverter",
    "TangoEnumArrayConverter",
    "TangoEnumConverter",
    "TangoLongStringTableConverter",
]
_STATES = tuple(DevState(number).name for number in range(14))


class TangoConverter:
    """Values as Tango has them."""

    def write_value(self, value: Any) -> Any:
        """The value in Tango's form, to be written."""
        return value

    def value(self, value: Any) -> Any:
        """The value that Tango has sent, in the user's form."""
        return value


class TangoEnumConverter(TangoConverter):
    """An element of an enumeration by its label."""

    def __init__(self, labels: Sequence[str]) -> None:
        self._labels = list(labels)

    def write_value(self, value: Any) -> int:
        """The element's number; TypeError if the label is not a text, ValueError if there is no such label."""
        if not isinstance(value, str):
            raise TypeError(f"{type(self).__name__} expects str value")
        return self._labels.index(str(getattr(value, "value", value)))

    def value(self, value: Any) -> str:
        """The element's label."""
        return self._labels[int(value)]


class TangoEnumArrayConverter(TangoEnumConverter):
    """Elements of an enumeration by their labels, in an array of any shape."""

    def write_value(self, value: Any) -> Any:
        """The elements' numbers."""
        return _each(super().write_value, value, int)

    def value(self, value: Any) -> Any:
        """The elements' labels."""
        return _each(super().value, value, np.str_)


class TangoDevStateConverter(TangoConverter):
    """A state by its name."""

    def write_value(self, value: Any) -> DevState:
        """The state of that name."""
        return DevState(_STATES.index(str(getattr(value, "value", value))))

    def value(self, value: Any) -> str:
        """The state's name."""
        return _STATES[int(value)]


class TangoDevStateArrayConverter(TangoDevStateConverter):
    """States by their names, in an array of any shape."""

    def write_value(self, value: Any) -> Any:
        """The states of those names."""
        return _each(super().write_value, value, object)

    def value(self, value: Any) -> Any:
        """The states' names."""
        return _each(super().value, value, np.str_)


class TangoLongStringTableConverter(TangoConverter):
    """A DevVarLongStringArray as a table."""

    def write_value(self, value: Any) -> Any:
        """(integers, texts)."""
        return as_pair(value)

    def value(self, value: Any) -> Any:
        """The table."""
        return as_table(CmdArgType.DevVarLongStringArray, value)


class TangoDoubleStringTableConverter(TangoConverter):
    """A DevVarDoubleStringArray as a table."""

    def write_value(self, value: Any) -> Any:
        """(numbers, texts)."""
        return as_pair(value)

    def value(self, value: Any) -> Any:
        """The table."""
        return as_table(CmdArgType.DevVarDoubleStringArray, value)


def _each(convert: Callable[[Any], Any], values: Any, dtype: Any) -> Any:
    array = np.asarray(values, object)
    found = np.array([convert(one) for one in array.flat], object).reshape(array.shape)
    return found if dtype is object else found.astype(dtype)
