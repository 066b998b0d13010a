"""A device whose every text is one of a table: run with the module to be made from and the text's name."""

from __future__ import annotations

import importlib
import sys
from typing import Any

TEXTS = {
    "plain": "plain",
    "degree": "21 \u00b0C",
    "cafe": "caf\u00e9",
    "ohm": "k\u03a9",
    "looks_like_utf_8": "\u00c3\u00a9",
    "japanese": "\u6e29\u5ea6 \u00b5m",
    "beyond_the_plane": "\U0001f525 hot",
}
"""Name -> text: ASCII, Latin-1, beyond Latin-1, beyond 16 bits, and Latin-1 that is UTF-8 too."""


def make(module: str, text: str) -> Any:
    """The device class, of PyTango's names, as `module` has them."""
    tango = importlib.import_module(module)
    server = importlib.import_module(f"{module}.server")
    attribute, command = server.attribute, server.command

    class Texts(server.Device):  # type: ignore[misc, name-defined]  # its base is of whichever implementation is served
        __doc__ = text

        limited = attribute(
            dtype=float, unit=text, label=text, doc=text, display_unit=text, standard_unit=text,
            access=tango.AttrWriteType.READ_WRITE, hw_memorized=True, memorized=True,
        )  # fmt: skip
        labelled = attribute(dtype="DevEnum", enum_labels=["zero", text])
        string = attribute(dtype=str, access=tango.AttrWriteType.READ_WRITE)
        strings = attribute(dtype=(str,), max_dim_x=4)
        failing = attribute(dtype=float, polling_period=1000)
        encoded = attribute(dtype="DevEncoded")
        pushed = attribute(dtype=float)

        def init_device(self) -> None:
            super().init_device()
            self.kept = "-"
            for event in ("change", "alarm", "archive"):
                getattr(self, f"set_{event}_event")("pushed", True, False)

        def dev_status(self) -> str:
            return text

        def read_limited(self) -> float:
            return 1.0

        def write_limited(self, value: float) -> None:
            pass

        def read_labelled(self) -> int:
            return 1

        def read_string(self) -> str:
            return self.kept

        def write_string(self, value: str) -> None:
            self.kept = value

        def read_strings(self) -> list[str]:
            return ["-", self.kept]

        def read_failing(self) -> float:
            raise RuntimeError(text)

        def read_encoded(self) -> tuple[str, bytes]:
            return self.kept, b"data"

        def read_pushed(self) -> float:
            return 1.0

        @command(dtype_in=str, doc_in=text, dtype_out=str, doc_out=text)  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def Echo(self, value: str) -> str:
            return value

        @command(dtype_in=(str,), dtype_out=(str,))  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def EchoAll(self, values: list[str]) -> list[str]:
            return list(values)

        @command(dtype_in="DevVarLongStringArray", dtype_out="DevVarLongStringArray")  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def EchoBoth(self, value: Any) -> Any:
            return value

        @command  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def Fail(self) -> None:
            tango.Except.throw_exception(text, text, text)

        @command  # type: ignore[untyped-decorator]  # the decorator comes from whichever implementation is served
        def PushFailure(self) -> None:
            try:
                tango.Except.throw_exception(text, text, text)
            except tango.DevFailed as failed:
                self.push_change_event("pushed", failed)

    return Texts


if __name__ == "__main__":
    implementation, name = sys.argv.pop(1), sys.argv.pop(1)
    importlib.import_module(f"{implementation}.server").run([make(implementation, TEXTS[name])])
