"""The admin devices that the proxies of a context use, and how their locks are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from puretango.client.commands._typed import LONGS_STRINGS, STRINGS, typed_command
from puretango.client.session._io import BLOCKING, drive
from puretango.errors import PuretangoError

if TYPE_CHECKING:
    from puretango.client.context._context import ClientContext
    from puretango.client.session._session import Session
    from puretango.values import CmdArgType

__all__ = ["Admins", "LockingAdmin"]


class Admins:
    """The admin devices that the proxies of a context use, by name."""

    def __init__(self, _context: ClientContext) -> None:
        self.known: WeakValueDictionary[str, Session] = WeakValueDictionary()

    def close(self) -> None:
        """Forget them."""
        self.known.clear()


class LockingAdmin:
    """An admin device, as the keeper of locks sees it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def key(self) -> int:
        """Equal for the same admin device."""
        return id(self._session)

    def renew(self, devices: list[str]) -> None:
        """Keep the locks of devices."""
        self._tell("ReLockDevices", STRINGS, devices)

    def give_up(self, device: str) -> None:
        """Give the lock of a device up."""
        self._tell("UnLockDevice", LONGS_STRINGS, ([0], [device]))

    def _tell(self, command: str, kind: CmdArgType, argument: Any) -> None:
        try:
            drive(typed_command(BLOCKING, self._session, command, kind, argument))
        except PuretangoError:
            return  # the server is gone and the lock with it, or it is back before the lock ends
