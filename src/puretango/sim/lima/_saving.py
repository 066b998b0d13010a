"""How Lima saves images: names, policies, and its HDF5 layout."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from puretango._disk import Disk
from puretango.sim.camera import Frame, Plugin

__all__ = ["DATASET", "Saving", "SavingError", "SavingSettings"]

#: The dataset of the images in Lima's HDF5 files.
DATASET = "/entry_0000/measurement/data"


class SavingError(RuntimeError):
    """Images cannot be saved with these settings."""


@dataclass(slots=True)
class SavingSettings:
    """What a user sets, by the names of LimaCCDs' attributes without ``saving_``."""

    mode: str = "MANUAL"
    directory: str = ""
    prefix: str = ""
    suffix: str = ".h5"
    format: str = "HDF5"
    overwrite_policy: str = "ABORT"
    index_format: str = "%04d"
    next_number: int = 0
    frame_per_file: int = 1

    def path(self, number: int) -> Path:
        """The file of this number."""
        return Path(self.directory) / f"{self.prefix}{self.index_format % number}{self.suffix}"


class Saving(Plugin):
    """Writes every frame of an acquisition if the mode is AUTO_FRAME."""

    QUEUE_SIZE = 1000

    def __init__(self) -> None:
        super().__init__("lima-saving")
        self.enabled = True
        self.settings = SavingSettings()
        #: Index of the last image in a file; -1: none yet.
        self.last_saved = -1
        self.error = ""
        #: Called after each image that was saved, or could not be.
        self.told: Callable[[], None] = lambda: None
        self._file: Any = None
        self._data: Any = None
        self._disk: Disk | None = None

    @property
    def automatic(self) -> bool:
        """Whether frames are saved automatically."""
        return self.settings.mode != "MANUAL"

    def prepare(self, frames: int) -> None:
        """Check what an acquisition of so many frames will write; SavingError if it cannot."""
        self.close_file()
        self.last_saved, self.error = -1, ""
        if not self.automatic:
            return
        s = self.settings
        if s.format != "HDF5":
            raise SavingError(f"this simulation saves HDF5 only, not {s.format}")
        if not Path(s.directory).is_dir():
            raise SavingError(f"Directory : {s.directory} not exist")
        files = max(1, -(-frames // max(1, s.frame_per_file)))
        for number in range(s.next_number, s.next_number + files):
            if s.overwrite_policy == "ABORT" and s.path(number).exists():
                raise SavingError(f"Files already exist : {s.path(number)}")

    def process(self, frames: list[Frame]) -> None:
        """Save frames; a failure is kept in ``error``, and ends the saving."""
        if not self.automatic or self.error:
            return
        try:
            for frame in frames:
                self._save(frame)
        except (OSError, RuntimeError) as error:
            self.error = f"Save error: {error}"
            with contextlib.suppress(OSError):
                self.close_file()  # the error before is the one that is reported
        self.told()

    def _save(self, frame: Frame) -> None:
        s = self.settings
        if self._file is None:
            self._disk = Disk(s.path(s.next_number))
            self._file = h5py.File(self._disk, "w")
            entry = self._file.create_group("entry_0000")
            entry.attrs["NX_class"] = "NXentry"
            measurement = entry.create_group("measurement")
            measurement.attrs["NX_class"] = "NXcollection"
            shape = frame.data.shape
            self._data = measurement.create_dataset(
                "data", (0, *shape), np.int32, maxshape=(None, *shape), chunks=(1, *shape)
            )
        count = len(self._data)
        self._data.resize(count + 1, axis=0)
        self._data[count] = frame.data
        self._file.flush()
        if self._disk is not None:
            self._disk.check()
        if count + 1 >= max(1, s.frame_per_file):
            self.close_file()
        self.last_saved += 1

    def close_file(self) -> None:
        """Close the open file; the next one gets the next number."""
        file, disk = self._file, self._disk
        self._file = self._data = self._disk = None
        if file is not None:
            file.close()
            self.settings.next_number += 1
        if disk is not None:
            disk.close()
            disk.check()

    def close(self) -> None:
        """End the worker, and close the file."""
        super().close()
        self.close_file()
