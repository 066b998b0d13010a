"""Any image attribute as a detector for ophyd-async: its images are read and written by this process."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any, Literal

from bluesky.protocols import Hints
from ophyd_async.core import AsyncStatus, Device, SignalR

from puretango.bluesky.aio.signals import tango_signal_r
from puretango.bluesky.files import Asset, Recorder
from puretango.bluesky.statuses import FinishedStatus

__all__ = ["TangoImage"]


class TangoImage(Device):
    """An image attribute whose images go into an HDF5 file of this computer.

    ``TangoImage("lab/camera/1/image", "camera", write_path="/data/%Y/%m/%d")``; arguments are
    those of the classic one.
    """

    def __init__(
        self,
        trl: str,
        name: str = "",
        *,
        write_path: str,
        file_name: Callable[[], str] = lambda: str(uuid.uuid4()),
        assets: Literal["stream", "resource"] = "stream",
        **options: Any,
    ) -> None:
        self.image: SignalR[Any] = tango_signal_r(None, trl, **options)
        self._recorder = Recorder(name, write_path, file_name, assets)
        super().__init__(name=name)

    def set_name(self, name: str, *, child_name_separator: str | None = None) -> None:
        """The images bear the detector's own name."""
        super().set_name(name, child_name_separator=child_name_separator)
        self.image.set_name(name)
        self._recorder.key = name

    @AsyncStatus.wrap
    async def stage(self) -> None:
        """Choose the file; DetectorError says what prevents it."""
        self._recorder.close()
        await asyncio.to_thread(self._recorder.open)

    @AsyncStatus.wrap
    async def unstage(self) -> None:
        """Close the file."""
        await asyncio.to_thread(self._recorder.close)

    def trigger(self) -> FinishedStatus:
        """Nothing to wait for: an image is read when it is asked for."""
        return FinishedStatus()

    async def read(self) -> dict[str, Any]:
        """Read an image and write it; with ``resource`` documents, the reading that names it."""
        reading = (await self.image.read())[self.name]
        # A disk may be slow: the plan's loop goes on meanwhile.
        return await asyncio.to_thread(
            self._recorder.append, reading["value"], reading["timestamp"]
        )

    async def describe(self) -> dict[str, Any]:
        """The images' DataKey."""
        key: dict[str, Any] = dict((await self.image.describe())[self.name])
        shape = [1, *key["shape"]]
        return {self.name: key | {"external": self._recorder.external, "shape": shape}}

    async def collect_asset_docs(self, index: int | None = None) -> AsyncIterator[Asset]:
        """The documents about the images that have not been emitted yet."""
        for document in self._recorder.documents(index):
            yield document

    async def get_index(self) -> int:
        """Images in the file."""
        return self._recorder.index

    @property
    def hints(self) -> Hints:
        """Images are for viewers, not for line plots."""
        return {"fields": []}
