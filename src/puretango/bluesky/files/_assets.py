"""Documents that say where the images of a detector are, in both of bluesky's forms."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Literal, Self
from urllib.parse import quote

__all__ = ["Asset", "ImageFile", "ResourceAssets", "StreamAssets", "make_assets"]

#: A document and its name.
Asset = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class ImageFile:
    """One HDF5 file of a detector: where it is and how its dataset is chunked."""

    key: str
    path: PurePosixPath
    shape: tuple[int, int]
    frames_per_event: int
    dtype: str = "<i4"
    dataset: str = "/entry/data/data"
    chunk: tuple[int, ...] = ()
    root: PurePosixPath = field(default_factory=lambda: PurePosixPath("/"))

    @classmethod
    def described(cls, key: str, path: str, data_key: dict[str, Any], dataset: str) -> Self:
        """A file whose images have the shape (frames, rows, columns) and the type of a data key."""
        frames, rows, columns = data_key["shape"]
        kind = data_key["dtype_numpy"]
        return cls(key, PurePosixPath(path), (rows, columns), frames, kind, dataset)

    @property
    def data_key(self) -> dict[str, Any]:
        """The part of the data key that both kinds of documents share."""
        return {
            "dtype": "array",
            "dtype_numpy": self.dtype,
            "shape": [self.frames_per_event, *self.shape],
            "dims": ["frame", "row", "column"],
        }


class ResourceAssets:
    """`resource` and `datum` documents: the event holds the datum's id."""

    external = "FILESTORE:"

    def __init__(self, file: ImageFile) -> None:
        self.file = file
        self._uid = str(uuid.uuid4())
        self._pending: list[Asset] = [
            (
                "resource",
                {
                    "uid": self._uid,
                    "spec": "AD_HDF5",
                    "root": str(file.root),
                    "resource_path": str(file.path.relative_to(file.root)),
                    "resource_kwargs": {"frame_per_point": file.frames_per_event},
                    "path_semantics": "posix",
                },
            )
        ]
        self._points = 0

    def taken(self, timestamp: float) -> dict[str, Any]:
        """Note that one more event's images are in the file; returns the reading that names them."""
        datum_id = f"{self._uid}/{self._points}"
        self._pending.append(
            (
                "datum",
                {
                    "datum_id": datum_id,
                    "resource": self._uid,
                    "datum_kwargs": {"point_number": self._points},
                },
            )
        )
        self._points += 1
        return {self.file.key: {"value": datum_id, "timestamp": timestamp}}

    def documents(self, index: int | None = None) -> Iterator[Asset]:
        """The documents that have not been emitted yet."""
        pending, self._pending = self._pending, []
        yield from pending

    @property
    def index(self) -> int:
        """Events whose images are in the file."""
        return self._points


class StreamAssets:
    """`stream_resource` and `stream_datum` documents: events hold nothing of the images."""

    external = "STREAM:"

    def __init__(self, file: ImageFile, first: int = 0) -> None:
        self.file = file
        #: Events of the same stream whose images are in files before this one.
        self.first = first
        self._uid = str(uuid.uuid4())
        self._announced = False
        self._points = 0
        self._given_out = 0

    def taken(self, timestamp: float) -> dict[str, Any]:
        """Note that one more event's images are in the file; the event holds nothing of them."""
        self._points += 1
        return {}

    def reached(self, events: int) -> None:
        """Note that the images of so many events are in the file."""
        self._points = max(self._points, events)

    def documents(self, index: int | None = None) -> Iterator[Asset]:
        """The stream so far, up to `index` events of all."""
        if not self._announced:
            self._announced = True
            yield (
                "stream_resource",
                {
                    "uid": self._uid,
                    "data_key": self.file.key,
                    "mimetype": "application/x-hdf5",
                    "uri": "file://localhost" + quote(str(self.file.path)),
                    "parameters": {
                        "dataset": self.file.dataset,
                        "chunk_shape": list(self.file.chunk or (1, *self.file.shape)),
                        "swmr": False,
                    },
                    "run_start": "",
                },
            )
        stop = self._points if index is None else min(index - self.first, self._points)
        if stop > self._given_out:
            start, self._given_out = self._given_out, stop
            # The RunEngine knows the descriptor and the numbers of the events.
            yield (
                "stream_datum",
                {
                    "uid": f"{self._uid}/{start}",
                    "stream_resource": self._uid,
                    "indices": {"start": self.first + start, "stop": self.first + stop},
                    "seq_nums": {"start": 0, "stop": 0},
                    "descriptor": "",
                },
            )

    @property
    def index(self) -> int:
        """Events whose images are in the file."""
        return self._points


def make_assets(
    kind: Literal["stream", "resource"], file: ImageFile
) -> StreamAssets | ResourceAssets:
    """The documents for `file`, of the kind asked for."""
    return StreamAssets(file) if kind == "stream" else ResourceAssets(file)
