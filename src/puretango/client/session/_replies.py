"""Replies: a result, or the exception to raise."""

from __future__ import annotations

from collections.abc import Callable
from struct import error as StructError
from typing import Any, NoReturn, TypeVar

from puretango.cdr import CdrReader
from puretango.errors import (
    MARSHAL,
    MarshalError,
    ProtocolError,
    SystemException,
    system_exception,
)
from puretango.giop import Reply, ReplyStatus, parse_system_exception
from puretango.idl import Operation, decode_user_exception

__all__ = ["NONSENSE", "nonsense_in", "raise_reply", "result_of", "understood"]

T = TypeVar("T")

NONSENSE = (
    MarshalError,
    ProtocolError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    StructError,
)
"""What decoding an answer raises if it makes no sense: text for numbers, too few of them …"""


def nonsense_in(what: str, exc: Exception) -> SystemException:
    """The exception by which an ORB reports a reply that makes no sense."""
    text = str(exc) if isinstance(exc, MarshalError) else f"{type(exc).__name__}: {exc}"
    return MARSHAL(f"in the reply to {what}: {text}")


def understood(what: str, read: Callable[[Any], T], answer: Any) -> T:
    """The content of an answer, or MARSHAL: an answer that makes no sense is the peer's fault."""
    try:
        return read(answer)
    except NONSENSE as exc:
        raise nonsense_in(what, exc) from exc


def result_of(operation: Operation, reply: Reply) -> Any:
    """The operation's result out of its reply; raises the exception that it carries.

    A reply that makes no sense is the peer's fault, reported as an ORB reports it.
    """
    if reply.status != ReplyStatus.NO_EXCEPTION:
        raise_reply(reply)
    try:
        return operation.decode_result(CdrReader(reply.data, reply.little, reply.body_start))
    except MarshalError as exc:
        raise MARSHAL(f"in the reply to {operation.name}: {exc}") from exc


def raise_reply(reply: Reply) -> NoReturn:
    """Raise the exception that a reply carries."""
    try:
        failed = _carried(reply)
    except (MarshalError, ProtocolError) as exc:
        raise MARSHAL(f"in an exception: {exc}") from exc
    raise failed


def _carried(reply: Reply) -> Exception:
    if reply.status == ReplyStatus.USER_EXCEPTION:
        failed = decode_user_exception(CdrReader(reply.data, reply.little, reply.body_start))
        if failed is None:
            return system_exception("IDL:omg.org/CORBA/UNKNOWN:1.0", 0, 0, "an unknown exception")
        return failed
    if reply.status == ReplyStatus.SYSTEM_EXCEPTION:
        return parse_system_exception(reply)
    return SystemException(f"a reply with status {reply.status}")
