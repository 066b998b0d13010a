"""A device that keeps what is written, and gives whatever an expression says: each type, format and way.

Run with the module to be made from: `conversions.py tango test -nodb …`.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

TYPES = (
    "DevBoolean", "DevUChar", "DevShort", "DevUShort", "DevLong", "DevULong", "DevLong64", "DevULong64",
    "DevFloat", "DevDouble", "DevString", "DevState", "DevEnum",
)  # fmt: skip
FORMATS = ("scalar", "spectrum", "image")
LABELS = ["zero", "one", "two"]


def _attributes(tango: Any, attribute: Any) -> dict[str, Any]:
    space: dict[str, Any] = {}
    for name in TYPES:
        kind: Any = tango.CmdArgType.names[name]
        for number, form in enumerate(FORMATS):
            dtype: Any = (kind, (kind,), ((kind,),))[number]
            more: dict[str, Any] = {"enum_labels": LABELS} if name == "DevEnum" else {}
            if number:
                more["max_dim_x"] = 8
            if number == 2:
                more["max_dim_y"] = 8
            both = f"{form}_{name}"

            def write(self: Any, value: Any, both: str = both) -> None:
                self.kept[both] = value

            def read(self: Any, both: str = both) -> Any:
                return self.kept[both]

            def give(self: Any) -> Any:
                return self.given()

            read.__name__ = f"read_{both}"
            write.__name__ = f"write_{both}"
            give.__name__ = f"read_give_{both}"
            access = tango.AttrWriteType.READ_WRITE
            space[both] = attribute(dtype=dtype, access=access, fget=read, fset=write, **more)
            space[f"give_{both}"] = attribute(dtype=dtype, fget=give, **more)
    return space


def _commands(tango: Any, command: Any) -> dict[str, Any]:
    space: dict[str, Any] = {}
    for name, kind in tango.CmdArgType.names.items():
        if not name.startswith("Dev") or name in (
            "DevVoid", "DevEnum", "DevInt", "DevUChar", "DevPipeBlob", "DevVarStateArray", "DevVarEncodedArray",
        ):  # fmt: skip
            continue

        def out(self: Any) -> Any:
            return self.given()

        def echo(self: Any, value: Any) -> str:
            return str(value)

        out.__name__, echo.__name__ = f"Out_{name}", f"In_{name}"
        space[f"Out_{name}"] = command(out, dtype_out=kind)
        space[f"In_{name}"] = command(echo, dtype_in=kind, dtype_out=str)
    return space


def make(module: str) -> Any:
    """The device class."""
    import numpy as np

    tango = importlib.import_module(module)
    server = importlib.import_module(f"{module}.server")
    names = {"np": np, "tango": tango, "nan": float("nan"), "inf": float("inf")}

    class Conversions(server.Device):  # type: ignore[misc, name-defined]  # its base is of whichever implementation is served
        locals().update(_attributes(tango, server.attribute))
        locals().update(_commands(tango, server.command))

        def init_device(self) -> None:
            super().init_device()
            self.kept: dict[str, Any] = {}
            self.expression = "0"

        def given(self) -> Any:
            return eval(self.expression, names)

        @server.command(dtype_in=str)  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def Give(self, expression: str) -> None:
            self.expression = expression

        @server.command(dtype_in=str)  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def Push(self, name: str) -> None:
            self.set_change_event(name, True, False)
            self.push_change_event(name, self.given())

        @server.command(dtype_in=str)  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def PushArchive(self, name: str) -> None:
            self.set_archive_event(name, True, False)
            self.push_archive_event(name, self.given())

        @server.command(dtype_in=str)  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def Set(self, name: str) -> None:
            self.get_device_attr().get_attr_by_name(name).set_value(self.given())

        @server.command(dtype_in=str)  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def Fill(self, name: str) -> None:
            self.poll_attribute(name, 0)
            self.fill_attr_polling_buffer(name, tango.TimedAttrData(value=self.given()))

        @server.command(dtype_in=str)  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def SetWrite(self, name: str) -> None:
            self.get_device_attr().get_w_attr_by_name(name).set_write_value(self.given())

    return Conversions


if __name__ == "__main__":
    implementation = sys.argv.pop(1)
    importlib.import_module(f"{implementation}.server").run([make(implementation)])
