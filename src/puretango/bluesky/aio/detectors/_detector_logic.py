"""How a detector with a file writer is set up, acquires and writes: ophyd-async's three logics."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from ophyd_async.core import (
    DetectorAcquireLogic,
    DetectorDataLogic,
    DetectorTriggerLogic,
    PathProvider,
    SignalR,
    StreamableDataProvider,
    StreamResourceDataProvider,
    StreamResourceInfo,
    TriggerInfo,
)

from puretango.bluesky.aio.flyers import Flight
from puretango.bluesky.files import DetectorError, Written, as_directory, as_text, local_path
from puretango.bluesky.rules import FlightError

__all__ = ["AcquireLogic", "DataLogic", "TriggerLogic"]

#: Seconds within which a detector must begin to acquire, or to capture.
_START = 5.0
#: The images' dataset in the file, and their type.
_DATASET = "/entry/data/data"
_DTYPE = "<i4"


class TriggerLogic(DetectorTriggerLogic):
    """Exposures timed by the detector itself."""

    def __init__(self, io: Any) -> None:
        self._io = io
        self._added_up = 1

    def config_sigs(self) -> set[SignalR[Any]]:
        """The signal of the exposure time."""
        return {self._io.acquire_time, self._io.acquire_period}

    async def prepare_internal(self, num: int, livetime: float, deadtime: float) -> None:
        """Set up ``num`` exposures; 0 are exposures without end."""
        io = self._io
        await io.image_mode.set("Multiple" if num else "Continuous")
        await io.num_images.set(max(1, num // self._added_up))
        if livetime:
            await io.acquire_time.set(livetime)
            await io.acquire_period.set(livetime + deadtime)

    async def prepare_exposures_per_collection(self, exposures_per_collection: int) -> None:
        """Add up exposures in each image."""
        self._added_up = exposures_per_collection
        await self._io.num_exposures.set(exposures_per_collection)

    async def default_trigger_info(self) -> TriggerInfo:
        """As many images in an event as the detector is set to take."""
        images = await self._io.num_images.get_value()
        return TriggerInfo(collections_per_event=max(1, images))


class DataLogic(DetectorDataLogic):
    """Images in one growing HDF5 file."""

    def __init__(
        self,
        io: Any,
        path_provider: PathProvider,
        compression: str | None,
        *,
        overwrite: bool = False,
    ) -> None:
        self._io = io
        self._overwrite = overwrite
        self._written = Written()
        self._path_provider = path_provider
        self._compression = compression
        self.file_name = ""
        self._watched = False

    async def prepare_unbounded(self, datakey_name: str) -> StreamableDataProvider:
        """Open the capture; DetectorError says what prevents it."""
        io = self._io
        where = self._path_provider(datakey_name)
        await self._set_up(as_directory(str(where.directory_path)), where.create_dir_depth)
        self.file_name = f"{where.filename}.h5"
        local = local_path(f"{where.directory_uri}{self.file_name}")
        if local is not None and not self._overwrite:
            self._written.claim(local)
        await io.file_name.set(where.filename)
        await self._begin_capture()
        # One subscription for the whole capture, as each costs more than a short exposure.
        self._watched = True
        io.num_captured.subscribe_reading(_nothing)
        rows, columns = await asyncio.gather(io.rows.get_value(), io.columns.get_value())
        resource = StreamResourceInfo(
            data_key=datakey_name,
            shape=(rows, columns),
            chunk_shape=(1, rows, columns),
            dtype_numpy=_DTYPE,
            parameters={"dataset": _DATASET, "swmr": True},
        )
        return StreamResourceDataProvider(
            uri=f"{where.directory_uri}{self.file_name}",
            resources=[resource],
            mimetype="application/x-hdf5",
            collections_written_signal=io.num_captured,
        )

    async def _set_up(self, directory: str, depth: int) -> None:
        io = self._io
        settings: list[tuple[Any, Any]] = [
            (io.create_directory, depth),
            (io.file_path, directory),
            (io.file_template, "%s%s.h5"),
            (io.file_number, 0),
            (io.writer_enabled, True),
            (io.auto_increment, True),
            (io.auto_save, True),
            (io.write_mode, "Stream"),
            (io.num_capture, 0),
            (io.lazy_open, True),
            (io.swmr, True),
        ]
        if self._compression is not None:
            settings.append((io.compression, self._compression))
        for signal, value in settings:
            await signal.set(value)
        if not await io.path_exists.get_value(cached=False):
            told = await self.message()
            raise DetectorError(f"the detector has no directory {directory} {told}".rstrip())

    async def _begin_capture(self) -> None:
        io = self._io
        # Not awaited: the set of a busy record completes only with the capture.
        order = asyncio.ensure_future(_done(io.capture.set(True, timeout=None)))
        try:
            deadline = time.monotonic() + _START
            while not await io.capture.get_value(cached=False):
                if order.done():
                    order.result()
                if await io.write_error.get_value(cached=False) or time.monotonic() > deadline:
                    raise DetectorError(f"the capture did not begin {await self.message()}")
                await asyncio.sleep(0.01)
        finally:
            if not order.done():
                order.cancel()

    async def stop(self) -> None:
        """Close the file."""
        if self._watched:
            self._watched = False
            self._io.num_captured.clear_sub(_nothing)
        await self._io.capture.set(False)

    async def message(self) -> str:
        """The writer's last message, in parentheses; empty if it has none."""
        text = as_text(await self._io.write_message.get_value(cached=False))
        return f"({text})" if text else ""

    def get_hinted_fields(self, datakey_name: str) -> Sequence[str]:
        """The images."""
        return [datakey_name]


