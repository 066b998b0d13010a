"""What the hub's parts need of each other, so that none has to import the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from puretango.hub._board import Board
    from puretango.hub._sample import Sample, Status
    from puretango.values import EventType


class Feed(Protocol):
    """The source of one attribute's values, as its users and its device see it."""

    place: int
    period: float | None
    attribute: str
    recorders: list[Any]
    wants_first: bool

    def start(self) -> None: ...
    def take_first(self, data: Any, received: float) -> None: ...
    def again(self) -> None: ...
    def status(self) -> Status: ...
    def lost(self, reason: str, error: str) -> None: ...
    def take(self, how: str, data: Any, received: float) -> None: ...
    def fail(self, reason: str, error: str, received: float = ..., how: str = ...) -> None: ...


class Subscribed(Protocol):
    """The source of one attribute's values, as the intake of events sees it."""

    name: str
    place: int
    recorders: list[Any]

    def take_event(self, turn: int, how: str, event: Any, received: float) -> None: ...
    def begin_number(self, turn: int, how: str) -> bool: ...


class Connected(Protocol):
    """A subscription of a source."""

    turn: int
    how: str

    @property
    def source(self) -> Subscribed: ...


class Taker(Protocol):
    """A user that takes every sample of a source."""

    def put(self, source: Any, sample: Sample) -> None: ...


class Polled(Protocol):
    """A device, as the poller of its attributes sees it."""

    name: str

    async def open(self) -> Any: ...
    def changed(self) -> None: ...


class Reading(Protocol):
    """The poller of attributes, as a source without events sees it."""

    def add(self, source: Any) -> None: ...
    def remove(self, source: Any) -> None: ...


class Watched(Protocol):
    """A device whose server is watched."""

    def lost(self, reason: str, error: str) -> None: ...
    def back(self) -> None: ...


class Giving(Polled, Watched, Protocol):
    """A device, as the sources of its attributes see it."""

    sources: set[Feed]

    @property
    def poller(self) -> Reading: ...
    async def first_value(self, source: Feed) -> None: ...
    def unsubscribe(self, number: int) -> None: ...


class Sharing(Protocol):
    """The hub, as viewers and recorders see it."""

    board: Board
    version: int

    def acquire(
        self, name: str, kinds: Sequence[EventType] | None, poll_period: float | None, poll: bool
    ) -> Any: ...
    def release(self, source: Any) -> None: ...
    async def changed(self) -> None: ...
    def wake(self) -> None: ...
