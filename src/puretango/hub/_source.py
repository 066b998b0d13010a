"""One attribute in use: its subscription, or its place among the polled ones."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from puretango.client import subscribe_where_it_arrives
from puretango.errors import DevFailed
from puretango.hub._failure import first_error, is_unreachable
from puretango.hub._sample import CONNECTING, LOST, POLLED, Sample, Status
from puretango.values import EventSubMode, EventType

if TYPE_CHECKING:
    from puretango.hub._board import Board
    from puretango.hub._intake import Intake
    from puretango.hub._ports import Giving, Taker

__all__ = ["Source", "SourceKey"]

LOG = logging.getLogger("puretango.hub")

EVENTS_AGAIN = 30.0
"""Seconds after which subscribing is tried once more if the device sent no events."""
SETTLED = 0.3
"""Seconds within which the events of a write arrive."""

SourceKey = tuple[str, str, tuple[EventType, ...], float | None]


class Connection:
    """One subscription of a source: events of an older one are ignored."""

    __slots__ = ("how", "source", "turn")

    def __init__(self, source: Source, turn: int, how: str) -> None:
        self.source = source
        self.turn = turn
        self.how = how


class Source:
    """Brings the values of one attribute to the board and to the recorders."""

    def __init__(
        self,
        key: SourceKey,
        device: Giving,
        board: Board,
        intake: Intake,
        starting: asyncio.Semaphore,
        pause: Callable[[int], float],
    ) -> None:
        self.key = key
        _, self.attribute, self.kinds, self.period = key
        self.device = device
        self.users = 0
        self.recorders: list[Taker] = []
        self.board = board
        self.place = board.take()
        self._gone = False
        base, mark, modifier = device.name.partition("#")
        self.name = f"{base}/{self.attribute}{mark}{modifier}"
        self.how = CONNECTING
        self.error = ""
        self.since = time.time()
        self.received = 0
        self.failed = 0
        self.wants_first = self.period is not None
        """True until a first value has been asked for, together with those of others."""
        self._intake = intake
        self._starting = starting
        self._pause = pause
        self._number: int | None = None
        self._task: asyncio.Task[None] | None = None
        self._settling: asyncio.Task[None] | None = None
        self._turn = 0
        """Counts the connections."""

    def status(self) -> Status:
        """The status of this source."""
        last = None if self._gone else self.board.last[self.place]
        return Status(self.how, self.error, self.since, self.received, self.failed, last)

    # ------------------------------------------------------------------- connecting

    def start(self) -> None:
        """Begin to connect, in the background, unless that is under way."""
        if self._task is not None and not self._task.done():
            return
        self._task = asyncio.get_running_loop().create_task(
            self._connect(), name=f"hub {self.key[1]}"
        )

    async def stop(self) -> None:
        """Disconnect."""
        self.disconnect()
        tasks = [task for task in (self._task, self._settling) if task is not None]
        self._task = self._settling = None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def leave(self) -> None:
        """Give the place back; an answer that is still under way is then dropped."""
        self._gone = True
        self.board.give_back(self.place)

    def disconnect(self) -> None:
        """End the subscription, or the polling; connecting that is under way ends at its next step."""
        self._turn += 1
        self.device.poller.remove(self)
        number, self._number = self._number, None
        if number is not None:
            self.device.unsubscribe(number)

    def lost(self, reason: str, error: str) -> None:
        """The device's server does not answer: pass that on, and wait for :meth:`start`."""
        self.disconnect()
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if self.how != LOST:  # the end of its events may have shown that before
            self.fail(reason, error, how=LOST)

    def again(self) -> None:
        """Connect again: the device has been restarted, which no event need have shown."""
        self.disconnect()
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self.start()

    def settle(self) -> None:
        """It was written to: read it once more, when the events of that moment have come.

        One that is pushed by what writes has the set value of before, with every server of Tango.
        """
        if self._settling is not None:
            self._settling.cancel()
        loop = asyncio.get_running_loop()
        self._settling = loop.create_task(self._settle(), name=f"settle {self.key[1]}")

    async def _settle(self) -> None:
        await asyncio.sleep(SETTLED)
        turn = self._turn
        try:
            proxy = await self.device.open()
            (data,) = await proxy.read_attributes([self.attribute])
        except DevFailed:
            return  # what is wrong is told by what watches
        if turn == self._turn and not data.has_failed:
            self.take(self.how, data, time.time())
            self.device.changed()

    async def _connect(self) -> None:
        failures = 0
        while True:
            try:
                proxy = await self.device.open()
                failures = 0
                if not self.recorders:
                    await self.device.first_value(self)
                if await self._subscribe(proxy):
                    return
                if self.period is None:
                    self.fail("API_EventPropertiesNotSet", "the device sends no such events")
                elif self._number is None:
                    self._told(POLLED, self.error)
                    self.device.poller.add(self)
                await asyncio.sleep(EVENTS_AGAIN)
            except DevFailed as failed:
                self.fail(*first_error(failed), how=LOST)
                await asyncio.sleep(self._pause(failures))
                failures += 1

    async def _subscribe(self, proxy: Any) -> bool:
        """Try the kinds of events one after the other; False if the device sends none of them."""
        for kind in self.kinds:
            async with self._starting:
                try:
                    await self._try(proxy, kind)
                except DevFailed as failed:
                    if is_unreachable(failed):
                        raise
                    LOG.debug("%s: no %s: %s", self.name, kind.name, failed.args[0].reason)
                    continue
            return True
        return False

    async def _try(self, proxy: Any, kind: EventType) -> None:
        self._turn += 1
        turn = self._turn
        connection = Connection(self, turn, kind.name.removesuffix("_EVENT").lower())
        intake_put = self._intake.put

        def put(event: Any) -> None:
            intake_put(connection, event)

        number = await subscribe_where_it_arrives(
            proxy, self.attribute, kind, put, undecoded=True, sub_mode=EventSubMode.SyncRead
        )
        if turn != self._turn:  # disconnected meanwhile
            self.device.unsubscribe(number)
            return
        self._number = number
        self.device.poller.remove(self)
        self._told(connection.how, "")

    # ------------------------------------------------------------------------ values

    def take_event(self, turn: int, how: str, event: Any, received: float) -> None:
        """Take an event of a connection."""
        if turn != self._turn:
            return
        if event.err:
            error = event.errors[0]
            away = error.reason == "API_EventTimeout"  # no event will come until the server is back
            self.fail(error.reason, error.desc, received, LOST if away else how)
        elif event.attr_value is not None:
            self.take(how, event.attr_value, received)

    def begin_number(self, turn: int, how: str) -> bool:
        """Note that an event's number is about to be put on the board; False if its connection has ended."""
        if turn != self._turn or self._gone:
            return False
        self.received += 1
        if self.error or self.how != how:
            self._told(how, "")
        return True

    def take(self, how: str, data: Any, received: float) -> None:
        """Take a value."""
        if self._gone:
            return
        sample = Sample(self.name, how, data, received)
        self.received += 1
        if self.error or self.how != how:
            self._told(how, "")
        last = self.board.last[self.place]
        if how == POLLED and last is not None and _is_same(last, sample):
            self.board.confirm(self.place, sample)
        else:
            self.board.put(self.place, sample)
        for recorder in self.recorders:
            recorder.put(self, sample)

    def take_first(self, data: Any, received: float) -> None:
        """Take a value that was read before the subscription, unless there is a newer one."""
        if self.how == CONNECTING and self.board.last[self.place] is None:
            self.take(CONNECTING, data, received)

    def fail(self, reason: str, error: str, received: float = 0.0, how: str = "") -> None:
        """Take an error instead of a value; an error that repeats is passed on once."""
        if self._gone:
            return
        how = how or self.how
        sample = Sample(self.name, how, None, received or time.time(), reason, error)
        self.failed += 1
        new = self.error != error or self.how != how
        self._told(how, error)
        if not new:
            return
        self.board.put(self.place, sample)
        for recorder in self.recorders:
            recorder.put(self, sample)
        self.device.changed()

    def _told(self, how: str, error: str) -> None:
        if (how, error) != (self.how, self.error):
            self.how, self.error, self.since = how, error, time.time()


def _is_same(last: Sample, new: Sample) -> bool:
    if last.data is None or last.data.quality != new.data.quality:
        return False
    return _equal(last.data.value, new.data.value) and _equal(last.data.w_value, new.data.w_value)


def _equal(one: Any, other: Any) -> bool:
    if hasattr(one, "tobytes") and hasattr(other, "tobytes"):
        return bool(one.shape == other.shape and one.tobytes() == other.tobytes())
    same = one == other or (one != one and other != other)  # NaN equals NaN here
    return bool(same)


def kinds_of(kinds: Sequence[EventType]) -> tuple[EventType, ...]:
    """The kinds of events as a key; ValueError for one that brings no values."""
    wrong = [kind for kind in kinds if kind not in _VALUES]
    if wrong:
        raise ValueError(f"{wrong[0].name} brings no values")
    return tuple(kinds)


_VALUES = (
    EventType.CHANGE_EVENT,
    EventType.ALARM_EVENT,
    EventType.PERIODIC_EVENT,
    EventType.ARCHIVE_EVENT,
    EventType.USER_EVENT,
)
