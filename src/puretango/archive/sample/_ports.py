"""The interface of stores and readers, whichever database they use."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from puretango.archive.sample._kind import Kind
from puretango.archive.sample._row import Gap, Generation, Row
from puretango.archive.sample._series import Decimated, Series

__all__ = ["EVER", "Reading", "Storing"]

# Later than anything, ns since 1970.
EVER = 1 << 62


class Storing(Protocol):
    """What an archiver needs of a store. Times are ns since 1970.

    Every method raises ArchiveError if the database cannot do it; nothing was stored then.
    """

    def generations(self, wanted: Sequence[tuple[str, Kind, int]]) -> list[Generation]:
        """The generations to write to, new ones if a kind has changed, for each (name, kind, since when)."""

    def write(self, rows: Sequence[Row], gaps: Iterable[Gap] = ()) -> None:
        """Store rows and gaps, all or none; durable when this returns."""

    def resume(self, names: Sequence[str], now: int) -> None:
        """Note that an archiver begins to archive these attributes: their open gaps end."""

    def closing(self, gaps: Iterable[Gap], now: int) -> None:
        """Note that an archiver ends properly."""

    def set_active(self, names: Sequence[str], active: bool) -> None:
        """Note whether attributes are being archived."""

    def last_rows(self) -> dict[str, Row]:
        """The row that was written last for each attribute."""

    def set_ttl(self, name: str, hours: int) -> None:
        """Set for how many hours an attribute's samples are kept; 0 keeps them for ever."""

    def ttl(self, name: str) -> int:
        """Hours for which an attribute's samples are kept; 0 for ever."""

    @property
    def trouble(self) -> str:
        """What goes wrong besides writing; "" if nothing does."""

    def close(self) -> None:
        """Close the store."""


class Reading(Protocol):
    """What a reader offers. Times are device times, in ns since 1970."""

    def attributes(self, pattern: str = "*", *, active: bool = False) -> list[str]:
        """Names of archived attributes, sorted; `active`: only those being archived now."""

    def generations(self, name: str) -> list[Generation]:
        """The generations of an attribute (its types over time), oldest first; UnknownAttribute if it is not there."""

    def gaps(self, name: str, start: int = 0, end: int = EVER) -> list[Gap]:
        """Gap rows that overlap a time range, the oldest first."""

    def series(
        self,
        name: str,
        start: int = 0,
        end: int = EVER,
        columns: Collection[str] = ("received", "quality", "value", "set_value"),
    ) -> list[Series]:
        """Samples of a time range, both ends included, one Series per generation."""

    def last(self, name: str, before: int = EVER, n: int = 1) -> list[Series]:
        """The `n` newest samples before a time, the oldest first."""

    def next(self, name: str, after: int = 0, n: int = 1) -> list[Series]:
        """The first `n` samples after a time, the oldest first."""

    def decimated(self, name: str, start: int, end: int, points: int) -> Decimated:
        """A time range in at most `points` bins."""

    def close(self) -> None:
        """Close files or connections."""
