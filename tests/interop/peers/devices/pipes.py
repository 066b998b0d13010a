"""A device with pipes, written against the names of PyTango 9, which had them last.

`make("tango")` is the peer's, `make("puretango")` ours; run as a script it is a server of either.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any


def make(module: str) -> Any:
    """The class Pipes, made from the names of `module`."""
    tango: Any = importlib.import_module(module)
    server: Any = importlib.import_module(f"{module}.server")
    pipe, command, state = server.pipe, server.command, tango.DevState

    class Pipes(server.Device):  # type: ignore[misc,name-defined]  # its base is of whichever implementation is served
        """Pipes of every kind."""

        def init_device(self) -> None:
            super().init_device()
            self.kept: Any = ("start", {"a": 1})
            self.allowed = True

        Scalars = pipe()

        def read_Scalars(self) -> Any:
            return "scalars", [
                {"name": "boolean", "value": True},
                {"name": "int16", "value": -5, "dtype": "int16"},
                {"name": "int32", "value": -70000, "dtype": "int32"},
                {"name": "int64", "value": 2**40},
                {"name": "uint16", "value": 65535, "dtype": "uint16"},
                {"name": "uint32", "value": 2**32 - 1, "dtype": "uint32"},
                {"name": "uint64", "value": 2**64 - 1, "dtype": "uint64"},
                {"name": "float32", "value": 0.5, "dtype": "float32"},
                {"name": "float64", "value": 1.25},
                {"name": "string", "value": "text"},
                {"name": "state", "value": state.MOVING},
                {"name": "encoded", "value": ("format", b"\0\1\2"), "dtype": "DevEncoded"},
            ]

        Arrays = pipe()

        def read_Arrays(self) -> Any:
            return "arrays", [
                {"name": "boolean", "value": [True, False]},
                {"name": "uchar", "value": [0, 255], "dtype": ("DevUChar",)},
                {"name": "int16", "value": [-5], "dtype": ("int16",)},
                {"name": "int32", "value": [1, 2, 3], "dtype": ("int32",)},
                {"name": "int64", "value": [2**40]},
                {"name": "uint16", "value": [65535], "dtype": ("uint16",)},
                {"name": "uint32", "value": [2**32 - 1], "dtype": ("uint32",)},
                {"name": "uint64", "value": [2**64 - 1], "dtype": ("uint64",)},
                {"name": "float32", "value": [0.5, 1.5], "dtype": ("float32",)},
                {"name": "float64", "value": [1.25] * 3000},
                {"name": "string", "value": ["one", "", "three"]},
                {"name": "none", "value": [], "dtype": ("int16",)},
            ]

        Nested = pipe()

        def read_Nested(self) -> Any:
            return "root", {
                "a": 1,
                "one": ("first", {"b": 2.5, "two": ("second", [("c", ["x", "y"])])}),
                "d": "end",
            }

        @pipe(label="Read and write", display_level=tango.DispLevel.EXPERT)
        def Kept(self) -> Any:
            """What was written"""
            return self.kept

        @Kept.write
        def Kept(self, blob: Any) -> None:
            self.kept = blob

        Gated = pipe()

        def read_Gated(self) -> Any:
            return "gated", {"a": 1}

        def is_Gated_allowed(self, _: Any) -> bool:
            return self.allowed

        Raising = pipe()

        def read_Raising(self) -> Any:
            raise ValueError("no value today")

        Failing = pipe()

        def read_Failing(self) -> Any:
            tango.Except.throw_exception("Reason", "description", "origin")

        Unset = pipe()

        def read_Unset(self) -> None:
            return None

        @command
        def Forbid(self) -> None:
            self.allowed = False

        @command(dtype_in=int)
        def Push(self, number: int) -> None:
            blob = {"n": number, "list": [0.5] * number, "in": ("inner", {"s": str(number)})}
            self.push_pipe_event("Nested", ("pushed", blob))

        @command
        def PushError(self) -> None:
            try:
                tango.Except.throw_exception("Pushed", "an error", "origin")
            except tango.DevFailed as error:
                self.push_pipe_event("Nested", error)

    return Pipes


if __name__ == "__main__":
    implementation = sys.argv.pop(1)
    importlib.import_module(f"{implementation}.server").run([make(implementation)])
