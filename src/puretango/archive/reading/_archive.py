"""Reading an archive: by short names, with times in any notation, into numpy and pandas."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from puretango.archive.reading._marks import marks_of
from puretango.archive.reading._open import open_reading
from puretango.archive.reading._times import nanoseconds
from puretango.archive.sample import ArchiveError, UnknownAttribute

if TYPE_CHECKING:
    from types import TracebackType

    from numpy.typing import NDArray

    from puretango.archive.reading._marks import Mark
    from puretango.archive.reading._times import Time
    from puretango.archive.sample import Decimated, Gap, Reading, Series

__all__ = ["ArchiveReader"]

_AHEAD = 3600  # seconds after now that are read too, for devices whose clocks are ahead


class ArchiveReader:
    """A reader of an archive.

    ::

        with ArchiveReader("file:/var/lib/archive") as archive:
            time, value = archive.numpy("sys/tg_test/1/double_scalar", "-1h")
    """

    def __init__(self, address: str) -> None:
        """Open it.

        Args:
            address: ``file:DIRECTORY`` or ``postgresql://…``.

        Raises:
            ArchiveError: It cannot be opened; StoreTooNew.
        """
        self.address = address
        self.store: Reading = open_reading(address)

    def close(self) -> None:
        """Close files or connections."""
        self.store.close()

    def __enter__(self) -> ArchiveReader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def attributes(self, pattern: str = "*", *, active: bool = False) -> list[str]:
        """Full names of archived attributes; `pattern` is a file-name pattern for short or full names."""
        found = self.store.attributes(pattern, active=active)
        if found or pattern.startswith(("tango://", "*")):
            return found
        # Without a database in their name (#dbase=no) they end with that.
        both = [f"*/{pattern}", f"*/{pattern}#*"]
        return sorted({n for one in both for n in self.store.attributes(one, active=active)})

    def full_name(self, name: str) -> str:
        """The name under which an attribute is stored.

        Raises:
            UnknownAttribute: No stored name, or several, end with this name.
        """
        wanted = name.strip().lower()
        plain = "".join(f"[{letter}]" if letter in "[*?" else letter for letter in wanted)
        found = self.attributes(plain)
        if len(found) == 1:
            return found[0]
        if found:
            raise UnknownAttribute(f"{name} may be any of {', '.join(found)}")
        raise UnknownAttribute(f"{name} is not in {self.address}")

    def series(
        self, name: str, start: Time = 0, end: Time | None = None, **columns: Any
    ) -> list[Series]:
        """Samples between two times, both included, one Series for each type the attribute has had.

        Args:
            name: The attribute, full or short.
            start, end: Device times; without an `end`, up to now, and a little more for clocks that are ahead.
            columns: ``columns=`` as the store's reader takes it.

        Raises:
            UnknownAttribute: It is not there.
        """
        return self.store.series(
            self.full_name(name), nanoseconds(start), self._end(end), **columns
        )

    def numpy(
        self, name: str, start: Time = 0, end: Time | None = None
    ) -> tuple[NDArray[np.float64], NDArray[Any]]:
        """Device times (float64, seconds since 1970) and read values, of one length.

        Values of a numeric scalar are of its own type, or float64 with NaN where samples have no value or
        the attribute has changed its type between numbers; all others are objects.

        Raises:
            UnknownAttribute: It is not there.
        """
        found = self.series(name, start, end, columns=("value",))
        if not found:
            return np.empty(0), np.empty(0)
        times = np.concatenate([series.seconds for series in found])
        return times, _values(found)

    def pandas(self, name: str, start: Time = 0, end: Time | None = None) -> Any:
        """A DataFrame indexed by the device's time (UTC): value, set_value, quality, received.

        Raises:
            UnknownAttribute: It is not there.
            ImportError: pandas is not installed.
        """
        import pandas as pd

        found = self.series(name, start, end)
        rows: dict[str, Any] = {"value": [], "set_value": [], "quality": [], "received": []}
        for series in found:
            rows["value"] += series.values_or_none()
            rows["set_value"] += series.set_values_or_none()
            rows["quality"] += [] if series.quality is None else series.quality.tolist()
            rows["received"] += [] if series.received is None else series.received.tolist()
        times = np.concatenate([series.time for series in found]) if found else np.empty(0, "i8")
        frame = pd.DataFrame(rows, index=pd.to_datetime(times, unit="ns", utc=True))
        frame.index.name = "time"
        frame["received"] = pd.to_datetime(frame["received"], unit="ns", utc=True)
        return frame

    def decimated(
        self, name: str, start: Time, end: Time | None = None, points: int = 1000
    ) -> Decimated:
        """At most `points` bins with the smallest, the largest, the mean and the count of each.

        Raises:
            UnknownAttribute: It is not there.
            ValueError: No points, or an empty time range.
        """
        last = nanoseconds("now") if end is None else nanoseconds(end)
        return self.store.decimated(self.full_name(name), nanoseconds(start), last, points)

    def last(self, name: str, before: Time | None = None, n: int = 1) -> list[Series]:
        """The newest samples before a time (of all if none is given), the oldest first."""
        at = 1 << 62 if before is None else nanoseconds(before)
        return self.store.last(self.full_name(name), at, n)

    def next(self, name: str, after: Time, n: int = 1) -> list[Series]:
        """The first samples after a time, the oldest first."""
        return self.store.next(self.full_name(name), nanoseconds(after), n)

    def closest(self, name: str, when: Time) -> Series | None:
        """The sample whose device time is closest to a time; None if there is none."""
        at, full = nanoseconds(when), self.full_name(name)
        both = self.store.last(full, at + 1) + self.store.next(full, at)
        return min(both, key=lambda series: abs(int(series.time[-1]) - at), default=None)

    def gaps(self, name: str, start: Time = 0, end: Time | None = None) -> list[Gap]:
        """Gaps that overlap a time range, with their reasons."""
        return self.store.gaps(self.full_name(name), nanoseconds(start), self._end(end))

    def marks(self, start: Time = 0, end: Time | None = None) -> list[Mark]:
        """bluesky runs that overlap a time range, as noted by RunMarks, the oldest first."""
        return marks_of(self.store, nanoseconds(start) / 1e9, self._end(end) / 1e9)

    def period(self, uid: str) -> tuple[float, float]:
        """When a noted run began and ended (now, if it is running), seconds since 1970: the time range to ask for.

        Args:
            uid: The run's uid, or its first characters if no other uid begins with them.

        Raises:
            ArchiveError: No run, or several, have such a uid.
        """
        found = [mark for mark in self.marks() if uid and mark.uid.startswith(uid)]
        if len(found) != 1:
            told = f"{len(found)} runs have uids that begin with" if found else "no run is noted as"
            raise ArchiveError(f"{told} {uid!r} in {self.address}")
        start, end = found[0].start, found[0].end or time.time()
        return start, max(end, start + 1e-3)

    @staticmethod
    def _end(end: Time | None) -> int:
        return nanoseconds(time.time() + _AHEAD) if end is None else nanoseconds(end)


def _values(found: list[Series]) -> NDArray[Any]:
    if not all(series.kind.is_numeric for series in found):
        objects = np.empty(sum(map(len, found)), dtype=object)
        objects[:] = [value for series in found for value in series.values_or_none()]
        return objects
    if len({series.kind for series in found}) == 1 and all(s.valid.all() for s in found):
        return np.concatenate([series.value for series in found])
    parts = [np.where(series.valid, series.value.astype("f8"), np.nan) for series in found]
    return np.concatenate(parts)
