"""Documents for a detector that writes a file for each event, in both of bluesky's forms."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, Literal
from urllib.parse import quote

from ._assets import Asset

__all__ = ["EventFiles"]


class EventFiles:
    """HDF5 files, one for each event: in the order of the events."""

    def __init__(
        self, kind: Literal["stream", "resource"], key: str, dataset: str, chunk: tuple[int, ...]
    ) -> None:
        self._kind = kind
        self._key = key
        self._dataset = dataset
        self._chunk = chunk
        self._pending: list[Asset] = []
        self._given_out = 0
        #: Events whose images are in their files.
        self.index = 0

    @property
    def external(self) -> str:
        """The data key's entry that says that the data are external."""
        return "STREAM:" if self._kind == "stream" else "FILESTORE:"

    def taken(self, path: str, timestamp: float) -> dict[str, Any]:
        """Note that one more event's images are in this file; returns the reading that names them, if there is one."""
        uid = str(uuid.uuid4())
        index, self.index = self.index, self.index + 1
        if self._kind == "stream":
            self._pending.append(("stream_resource", self._stream_resource(uid, path)))
            self._pending.append(("stream_datum", _stream_datum(uid, index)))
            return {}
        pure = PurePosixPath(path)
        resource = {
            "uid": uid,
            "spec": "HDF5",
            "root": "/",
            "resource_path": str(pure.relative_to("/")),
            "resource_kwargs": {"dataset": self._dataset},
            "path_semantics": "posix",
        }
        datum = {"datum_id": f"{uid}/0", "resource": uid, "datum_kwargs": {}}
        self._pending += [("resource", resource), ("datum", datum)]
        return {self._key: {"value": f"{uid}/0", "timestamp": timestamp}}

    def _stream_resource(self, uid: str, path: str) -> dict[str, Any]:
        return {
            "uid": uid,
            "data_key": self._key,
            "mimetype": "application/x-hdf5",
            "uri": "file://localhost" + quote(path),
            "parameters": {
                "dataset": self._dataset,
                "chunk_shape": list(self._chunk),
                "swmr": False,
            },
            "run_start": "",
        }

    def documents(self, index: int | None = None) -> Iterator[Asset]:
        """The documents that have not been emitted yet."""
        pending, self._pending = self._pending, []
        yield from pending


def _stream_datum(uid: str, index: int) -> dict[str, Any]:
    # The RunEngine knows the descriptor and the numbers of the events.
    return {
        "uid": f"{uid}/0",
        "stream_resource": uid,
        "indices": {"start": index, "stop": index + 1},
        "seq_nums": {"start": 0, "stop": 0},
        "descriptor": "",
    }
