"""What subscriptions ask of the proxy that makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from puretango.client.events.delivery._subscribing import SubscribeArguments
    from puretango.client.names._names import DeviceName
    from puretango.client.session._io import IO
    from puretango.client.session._session import Session
    from puretango.events import SubscriberBook, Subscription
    from puretango.values import CmdArgType, DeviceAttribute, EventReason, ExtractAs, GreenMode

__all__ = ["Source", "Supervised"]


class Source(Protocol):
    """A device whose events are subscribed to."""

    _session: Session

    @property
    def _name(self) -> DeviceName:
        """The name by which it was addressed."""

    @property
    def unsubscribe_event(self) -> Any:
        """Ends a subscription, in any green mode."""

    def _abandon(self, event_id: int) -> None:
        """End a subscription without waiting."""

    def dev_name(self) -> str:
        """Its name, without the host."""

    def is_dbase_used(self) -> bool:
        """True if it is reached through a database."""

    def get_db_host(self) -> str:
        """The host of its database."""

    def get_db_port(self) -> str:
        """The port of its database."""

    async def _admin(self, io: IO) -> Session:
        """The session with its admin device."""

    async def _admin_name(self, io: IO) -> str:
        """The name of its admin device."""

    async def _ask_admin(
        self, io: IO, command: str, in_type: CmdArgType = ..., value: Any = None
    ) -> Any:
        """Run a command of its admin device."""

    async def _read(
        self, io: IO, names: list[str], extract_as: ExtractAs, one: bool
    ) -> list[DeviceAttribute]:
        """Read attributes."""

    async def _subscribe(
        self, io: IO, wanted: SubscribeArguments, green_mode: GreenMode | None
    ) -> int:
        """Subscribe to the wanted event."""


class Supervised(Protocol):
    """The subscriptions of a client, as the keeper sees them."""

    book: SubscriberBook
    lock: threading.RLock
    clock: Callable[[], float]

    async def connect(self, io: IO, entry: Subscription) -> None:
        """Ask the server for the subscription and listen."""

    async def fresh(self, io: IO, entry: Subscription, reason: EventReason) -> None:
        """Deliver the present value."""

    def rejected(self, entry: Subscription, error: BaseException) -> None:
        """Handle a server that refuses what it accepted before."""

    def subscribe_later(self, entry: Subscription) -> None:
        """Make a subscription, and deliver its outcome as an event."""
