"""Supervision of a server by its heartbeat: the state machine, as a table."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from puretango.errors import PuretangoError

HEARTBEAT_PERIOD = 9.0
"""Seconds between heartbeats: cppTango's clients look every 10 seconds whether one came in the last 10."""
PATIENCE = 11.0
"""Seconds without heartbeat after which a server counts as silent."""
CONFIRM_PERIOD = 200.0
"""Seconds between confirmations: a third of a subscription's life."""
RETRY_PERIOD = 10.0
"""Seconds between reports of silence."""
FIRST_RETRY = 0.25
"""Seconds between the first two attempts to subscribe again; each pause is twice the one before …"""
QUICK_RETRY = 1.0
"""… up to this one: a server that restarts is back within some attempts …"""
QUICK_RETRIES = 10
"""… this many; then the pauses grow again …"""
LAST_RETRY = 5.0
"""… up to this one."""


class Timing(NamedTuple):
    """The times of a client's supervision, in seconds."""

    patience: float = PATIENCE
    confirm: float = CONFIRM_PERIOD
    retry: float = RETRY_PERIOD
    first_retry: float = FIRST_RETRY
    last_retry: float = LAST_RETRY

    def pause(self, attempts: int) -> float:
        """How long to wait after so many attempts that failed."""
        growing = self.first_retry * 2.0 ** min(max(attempts - 1, 0), 16)
        if attempts <= QUICK_RETRIES:
            return min(self.last_retry, QUICK_RETRY, growing)
        return min(self.last_retry, QUICK_RETRY * 2.0 ** min(attempts - QUICK_RETRIES, 16))


class ChannelState(Enum):
    """What is known of a server."""

    IDLE = "nothing subscribed yet"
    WAITING = "subscribed, no heartbeat so far"
    ALIVE = "heartbeats arrive"
    SILENT = "no heartbeat any more"
    CLOSED = "no subscription left"


class ChannelInput(Enum):
    """What can happen to a channel."""

    SUBSCRIBED = "the server answered a subscription"
    HEARTBEAT = "a heartbeat arrived"
    LATE = "the heartbeat is overdue"
    LEFT = "the connection for its events has ended"
    FAILED = "subscribing again failed"
    CLOSE = "the last subscription ended"


_S, _I = ChannelState, ChannelInput

TRANSITIONS: dict[tuple[ChannelState, ChannelInput], ChannelState] = {
    (_S.IDLE, _I.SUBSCRIBED): _S.WAITING,
    (_S.IDLE, _I.FAILED): _S.IDLE,
    (_S.IDLE, _I.LEFT): _S.IDLE,
    (_S.WAITING, _I.SUBSCRIBED): _S.WAITING,
    (_S.WAITING, _I.HEARTBEAT): _S.ALIVE,
    (_S.WAITING, _I.LATE): _S.SILENT,
    (_S.WAITING, _I.LEFT): _S.SILENT,
    (_S.WAITING, _I.FAILED): _S.SILENT,
    (_S.ALIVE, _I.SUBSCRIBED): _S.ALIVE,
    (_S.ALIVE, _I.HEARTBEAT): _S.ALIVE,
    (_S.ALIVE, _I.LATE): _S.SILENT,
    (_S.ALIVE, _I.LEFT): _S.SILENT,
    (_S.ALIVE, _I.FAILED): _S.SILENT,
    # The server was only slow: its subscriptions are still valid.
    (_S.SILENT, _I.HEARTBEAT): _S.ALIVE,
    (_S.SILENT, _I.SUBSCRIBED): _S.WAITING,
    (_S.SILENT, _I.LATE): _S.SILENT,
    (_S.SILENT, _I.LEFT): _S.SILENT,
    (_S.SILENT, _I.FAILED): _S.SILENT,
    (_S.CLOSED, _I.SUBSCRIBED): _S.WAITING,
    (_S.CLOSED, _I.HEARTBEAT): _S.CLOSED,
    (_S.CLOSED, _I.LEFT): _S.CLOSED,
    (_S.CLOSED, _I.CLOSE): _S.CLOSED,
    **{(state, _I.CLOSE): _S.CLOSED for state in _S if state is not _S.CLOSED},
}


