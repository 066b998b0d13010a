"""One polled attribute or command: its period, its ring of records, its statistics."""

from __future__ import annotations

import itertools
import time
from collections import deque
from collections.abc import Sequence
from typing import Any

DEFAULT_RING = 10
DEFAULT_OLD_FACTOR = 4


class Record:
    """What one reading gave: a value, or errors."""

    __slots__ = ("errors", "value", "when")

    def __init__(self, when: float, value: Any, errors: Any = ()) -> None:
        self.when = when
        self.value = value
        self.errors = tuple(errors)


class Polled:
    """A polled attribute (``kind`` "attribute") or command ("command") of one device."""

    __slots__ = (
        "as_command",
        "by_author",
        "duration",
        "kind",
        "last",
        "name",
        "old_factor",
        "period",
        "ring",
    )

    def __init__(self, kind: str, name: str, period: int, depth: int, old_factor: int) -> None:
        self.kind = kind
        self.name = name
        self.period = period
        """Milliseconds; 0 for one whose values come by triggers or from the author."""
        self.ring: deque[Record] = deque(maxlen=max(1, depth))
        self.old_factor = old_factor
        self.as_command = False
        """True for State and Status if a client polls the command: they are read as attributes."""
        self.by_author = False
        """True once the author fills the ring."""
        self.duration = 0.0
        self.last = 0.0
        """When the last record was made, by the monotonic clock."""

    def add(self, record: Record) -> None:
        """A new record; the oldest one makes room."""
        self.ring.append(record)
        self.last = time.monotonic()

    @property
    def is_stale(self) -> bool:
        """True if the last record is too old to be given as the present value."""
        if self.period == 0 or not self.ring:
            return False
        return time.monotonic() - self.last > self.old_factor * self.period / 1000

    def describe(self, type_of_object: str, shown: str, together: Sequence[str] = ()) -> str:
        """The text of DevPollStatus; ``together`` are the attributes that one request reads."""
        lines = [f"Polled {type_of_object} name = {shown}"]
        if self.period:
            lines.append(f"Polling period (mS) = {self.period}")
        else:
            lines.append("Polling externally triggered")
        lines.append(f"Polling ring buffer depth = {self.ring.maxlen}")
        if not self.ring:
            lines.append("No data recorded yet")
            return "\n".join(lines)
        if self.by_author:
            lines.append("The polling buffer is externally filled in")
        elif self.period:  # nothing is said of objects that are triggered
            lines += self._timing(type_of_object, together)
        times = [record.when for record in self.ring][-5:]
        deltas = [int((b - a) * 1000) for a, b in itertools.pairwise(times)][::-1]
        if deltas:
            shown_deltas = ", ".join(map(str, deltas[:4]))
            lines.append(f"Delta between last records (in mS) = {shown_deltas}")
        errors = self.ring[-1].errors
        if errors:
            failed = "read" if type_of_object == "attribute" else "execution"
            lines.append(f"Last {type_of_object} {failed} FAILED :")
            first = errors[0]
            lines.append(f"\tReason = {first.reason}")
            lines.append(f"\tDesc = {first.desc}")
            lines.append(f"\tOrigin = {first.origin}")
        return "\n".join(lines)

    def _timing(self, type_of_object: str, together: Sequence[str]) -> list[str]:
        """How long the last reading took, and how old it is."""
        if len(together) > 1:
            what = f"{type_of_object}s ({' + '.join(together)}) reading"
        else:
            what = f"{type_of_object} {'reading' if self.kind == 'attribute' else 'execution'}"
        took = self.duration * max(1, len(together)) * 1e3
        since = max(0, int((time.monotonic() - self.last) * 1000))
        age = f"{since} mS" if since < 1000 else f"{since // 1000} s and {since % 1000} mS"
        return [
            f"Time needed for the last {what} (mS) = {took:.3f}",
            f"Data not updated since {age}",
        ]
