"""The bodies of replies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puretango.cdr import CdrWriter
from puretango.errors import DevFailed, MarshalError
from puretango.idl import encode_user_exception

if TYPE_CHECKING:
    from puretango.idl import Operation
    from puretango.net import Answer

NO_EXCEPTION, USER_EXCEPTION = 0, 1


def user_exception(failure: DevFailed) -> Answer:
    """The answer to a request that failed as Tango's requests fail."""
    writer = CdrWriter()
    try:
        encode_user_exception(writer, failure)
    except MarshalError:
        # Half a surrogate pair, or NUL, cannot be encoded: replace it.
        writer = CdrWriter()
        encode_user_exception(writer, _plain(failure))
    return USER_EXCEPTION, body_of(writer)


def _plain(failure: DevFailed) -> DevFailed:
    for item in failure.errors:
        for name in ("reason", "desc", "origin"):
            text = str(getattr(item, name)).replace("\0", "\\0")
            setattr(item, name, text.encode("utf-8", "backslashreplace").decode())
    return failure


def encoded(operation: Operation, result: Any) -> Answer:
    """The answer that holds a result."""
    writer = CdrWriter()
    operation.encode_result(writer, result)
    return NO_EXCEPTION, body_of(writer)


def text_answer(operation: Operation, text: str) -> Answer:
    """The answer that holds a text of the interface, which travels as UTF-8; made in one step where possible."""
    if not text.isascii() or "\0" in text:
        return encoded(operation, text)
    return NO_EXCEPTION, (len(text) + 1).to_bytes(4, "little") + text.encode() + b"\0"


def body_of(writer: CdrWriter) -> Any:
    """A reply's body: bytes if it is in one piece, buffers to be gathered otherwise."""
    buffers = writer.buffers()
    if len(buffers) == 1:
        return bytes(buffers[0])
    return buffers
