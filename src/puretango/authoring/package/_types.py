"""Types in generated code: for the driver's methods, and for a declaration's ``dtype``."""

from __future__ import annotations

import re

from puretango.authoring.package._texts import quoted
from puretango.model import AttributeModel, PropertyModel

__all__ = ["default_of", "dtype_of", "literal_of", "python_type", "settings_of"]

_PYTHON = {
    "DevVoid": "None", "DevBoolean": "bool", "DevFloat": "float", "DevDouble": "float",
    "DevString": "str", "ConstDevString": "str", "DevState": "str", "DevEncoded": "tuple[str, bytes]",
}  # fmt: skip
_DTYPES = {
    "DevBoolean": "bool", "DevDouble": "float", "DevString": "str", "DevLong64": "int",
    "ConstDevString": "str",
}  # fmt: skip
_TUPLES = {
    "DevVarLongStringArray": "tuple[list[int], list[str]]",
    "DevVarDoubleStringArray": "tuple[list[float], list[str]]",
}


def python_type(data_type: str, data_format: str = "SCALAR") -> str:
    """The type of a value without Tango: lists for what has several elements."""
    if data_type in _TUPLES:
        return _TUPLES[data_type]
    array = re.fullmatch(r"DevVar(\w+)Array", data_type)
    if array:
        return f"list[{_PYTHON.get('Dev' + array[1], 'int')}]"
    scalar = _PYTHON.get(data_type, "int")
    if data_format == "SPECTRUM":
        return f"list[{scalar}]"
    return f"list[list[{scalar}]]" if data_format == "IMAGE" else scalar


def dtype_of(data_type: str, data_format: str = "SCALAR") -> str:
    """The ``dtype`` of a declaration; names of Tango's types are texts."""
    array = re.fullmatch(r"DevVar(\w+)Array", data_type)
    if array and data_type not in _TUPLES:
        element = "UChar" if array[1] == "Char" else array[1]
        return f"({dtype_of('Dev' + element)},)"
    element = _DTYPES.get(data_type, f'"{data_type}"')
    if data_format == "SPECTRUM":
        return f"({element},)"
    return f"(({element},),)" if data_format == "IMAGE" else element


def default_of(one: AttributeModel) -> str:
    """An initial value within the attribute's limits."""
    kind = python_type(one.data_type, one.data_format)
    if kind.startswith("list"):
        return "[]"
    if kind.startswith("tuple"):
        return '("", b"")'
    if kind in ("str", "bool"):
        return '""' if kind == "str" else "False"
    low = _number(one.min_value) if one.min_value else 0.0
    high = _number(one.max_value) if one.max_value else None
    value = max(low, 0.0) if high is None else min(max(low, 0.0), high)
    return repr(float(value)) if kind == "float" else str(int(value))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def literal_of(one: PropertyModel) -> str:
    """A property's default as a Python literal."""
    texts = one.default or ()
    if one.data_type.endswith("Array"):
        return "[" + ", ".join(_literal(text, one.data_type) for text in texts) + "]"
    return _literal("\n".join(texts), one.data_type)


def _literal(text: str, data_type: str) -> str:
    if "Boolean" in data_type:
        return str(text.strip().lower() in ("true", "1"))
    if "String" in data_type:
        return quoted(text)
    try:
        whole = data_type.startswith(("DevLong", "DevULong", "DevShort", "DevUShort", "DevUChar"))
        int(text, 0) if whole else float(text)
    except ValueError:
        return quoted(text)  # a text that Pogo accepted although it is not of the type
    return text.strip()


_CRITERIA = ("rel_change", "abs_change", "archive_rel_change", "archive_abs_change")
_SETTINGS = (
    "label", "unit", "standard_unit", "display_unit", "format", "min_value", "max_value",
    "min_alarm", "max_alarm", "min_warning", "max_warning", "delta_val", "delta_t",
    "period", "archive_period", *_CRITERIA,
)  # fmt: skip


def settings_of(one: AttributeModel) -> list[str]:
    """The names of the settings that a declaration gives.

    Pogo allows change criteria for string attributes, which Tango refuses: those are left out.
    """
    numeric = one.data_type not in ("DevString", "DevBoolean", "DevState", "DevEnum", "DevEncoded")
    return [key for key in _SETTINGS if getattr(one, key) and (numeric or key not in _CRITERIA)]
