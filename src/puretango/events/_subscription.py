"""One subscription of a client: what its event counter shows, and what happened to its events."""

from __future__ import annotations

from enum import Enum
from typing import Any

from puretango.errors import PuretangoError
from puretango.events._channel import Channel
from puretango.events._life import SUBSCRIPTIONS, SubscriptionInput, SubscriptionState


class Arrival(Enum):
    """What an event's counter shows."""

    NEXT = "the one that was due"
    DUPLICATE = "the same again"
    GAP = "some before it are missing"
    RESTART = "the server counts from the start again"


class Counts:
    """What happened to the events of a subscription."""

    __slots__ = ("coalesced", "duplicates", "errors", "gaps", "missed", "received")

    def __init__(self) -> None:
        self.received = 0
        self.missed = 0
        """Events that never arrived, according to the counters."""
        self.gaps = 0
        self.coalesced = 0
        """Events that a newer one replaced before the consumer took them."""
        self.duplicates = 0
        self.errors = 0

    def __repr__(self) -> str:
        items = ", ".join(f"{name}={getattr(self, name)}" for name in self.__slots__)
        return f"Counts({items})"


class Subscription:
    """One subscription of one client."""

    __slots__ = (
        "attempts",
        "attribute",
        "channel",
        "counter",
        "counts",
        "device",
        "error",
        "event",
        "id",
        "layout",
        "owner",
        "renewed",
        "retried",
        "seen",
        "since",
        "skipped",
        "state",
        "topics",
    )

    def __init__(self, id: int, device: str, attribute: str, event: str, owner: Any) -> None:
        self.id = id
        self.device = device
        """The device's full name."""
        self.attribute = attribute
        self.event = event
        self.owner = owner
        """Whatever the client needs to deliver events."""
        self.state = SubscriptionState.NEW
        self.channel: Channel | None = None
        """The server; None while subscribing has not succeeded yet."""
        self.topics: tuple[str, ...] = ()
        self.counter: int | None = None
        self.counts = Counts()
        self.seen: float | None = None
        """When the last event arrived."""
        self.since: float | None = None
        """When the server accepted the subscription."""
        self.renewed: float | None = None
        """When the server accepted it again, after a silence."""
        self.error: BaseException | None = None
        """Why subscribing failed."""
        self.retried = float("-inf")
        self.attempts = 0
        """How many times subscribing has failed."""
        self.skipped = False
        self.layout: Any = None
        """The decoder that fits the last event; only the client's code uses it."""

    def feed(self, what: SubscriptionInput) -> SubscriptionState:
        """Change the state as the table says."""
        try:
            self.state = SUBSCRIPTIONS[self.state, what]
        except KeyError:
            raise PuretangoError(f"{what.value} while {self.state.value}") from None
        return self.state

    @property
    def following(self) -> int:
        """The counter of the event that is due; -1 before the first."""
        return -1 if self.counter is None else (self.counter + 1) & 0xFFFFFFFF

    def arrive_next(self, counter: int, now: float) -> None:
        """Note the event that is due, by :attr:`following`."""
        self.seen = now
        self.counter = counter
        self.skipped = False
        self.counts.received += 1

    def arrive(self, counter: int, now: float) -> tuple[Arrival, int]:
        """Judge an event by its counter; returns also how many are missing before it.

        C++ servers send the first event after a subscription twice, with one counter: the
        second is a duplicate.  A third one is taken as an event of a restarted server.  They do
        not count pipe events: each comes with the number 0.
        """
        self.seen = now
        last = self.counter
        self.counter = counter
        if last is None or (counter == 0 and self.event == "pipe"):
            self.skipped = False
            self.counts.received += 1
            return Arrival.NEXT, 0
        step = (counter - last) & 0xFFFFFFFF
        if step == 1:
            self.skipped = False
            self.counts.received += 1
            return Arrival.NEXT, 0
        if step == 0 and not self.skipped:
            self.skipped = True
            self.counts.duplicates += 1
            return Arrival.DUPLICATE, 0
        self.skipped = False
        self.counts.received += 1
        if step == 0 or step > 0x7FFFFFFF:
            # Counters only grow while a server lives.  A client that was connected all the time
            # can only know how many it missed of a new server by that server's counting from 1.
            return Arrival.RESTART, max(0, counter - 1) if step else 0
        self.counts.missed += step - 1
        self.counts.gaps += 1
        return Arrival.GAP, step - 1