class Channel:
    """One server as a source of events: its endpoints, its heartbeat, its state."""

    __slots__ = (
        "admin",
        "attempts",
        "beats",
        "confirmed",
        "connected",
        "endpoints",
        "heartbeat",
        "heartbeat_topics",
        "last_error",
        "retried",
        "silences",
        "state",
        "timing",
        "told",
    )

    def __init__(self, admin: str, timing: Timing = Timing()) -> None:  # noqa: B008 - immutable
        self.admin = admin
        """The admin device's full name."""
        self.timing = timing
        self.state = ChannelState.IDLE
        self.endpoints: tuple[str, str] | None = None
        """The heartbeat's and the events' endpoint that are connected."""
        self.connected = True
        """False from the end of a connection, or a silence, until there is a new connection."""
        self.heartbeat_topics: tuple[str, ...] = ()
        self.heartbeat = 0.0
        """When the last heartbeat (or the subscription) was."""
        self.beats = 0
        """How many heartbeats arrived since the server was subscribed to."""
        self.silences = 0
        """How many times a heartbeat was overdue since the last one."""
        self.told = float("-inf")
        """When its subscribers were last told that it is silent."""
        self.confirmed = 0.0
        self.retried = float("-inf")
        self.attempts = 0
        """How many times subscribing again has failed since the server fell silent."""
        self.last_error: BaseException | None = None

    def feed(self, what: ChannelInput) -> ChannelState:
        """Change the state as the table says."""
        try:
            self.state = TRANSITIONS[self.state, what]
        except KeyError:
            raise PuretangoError(f"{what.value} while {self.state.value}") from None
        return self.state

    def subscribed(self, now: float) -> None:
        """The server answered: its subscriptions are fresh."""
        self.feed(ChannelInput.SUBSCRIBED)
        self.heartbeat = self.confirmed = now
        self.attempts = 0
        self.beats = 0
        self.last_error = None

    def answered(self) -> None:
        """A silent server accepted a new subscription: the older ones have to be made again now.

        A server that was started again knows nothing of them, and sends nothing.
        """
        self.retried = float("-inf")
        self.attempts = 0

    def beat(self, now: float) -> bool:
        """A heartbeat arrived; True if the server had been silent."""
        was_silent = self.state is ChannelState.SILENT
        self.feed(ChannelInput.HEARTBEAT)
        self.heartbeat = now
        self.beats += 1
        self.silences = 0
        return was_silent

    def silent(self, what: ChannelInput) -> None:
        """Nothing comes from the server any more: a first attempt to subscribe again is due."""
        self.feed(what)
        self.connected = False
        self.silences += 1
        self.retried = float("-inf")

    def failed(self, now: float, error: BaseException) -> None:
        """Subscribing again failed."""
        self.feed(ChannelInput.FAILED)
        self.retried = now
        self.attempts += 1
        self.last_error = without_frames(error)

    def is_late(self, now: float) -> bool:
        """True if a heartbeat is overdue."""
        return (
            self.state in (ChannelState.WAITING, ChannelState.ALIVE)
            and now - self.heartbeat > self.timing.patience
        )

    def needs_telling(self, now: float) -> bool:
        """True if it is time to tell the subscribers that the server is silent, first or again."""
        return self.state is ChannelState.SILENT and now - self.told >= self.timing.retry

    def needs_confirmation(self, now: float) -> bool:
        """True if the server's subscriptions are due to be confirmed."""
        return (
            self.state in (ChannelState.WAITING, ChannelState.ALIVE)
            and now - self.confirmed >= self.timing.confirm
        )

    def retry_due(self) -> float:
        """When to try to subscribe again."""
        return self.retried + self.timing.pause(self.attempts)

    def needs_retry(self, now: float) -> bool:
        """True if it is time to try to subscribe again."""
        return self.state is ChannelState.SILENT and now >= self.retry_due()


def without_frames(error: BaseException) -> BaseException:
    """The error without tracebacks, to be kept: they would keep alive what their frames hold, such as a proxy."""
    known: set[int] = set()  # an error may, through others, be its own cause
    chain: list[BaseException | None] = [error]
    while chain:
        each = chain.pop()
        if each is not None and id(each) not in known:
            known.add(id(each))
            each.__traceback__ = None
            chain += each.__cause__, each.__context__
    return error
