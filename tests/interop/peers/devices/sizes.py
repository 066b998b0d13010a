"""A device whose values are not there: never written, or INVALID. `sizes.py tango INSTANCE …`."""

from __future__ import annotations

import importlib
import sys
from typing import Any

KINDS = ("DevShort", "DevDouble", "DevString", "DevUChar", "DevBoolean", "DevState")
VALUES = {"DevString": "x", "DevState": 1}
SHAPES = ("scalar", "spectrum", "image")


def make(module: str) -> Any:
    """The device class, of PyTango's names, as `module` has them."""
    tango = importlib.import_module(module)
    server = importlib.import_module(f"{module}.server")
    access = tango.AttrWriteType
    body: dict[str, Any] = {}
    for kind in KINDS:
        one = VALUES.get(kind, 1)
        shapes = ((kind, one), ((kind,), [one, one, one]), (((kind,),), [[one, one], [one, one]]))
        for shape, (dtype, value) in zip(SHAPES, shapes, strict=True):
            # An image has no default for its sizes: five will do.
            room = (
                {} if shape == "scalar" else {"max_dim_x": 5, "max_dim_y": 5 * (shape == "image")}
            )
            for name, way in (("only", access.WRITE), ("both", access.READ_WRITE)):
                body[f"{name}_{kind}_{shape}"] = server.attribute(
                    dtype=dtype, access=way, fget=_giving(value), fset=_taking, **room
                )
            gone = _giving(value, tango.AttrQuality.ATTR_INVALID)
            body[f"invalid_{kind}_{shape}"] = server.attribute(dtype=dtype, fget=gone, **room)
    return type(server.Device)("Sizes", (server.Device,), body)


def _giving(value: Any, quality: Any = None) -> Any:
    def read(self: Any, attr: Any = None) -> Any:
        return value if quality is None else (value, 1.0, quality)

    return read


def _taking(self: Any, value: Any) -> None:
    pass


if __name__ == "__main__":
    implementation = sys.argv.pop(1)
    importlib.import_module(f"{implementation}.server").run([make(implementation)])
