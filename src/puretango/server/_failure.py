"""Authors' exceptions as Tango errors."""

from __future__ import annotations

import traceback

from puretango.errors import DevError, DevFailed, ErrSeverity, Except


def to_dev_failed(error: BaseException) -> DevFailed:
    """The DevFailed that tells of any exception out of a device's code."""
    if isinstance(error, DevFailed):
        return error
    if error.__traceback__ is None:  # made, but never raised
        text = "".join(traceback.format_exception_only(type(error), error))
        return throw("PyDs_PythonError", text, "UNKNOWN: the exception was not raised")
    return Except.to_dev_failed(type(error), error, error.__traceback__)


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
    return "\n".join(item.desc.rstrip("\n") for item in errors_of(error))


def throw(reason: str, desc: str, origin: str) -> DevFailed:
    """A failure with one error, to be raised by the caller."""
    return DevFailed(DevError(reason, ErrSeverity.ERR, desc, origin))
