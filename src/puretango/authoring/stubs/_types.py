"""Types of attributes, arguments and results, for a user's type checker."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from puretango.model import ArgumentModel, AttributeModel

__all__ = ["Enumeration", "Types", "safe_name"]

_SCALARS = {
    "DevBoolean": "bool", "DevUChar": "int", "DevShort": "int", "DevUShort": "int",
    "DevLong": "int", "DevULong": "int", "DevLong64": "int", "DevULong64": "int",
    "DevFloat": "float", "DevDouble": "float", "DevString": "str", "DevState": "DevState",
    "DevEncoded": "tuple[str, bytes]", "DevEnum": "int", "DevVoid": "None",
    "ConstDevString": "str", "DevInt": "int",
}  # fmt: skip
_ELEMENTS = {
    "DevBoolean": "np.bool_", "DevUChar": "np.uint8", "DevShort": "np.int16",
    "DevUShort": "np.uint16", "DevLong": "np.int32", "DevULong": "np.uint32",
    "DevLong64": "np.int64", "DevULong64": "np.uint64", "DevFloat": "np.float32",
    "DevDouble": "np.float64", "DevEnum": "np.int16",
}  # fmt: skip
_ARRAYS = {
    "DevVarBooleanArray": "np.bool_", "DevVarCharArray": "np.uint8",
    "DevVarShortArray": "np.int16", "DevVarUShortArray": "np.uint16",
    "DevVarLongArray": "np.int32", "DevVarULongArray": "np.uint32",
    "DevVarLong64Array": "np.int64", "DevVarULong64Array": "np.uint64",
    "DevVarFloatArray": "np.float32", "DevVarDoubleArray": "np.float64",
}  # fmt: skip
_OTHERS = {
    "DevVarStringArray": "list[str]",
    "DevVarLongStringArray": "tuple[npt.NDArray[np.int32], list[str]]",
    "DevVarDoubleStringArray": "tuple[npt.NDArray[np.float64], list[str]]",
}


@dataclass(frozen=True, slots=True)
class Enumeration:
    """An enumeration of an attribute: a class's name, and its members' names and labels."""

    name: str
    labels: tuple[str, ...]

    def members(self) -> list[tuple[str, int]]:
        """Names that are valid in Python, and their values; labels that give the same name are numbered."""
        found: list[tuple[str, int]] = []
        for number, label in enumerate(self.labels):
            name = re.sub(r"\W+", "_", label.strip()).strip("_").upper() or f"VALUE_{number}"
            name = f"VALUE_{name}" if name[0].isdigit() else name
            taken = {one for one, _ in found}
            found.append((name if name not in taken else f"{name}_{number}", number))
        return found


@dataclass(slots=True)
class Types:
    """Types for one class; notes which enumerations and modules they need."""

    class_name: str
    enumerations: dict[str, Enumeration] = field(default_factory=dict)
    needs: set[str] = field(default_factory=set)

    def attribute(self, one: AttributeModel) -> str:
        """The type of an attribute's value."""
        if one.data_format == "SCALAR":
            return self._scalar(one)
        if one.data_type in ("DevString", "DevState"):
            element = "str" if one.data_type == "DevString" else self._named("DevState")
            row = f"tuple[{element}, ...]"
            return row if one.data_format == "SPECTRUM" else f"tuple[{row}, ...]"
        return self._array(_ELEMENTS.get(one.data_type, "np.float64"))

    def argument(self, one: ArgumentModel) -> str:
        """The type of a command's argument."""
        given = self.result(one)
        # An argument may be anything that numpy accepts; a result is an array.
        return f"Sequence[float] | {given}" if given.startswith("npt.") else given

    def result(self, one: ArgumentModel) -> str:
        """The type of a command's result."""
        if one.data_type in _ARRAYS:
            return self._array(_ARRAYS[one.data_type])
        if one.data_type in _OTHERS:
            if "npt" in _OTHERS[one.data_type]:
                self.needs.add("numpy")
            return _OTHERS[one.data_type]
        return self._named(_SCALARS.get(one.data_type, "object"))

    def _scalar(self, one: AttributeModel) -> str:
        if one.data_type == "DevEnum" and one.enum_labels:
            name = f"{self.class_name}{one.name[:1].upper()}{one.name[1:]}"
            self.enumerations[one.name] = Enumeration(safe_name(name), one.enum_labels)
            return safe_name(name)
        return self._named(_SCALARS.get(one.data_type, "object"))

    def _named(self, text: str) -> str:
        if text == "DevState":
            self.needs.add("DevState")
        return text

    def _array(self, element: str) -> str:
        self.needs.add("numpy")
        return f"npt.NDArray[{element}]"


def safe_name(name: str) -> str:
    """A Tango name as a Python name: other characters become underscores, keywords get one at the end."""
    import keyword

    found = re.sub(r"\W", "_", name)
    if not found or found[0].isdigit():
        found = f"_{found}"
    return f"{found}_" if keyword.iskeyword(found) else found
