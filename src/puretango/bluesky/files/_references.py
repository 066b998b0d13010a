"""Documents for data that a device has stored itself and names by an address, one for each event."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from ._assets import Asset
from ._files import DetectorError

__all__ = ["ReferenceAssets", "reference_key"]

#: What reads the files, by the addresses' schemes and the files' suffixes.
_SPECS = {"h5": "HDF5", "hdf5": "HDF5", "nxs": "HDF5", "tif": "AD_TIFF", "tiff": "AD_TIFF"}


class ReferenceAssets:
    """Documents for addresses such as Sardana's value references: ``h5file:///data/a.h5::entry/data``."""

    def __init__(self) -> None:
        self._pending: list[Asset] = []
        self._known: set[str] = set()

    def taken(self, address: str, timestamp: float) -> dict[str, Any]:
        """Note that one event's data are stored; returns the reading that names them.

        DetectorError if an earlier event has the same address: its data have been overwritten.
        """
        if address in self._known:
            raise DetectorError(
                f"{address} was overwritten: give the channel a pattern with {{index}}, and the "
                "group as many starts= as there are events"
            )
        self._known.add(address)
        uid = str(uuid.uuid4())
        path, _, dataset = unquote(urlsplit(address).path).partition("::")
        spec = (
            "HDF5" if address.startswith("h5file") else _SPECS.get(path.rpartition(".")[2], "FILE")
        )
        self._pending.append(
            (
                "resource",
                {
                    "uid": uid,
                    "spec": spec,
                    "root": "/",
                    "resource_path": path.lstrip("/"),
                    "resource_kwargs": {"dataset": dataset or "dataset"} if spec == "HDF5" else {},
                    "path_semantics": "posix",
                },
            )
        )
        datum = {"datum_id": f"{uid}/0", "resource": uid, "datum_kwargs": {}}
        self._pending.append(("datum", datum))
        return {"value": f"{uid}/0", "timestamp": timestamp}

    def documents(self) -> Iterator[Asset]:
        """The documents that have not been emitted yet."""
        pending, self._pending = self._pending, []
        yield from pending


def reference_key(source: str, shape: Any) -> dict[str, Any]:
    """The DataKey of such data, with the shape that the device gives."""
    return {
        "source": source,
        "dtype": "array",
        "shape": [int(size) for size in shape],
        "external": "FILESTORE:",
    }
