"""The attributes of TangoTest, in the order in which C++ TangoTest lists them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from puretango.errors import Except
from puretango.idl import AttrWriteType, CmdArgType
from puretango.server import attribute

from ._tangotest_data import DTYPES, IMAGE, SPECTRUM

#: The element type for the first word of an attribute's name.
_TYPES = {
    "ampli": CmdArgType.DevDouble,
    "boolean": CmdArgType.DevBoolean,
    "double": CmdArgType.DevDouble,
    "float": CmdArgType.DevFloat,
    "long64": CmdArgType.DevLong64,
    "long": CmdArgType.DevLong,
    "no": CmdArgType.DevLong,
    "short": CmdArgType.DevShort,
    "string": CmdArgType.DevString,
    "throw": CmdArgType.DevLong,
    "uchar": CmdArgType.DevUChar,
    "ulong64": CmdArgType.DevULong64,
    "ulong": CmdArgType.DevULong,
    "ushort": CmdArgType.DevUShort,
    "wave": CmdArgType.DevDouble,
}
_BYTE_RANGE = {"min_value": "0", "max_value": "255"}


class _Row(NamedTuple):
    name: str
    access: str
    extra: dict[str, Any]


_ROWS = [
    _Row("ampli", "w", {}),
    _Row("boolean_scalar", "rw", {"doc": "A boolean scalar attribute"}),
    _Row("double_scalar", "rw", {}),
    _Row("double_scalar_rww", "rww", {}),
    _Row("double_scalar_w", "w", {}),
    _Row("float_scalar", "rw", {"doc": "A float attribute"}),
    _Row("long64_scalar", "rw", {}),
    _Row("long_scalar", "rw", {}),
    _Row("long_scalar_rww", "rww", {}),
    _Row("long_scalar_w", "w", {}),
    _Row("no_value", "r", {}),
    _Row("short_scalar", "rw", {}),
    _Row("short_scalar_ro", "r", {}),
    _Row("short_scalar_rww", "rww", {}),
    _Row("short_scalar_w", "w", {}),
    _Row("string_scalar", "rw", {}),
    _Row("throw_exception", "r", {}),
    _Row("uchar_scalar", "rw", {}),
    _Row("ulong64_scalar", "rw", {}),
    _Row("ushort_scalar", "rw", {}),
    _Row("ulong_scalar", "rw", {}),
    _Row("boolean_spectrum", "rw", {}),
    _Row("boolean_spectrum_ro", "r", {}),
    _Row("double_spectrum", "rw", {}),
    _Row("double_spectrum_ro", "r", {}),
    _Row("float_spectrum", "rw", {"doc": "A float spectrum attribute"}),
    _Row("float_spectrum_ro", "r", {}),
    _Row("long64_spectrum_ro", "r", {}),
    _Row("long_spectrum", "rw", {}),
    _Row("long_spectrum_ro", "r", {}),
    _Row("short_spectrum", "rw", {}),
    _Row("short_spectrum_ro", "r", {}),
    _Row("string_spectrum", "rw", {}),
    _Row("string_spectrum_ro", "r", {}),
    _Row("uchar_spectrum", "rw", {"doc": "An unsigned char spectrum attribute", **_BYTE_RANGE}),
    _Row("uchar_spectrum_ro", "r", {}),
    _Row("ulong64_spectrum_ro", "r", {}),
    _Row("ulong_spectrum_ro", "r", {}),
    _Row("ushort_spectrum", "rw", {"doc": "An unsigned short spectrum attribute"}),
    _Row("ushort_spectrum_ro", "r", {}),
    _Row("wave", "r", {}),
    _Row("boolean_image", "rw", {}),
    _Row("boolean_image_ro", "r", {"label": "boolean_image"}),
    _Row("double_image", "rw", {}),
    _Row("double_image_ro", "r", {}),
    _Row("float_image", "rw", {}),
    _Row(
        "float_image_ro",
        "r",
        {"doc": "A float image attribute", "label": "float_image", **_BYTE_RANGE},
    ),
    _Row("long64_image_ro", "r", {}),
    _Row("long_image", "rw", {}),
    _Row("long_image_ro", "r", {}),
    _Row("short_image", "rw", {}),
    _Row("short_image_ro", "r", {}),
    _Row("string_image", "rw", {}),
    _Row("string_image_ro", "r", {}),
    _Row("uchar_image", "rw", {}),
    _Row(
        "uchar_image_ro",
        "r",
        {"doc": "An unsigned char image attribute", "label": "uchar_image", **_BYTE_RANGE},
    ),
    _Row("ulong64_image_ro", "r", {}),
    _Row("ulong_image_ro", "r", {}),
    _Row("ushort_image", "rw", {}),
    _Row(
        "ushort_image_ro",
        "r",
        {
            "doc": "An unsigned short image attribute",
            "max_dim_x": 8192,
            "max_dim_y": 8192,
            **_BYTE_RANGE,
        },
    ),
]


def attributes() -> dict[str, Any]:
    """All attributes, by name, ready to become members of the device class."""
    return {row.name: _declare(row) for row in _ROWS}


def _declare(row: _Row) -> Any:
    options: dict[str, Any] = {"name": row.name, **_shape(row.name), **row.extra}
    if "r" in row.access:
        options["fget"] = _reader(row.name, kept="scalar" not in row.name and row.access == "rw")
    if row.access == "rww":
        options["access"] = AttrWriteType.READ_WITH_WRITE
        options["associated"] = row.name.removesuffix("rww") + "w"
    elif row.access == "w":
        options["access"] = AttrWriteType.WRITE
        options["fset"] = _setter(row.name)
    elif row.access == "rw":
        options["access"] = AttrWriteType.READ_WRITE
        options["fset"] = _writer(row.name)
    return attribute(**options)


def _shape(name: str) -> dict[str, Any]:
    kind = _kind(name)
    dtype = _TYPES[kind]
    if "_spectrum" in name or name == "wave":
        return {"dtype": (dtype,), "max_dim_x": 256 if kind == "string" else 4096}
    if "_image" in name:
        side = 256 if kind == "string" else IMAGE
        return {"dtype": ((dtype,),), "max_dim_x": side, "max_dim_y": side}
    return {"dtype": dtype}


def _kind(name: str) -> str:
    return name.partition("_")[0]


def _reader(name: str, *, kept: bool) -> Any:
    if name == "throw_exception":
        return _throw_exception
    if name == "no_value":
        return _no_value
    if kept or name in ("boolean_scalar", "string_scalar"):
        return lambda device: device.kept[name]
    return lambda device: device.generator.value(name)


def _throw_exception(device: Any) -> int:
    Except.throw_exception(
        "exception test",
        "here is the exception you requested",
        "TangoTest::read_throw_exception",
    )


def _no_value(device: Any) -> None:
    # No value is set, so the caller gets API_AttrValueNotSet. A docstring here would become
    # the attribute's description.
    return None


def _setter(name: str) -> Any:
    return lambda device, value: device.generator.set(name, value)


def _writer(name: str) -> Any:
    if "_spectrum" in name:
        return lambda device, value: _keep(device, name, value[:SPECTRUM])
    if name == "string_image":
        return lambda device, value: _keep(device, name, [row[:IMAGE] for row in value[:IMAGE]])
    if "_image" in name or name in ("boolean_scalar", "string_scalar"):
        return lambda device, value: _keep(device, name, value)
    return _setter(name)


def _keep(device: Any, name: str, value: Any) -> None:
    # A written array may be a view on the request's buffer: a value that outlives the request must be a copy.
    device.kept[name] = value.copy() if isinstance(value, np.ndarray) else value


def initial_kept() -> dict[str, Any]:
    """The values that show what was last written, as they are after Init."""
    kept: dict[str, Any] = {"boolean_scalar": True, "string_scalar": "Default string"}
    for row in _ROWS:
        if row.access != "rw" or "scalar" in row.name:
            continue
        kind = _kind(row.name)
        spectrum = "_spectrum" in row.name
        if kind == "string":
            line = [""] * (SPECTRUM if spectrum else IMAGE)
            kept[row.name] = line if spectrum else [line] * IMAGE
        else:
            kept[row.name] = np.zeros(SPECTRUM if spectrum else (IMAGE, IMAGE), DTYPES[kind])
    return kept
