"""What each side of a connection may send in which state, as a table."""

from __future__ import annotations

from enum import Enum
from typing import Final

from puretango.giop._header import MessageType as M


class Role(Enum):
    """Which side of the connection we are."""

    CLIENT = "client"
    SERVER = "server"


class State(Enum):
    """The states of a connection."""

    OPEN = "open"
    CLOSED = "closed"
    """A CloseConnection has passed, or the stream has ended: nothing more is sent."""
    FAILED = "failed"
    """A MessageError has passed: the two sides do not understand each other."""


_CALLS: Final = (M.REQUEST, M.LOCATE_REQUEST, M.CANCEL_REQUEST, M.FRAGMENT)
_ANSWERS: Final = (M.REPLY, M.LOCATE_REPLY, M.FRAGMENT)


def _table(sends: tuple[M, ...], receives: tuple[M, ...]) -> dict[tuple[str, State, M], State]:
    table = {("send", State.OPEN, kind): State.OPEN for kind in sends}
    table |= {("receive", State.OPEN, kind): State.OPEN for kind in receives}
    for direction in ("send", "receive"):
        # The client's CloseConnection is new in GIOP 1.2; omniORB sends it in every version.
        table[direction, State.OPEN, M.CLOSE_CONNECTION] = State.CLOSED
        table[direction, State.OPEN, M.MESSAGE_ERROR] = State.FAILED
    # What the peer sent before it saw our CloseConnection still arrives, and is ignored.
    table |= {("receive", State.CLOSED, kind): State.CLOSED for kind in receives}
    table["receive", State.CLOSED, M.CLOSE_CONNECTION] = State.CLOSED
    table["receive", State.CLOSED, M.MESSAGE_ERROR] = State.FAILED
    return table


TRANSITIONS: Final[dict[Role, dict[tuple[str, State, M], State]]] = {
    Role.CLIENT: _table(_CALLS, _ANSWERS),
    Role.SERVER: _table(_ANSWERS, _CALLS),
}
"""Per role: (``send`` or ``receive``, state, message) → state after it. Others are illegal."""
