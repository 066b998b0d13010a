"""From a source's samples to rows and gaps: types, duplicates, errors. No loop, no thread, no clock."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from puretango.archive.collecting._entry import HELD, STARTED, Entry, error_kind
from puretango.archive.sample import GapKind, Generation, Kind, Row, cell_of
from puretango.client import missed_count
from puretango.hub import LOST
from puretango.values import AttrQuality

if TYPE_CHECKING:
    from collections.abc import Callable

    from puretango.archive.collecting._pending import Pending
    from puretango.hub import Plain, Sample

__all__ = ["Collector"]

_log = logging.getLogger("puretango.archive")
_NO_EVENTS = "API_EventPropertiesNotSet"
_INVALID = int(AttrQuality.ATTR_INVALID)
# A device time this far from the time of receipt is reported; it is stored as the device gives it.
_STRANGE = 3600 * 1_000_000_000


class Collector:
    """Takes samples of entries."""

    def __init__(self, pending: Pending, ask: Callable[[Entry], None]) -> None:
        """Rows go to `pending`; `ask` asks for the configuration of an entry's attribute."""
        self._pending = pending
        self._ask = ask
        self.last_rows: dict[str, Row] = {}
        # Attributes whose kind has just become known, and since when.
        self.told_kinds: list[tuple[Entry, Kind, int]] = []

    def take(self, entry: Entry, sample: Sample) -> None:
        """A sample of an attribute that is started."""
        entry.subscribed = True
        plain = sample.plain
        generation = entry.generation
        if generation is not None and plain is not None and plain.shape is entry.shape:
            self._keep(entry, sample, _plain_row(generation, plain, sample.received))
            return
        data = sample.data
        if data is None:
            self._take_error(entry, sample)
            return
        if generation is None or entry.asked:
            self._hold(entry, sample)
            return
        kind = generation.kind
        if (data.type.name, data.data_format.name) != (kind.type, kind.format) and not (
            data.quality == _INVALID and data.value is None
        ):
            self._hold(entry, sample)
            return
        # As long as its events are like this one, its kind need not be checked again.
        entry.shape = None if plain is None else plain.shape
        received = int(sample.received * 1e6) * 1000
        try:
            row = _row(generation, data, received)
        except (TypeError, ValueError, OverflowError) as error:
            self._refuse(entry, sample, f"a value that is not of kind {kind}: {error}")
            return
        self._keep(entry, sample, row)

    def _keep(self, entry: Entry, sample: Sample, row: Row) -> None:
        received = row.received
        if abs(received - row.time) > _STRANGE or entry.note:
            self._note(entry, (row.time - received) / 1e9)
        if entry.error:
            entry.error = ""
        if entry.gap is not None:
            self._pending.add_gaps(entry.close_gap(received))
        counters = entry.counters
        counters.ok += 1
        counters.ok_running += 1
        counters.last_ok = entry.received = sample.received
        last = entry.last
        if last is not None and row[1] == last[1] and row[3:] == last[3:]:
            counters.duplicates += 1
            return
        entry.last = row
        self._pending.add(row)
        if entry.guard.take(sample.received, row[4]):
            _log.warning("%s: %s", entry.name, entry.guard.advice())

    @staticmethod
    def _note(entry: Entry, ahead: float) -> None:
        """Note that the device's time is so many seconds ahead of the time of receipt."""
        if abs(ahead) * 1e9 <= _STRANGE:
            entry.note = ""
        elif not entry.note:
            entry.note = f"device time {ahead:+.0f} s from the time of receipt"
            _log.warning("%s: %s", entry.name, entry.note)

    # ── errors ──

    def _take_error(self, entry: Entry, sample: Sample) -> None:
        received = int(sample.received * 1e6) * 1000
        missed = missed_count(sample.reason, sample.error)
        if missed:
            self._count_missed(entry, sample, missed)
            return
        text = f"{sample.reason}: {sample.error}" if sample.reason else sample.error
        kind = error_kind(sample.reason, sample.how, LOST)
        if sample.how == LOST:
            # After a restart the device may be of another class: it is asked again.
            entry.generation, entry.asked = None, False
        elif sample.reason == _NO_EVENTS and not entry.asked:
            # There may be no such attribute at all: the device's own answer says more.
            entry.asked = True
            self._ask(entry)
        self._fault(entry, text, sample.received)
        self._pending.add_gaps(entry.open_gap(kind, received, text))

    def _count_missed(self, entry: Entry, sample: Sample, missed: int) -> None:
        """Events were lost on the way, between the last that came and now; the newest ones follow."""
        received = int(sample.received * 1e6) * 1000
        start = min(received, int((entry.received or sample.received) * 1e6) * 1000)
        self._pending.count_missed(entry, start, received, missed)

    def _refuse(self, entry: Entry, sample: Sample, text: str) -> None:
        _log.error("%s: %s", entry.name, text)
        self._fault(entry, text, sample.received)
        received = int(sample.received * 1e6) * 1000
        self._pending.add_gaps(entry.open_gap(GapKind.ERROR, received, text))

    def _fault(self, entry: Entry, text: str, now: float) -> None:
        entry.error = text
        entry.counters.nok += 1
        entry.counters.nok_running += 1
        entry.counters.last_nok = now

    # ── types ──

    def _hold(self, entry: Entry, sample: Sample) -> None:
        """Keep a sample until the attribute's type is known."""
        entry.shape = None
        if not entry.asked:
            entry.asked = True
            self._ask(entry)
        if len(entry.held) >= HELD:
            self._pending.count_lost(entry, entry.held.pop(0).received)
        entry.held.append(sample)

    def told(self, entry: Entry, configuration: Any, error: str) -> None:
        """The configuration that was asked for; None and an error if the device did not answer."""
        held = entry.held
        if entry.state != STARTED or not held:
            entry.asked = False
            if error and entry.gap is not None and entry.state == STARTED:
                entry.error = error
                start = entry.gap.start + 1000
                self._pending.add_gaps(entry.open_gap(entry.gap.kind, start, error))
            return
        values = [sample for sample in held if sample.data is not None]
        try:
            kind = _kind(configuration, values[-1].data)
        except ValueError as wrong:
            entry.held, entry.asked = [], False
            self._refuse(entry, held[-1], str(wrong))
            return
        self.told_kinds.append((entry, kind, int(values[0].received * 1e6) * 1000))

    def take_held(self, entry: Entry, generation: Generation) -> None:
        """The store has the generation of an attribute: take the samples that were held."""
        held, entry.held, entry.asked = entry.held, [], False
        entry.generation, entry.shape = generation, None
        if entry.last is not None and entry.last.generation != generation.id:
            entry.last = None
        known = self.last_rows.pop(entry.name, None)
        if entry.last is None and known is not None and known.generation == generation.id:
            entry.last = known
        for sample in held:
            if entry.state != STARTED:
                return
            if entry.generation is generation and not _fits(sample.data, generation.kind):
                self._refuse(entry, sample, f"a value that is not of kind {generation.kind}")
            else:
                self.take(entry, sample)


