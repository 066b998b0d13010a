"""The lives of a server and of its devices, as tables: what may happen when, and what is done then."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from enum import Enum
from typing import Final, Generic, TypeVar

from puretango.errors import PuretangoError

State = TypeVar("State", bound=Enum)
Happening = TypeVar("Happening", bound=Enum)
Doing = TypeVar("Doing", bound=Enum)

Table = Mapping[tuple[State, Happening], "tuple[State, Doing | None]"]
"""(State, input) → (next state, action). A pair that is not in the table cannot happen."""


class Life(Generic[State, Happening, Doing]):
    """The present state in a life cycle; any thread may feed it inputs."""

    __slots__ = ("_lock", "_table", "state")

    def __init__(self, table: Table[State, Happening, Doing], state: State) -> None:
        self._table = table
        self._lock = threading.Lock()
        self.state = state

    def feed(self, what: Happening) -> Doing | None:
        """Change the state as the table says; returns the action to take now.

        Raises PuretangoError if the input cannot happen in this state.
        """
        with self._lock:
            try:
                self.state, doing = self._table[self.state, what]
            except KeyError:
                raise PuretangoError(f"{what.value} while {self.state.value}") from None
            return doing


class ServerState(Enum):
    """Where a server is in its life."""

    MADE = "made, without devices"
    STARTING = "its devices are being made"
    RUNNING = "its devices are there"
    STOPPING = "on its way to the end"
    ENDED = "gone"


class ServerInput(Enum):
    """What can happen to a server."""

    BRING_UP = "its devices are to be made, at the start or again"
    UP = "its devices have been made"
    FAILED = "making its devices has failed"
    STOP = "somebody stops it"
    OVER = "everything is closed"


class ServerAction(Enum):
    """What a server does then."""

    BUILD = "make the devices"
    PUBLISH = "begin with polling and events"
    TAKE_DOWN = "take everything down"


_S, _I, _A = ServerState, ServerInput, ServerAction

SERVER: Final[Table[ServerState, ServerInput, ServerAction]] = {
    (_S.MADE, _I.BRING_UP): (_S.STARTING, _A.BUILD),
    (_S.RUNNING, _I.BRING_UP): (_S.STARTING, _A.BUILD),
    (_S.STARTING, _I.UP): (_S.RUNNING, _A.PUBLISH),
    (_S.STARTING, _I.FAILED): (_S.MADE, None),
    **{(state, _I.STOP): (_S.STOPPING, _A.TAKE_DOWN) for state in _S if state is not _S.ENDED},
    (_S.STOPPING, _I.OVER): (_S.ENDED, None),
    # Stopped in the middle of a start or a restart, whose thread notices it only afterwards.
    **{(_S.STOPPING, what): (_S.STOPPING, None) for what in (_I.BRING_UP, _I.UP, _I.FAILED)},
    **{(_S.ENDED, what): (_S.ENDED, None) for what in _I},
}


class DeviceLife(Enum):
    """Where a device is in its life at its server."""

    MADE = "made, not yet for clients"
    SERVED = "clients reach it"
    DELETED = "taken out of service"


class DeviceInput(Enum):
    """What can happen to a device."""

    EXPORT = "clients are to reach it"
    FINISH = "it is restarted or removed, or its server ends"


class DeviceAction(Enum):
    """What its server does then."""

    ADMIT = "tell the database, begin to poll it"
    DELETE = "end its polling, run its delete_device"


_D, _H, _T = DeviceLife, DeviceInput, DeviceAction

DEVICE: Final[Table[DeviceLife, DeviceInput, DeviceAction]] = {
    (_D.MADE, _H.EXPORT): (_D.SERVED, _T.ADMIT),
    # A device that was still being made when its server ended.
    (_D.MADE, _H.FINISH): (_D.DELETED, _T.DELETE),
    (_D.SERVED, _H.FINISH): (_D.DELETED, _T.DELETE),
    # A restart and the server's end finish it at the same time: it is deleted once.
    (_D.DELETED, _H.FINISH): (_D.DELETED, None),
    # The restart that made it comes to its end after the server's.
    (_D.DELETED, _H.EXPORT): (_D.DELETED, None),
}
