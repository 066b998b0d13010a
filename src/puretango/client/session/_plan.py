"""One plan for every repeated request: it keeps the request's bytes, and knows how its reply is read.

A plan belongs to the present connection of one session. Synchronous, futures and asyncio calls submit the same
plan. Whatever is unusual (a value that does not fit, a lost connection, a type that may have changed) is taken
the long way, which is told what was tried already: the first call and the hundredth are sent as many times and
raise the same errors.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, ClassVar, Final

from puretango.client.session._io import BLOCKING, drive
from puretango.client.session._replies import NONSENSE, nonsense_in, raise_reply
from puretango.errors import DevFailed, SystemException

if TYPE_CHECKING:
    from puretango.client.session._faults import Trouble
    from puretango.client.session._io import IO
    from puretango.client.session._session import Session
    from puretango.giop import PreparedRequest, Reply

__all__ = ["BODY", "MISFITS", "NEVER", "Again", "LongWay", "Plan", "call", "carry_out"]


class Again:
    """The outcome of a planned call that has no result: it is to be made the long way, which is told what was tried."""

    __slots__ = ("refused", "spent")

    def __init__(self, spent: int, refused: DevFailed | None = None) -> None:
        self.spent = spent
        """How many times the call was sent over a connection that failed."""
        self.refused = refused
        """The server's answer, if a type that is out of date may be the reason for it."""

    def then(self, io: IO) -> IO:
        """The driver of the long way, which knows what was tried."""
        if not self.spent and self.refused is None:
            return io
        return io.after(self.spent, self.refused)


NEVER: Final = Again(0)
"""The call was not made."""

BODY: Final = 24
"""Where a reply's body starts if nothing unusual stands before it."""

MISFITS = (TypeError, ValueError, OverflowError, LookupError, AttributeError, DevFailed)
"""What the conversion of a value raises; such a call goes the long way, which raises it for the user."""


LongWay = Callable[["IO"], Coroutine[Any, Any, Any]]
"""A call without its plan."""


class Plan:
    """How one request is made over the present connection, and what its reply says."""

    __slots__ = ()

    operation: ClassVar[str] = ""
    """The operation's name, for errors."""

    rests_on_type: bool = False
    """True if a type that was asked for earlier is in the request: it may be out of date."""

    def named(self) -> str:
        """The operation's name, for errors."""
        return self.operation

    def request(self, value: Any) -> PreparedRequest:
        """The request with a value; raises what the value's conversion raises."""
        raise NotImplementedError

    def decode(self, session: Session, reply: Reply) -> Any:
        """The result in a reply that is no exception; any exception means that the reply makes no sense."""
        raise NotImplementedError

    def trouble(self, session: Session) -> Trouble:
        """The texts for the errors of the connection."""
        raise NotImplementedError

    def failure(self, session: Session, failed: DevFailed) -> DevFailed:
        """The server's own errors, as the user gets them."""
        raise NotImplementedError

    def result(self, session: Session, reply: Reply) -> Any:
        """The result in a reply, or :class:`Again`; raises DevFailed, or SystemException."""
        if not reply.status:
            try:
                return self.decode(session, reply)
            except NONSENSE as exc:
                raise nonsense_in(self.named(), exc) from exc
        if reply.status > 2:  # a LOCATION_FORWARD: the object has moved
            return NEVER
        try:
            raise_reply(reply)
        except DevFailed as failed:
            failure = self.failure(session, failed)
            failure.__cause__ = failed.__cause__
            if self.rests_on_type and session.is_stale(failed):
                return Again(0, failure)
            if failure is failed:
                raise
            raise failure from failed.__cause__


def call(session: Session, plan: Plan, value: Any = None) -> Any:
    """Make a planned call in this thread: its result, or :class:`Again`."""
    link = session.link
    if link is None:
        return NEVER
    try:
        request = plan.request(value)
    except MISFITS:
        return NEVER
    if link.busy():
        link = session.context.pool.beside(link)
    try:
        return plan.result(session, link.call(request, session.timeout))
    except SystemException as exc:
        drive(session.recover(BLOCKING, exc, 0, plan.trouble(session)))
        return Again(1)


async def carry_out(io: IO, session: Session, plan: Plan, value: Any = None) -> Any:
    """Make a planned call that is part of a longer one, by that one's driver."""
    if not session.connected or io.spent or io.refused is not None:
        return NEVER
    try:
        request = plan.request(value)
    except MISFITS:
        return NEVER
    try:
        return plan.result(session, await io.submit(session, request))
    except SystemException as exc:
        await session.recover(io, exc, 0, plan.trouble(session))
        return Again(1)
