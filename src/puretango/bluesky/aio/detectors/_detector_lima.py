"""Cameras under the control of Lima (LimaCCDs) for ophyd-async, which save HDF5 files."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from typing import Any, Literal

from bluesky.protocols import Flyable, Pausable, Preparable, Stoppable, Triggerable
from ophyd_async.core import (
    AsyncStatus,
    PathProvider,
    StandardReadable,
    StandardReadableFormat,
    TriggerInfo,
    WatchableAsyncStatus,
    WatcherUpdate,
)

from puretango.bluesky.files import (
    Asset,
    DetectorError,
    EventFiles,
    FlownFiles,
    ImageFile,
    Written,
    local_path,
)
from puretango.bluesky.rules import (
    LIMA_CONFIGURATION,
    LIMA_DATASET,
    LIMA_SETTINGS,
    LimaFlight,
    lima_data_key,
    lima_flight,
    lima_step,
)

from ._lima import LimaIO

__all__ = ["LimaDetector"]

#: Seconds between two checks of an acquisition.
_PERIOD = 0.01


class LimaDetector(StandardReadable, Triggerable, Preparable, Flyable, Stoppable, Pausable):
    """``LimaDetector("lab/limaccds/1", path_provider, "det")``.

    Each trigger is one acquisition (prepareAcq, startAcq) of ``frames_per_event`` images into a
    file of its own, and done when Lima has saved the last of them. Exposures are set by
    ``driver.acq_expo_time`` and ``driver.latency_time``. Unstage restores every setting.

    For flying it is prepared with a ``TriggerInfo``: kickoff begins one acquisition of all images
    into one file, complete is done when Lima has saved the last of them, and stream documents
    follow as they are saved.

    Parameters
    ----------
    path_provider
        Says where Lima writes, and how the files are found from here. A name that exists is
        refused. Lima makes no directories.
    assets
        ``"stream"`` or ``"resource"`` documents.
    dataset
        Where Lima's files have the images.
    trigger_timeout
        Seconds that an acquisition may take longer than its exposures.
    """

    def __init__(
        self,
        trl: str,
        path_provider: PathProvider,
        name: str = "",
        *,
        assets: Literal["stream", "resource"] = "stream",
        frames_per_event: int = 1,
        dataset: str = LIMA_DATASET,
        trigger_timeout: float = 30.0,
    ) -> None:
        if assets not in ("stream", "resource"):
            raise ValueError(f"assets must be 'stream' or 'resource', not {assets!r}")
        self.driver = LimaIO(trl, auto_fill_signals=False)
        self.frames_per_event = frames_per_event
        self.trigger_timeout = trigger_timeout
        self._path_provider = path_provider
        self._kind = assets
        self._dataset = dataset
        self._written = Written()
        self._before: dict[str, Any] = {}
        self._assets: EventFiles | FlownFiles | None = None
        self._flight: LimaFlight | None = None
        #: Whether a flight is set up, and from the start of its acquisition to its end.
        self._prepared = self._flying = False
        #: Whether the last pause came during a flight.
        self._flight_begun = False
        self._uri = self._stem = self._index_format = ""
        self._number = 0
        self._readings: dict[str, Any] = {}
        self._status: Any = None
        self._replay = False
        self._stop_reason: str | None = None
        configuration = [getattr(self.driver, each) for each in LIMA_CONFIGURATION]
        self.add_readables(configuration, StandardReadableFormat.CONFIG_SIGNAL)
        super().__init__(name=name)

    # -- Stageable
    @AsyncStatus.wrap
    async def stage(self) -> None:
        """Tell Lima where and how to save; DetectorError says what prevents it."""
        await super().stage()
        io = self.driver
        where = self._path_provider(self.name)
        self._stem, self._number = f"{where.filename}_", 0
        self._uri = str(where.directory_uri)
        self._index_format = await io.saving_index_format.get_value()
        self._claim()
        signals = [getattr(io, setting) for setting in LIMA_SETTINGS]
        values = await asyncio.gather(*(signal.get_value() for signal in signals))
        self._before = dict(zip(LIMA_SETTINGS, values))
        for setting, value in {
            "saving_mode": "AUTO_FRAME",
            "saving_format": "HDF5",
            "saving_suffix": ".h5",
            "saving_overwrite_policy": "ABORT",
            "saving_frame_per_file": self.frames_per_event,
            "saving_directory": str(where.directory_path),
            "saving_prefix": self._stem,
            "saving_next_number": 0,
            "acq_nb_frames": self.frames_per_event,
        }.items():
            await getattr(io, setting).set(value)
        _, _, width, height = (int(size) for size in await io.image_sizes.get_value())
        self._assets = EventFiles(self._kind, self.name, self._dataset, (1, height, width))

    @property
    def _file(self) -> str:
        uri = f"{self._uri}{self._stem}{self._index_format % self._number}.h5"
        path = local_path(uri)
        if path is None:
            raise DetectorError(f"{self.name}: {uri} is not a file that documents can name")
        return path

    def _claim(self) -> None:
        try:
            self._written.claim(self._file)
        except DetectorError as refusal:
            raise DetectorError(f"{self.name}: {refusal}") from None

    @AsyncStatus.wrap
    async def unstage(self) -> None:
        """Stop, and restore every setting."""
        before, self._before = self._before, {}
        try:
            await self._halt("")
            for setting, value in before.items():
                await getattr(self.driver, setting).set(value)
        finally:
            self._assets, self._status, self._readings = None, None, {}
            self._flight, self._flying, self._prepared = None, False, False
            self._replay = self._flight_begun = False
            await super().unstage()

    # -- Triggerable
    def trigger(self) -> Any:
        """Take the images of one event; done when Lima has saved them."""
        assets, status = self._assets, self._status
        if assets is None:
            raise DetectorError(f"{self.name} must be staged before it is triggered")
        if self._replay and status is not None and not (status.done and not status.success):
            self._replay = False  # repeated after a pause: the first one is still running, or has not been read
            return status
        self._refuse_while_acquiring()
        if not isinstance(assets, EventFiles):
            raise DetectorError(f"{self.name} was prepared to be flown: stage it to be triggered")
        self._replay, self._stop_reason = False, None
        if self._number > 0:
            self._claim()
        self._status = WatchableAsyncStatus(self._acquire(assets), self.name)
        return self._status

    def _refuse_while_acquiring(self) -> None:
        if self._flying or (self._status is not None and not self._status.done):
            raise DetectorError(f"{self.name} is acquiring already")

    async def _start(self) -> None:
        io = self.driver
        await io.saving_next_number.set(self._number)
        await io.prepare_acq.trigger()
        if self._stop_reason is None:
            await io.start_acq.trigger()

    async def _acquire(self, assets: EventFiles) -> AsyncIterator[WatcherUpdate[int]]:
        finished = False
        try:
            await self._start()
            async for update in self._follow(self.frames_per_event):
                yield update
            file, finished = self._file, self._stop_reason is None
        finally:
            self._number += 1  # after a failure that file may exist, with some of the images
            if not finished:
                await self._stop_acquisition()
        if finished:
            self._readings = assets.taken(file, time.time())

    async def _stop_acquisition(self) -> None:
        with contextlib.suppress(Exception):
            await asyncio.shield(self.driver.stop_acq.trigger())

    async def _follow(
        self, wanted: int, reached: Callable[[int], None] = lambda frames: None
    ) -> AsyncIterator[WatcherUpdate[int]]:
        io = self.driver
        times = await asyncio.gather(io.acq_expo_time.get_value(), io.latency_time.get_value())
        patience = sum(times) + self.trigger_timeout
        before, deadline = 0, time.monotonic() + patience
        while True:
            if self._stop_reason:
                raise DetectorError(self._stop_reason)
            if self._stop_reason is not None:
                return  # the acquisition was ended, and nobody waits for its images
            state, saved, fault = await asyncio.gather(
                io.acq_status.get_value(cached=False),
                io.last_image_saved.get_value(cached=False),
                io.acq_status_fault_error.get_value(cached=False),
            )
            frames = saved + 1
            reached(frames)
            yield WatcherUpdate(
                current=frames, initial=0, target=wanted, name=self.name, unit="images"
            )
            if lima_step(state, f"{self.name}: {fault}", saved, wanted):
                return
            if frames > before:
                before, deadline = frames, time.monotonic() + patience
            if time.monotonic() > deadline:
                raise DetectorError(f"{self.name}: images are missing after {frames} of {wanted}")
            await asyncio.sleep(_PERIOD)

    # -- Preparable, Flyable
    @AsyncStatus.wrap
    async def prepare(self, value: TriggerInfo) -> None:
        """Set up a flight; if it needs an external trigger, it begins to wait for it."""
        if self._replay and self._flight_begun:
            return  # repeated after a pause: it is still running
        if self._assets is None:
            raise DetectorError(f"{self.name} must be staged before it is prepared")
        if self._kind != "stream":
            raise DetectorError(f"{self.name}: flights need stream documents")
        self._refuse_while_acquiring()
        flight = lima_flight(self.name, value)
        if self._number > 0:
            self._claim()
        for setting, wanted in flight.settings.items():
            signal = getattr(self.driver, setting)
            if setting not in self._before:
                self._before[setting] = await signal.get_value()
            await signal.set(wanted)
        if not isinstance(self._assets, FlownFiles):
            self._assets = FlownFiles()
        sizes = await self.driver.image_sizes.get_value()
        key = lima_data_key(sizes, flight.frames_per_event)
        self._assets.begin(ImageFile.described(self.name, self._file, key, self._dataset))
        self._flight, self._status, self._stop_reason = flight, None, None
        self._prepared = True
        if flight.external:
            await self._take_off()

    async def _take_off(self) -> None:
        self._flying, self._prepared = True, False
        try:
            await self._start()
        except BaseException:
            self._flying = False
            self._number += 1  # that file may exist
            raise

    @AsyncStatus.wrap
    async def kickoff(self) -> None:
        """Begin the acquisition that was prepared."""
        flight = self._flight
        if self._replay and self._flight_begun:
            return
        if self._flying and flight is not None and flight.external:
            return  # it already waits for its trigger
        self._refuse_while_acquiring()
        if not self._prepared:
            raise DetectorError(f"{self.name} must be prepared before it is flown")
        await self._take_off()

    def complete(self) -> WatchableAsyncStatus[int]:
        """Done when Lima has saved the last image."""
        flight, assets, status = self._flight, self._assets, self._status
        if self._replay and self._flight_begun and status is not None:
            self._replay = False
            return status  # type: ignore[no-any-return]  # ophyd-async's own annotation says Any
        if flight is None or not self._flying or not isinstance(assets, FlownFiles):
            raise DetectorError(f"{self.name} has not been kicked off")
        self._replay = False
        self._status = WatchableAsyncStatus(self._fly(flight, assets), self.name)
        return self._status  # type: ignore[no-any-return]  # ophyd-async's own annotation says Any

    async def _fly(
        self, flight: LimaFlight, assets: FlownFiles
    ) -> AsyncIterator[WatcherUpdate[int]]:
        finished = False
        try:
            async for update in self._follow(flight.frames, assets.reached):
                yield update
            finished = True
        finally:
            if not finished:
                await self._stop_acquisition()
            self._flying = False
            self._number += 1

    async def describe_collect(self) -> dict[str, Any]:
        """The images of a flight."""
        return {self.name: (await self.describe())[self.name]}

    # -- interruptions
    async def stop(self, success: bool = False) -> None:
        """End the acquisition; its status fails."""
        await self._halt(f"{self.name} was stopped")

    async def pause(self) -> None:
        """Exposures go on during a pause; a trigger repeated after it starts no second one."""
        self._flight_begun = self._flying
        self._replay = self._status is not None or self._flying

    async def resume(self) -> None:
        """Nothing to do: ``pause`` held nothing."""

    async def _halt(self, reason: str) -> None:
        status = self._status
        if self._flying or (status is not None and not status.done):
            self._stop_reason = reason
            await self.driver.stop_acq.trigger()

    # -- Readable
    async def describe(self) -> dict[str, Any]:
        """What is read besides the images, and the images."""
        described: dict[str, Any] = dict(await super().describe())
        if self._assets is not None:
            sizes = await self.driver.image_sizes.get_value()
            flight = self._flight
            frames = self.frames_per_event if flight is None else flight.frames_per_event
            described[self.name] = lima_data_key(sizes, frames) | {
                "source": f"tango://{self.driver.trl.removeprefix('tango://')}",
                "external": self._assets.external,
            }
        return described

    async def read(self) -> dict[str, Any]:
        """What is read besides the images, and with ``resource`` documents the datum of the images."""
        readings = dict(await super().read())
        self._status = None
        return readings | self._readings

    # -- WritesExternalAssets, WritesStreamAssets
    async def collect_asset_docs(self, index: int | None = None) -> AsyncIterator[Asset]:
        """The documents about the images that have not been emitted yet."""
        if not self._flying:
            self._flight_begun = False
        if self._assets is not None:
            for document in self._assets.documents(index):
                yield document

    async def get_index(self) -> int:
        """Events whose images are in their files."""
        return 0 if self._assets is None else self._assets.index
