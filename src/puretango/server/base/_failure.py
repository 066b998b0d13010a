"""Authors' exceptions as Tango errors."""

from __future__ import annotations

import asyncio
import threading
import traceback

from puretango.errors import DevError, DevFailed, ErrSeverity, Except

AUTHORS_ERRORS = (Exception, SystemExit)
"""What is caught of a device's code: a library that it calls may end in sys.exit, which must not end the server."""


def to_dev_failed(error: BaseException) -> DevFailed:
    """The DevFailed for any exception of a device's code."""
    if isinstance(error, DevFailed):
        return error
    if error.__traceback__ is None:  # created, but never raised
        text = "".join(traceback.format_exception_only(type(error), error))
        return throw("PyDs_PythonError", text, "UNKNOWN: the exception was not raised")
    return Except.to_dev_failed(type(error), error, error.__traceback__)


def is_meant(error: BaseException) -> bool:
    """True if the exception is meant for the library: the client has left, or somebody pressed Ctrl-C.

    A device's code may raise the same exception by itself, or because it waits for a cancelled task.
    """
    if isinstance(error, KeyboardInterrupt):
        return threading.current_thread() is threading.main_thread()
    try:
        task = asyncio.current_task()
    except RuntimeError:  # no loop in this thread
        return False
    return task is not None and task.cancelling() > 0


def errors_of(error: BaseException) -> list[DevError]:
    """The error stack of any exception, never empty."""
    stack = list(to_dev_failed(error).errors)
    if not stack:
        stack.append(
            DevError(
                "PyDs_PythonError", ErrSeverity.ERR, repr(error), "an exception without a text"
            )
        )
    return stack


def first_text(error: BaseException) -> str:
    """One line or a few for a Status: the first cause first, then what it led to."""
    chain = [error]
    while (cause := _cause(chain[-1])) is not None and cause not in chain:
        chain.append(cause)
    lines = [item.desc.rstrip("\n") for each in reversed(chain) for item in errors_of(each)]
    return "\n".join(dict.fromkeys(lines))  # a rethrown DevFailed repeats its first errors


def _cause(error: BaseException) -> BaseException | None:
    """What led to an exception, as a traceback would show it."""
    if error.__cause__ is not None or error.__suppress_context__:
        return error.__cause__
    return error.__context__


def throw(reason: str, desc: str, origin: str) -> DevFailed:
    """A failure with one error, to be raised by the caller."""
    return DevFailed(DevError(reason, ErrSeverity.ERR, desc, origin))
