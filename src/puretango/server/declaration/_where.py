"""Where a wrong declaration stands: the member's name and its line, as a note to the error."""

from __future__ import annotations

import functools
import inspect
import linecache
import os
import re
import sys
from collections.abc import Callable
from typing import Any, TypeVar

_LIBRARY = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_ASSIGNED = re.compile(r"\s*(\w+)\s*(?::[^=]*)?=")

_Function = TypeVar("_Function", bound=Callable[..., Any])


def tells_where(kind: str) -> Callable[[_Function], _Function]:
    """Decorator: exceptions that the function raises get a note that names the member being declared."""

    def decorate(function: _Function) -> _Function:
        @functools.wraps(function)
        def declare(*args: Any, **keywords: Any) -> Any:
            try:
                return function(*args, **keywords)
            except Exception as error:
                if not getattr(error, "__notes__", None):
                    error.add_note(_note(kind, args, keywords))
                raise

        return declare  # type: ignore[return-value]  # a decorator gives what it was given

    return decorate


def _note(kind: str, args: tuple[Any, ...], keywords: dict[str, Any]) -> str:
    frame: Any = sys._getframe(2)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_LIBRARY):
        frame = frame.f_back
    file, line = frame.f_code.co_filename, frame.f_lineno
    text = linecache.getline(file, line, frame.f_globals).strip()
    assigned = _ASSIGNED.match(text)
    methods = [getattr(one, "__name__", None) for one in args if inspect.isroutine(one)]
    name = keywords.get("name") or next(filter(None, methods), None)
    if name is None and assigned is not None:
        name = assigned.group(1)
    owner = "" if name is None else f" {name!r}"
    return f"in the declaration of {kind}{owner} ({os.path.basename(file)}, line {line}): {text}"
