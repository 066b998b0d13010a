"""A program that cannot start as a server says so in one line, and by its exit code."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from puretango.errors import DevFailed

EXIT_CODE = 255
_FATAL = frozenset(
    {
        "API_CantConnectToDatabase",
        "API_DatabaseFileError",
        "API_ServerAlreadyRunning",
        "API_ServerNotFound",
        "API_TangoHostNotSet",
    }
)


_TOLD: ContextVar[bool] = ContextVar("puretango_start_failures_told", default=False)


@contextmanager
def telling_the_caller() -> Iterator[None]:
    """Within this context such failures are ordinary exceptions: the caller asked for them (``raises=True``)."""
    token = _TOLD.set(True)
    try:
        yield
    finally:
        _TOLD.reset(token)


@contextmanager
def ending_the_program() -> Iterator[None]:
    """As in Tango, an error of database or registration ends the program: no author's code catches it."""
    try:
        yield
    except DevFailed as failure:
        for error in () if _TOLD.get() else failure.errors:
            if error.reason in _FATAL:
                sys.stderr.write(f"{error.desc}\n")
                raise SystemExit(EXIT_CODE) from failure
        raise
