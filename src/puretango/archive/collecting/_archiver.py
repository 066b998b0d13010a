"""The archiver: attributes from the hub into a store, on one event loop."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, Self

from puretango.archive.collecting._collector import Collector
from puretango.archive.collecting._configs import Configurations
from puretango.archive.collecting._entry import (
    ALWAYS,
    PAUSED,
    STARTED,
    STOPPED,
    Entry,
    Settings,
)
from puretango.archive.collecting._names import full_name
from puretango.archive.collecting._pending import Pending
from puretango.archive.collecting._statistics import Counters, Totals
from puretango.archive.collecting._verbosity import RateGuard
from puretango.archive.sample import ArchiveError, Gap, GapKind, UnknownAttribute
from puretango.client import ClientContext
from puretango.hub import Hub
from puretango.values import EventType

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from puretango.archive.sample import Row, Storing

__all__ = ["Archiver"]

_log = logging.getLogger("puretango.archive")
_KINDS = (EventType.ARCHIVE_EVENT, EventType.CHANGE_EVENT)


class Archiver:
    """Archives attributes into a store. Used on one event loop: ``async with Archiver(store) as archiver:``.

    Attributes:
        entries: Its attributes, by full name.
        trouble: Why the store does not take rows now; "" if it does.
    """

    def __init__(
        self,
        store: Storing,
        *,
        flush: float = 0.5,
        batch: int = 20_000,
        capacity: int = 500_000,
        change_events: bool = True,
        window: float = 60.0,
        context: str = ALWAYS,
    ) -> None:
        """Make an archiver; entering it begins the work.

        Args:
            store: The store to write to; it stays the caller's, to close afterwards.
            flush: Seconds after which waiting rows are stored: with the store's own time, the bound of
                what a crash can lose.
            batch: Rows that are stored at a time.
            capacity: Rows that may wait; if more come, the oldest are dropped and gap rows say how many.
            change_events: Take change events if there are no archive events.
            window: Seconds over which rates are counted.
            context: The present context: attributes whose strategy names it, or ALWAYS, are archived.
        """
        self.store = store
        self.entries: dict[str, Entry] = {}
        self.totals = Totals(reset_at=time.time())
        self.context = context.upper()
        self.window = window
        self.trouble = ""
        self.on_stored: Callable[[Sequence[Row]], None] | None = None
        self._kinds = _KINDS if change_events else _KINDS[:1]
        self._flush_after, self._batch, self._capacity = flush, batch, capacity
        self._pending = Pending(capacity)
        self._collector = Collector(self._pending, self._ask)
        self._removed: dict[str, Gap] = {}
        self._window_begin = time.monotonic()
        self._seen_overflow = 0

    async def __aenter__(self) -> Self:
        self._collector.last_rows = await asyncio.to_thread(self.store.last_rows)
        # A context of its own: more than Tango's 1,000 events must be able to wait in ZMQ while this process is busy.
        self._context = ClientContext(event_buffer=self._capacity)
        hub = Hub(self._kinds, context=self._context, capacity=self._capacity)
        self._hub = await hub.__aenter__()
        self._recorder = self._hub.recorder(self._capacity)
        self._configurations = Configurations(self._told)
        self._closing = False
        self._task = self._watched(self._run())
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Store the waiting rows, note that everything is stopped, and end. The store stays open."""
        self._closing = True
        self._recorder.close()
        await asyncio.wait([self._task])
        await self._configurations.close()
        await self._hub.aclose()
        await asyncio.to_thread(self._context.close)
        now = _now()
        rows, gaps = self._pending.take(self._capacity)
        for entry in self.entries.values():
            if entry.state != STOPPED:
                gaps += entry.open_gap(GapKind.STOPPED, now, "the archiver was ended")
        try:
            if rows:
                await asyncio.to_thread(self.store.write, rows)
            await asyncio.to_thread(self.store.closing, gaps, now)
        except ArchiveError as error:
            _log.error("the archiver ends with %d rows not stored: %s", len(rows), error)

    # ── what to archive ──

    def entry(self, name: str) -> Entry:
        """An attribute by any of its names.

        Raises:
            UnknownAttribute: The archiver does not have it.
            WrongNameSyntax: It is not the name of an attribute.
        """
        found = self.entries.get(name) or self.entries.get(full_name(name))
        if found is None:
            raise UnknownAttribute(f"{name} is not archived here")
        return found

    async def add(self, names: Sequence[str], settings: Settings | None = None) -> list[Entry]:
        """Archive attributes, from now on if the context is one of their strategy's.

        Raises:
            WrongNameSyntax: One is not the name of an attribute; none was added.
            ArchiveError: The store cannot note them; none was added.
        """
        wanted = settings or Settings()
        added = []
        for name in dict.fromkeys(full_name(name) for name in names):
            if name not in self.entries:
                entry = Entry(name, wanted, guard=RateGuard(wanted.max_rate))
                # The gap row of its removal may not be stored yet: then the store cannot end that gap.
                entry.gap = self._removed.get(name)
                added.append(entry)
        started = [entry for entry in added if wanted.is_on_in(self.context)]
        await asyncio.to_thread(self._note_added, added, started)
        for entry in added:
            self.entries[entry.name] = entry
            self._removed.pop(entry.name, None)
        for entry in started:
            self._begin(entry)
        return added

    def _note_added(self, added: list[Entry], started: list[Entry]) -> None:
        self.store.resume([entry.name for entry in started], _now())
        for entry in added:
            if entry.settings.ttl != self.store.ttl(entry.name):
                self.store.set_ttl(entry.name, entry.settings.ttl)

    async def remove(self, name: str) -> None:
        """Stop archiving an attribute; the stored samples stay."""
        entry = self.entry(name)
        if entry.state != STOPPED:
            self._end(entry, "removed")
        if entry.gap is not None:
            self._removed[entry.name] = entry.gap
        del self.entries[entry.name]
        await asyncio.to_thread(self.store.set_active, [entry.name], False)

    async def start(self, name: str) -> None:
        """Archive an attribute again."""
        entry = self.entry(name)
        if entry.state == STARTED:
            return
        await asyncio.to_thread(self.store.set_active, [entry.name], True)
        self._begin(entry)

    def stop(self, name: str, text: str = "on request") -> None:
        """Do not archive an attribute; its subscription ends."""
        entry = self.entry(name)
        if entry.state != STOPPED:
            self._end(entry, text)

    def pause(self, name: str) -> None:
        """Pause archiving an attribute; its subscription stays.

        Raises:
            ArchiveError: It is stopped.
        """
        entry = self.entry(name)
        if entry.state == STOPPED:
            raise ArchiveError(f"{entry.name} is stopped: only what is started can be paused")
        if entry.state == STARTED:
            entry.state = PAUSED
            self._pending.add_gaps(entry.open_gap(GapKind.PAUSED, _now(), "on request"))

    async def set_settings(self, name: str, settings: Settings) -> None:
        """Change how an attribute is archived."""
        entry = self.entry(name)
        if settings.ttl != entry.settings.ttl:
            await asyncio.to_thread(self.store.set_ttl, entry.name, settings.ttl)
        again = entry.state != STOPPED and settings.poll_period != entry.settings.poll_period
        entry.settings = settings
        entry.guard.limit = settings.max_rate
        if again:
            self._recorder.remove(entry.name)
            self._subscribe(entry)
        await self._follow_context(entry)

    async def set_context(self, context: str) -> None:
        """Change the context: attributes start and stop by their strategies."""
        self.context = context.upper()
        for entry in list(self.entries.values()):
            await self._follow_context(entry)

    async def _follow_context(self, entry: Entry) -> None:
        wanted = entry.settings.is_on_in(self.context)
        if wanted and entry.state == STOPPED:
            await self.start(entry.name)
        elif not wanted and entry.state != STOPPED:
            self._end(entry, f"context {self.context}")

    def _begin(self, entry: Entry) -> None:
        if entry.state == STOPPED:
            entry.since = time.time()
            entry.heard = time.monotonic()
            self._subscribe(entry)
        entry.state = STARTED
        self._pending.add_gaps(entry.close_gap(_now()))

    def _subscribe(self, entry: Entry) -> None:
        period = entry.settings.poll_period
        self._recorder.add(entry.name, poll=period is not None, poll_period=period)

    def _end(self, entry: Entry, text: str) -> None:
        self._recorder.remove(entry.name)
        entry.state = STOPPED
        entry.error, entry.subscribed, entry.held = "", False, []
        self._pending.add_gaps(entry.open_gap(GapKind.STOPPED, _now(), text))

    # ── statistics ──

    @property
    def pending(self) -> int:
        """Rows that wait to be stored."""
        return len(self._pending)

    def waiting(self) -> dict[str, int]:
        """How many rows of each attribute wait to be stored."""
        names = self._pending.names
        return {names[key]: count for key, count in self._pending.waiting().items()}

    def reset_statistics(self) -> None:
        """Count from 0 again."""
        self.totals = Totals(reset_at=time.time())
        for entry in self.entries.values():
            entry.counters = Counters()
        self._window_begin = time.monotonic()

    # ── the work ──

    async def _run(self) -> None:
        storing: asyncio.Task[None] | None = None
        naming: asyncio.Task[None] | None = None
        flushed = time.monotonic()
        while not self._closing:
            samples = await self._recorder.take(self._batch, min(0.1, self._flush_after))
            now = time.monotonic()
            for sample in samples:
                entry = self.entries.get(sample.name)
                if entry is not None and entry.state == STARTED:
                    if sample.data is not None:
                        entry.heard = now
                    self._collector.take(entry, sample)
            if self._collector.told_kinds and (naming is None or naming.done()):
                naming = self._watched(self._name())
            self._note_overflow()
            self._turn_window()
            self.totals.most_pending = max(self.totals.most_pending, len(self._pending))
            due = time.monotonic() - flushed >= self._flush_after
            full = len(self._pending) >= self._batch and not self.trouble
            if (due or full) and not self._pending.is_empty and (storing is None or storing.done()):
                flushed = time.monotonic()
                storing = self._watched(self._store())
            if len(samples) == self._batch:
                await asyncio.sleep(0)
        under_way = [task for task in (naming, storing) if task is not None]
        await asyncio.gather(*under_way, return_exceptions=True)

    def _watched(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """A task whose failure, whatever it is, is shown to users."""
        task = asyncio.get_running_loop().create_task(work, name="archiver")
        task.add_done_callback(self._look_at_end)
        return task

    def _look_at_end(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self.trouble = f"a fault of the archiver itself: {error!r}"
            _log.critical("%s", self.trouble, exc_info=error)

    async def _name(self) -> None:
        """Have the store note the new kinds of attributes, all present ones in one transaction."""
        told, self._collector.told_kinds = self._collector.told_kinds, []
        wanted = [(entry.name, kind, since) for entry, kind, since in told]
        try:
            found = await asyncio.to_thread(self.store.generations, wanted)
        except ArchiveError as error:
            self._not_stored((), str(error))
            self._collector.told_kinds = told + self._collector.told_kinds
            await asyncio.sleep(self._flush_after)
            return
        for (entry, _, _), generation in zip(told, found):
            self._pending.names[generation.id] = entry.name
            self._collector.take_held(entry, generation)

    async def _store(self) -> None:
        rows, gaps = self._pending.take(self._batch)
        begin = time.monotonic()
        try:
            await asyncio.to_thread(self.store.write, rows, gaps)
        except ArchiveError as error:
            self._pending.give_back(rows, gaps)
            self._not_stored(rows, str(error))
            return
        except BaseException:
            self._pending.give_back(rows, gaps)
            raise
        if self.trouble:
            _log.warning("the archive takes rows again")
            self.trouble = ""
        if rows:
            self._stored(rows, time.monotonic() - begin)
        if self.on_stored is not None:
            self.on_stored(rows)

    def _stored(self, rows: Sequence[Row], seconds: float) -> None:
        now = time.time()
        each = seconds / len(rows)
        self.totals.stored.add(each, len(rows))
        for row in (rows[0], rows[-1]):
            self.totals.processed.add(now - row.received / 1e9)
        took = now - rows[len(rows) // 2].received / 1e9
        for generation, count in Counter([row[0] for row in rows]).items():
            entry = self.entries.get(self._pending.names.get(generation, ""))
            if entry is not None:
                entry.counters.stored.add(each, count)
                entry.counters.processed.add(took, count)

    def _not_stored(self, rows: Sequence[Row], error: str) -> None:
        if not self.trouble:
            _log.error("the archive takes no rows: %s", error)
        self.trouble = error
        now = time.time()
        for generation in {row[0] for row in rows}:
            entry = self.entries.get(self._pending.names.get(generation, ""))
            if entry is not None:
                entry.counters.failed_writes += 1
                entry.counters.last_failed_write = now

    def _note_overflow(self) -> None:
        """The hub has dropped events before they arrived: it is not known which ones."""
        lost = self._recorder.overflow + self._hub.discarded
        if lost == self._seen_overflow:
            return
        count, self._seen_overflow = lost - self._seen_overflow, lost
        now = _now()
        text = f"{count} events of some attributes came faster than they could be taken"
        _log.error("%s", text)
        self._pending.add_gaps(
            Gap(entry.name, GapKind.OVERFLOW, now, now, count, text)
            for entry in self.entries.values()
            if entry.state == STARTED
        )

    def _turn_window(self) -> None:
        if time.monotonic() - self._window_begin >= self.window:
            self._window_begin = time.monotonic()
            for entry in self.entries.values():
                entry.counters.turn_window()

    def _ask(self, entry: Entry) -> None:
        self._configurations.ask(entry.name)

    def _told(self, name: str, configuration: Any, error: str) -> None:
        entry = self.entries.get(name)
        if entry is not None:
            self._collector.told(entry, configuration, error)


def _now() -> int:
    return int(time.time() * 1e6) * 1000