async def _done(status: Any) -> None:
    await status


def _nothing(reading: Any) -> None:
    """A callback that does nothing, to keep a subscription."""


class AcquireLogic(DetectorAcquireLogic):
    """The acquisitions one after the other, each from Acquire to idle, with the reason of a failure."""

    def __init__(self, io: Any, data: DataLogic, timeout: float) -> None:
        self._io = io
        self._data = data
        self._timeout = timeout
        self._flight: Flight | None = None
        self._expected: int | None = None
        self._ended: asyncio.Future[None] | None = None

    @property
    def acquiring(self) -> bool:
        """Whether an acquisition is under way."""
        return self._flight is not None and not self._flight.done

    @property
    def ended(self) -> asyncio.Future[None]:
        """A future that is done when this acquisition is stopped, and fails when it fails."""
        assert self._ended is not None
        return self._ended

    def begin(self) -> None:
        """Begin the record of a new acquisition."""
        if self.acquiring:
            raise DetectorError("the detector is acquiring already")
        self._flight = None
        self._ended = asyncio.get_running_loop().create_future()
        self._ended.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def start_acquiring(self) -> None:
        """Begin; done when the detector does."""
        io = self._io
        if self._ended is None:
            self.begin()
        captured, images, mode = await asyncio.gather(
            io.num_captured.get_value(cached=False),
            io.num_images.get_value(),
            io.image_mode.get_value(),
        )
        ended = self.ended
        if ended.done():
            return  # stopped before it began
        self._expected = None if mode == "Continuous" else captured + images
        flight = self._flight = Flight(
            "acquisition",
            io.acquire,
            busy_value=True,
            done_value=False,
            start_timeout=_START,
            timeout=None,
            poll_interval=0.05,
            failed=self._why_not_written,
            subscribe=False,
        )
        # A local copy: an unstage removes that of `self`, and another acquisition may have begun by then.
        flight.over.add_done_callback(lambda _: self._tell(flight, ended))
        await asyncio.shield(flight.started)

    def _tell(self, flight: Flight, ended: asyncio.Future[None]) -> None:
        error = flight.over.exception()
        if ended.done():
            return
        if error is not None:
            ended.set_exception(error)
        elif flight.told_to_end:
            ended.set_result(None)

    def end(self, reason: str | None) -> None:
        """Note that it is being stopped; with a reason it counts as failed."""
        if self._flight is not None:
            if not self._flight.done:
                self._flight.end(reason)
        elif self._ended is not None and not self._ended.done():
            # It has not begun yet, and will not begin.
            if reason is None:
                self._ended.set_result(None)
            else:
                self._ended.set_exception(FlightError(reason))

    async def wait_for_idle(self) -> None:
        """Wait until the detector is idle."""
        if self._flight is not None:
            self._flight.wake()
            await asyncio.wait_for(asyncio.shield(self._flight.over), self._timeout)

    async def ensure_stopped(self) -> None:
        """Stop, and wait until it has stopped."""
        # Part of a plan's clean-up: nobody waits for this acquisition any more.
        flight, self._flight = self._flight, None
        if flight is not None and not flight.done:
            flight.end(None)
        await self._io.acquire.set(False)
        if flight is not None:
            await flight.join(_START)

    async def _why_not_written(self) -> str | None:
        """Wait for the writer, which may lag behind the camera; None when all is in the file."""
        io, expected = self._io, self._expected
        if expected is None:
            return None
        deadline = time.monotonic() + self._timeout
        while await io.num_captured.get_value(cached=False) < expected:
            if await io.write_error.get_value(cached=False):
                return f"the file was not written {await self._data.message()}"
            if not await io.capture.get_value(cached=False):
                return f"the capture ended {await self._data.message()}"
            if time.monotonic() > deadline:
                return f"images are missing in the file {await self._data.message()}"
            await asyncio.sleep(0.01)
        file = as_text(await io.full_file_name.get_value(cached=False))
        if not file.endswith(self._data.file_name):
            return f"the detector writes {file}, not {self._data.file_name}"
        return None
