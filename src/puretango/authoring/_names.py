"""Names of a new package: class, module, distribution; values as Python writes them."""

from __future__ import annotations

import re

from puretango.model import AttributeModel, PropertyModel, element_of

__all__ = ["attribute_type", "default_text", "distribution", "python_type", "snake", "start_value"]


def snake(name: str) -> str:
    """``power_supply`` for ``PowerSupply``."""
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return re.sub(r"\W+", "_", parts).strip("_").lower()


def distribution(name: str) -> str:
    """``power-supply`` for ``PowerSupply``."""
    return snake(name).replace("_", "-")


_PYTHON = {
    "DevBoolean": "bool",
    "DevString": "str",
    "DevDouble": "float",
    "DevFloat": "float",
    "DevState": "str",
    "DevVoid": "None",
    "DevEncoded": "tuple[str, bytes]",
}
_START = {
    "bool": "False",
    "str": '""',
    "float": "0.0",
    "int": "0",
    "tuple[str, bytes]": '("", b"")',
}


def python_type(data_type: str) -> str:
    """``float`` for ``DevDouble``, ``list[float]`` for ``DevVarDoubleArray``."""
    element = element_of(data_type)
    if data_type in ("DevVarLongStringArray", "DevVarDoubleStringArray"):
        number = "int" if "Long" in data_type else "float"
        return f"tuple[list[{number}], list[str]]"
    inner = _PYTHON.get(element, "int")
    return inner if element == data_type else f"list[{inner}]"


def attribute_type(one: AttributeModel) -> str:
    """The Python type of an attribute's value."""
    inner = "int" if one.data_type == "DevEnum" else python_type(one.data_type)
    depth = {"SCALAR": 0, "SPECTRUM": 1, "IMAGE": 2}[one.data_format]
    return "list[" * depth + inner + "]" * depth


def start_value(one: AttributeModel) -> str:
    """What a simulator begins with: within the limits, if there are any."""
    if one.data_format == "SPECTRUM":
        return "[]"
    if one.data_format == "IMAGE":
        return "[[0]]" if not one.is_float else "[[0.0]]"
    kind = "int" if one.data_type == "DevEnum" else python_type(one.data_type)
    if kind in ("float", "int"):
        low = _number(one.min_value or one.min_alarm)
        high = _number(one.max_value or one.max_alarm)
        value = 0.0
        if (low is not None and low > 0) or (high is not None and high < 0):
            value = low if low is not None and low > 0 else (high or 0.0)
        return repr(value) if kind == "float" else repr(int(value))
    return _START.get(kind, "None")


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def default_text(one: PropertyModel) -> str:
    """A property's default as Python writes it."""
    element = element_of(one.data_type)
    values = [_value(text, element) for text in one.default or ()]
    if element != one.data_type:
        return f"[{', '.join(values)}]"
    return values[0] if values else _START.get(python_type(one.data_type), '""')


def _value(text: str, element: str) -> str:
    kind = _PYTHON.get(element, "int")
    try:
        if kind == "bool":
            return str(text.strip().lower() in ("true", "1"))
        if kind == "float":
            if text.strip().lower().startswith("0x"):
                return repr(float(int(text, 0)))
            return text.strip() if text.strip().isdigit() else repr(float(text))
        if kind == "int":
            return repr(int(text, 0) if text.strip().lower().startswith("0x") else int(float(text)))
    except (ValueError, OverflowError):
        return "0"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
