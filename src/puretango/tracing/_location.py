"""Where in the user's program a call was made, for the attributes of its span."""

from __future__ import annotations

import os
import sys
from typing import NamedTuple

_OWN = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


class Location(NamedTuple):
    """A line of a program: the names of OpenTelemetry's attributes code.*, and of the span."""

    filepath: str
    lineno: int
    qualname: str


def caller_location() -> Location:
    """The line of the calling thread that called into the library."""
    frame = sys._getframe(1)
    while frame.f_code.co_filename.startswith(_OWN) and frame.f_back is not None:
        frame = frame.f_back
    code = frame.f_code
    name = code.co_qualname
    if name == "<module>" and frame.f_globals.get("__name__") in ("__main__", "__mp_main__"):
        name = "__main__"
    return Location(code.co_filename, frame.f_lineno, name)
