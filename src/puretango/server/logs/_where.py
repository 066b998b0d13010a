"""Where in the author's code a log message comes from."""

from __future__ import annotations

import os
import sys
from typing import Any

_LIBRARY = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def where(source: Any = None) -> tuple[str, int]:
    """File and line of a message: of the author's code that logs it, or of a given function."""
    if source is not None:
        while hasattr(source, "__wrapped__"):
            source = source.__wrapped__
        code = getattr(getattr(source, "__func__", source), "__code__", None)
        if code is not None:
            return os.path.basename(code.co_filename), code.co_firstlineno
    frame: Any = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_LIBRARY):
        frame = frame.f_back
    if frame is None:
        return "(unknown)", 0
    return os.path.basename(frame.f_code.co_filename), frame.f_lineno
