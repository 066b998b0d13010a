"""One HDF5 file of images, in the NeXus layout of areaDetector's file writer."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import h5py
import hdf5plugin
import numpy as np

from puretango._disk import Disk

from ._plugin import Frame

__all__ = ["Compression", "CompressionSettings", "ImageFile"]


class Compression(enum.IntEnum):
    """Filters by the numbers of areaDetector's menu."""

    NONE = 0
    NBIT = 1
    SZIP = 2
    ZLIB = 3
    BLOSC = 4
    BSLZ4 = 5
    LZ4 = 6
    JPEG = 7


BLOSC_COMPRESSORS: tuple[
    Literal["blosclz"],
    Literal["lz4"],
    Literal["lz4hc"],
    Literal["snappy"],
    Literal["zlib"],
    Literal["zstd"],
] = ("blosclz", "lz4", "lz4hc", "snappy", "zlib", "zstd")


@dataclass(frozen=True, slots=True)
class CompressionSettings:
    """A filter and its parameters."""

    kind: Compression = Compression.NONE
    zlevel: int = 6
    szip_pixels: int = 16
    data_bits: int = 0
    blosc_compressor: int = 0
    blosc_level: int = 5
    blosc_shuffle: int = 1

    def dataset_options(self) -> dict[str, Any]:
        """The filter as keyword arguments of h5py's create_dataset."""
        match self.kind:
            case Compression.NONE | Compression.NBIT:
                return {}
            case Compression.ZLIB:
                return {"compression": "gzip", "compression_opts": min(9, max(0, self.zlevel))}
            case Compression.SZIP:
                if not h5py.h5z.filter_avail(h5py.h5z.FILTER_SZIP):
                    raise OSError("this HDF5 library has no szip encoder")
                return {"compression": "szip", "compression_opts": ("nn", self.szip_pixels)}
            case Compression.BLOSC:
                name = BLOSC_COMPRESSORS[self.blosc_compressor]
                return dict(
                    hdf5plugin.Blosc(
                        cname=name, clevel=self.blosc_level, shuffle=self.blosc_shuffle
                    )
                )
            case Compression.BSLZ4:
                return dict(hdf5plugin.Bitshuffle(cname="lz4"))
            case Compression.LZ4:
                return dict(hdf5plugin.LZ4())
            case Compression.JPEG:
                raise OSError("JPEG compresses 8-bit images only, and these are 32-bit")


#: The attributes stored for each frame, and their types, as in areaDetector's file writer.
_ATTRIBUTES: dict[str, Any] = {
    "NDArrayUniqueId": np.int32,
    "NDArrayTimeStamp": np.float64,
    "NDArrayEpicsTSSec": np.uint32,
    "NDArrayEpicsTSnSec": np.uint32,
}
#: Seconds between the epochs of POSIX (1970) and EPICS (1990).
_EPICS_EPOCH = 631_152_000


def _attributes_of(frame: Frame) -> dict[str, Any]:
    seconds, rest = divmod(frame.timestamp, 1.0)
    return {
        "NDArrayUniqueId": frame.unique_id,
        "NDArrayTimeStamp": frame.timestamp,
        "NDArrayEpicsTSSec": int(seconds) - _EPICS_EPOCH,
        "NDArrayEpicsTSnSec": int(rest * 1e9),
    }


class ImageFile:
    """An open file: append frames, then close it.

    The dataset is /entry/data/data (frames, height, width); it is the same
    object as /entry/instrument/detector/data. Times and ids of the frames are
    under /entry/instrument/NDAttributes.
    """

    def __init__(
        self,
        path: Path,
        shape: tuple[int, int],
        *,
        compression: CompressionSettings | None = None,
        chunk: tuple[int, int, int] = (0, 0, 0),
        swmr: bool = False,
        attributes: bool = True,
    ) -> None:
        self.path = path
        self.shape = shape
        self.frames = 0
        self._file: Any = None
        settings = compression or CompressionSettings()
        options = settings.dataset_options()
        frames, rows, columns = chunk
        chunks = (frames or 1, min(rows or shape[0], shape[0]), min(columns or shape[1], shape[1]))
        # SWMR works on HDF5's own driver only.
        self._disk = None if swmr else Disk(path)
        try:
            target = self._disk or path
            self._file = h5py.File(target, "w", libver="latest" if swmr else None)
            self._build(shape, chunks, options, settings, attributes)
            if swmr:
                self._file.swmr_mode = True
        except BaseException:
            self.abandon()
            raise

    def _build(
        self,
        shape: tuple[int, int],
        chunks: tuple[int, ...],
        options: dict[str, Any],
        settings: CompressionSettings,
        attributes: bool,
    ) -> None:
        root = self._file
        root.attrs["default"] = "entry"
        entry = _group(root, "entry", "NXentry", default="data")
        data = _group(entry, "data", "NXdata", signal="data")
        instrument = _group(entry, "instrument", "NXinstrument")
        detector = _group(instrument, "detector", "NXdetector")
        maximum = (None, *shape)
        if settings.kind is Compression.NBIT:
            self._data = _nbit_dataset(detector, shape, chunks, settings.data_bits)
        else:
            self._data = detector.create_dataset(
                "data", (0, *shape), np.int32, maxshape=maximum, chunks=chunks, **options
            )
        self._data.attrs["signal"] = 1
        data["data"] = self._data
        self._attributes: dict[str, Any] = {}
        if attributes:
            extra = _group(instrument, "NDAttributes", "NXcollection")
            for name, kind in _ATTRIBUTES.items():
                self._attributes[name] = extra.create_dataset(
                    name, (0,), kind, maxshape=(None,), chunks=(256,)
                )

    def append(self, *frames: Frame) -> None:
        """Write frames."""
        n, end = self.frames, self.frames + len(frames)
        self._data.resize(end, axis=0)
        for index, frame in enumerate(frames, n):
            self._data[index] = frame.data
        told = [_attributes_of(frame) for frame in frames] if self._attributes else []
        for name, dataset in self._attributes.items():
            dataset.resize(end, axis=0)
            dataset[n:end] = [values[name] for values in told]
        self.frames = end
        self._check()

    def flush(self) -> None:
        """Make the written frames visible to readers."""
        self._file.flush()
        self._check()

    def _check(self) -> None:
        if self._disk is not None:
            self._disk.check()

    def close(self) -> None:
        """Close the file."""
        try:
            if self._file is not None:
                self._file.close()
        finally:
            if self._disk is not None:
                self._disk.close()
        self._check()

    def abandon(self) -> None:
        """Close a file that could not be written; what is not on disk yet is lost."""
        if self._disk is not None:
            self._disk.broken = True
            self._disk.error = None
        self.close()


def _group(parent: Any, name: str, nx_class: str, **attributes: str) -> Any:
    group = parent.create_group(name)
    group.attrs["NX_class"] = nx_class
    for key, value in attributes.items():
        group.attrs[key] = value
    return group


def _nbit_dataset(parent: Any, shape: tuple[int, int], chunks: tuple[int, ...], bits: int) -> Any:
    """A dataset behind HDF5's own N-bit filter, which h5py has no keyword for."""
    kind = h5py.h5t.NATIVE_INT32.copy()
    if 0 < bits < 32:
        kind.set_precision(bits)
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_chunk(chunks)
    plist.set_filter(h5py.h5z.FILTER_NBIT, h5py.h5z.FLAG_OPTIONAL)
    space = h5py.h5s.create_simple((0, *shape), (h5py.h5s.UNLIMITED, *shape))
    return h5py.Dataset(h5py.h5d.create(parent.id, b"data", kind, space, plist))
