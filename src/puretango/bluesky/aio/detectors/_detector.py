"""Area detectors that write HDF5 files, for ophyd-async, on any control layer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any, Protocol

from bluesky.protocols import Pausable, Stoppable
from ophyd_async.core import (
    AsyncStatus,
    Device,
    PathProvider,
    SignalR,
    SignalRW,
    StandardDetector,
    TriggerInfo,
    WatchableAsyncStatus,
    WatcherUpdate,
)

from ._detector_logic import AcquireLogic, DataLogic, TriggerLogic

__all__ = ["HDF5Detector", "HDF5DetectorIO"]


class HDF5DetectorIO(Protocol):
    """The signals of a detector with a file writer; modes and compressions are texts."""

    acquire: SignalRW[bool]
    acquire_time: SignalRW[float]
    acquire_period: SignalRW[float]
    image_mode: SignalRW[str]
    num_images: SignalRW[int]
    num_exposures: SignalRW[int]
    rows: SignalR[int]
    columns: SignalR[int]
    writer_enabled: SignalRW[bool]
    file_path: SignalRW[str]
    path_exists: SignalR[bool]
    file_name: SignalRW[str]
    file_number: SignalRW[int]
    file_template: SignalRW[str]
    full_file_name: SignalR[str]
    write_mode: SignalRW[str]
    num_capture: SignalRW[int]
    num_captured: SignalR[int]
    capture: SignalRW[bool]
    lazy_open: SignalRW[bool]
    swmr: SignalRW[bool]
    compression: SignalRW[str]
    auto_increment: SignalRW[bool]
    auto_save: SignalRW[bool]
    create_directory: SignalRW[int]
    write_error: SignalR[bool]
    write_message: SignalR[str]


#: Settings that a run may change; unstage restores them, in this order.
_SETTINGS = (
    *("image_mode", "num_images", "num_exposures", "acquire_time", "acquire_period"),
    *("create_directory", "file_path", "file_name", "file_number", "file_template"),
    *("auto_increment", "auto_save", "num_capture", "lazy_open", "swmr", "compression"),
    *("write_mode", "writer_enabled"),
)


class HDF5Detector(StandardDetector, Stoppable, Pausable):
    """A detector with a file writer, counted and flown by ophyd-async's rules.

    The file is opened when the detector is prepared, which a trigger does by itself; a trigger is
    done when its images are in the file, and fails with the writer's reason where they are not.
    Unstage closes the file and restores every setting.

    Parameters
    ----------
    driver
        A device with the signals of `HDF5DetectorIO`, of any control layer.
    path_provider
        Says where the detector writes, and how the files are found from here.
    compression
        One of the detector's, or None to leave it as it is.
    trigger_timeout
        Seconds that an image may take longer than its exposures.
    overwrite
        A file that exists already is refused before anything is exposed; True lets the detector
        overwrite it.
    """

    def __init__(
        self,
        driver: Any,
        path_provider: PathProvider,
        name: str = "",
        *,
        compression: str | None = "LZ4",
        trigger_timeout: float = 30.0,
        overwrite: bool = False,
        config_sigs: Sequence[SignalR[Any]] = (),
    ) -> None:
        self.driver: Device = driver
        self.trigger_timeout = trigger_timeout
        self._data = DataLogic(driver, path_provider, compression, overwrite=overwrite)
        self._acquisition = AcquireLogic(driver, self._data, trigger_timeout)
        self._before: dict[str, Any] = {}
        #: The last trigger's status, until its images were read.
        self._status: Any = None
        self._replay = False
        self.add_detector_logics(TriggerLogic(driver), self._acquisition, self._data)
        self.add_config_signals(*config_sigs)
        super().__init__(name=name)

    @property
    def _io(self) -> HDF5DetectorIO:
        driver: Any = self.driver
        return driver  # type: ignore[no-any-return]  # bluesky is untyped here

    # -- Stageable
    @AsyncStatus.wrap
    async def stage(self) -> None:
        """Make sure that the detector is at rest; its settings are put back by unstage."""
        await super().stage()
        if not self._before:
            self._before = await self._settings()
        self._status, self._replay = None, False

    @AsyncStatus.wrap
    async def unstage(self) -> None:
        """Stop, close the file, and restore every setting."""
        self._status, self._replay = None, False
        before, self._before = self._before, {}
        await super().unstage()
        present = await self._settings() if before else {}
        for setting, value in before.items():
            if present[setting] != value:
                await getattr(self._io, setting).set(value)

    async def _settings(self) -> dict[str, Any]:
        # All at once: signals of one Tango device are then one request.
        signals = [getattr(self._io, setting) for setting in _SETTINGS]
        values = await asyncio.gather(*(signal.get_value(cached=False) for signal in signals))
        return dict(zip(_SETTINGS, values))

    # -- Preparable
    @AsyncStatus.wrap
    async def prepare(self, value: TriggerInfo) -> None:
        """Set exposures up and open the file, if it is not open yet."""
        if self._replay and self._acquisition.acquiring:
            return  # repeated after a pause: what it prepared is already running
        if "exposure_timeout" not in value.model_fields_set:
            value = value.model_copy(update={"exposure_timeout": await self._patience(value)})
        await super().prepare(value)

    async def _patience(self, info: TriggerInfo) -> float:
        """Seconds that an image may take: without a livetime an exposure is as long as is set now."""
        period = info.livetime + info.deadtime
        if not info.livetime:
            times = (self._io.acquire_time, self._io.acquire_period)
            period = max(await asyncio.gather(*(signal.get_value() for signal in times)))
        return period * info.exposures_per_collection + self.trigger_timeout

    # -- Triggerable
    def trigger(self) -> WatchableAsyncStatus[int]:
        """Take the images of one event; done when they are in the file."""
        status = self._status
        if self._replay and status is not None and not (status.done and not status.success):
            # The RunEngine repeats the trigger after a pause: the images of
            # the first one are on their way, or in the file and not read yet.
            self._replay = False
            return status  # type: ignore[no-any-return]  # bluesky is untyped here
        self._replay = False
        self._acquisition.begin()
        status = WatchableAsyncStatus(self._watched(super().trigger()), self.name)
        self._status = status
        return status

    # -- Flyable
    @AsyncStatus.wrap
    async def kickoff(self) -> None:
        """Begin to acquire; an acquisition that runs since before a pause is left alone."""
        if self._replay and self._acquisition.acquiring:
            return
        self._acquisition.begin()
        await super().kickoff()

    def complete(self) -> WatchableAsyncStatus[int]:
        """Done when all images are in the file."""
        self._replay = False
        return WatchableAsyncStatus(self._watched(super().complete()), self.name)

    async def _watched(self, status: Any) -> AsyncIterator[WatcherUpdate[int]]:
        """Wraps what ophyd-async waits for, which cannot know if the images will never come."""
        updates: asyncio.Queue[Any] = asyncio.Queue()
        status.watch(lambda **update: updates.put_nowait(update))
        ended = self._acquisition.ended
        try:
            while True:
                update = asyncio.ensure_future(updates.get())
                await asyncio.wait(
                    {update, status.task, ended}, return_when=asyncio.FIRST_COMPLETED
                )
                if not update.done():
                    update.cancel()
                    break
                yield WatcherUpdate(**update.result())
            if ended.done():
                ended.result()
            else:
                await status
        finally:
            status.task.cancel()

    # -- interruptions
    async def stop(self, success: bool = False) -> None:
        """End the acquisition; its status fails unless ``success``."""
        self._acquisition.end(None if success else f"{self.name} was stopped")
        await self._io.acquire.set(False)

    async def pause(self) -> None:
        """Exposures go on during a pause; a trigger repeated after it starts no second one."""
        self._replay = self._status is not None or self._acquisition.acquiring

    async def resume(self) -> None:
        """Nothing to do: ``pause`` held nothing."""

    # -- Readable
    async def read(self) -> dict[str, Any]:
        """What is read beside the images, which go into the file."""
        self._status = None
        return dict(await super().read())
