"""What a reply says: a result, or the exception to raise."""

from __future__ import annotations

from typing import Any, NoReturn

from puretango.cdr import CdrReader
from puretango.errors import SystemException, system_exception
from puretango.giop import Reply, ReplyStatus, parse_system_exception
from puretango.idl import Operation, decode_user_exception

__all__ = ["raise_reply", "result_of"]


def result_of(operation: Operation, reply: Reply) -> Any:
    """The operation's result out of its reply; raises the exception that it carries."""
    if reply.status != ReplyStatus.NO_EXCEPTION:
        raise_reply(reply)
    return operation.decode_result(CdrReader(reply.data, reply.little, reply.body_start))


def raise_reply(reply: Reply) -> NoReturn:
    """Raise the exception that a reply carries."""
    if reply.status == ReplyStatus.USER_EXCEPTION:
        failed = decode_user_exception(CdrReader(reply.data, reply.little, reply.body_start))
        if failed is None:
            raise system_exception("IDL:omg.org/CORBA/UNKNOWN:1.0", 0, 0, "an unknown exception")
        raise failed
    if reply.status == ReplyStatus.SYSTEM_EXCEPTION:
        raise parse_system_exception(reply)
    raise SystemException(f"a reply with status {reply.status}")
