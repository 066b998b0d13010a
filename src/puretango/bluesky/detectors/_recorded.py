"""Any image attribute as a detector: its images are read and written by this process."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any, Literal

from ophyd import Kind
from ophyd.device import RedundantStaging

from puretango.bluesky.files import Asset, Recorder
from puretango.bluesky.signals import TangoSignalRO

__all__ = ["TangoImage"]


class TangoImage(TangoSignalRO):
    """An image attribute whose images go into an HDF5 file of this computer.

    ``RE(count([TangoImage("lab/camera/1/image", name="camera", write_path="/data/%Y/%m/%d")]))``:
    each reading is an image in the file, which an asset document names; the event holds no image. The
    file is one for each stage, and never overwrites another.

    Parameters
    ----------
    write_path
        The directory, with ``%Y/%m/%d`` filled in at stage; it is made if it is missing.
    file_name
        A function that gives the file's name, without ``.h5``, at stage; a new uuid by default.
    assets
        ``"stream"`` for stream_resource and stream_datum documents, ``"resource"`` for resource
        and datum (spec ``AD_HDF5``).
    """

    def __init__(
        self,
        trl: Any,
        *,
        write_path: str,
        name: str | None = None,
        file_name: Callable[[], str] = lambda: str(uuid.uuid4()),
        assets: Literal["stream", "resource"] = "stream",
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("kind", Kind.normal)
        super().__init__(trl, name=name, **kwargs)
        self._recorder = Recorder(self.name, write_path, file_name, assets)

    def stage(self) -> list[object]:
        """Choose the file; DetectorError says what prevents it."""
        if self._recorder.is_open:
            raise RedundantStaging(f"{self.name} is staged already: unstage it first")
        self.refresh_configuration()
        self._recorder.open()
        return [self]

    def unstage(self) -> list[object]:
        """Close the file."""
        self._recorder.close()
        return [self]

    def read(self) -> dict[str, Any]:
        """Read an image and write it; with ``resource`` documents, the reading that names it."""
        found = self.sample()
        return self._recorder.append(found.value, found.timestamp or time.time())

    def describe(self) -> dict[str, Any]:
        """The images' DataKey."""
        key = next(iter(super().describe().values()))
        return {self.name: key | {"external": self._recorder.external, "shape": [1, *key["shape"]]}}

    def read_configuration(self) -> dict[str, Any]:
        """Nothing: ophyd's signals read themselves here, and an image would be written twice."""
        return {}

    def describe_configuration(self) -> dict[str, Any]:
        """Nothing."""
        return {}

    def collect_asset_docs(self, index: int | None = None) -> Iterator[Asset]:
        """The documents about the images that have not been emitted yet."""
        yield from self._recorder.documents(index)

    def get_index(self) -> int:
        """Images in the file."""
        return self._recorder.index

    @property
    def hints(self) -> dict[str, Any]:
        """Images are for viewers, not for line plots."""
        return {"fields": []}
