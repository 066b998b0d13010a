"""The table of operations: the rules of each operation's visit to the device, and the work that it does there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from puretango.errors import SystemException
from puretango.idl import OPERATIONS
from puretango.server.base._failure import to_dev_failed
from puretango.server.base._visit import QUESTIONS, Rules, Visit
from puretango.server.dispatch._reply import user_exception

if TYPE_CHECKING:
    from puretango.net import Answer
    from puretango.server.device._deviceimpl import DeviceImpl

Work = Callable[..., Awaitable[Any]]
Entry = Callable[..., tuple[Any, ...]]
"""From device and arguments: detail and source for the black box, and the command for a lock to let through."""
Failed = Callable[[BaseException], Any]
HANDLERS: dict[str, Handler] = {}
"""Every operation by its name on the wire."""


def told(error: BaseException) -> Answer:
    """The answer to a request that failed; a system exception is raised on."""
    if isinstance(error, SystemException):
        raise error
    return user_exception(to_dev_failed(error))


def _nothing(*_arguments: Any) -> tuple[Any, ...]:
    return ()


class Handler:
    """One operation: its rules, its line in the black box, its work, how its failure is answered."""

    __slots__ = ("entry", "failed", "has_identity", "name", "rules", "work")

    def __init__(self, name: str, rules: Rules, entry: Entry, work: Work, failed: Failed) -> None:
        self.name = name
        self.rules = rules
        self.entry = entry
        self.work = work
        self.failed = failed
        params = OPERATIONS[name].params
        self.has_identity = bool(params) and params[-1][0] == "cl_ident"

    def visit(self, device: DeviceImpl, arguments: tuple[Any, ...]) -> Visit:
        """The frame of a request with these arguments (without the client's identity)."""
        return Visit(device, self.rules, self.name, *self.entry(device, *arguments))


def operation(
    name: str,
    rules: Rules = QUESTIONS,
    entry: Entry = _nothing,
    failed: Failed = told,
) -> Callable[[Work], Work]:
    """Decorator: the coroutine that does the work of an operation, inside of its frame.

    It takes the device and the request's arguments, but for the client's identity.
    """

    def register(work: Work) -> Work:
        HANDLERS[name] = Handler(name, rules, entry, work, failed)
        return work

    return register
