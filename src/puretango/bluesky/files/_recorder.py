"""Images that this computer writes itself, as they are read from an attribute."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, Literal

import numpy as np

from puretango._disk import Disk

from ._assets import ImageFile, ResourceAssets, StreamAssets, make_assets
from ._files import DetectorError, Written, as_directory

__all__ = ["Recorder"]

_DATASET = "/entry/data/data"


class Recorder:
    """One growing HDF5 file for each run, with the images of one attribute.

    The file is made with the first image, and a name that is taken is refused. An image of another
    shape or type than the first, and a disk that is full, fail with a DetectorError.
    """

    def __init__(
        self,
        key: str,
        write_path: str,
        file_name: Callable[[], str],
        assets: Literal["stream", "resource"],
    ) -> None:
        if assets not in ("stream", "resource"):
            raise ValueError(f"assets must be 'stream' or 'resource', not {assets!r}")
        if not Path(write_path).is_absolute():
            raise ValueError(f"documents need the whole path to the images, not {write_path!r}")
        self.key = key
        self._write_path = write_path
        self._file_name = file_name
        self._kind = assets
        self._written = Written()
        self._path: Path | None = None
        self._file: Any = None
        self._data: Any = None
        self._disk: Disk | None = None
        self._assets: StreamAssets | ResourceAssets | None = None

    @property
    def external(self) -> str:
        """The data key's entry that says that the data are external."""
        return "STREAM:" if self._kind == "stream" else "FILESTORE:"

    @property
    def index(self) -> int:
        """Images in the file."""
        return 0 if self._assets is None else self._assets.index

    @property
    def is_open(self) -> bool:
        """Whether a file is open for images."""
        return self._path is not None

    def open(self) -> None:
        """Choose the file's name and make its directory; DetectorError if that fails."""
        directory = Path(as_directory(datetime.now().strftime(self._write_path)))
        path = directory / f"{self._file_name()}.h5"
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DetectorError(f"{self.key}: {error}") from error
        self._written.claim(str(path))
        self._path, self._assets = path, None

    def append(self, image: Any, timestamp: float) -> dict[str, Any]:
        """Write one image; returns the reading that names it, if there is one."""
        image = np.asarray(image)
        try:
            if self._data is None:
                self._begin(image)
            self._check(image)
            count = len(self._data)
            self._data.resize(count + 1, axis=0)
            self._data[count] = image
            self._file.flush()
            if self._disk is not None:
                self._disk.check()
        except (OSError, RuntimeError, TypeError) as error:
            raise DetectorError(f"{self.key}: the file was not written ({error})") from error
        assert self._assets is not None
        return self._assets.taken(timestamp)

    def _begin(self, image: Any) -> None:
        import h5py

        if self._path is None:
            raise DetectorError(f"{self.key} must be staged before it is read")
        if image.ndim != 2 or not image.size:
            raise DetectorError(f"{self.key}: {image.shape} is not an image")
        kind = image.dtype
        if kind.kind == "U":
            kind, image = h5py.string_dtype(), image.astype(object)
        # Not HDF5's own driver: the library crashes the process when a full disk keeps it from closing a file.
        self._disk = Disk(self._path, new=True)
        self._file = h5py.File(self._disk, "w")
        data = self._file.create_group("entry").create_group("data")
        self._file["entry"].attrs["NX_class"], data.attrs["NX_class"] = "NXentry", "NXdata"
        data.attrs["signal"] = "data"
        shape = image.shape
        self._data = data.create_dataset(
            "data", (0, *shape), kind, maxshape=(None, *shape), chunks=(1, *shape)
        )
        file = ImageFile(
            key=self.key,
            path=PurePosixPath(self._path),
            shape=(shape[0], shape[1]),
            frames_per_event=1,
            dtype=np.dtype(kind).str,
            dataset=_DATASET,
        )
        self._assets = make_assets(self._kind, file)

    def _check(self, image: Any) -> None:
        if image.shape != self._data.shape[1:]:
            raise DetectorError(
                f"{self.key}: the image is {image.shape} now, the file's are {self._data.shape[1:]}"
            )

    def documents(self, index: int | None = None) -> list[Any]:
        """The documents about images that have not been emitted yet."""
        return [] if self._assets is None else list(self._assets.documents(index))

    def close(self) -> None:
        """Close the file."""
        file, disk = self._file, self._disk
        self._file = self._data = self._disk = self._path = None
        try:
            if file is not None:
                file.close()
        finally:
            if disk is not None:
                disk.close()
