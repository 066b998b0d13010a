"""Rows that wait to be stored: bounded; if too many come, the oldest are dropped, counted per attribute."""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING

from puretango.archive.sample import Gap, GapKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from puretango.archive.collecting._entry import Entry
    from puretango.archive.sample import Row

__all__ = ["Pending"]


class Pending:
    """Rows and gaps on their way to the store."""

    def __init__(self, capacity: int) -> None:
        """At most `capacity` rows wait."""
        self._capacity = capacity
        self._rows: deque[Row] = deque()
        self._gaps: list[Gap] = []
        # Per generation: the receipt of the first and of the last row that was dropped, and how many.
        self._dropped: dict[int, tuple[int, int, int]] = {}
        # Per attribute: times and number of events that never came.
        self._missed: dict[str, tuple[int, int, int]] = {}
        self.names: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def is_empty(self) -> bool:
        """True if neither rows nor gaps wait."""
        return not (self._rows or self._gaps or self._dropped or self._missed)

    def add(self, row: Row) -> None:
        """A row to store."""
        if len(self._rows) >= self._capacity:
            self._drop(self._rows.popleft())
        self._rows.append(row)

    def add_gaps(self, gaps: Iterable[Gap]) -> None:
        """Gap rows to store."""
        self._gaps += gaps

    def _drop(self, row: Row) -> None:
        first, last, count = self._dropped.get(row.generation, (row.received, 0, 0))
        self._dropped[row.generation] = (first, max(last, row.received), count + 1)

    def count_lost(self, entry: Entry, received: float) -> None:
        """A sample of an attribute was lost before it became a row."""
        at = int(received * 1e6) * 1000
        entry.counters.lost += 1
        self._gaps.append(
            Gap(entry.name, GapKind.OVERFLOW, at, at, 1, "its type was not known yet")
        )

    def count_missed(self, entry: Entry, start: int, end: int, count: int) -> None:
        """Events of an attribute were lost on the way; one gap row for all of them until the next storing."""
        entry.counters.lost += count
        first, last, before = self._missed.get(entry.name, (start, 0, 0))
        self._missed[entry.name] = (first, max(last, end), before + count)

    def take(self, limit: int) -> tuple[list[Row], list[Gap]]:
        """What to store next: the oldest rows, and every gap."""
        rows = [self._rows.popleft() for _ in range(min(limit, len(self._rows)))]
        gaps, self._gaps = self._gaps, []
        dropped, self._dropped = self._dropped, {}
        for generation, (first, last, count) in dropped.items():
            name = self.names.get(generation)
            if name is not None:
                text = f"{count} samples came faster than they could be stored"
                gaps.append(Gap(name, GapKind.OVERFLOW, first, last, count, text))
        missed, self._missed = self._missed, {}
        for name, (first, last, count) in missed.items():
            text = f"{count} events did not arrive: this machine or the network was too slow"
            gaps.append(Gap(name, GapKind.OVERFLOW, first, last, count, text))
        return rows, gaps

    def give_back(self, rows: list[Row], gaps: list[Gap]) -> None:
        """Put back rows and gaps that could not be stored, before the rest."""
        room = self._capacity - len(self._rows)
        for row in rows[: max(0, len(rows) - room)]:
            self._drop(row)
        self._rows.extendleft(reversed(rows[max(0, len(rows) - room) :]))
        self._gaps = gaps + self._gaps

    def waiting(self) -> dict[int, int]:
        """How many rows of each generation wait."""
        return Counter(row.generation for row in self._rows.copy())
