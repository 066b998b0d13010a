"""Several arrays that are sent as one sequence, without being copied together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


class Joined:
    """The numbers of several arrays, one after the other, for a sequence's encoder."""

    __slots__ = ("parts",)

    def __init__(self, *parts: Any) -> None:
        self.parts = parts

    def __len__(self) -> int:
        return sum(getattr(part, "size", None) or len(part) for part in self.parts)

    def __iter__(self) -> Iterator[Any]:
        for part in self.parts:
            yield from getattr(part, "flat", part)

    def __getitem__(self, place: int) -> Any:
        return list(self)[place]
