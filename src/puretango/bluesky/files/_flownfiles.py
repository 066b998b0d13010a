"""Documents of a detector that is flown, one growing file for each flight."""

from __future__ import annotations

from collections.abc import Iterator

from ._assets import Asset, ImageFile, StreamAssets

__all__ = ["FlownFiles"]


class FlownFiles:
    """The files of one run's flights: events are counted through all of them."""

    external = "STREAM:"

    def __init__(self) -> None:
        self._flights: list[StreamAssets] = []

    def begin(self, file: ImageFile) -> None:
        """Begin another file, into which the next images go."""
        self._flights.append(StreamAssets(file, self.index))

    def reached(self, frames: int) -> None:
        """Note that so many images of this flight are in its file."""
        flight = self._flights[-1]
        flight.reached(frames // flight.file.frames_per_event)

    def documents(self, index: int | None = None) -> Iterator[Asset]:
        """The documents that have not been emitted yet, up to ``index`` events."""
        for flight in self._flights:
            # A file exists once it has its first image: Lima makes it then.
            if flight.index and (index is None or index > flight.first):
                yield from flight.documents(index)

    @property
    def index(self) -> int:
        """Events whose images are in their files."""
        return sum(flight.index for flight in self._flights)
