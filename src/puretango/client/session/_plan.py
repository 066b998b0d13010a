"""One plan for every request that is made again and again: its bytes are kept, and how its reply is read.

A plan belongs to the present connection of one session. Synchronous, futures and asyncio calls submit the same
plan. Whatever is unusual (a value that does not fit, an error, a reply of another shape, a lost connection) is
taken the long way, which also says what is wrong: the first call and the hundredth raise the same errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from puretango.client.session._io import BLOCKING, drive
from puretango.client.session._replies import NONSENSE, raise_reply
from puretango.errors import MARSHAL, DevFailed, SystemException

if TYPE_CHECKING:
    from puretango.client.session._faults import Trouble
    from puretango.client.session._session import Session
    from puretango.giop import PreparedRequest, Reply

__all__ = ["AGAIN", "BODY", "MISFITS", "Plan", "call"]

AGAIN: Final[Any] = object()
"""What a call gives that is to be made once more, the long way."""

BODY: Final = 24
"""Where a reply's body starts if nothing unusual stands before it."""

MISFITS = (TypeError, ValueError, OverflowError, LookupError, AttributeError, DevFailed)
"""What the conversion of a value raises; such a call goes the long way, which raises it for the user."""


class Plan:
    """How one request is made over the present connection, and what its reply says."""

    __slots__ = ()

    def request(self, value: Any) -> PreparedRequest:
        """The request with a value; raises what the value's conversion raises."""
        raise NotImplementedError

    def decode(self, session: Session, reply: Reply) -> Any:
        """The result in a reply that is no exception; raises whatever it stumbles over."""
        raise NotImplementedError

    def trouble(self, session: Session) -> Trouble:
        """What the errors of the connection say."""
        raise NotImplementedError

    def failure(self, session: Session, failed: DevFailed) -> DevFailed:
        """The server's own errors as the user is told them."""
        raise NotImplementedError

    def forget(self, session: Session) -> None:
        """Forget what may be out of date: the server said that a type has changed."""

    def result(self, session: Session, reply: Reply) -> Any:
        """What a reply says: a result, or AGAIN; raises DevFailed, or SystemException."""
        if not reply.status:
            try:
                return self.decode(session, reply)
            except NONSENSE as exc:
                raise MARSHAL(f"in a reply: {exc}") from exc
        if reply.status > 2:  # the object is elsewhere now
            return AGAIN
        try:
            raise_reply(reply)
        except DevFailed as failed:
            if session.is_stale(failed):
                self.forget(session)
                return AGAIN
            raise self.failure(session, failed) from failed.__cause__


def call(session: Session, plan: Plan, value: Any = None) -> Any:
    """Make a planned call in this thread: its result, or AGAIN."""
    link = session.link
    if link is None:
        return AGAIN
    try:
        request = plan.request(value)
    except MISFITS:
        return AGAIN
    if link.busy:
        link = session.context.pool.beside(link)
    try:
        return plan.result(session, link.call(request, session.timeout))
    except SystemException as exc:
        drive(session.recover(BLOCKING, exc, 0, plan.trouble(session)))
        return AGAIN