def _row(generation: Generation, data: Any, received: int) -> Row:
    kind, at = generation.kind, data.time
    set_value = data.w_value if kind.access != "READ" else None
    return Row(
        generation.id,
        at.tv_sec * 1_000_000_000 + at.tv_usec * 1000 + at.tv_nsec,
        received,
        int(data.quality),
        cell_of(kind, data.value),
        None if set_value is None else cell_of(kind, set_value),
    )


def _plain_row(generation: Generation, plain: Plain, received: float) -> Row:
    kind = generation.kind
    _, value, set_value, quality, time = plain
    # A float that is a number is its own cell.
    cell = value if kind.is_float and value == value else cell_of(kind, value)
    if set_value is not None:
        set_value = cell_of(kind, set_value) if kind.access != "READ" else None
    return Row(generation.id, time, int(received * 1e6) * 1000, quality, cell, set_value)


def _fits(data: Any, kind: Kind) -> bool:
    if data.quality == _INVALID and data.value is None:
        return True
    return (data.type.name, data.data_format.name) == (kind.type, kind.format)


def _kind(configuration: Any, data: Any) -> Kind:
    """The kind, from the configuration, or from a value if the device did not give its configuration."""
    if configuration is not None:
        return Kind.of(
            configuration.data_type,
            configuration.data_format,
            configuration.writable,
            tuple(configuration.enum_labels) if configuration.data_type == 29 else (),
        )
    return Kind.of(data.type, data.data_format, 3 if data.w_dim_x else 0)
