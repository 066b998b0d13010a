"""Area detectors that write HDF5 files, on any control layer."""

from __future__ import annotations

import time
import uuid
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import PurePosixPath
from typing import Any, ClassVar, Literal

from ophyd.device import RedundantStaging, Staged

from puretango.bluesky.detectors._imagedetector import ImageDetector
from puretango.bluesky.files import (
    DetectorError,
    ImageFile,
    ResourceAssets,
    StreamAssets,
    as_directory,
    as_text,
    make_assets,
    name_in,
)
from puretango.bluesky.flyers import Flight, leave_staged
from puretango.bluesky.statuses import ProgressStatus

__all__ = ["HDF5Detector"]


class HDF5Detector(ImageDetector):
    """A detector with a file writer: stage, trigger, read, unstage.

    A subclass has the components that `SIGNALS` lists, of any control layer.
    Stage prepares the camera and opens a capture; each trigger takes
    `frames_per_event` images and is done when they are in the file; unstage
    closes the file and restores every setting.

    Parameters
    ----------
    write_path, read_path
        Directories as the detector's computer and as this one see them, with
        `%Y/%m/%d` filled in at stage. Without `read_path` they are the same.
    file_name
        A function that gives the start of the file's name at stage; a new uuid by default.
    assets
        ``"stream"`` for stream_resource and stream_datum documents,
        ``"resource"`` for resource and datum.
    trigger_timeout
        Seconds that an acquisition may take longer than its exposures.
    overwrite
        A file that exists already is refused at stage, before anything is exposed; True
        lets the detector overwrite it.
    """

    #: The components that a subclass must have.
    SIGNALS: ClassVar[tuple[str, ...]] = (
        *("acquire", "acquire_time", "acquire_period", "image_mode", "num_images"),
        *("rows", "columns", "writer_enabled", "file_path", "path_exists", "file_name"),
        *("file_number", "file_template", "full_file_name", "write_mode", "num_capture"),
        *("num_captured", "capture", "lazy_open", "compression", "auto_increment"),
        *("auto_save", "create_directory", "write_error", "write_message"),
    )
    #: The control layer's values for a flag that is on and off, and for the modes.
    on: ClassVar[Any] = 1
    off: ClassVar[Any] = 0
    multiple: ClassVar[Any] = 1
    stream_mode: ClassVar[Any] = 2

    def __init__(
        self,
        prefix: str = "",
        *,
        name: str,
        write_path: str,
        read_path: str | None = None,
        file_name: Callable[[], str] = lambda: str(uuid.uuid4()),
        assets: Literal["stream", "resource"] = "stream",
        frames_per_event: int = 1,
        trigger_timeout: float = 30.0,
        compression: str | int | None = "LZ4",
        poll_interval: float = 0.05,
        overwrite: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            prefix,
            name=name,
            write_path=write_path,
            read_path=read_path,
            file_name=file_name,
            assets=assets,
            frames_per_event=frames_per_event,
            trigger_timeout=trigger_timeout,
            **kwargs,
        )
        self.poll_interval = poll_interval
        self.overwrite = overwrite
        self._assets: StreamAssets | ResourceAssets | None = None
        self._flight: Flight | None = None
        self._expected = 0
        self._out_of_step = False
        self._subscription: int | None = None
        self.stage_sigs = OrderedDict(self.settings_for_stage())
        if compression is not None:
            self.stage_sigs["compression"] = compression

    def settings_for_stage(self) -> list[tuple[str, Any]]:
        """The settings that stage makes, in order, and unstage restores; users extend `stage_sigs`."""
        return [
            ("image_mode", self.multiple),
            ("writer_enabled", self.on),
            ("auto_increment", self.on),
            ("auto_save", self.on),
            ("write_mode", self.stream_mode),
            ("num_capture", 0),
            ("lazy_open", self.on),
            ("create_directory", -5),
        ]

    # -- Stageable
    def stage(self) -> list[object]:
        """Prepare the camera and begin the capture; DetectorError says what prevents it."""
        if self._staged is not Staged.no:
            # Checked before anything is changed: another plan may have staged it and be at work.
            raise RedundantStaging(f"{self.name} is staged already: unstage it first")
        self.acquire.put(self.off)
        self.capture.set(self.off).wait(10)
        self.stage_sigs["num_images"] = self.frames_per_event
        try:
            staged: list[object] = super().stage()
            self._open_file()
            self._subscription = self.acquire.subscribe(self._acquire_changed, run=False)
        except Exception:
            self.unstage()
            raise
        return staged

    def _open_file(self) -> None:
        moment = datetime.now()
        written = as_directory(moment.strftime(self.write_path))
        read = as_directory(moment.strftime(self.read_path))
        self.set_directory(written)
        if not self.path_exists.get():
            raise DetectorError(
                f"{self.name}: the detector has no directory {written} {self._message()}".rstrip()
            )
        # Not the detector's own path: with LazyOpen it is only known with the first image.
        stem = self.make_file_name()
        try:
            name = name_in(written, as_text(self.file_template.get()), stem, 0)
            if not self.overwrite:
                self._written.claim(read + name)
        except DetectorError as refusal:
            raise DetectorError(f"{self.name}: {refusal}") from None
        self.file_name.set(stem).wait(10)
        self.file_number.set(0).wait(10)
        self._begin_capture()
        self._expected, self._out_of_step = 0, False
        self._readings = {}
        self._assets = make_assets(
            self.assets_kind,
            ImageFile(
                key=self.image_key,
                path=PurePosixPath(read + name),
                shape=(int(self.rows.get()), int(self.columns.get())),
                frames_per_event=self.frames_per_event,
            ),
        )

    def set_directory(self, directory: str) -> None:
        """Tell the detector where its file goes."""
        self.file_path.set(directory).wait(10)

    def _begin_capture(self) -> None:
        # Not waited for: the put of a busy record completes only with the capture.
        self.capture.put(self.on, wait=False)
        deadline = time.monotonic() + 10
        while not self.capture.get(use_monitor=False):
            if self.write_error.get() or time.monotonic() > deadline:
                raise DetectorError(f"{self.name}: the capture did not begin {self._message()}")
            time.sleep(0.01)

    def unstage(self) -> list[object]:
        """Stop, close the file, and restore every setting."""
        # Part of a plan's clean-up: nobody waits for this acquisition any more,
        # and a status that failed now would look like a fault of the clean-up.
        subscription, self._subscription = self._subscription, None
        unstaged: list[object] = []
        try:
            leave_staged(
                self,
                [
                    partial(self._halt, None),
                    partial(self.acquire.unsubscribe, subscription),
                    lambda: self.capture.set(self.off).wait(10),
                    lambda: unstaged.extend(super(HDF5Detector, self).unstage()),
                ],
            )
        finally:
            self._assets = None
            self._status = None
            self._readings = {}
        return unstaged

    # -- Triggerable
    def trigger(self) -> Any:
        """Take the images of one event; done when they are in the file."""
        if self._assets is None:
            raise DetectorError(f"{self.name} must be staged before it is triggered")
        if self._replay and self._status is not None and not self._failed_status():
            # The RunEngine repeats the trigger after a pause: the images of
            # the first one are on their way, or in the file and not read yet.
            self._replay = False
            return self._status
        if self._flight is not None and not self._flight.done:
            raise DetectorError(f"{self.name} is acquiring already")
        if self._out_of_step:
            self._get_in_step()
        self._expected += self.frames_per_event
        self._readings = {}
        period = max(float(self.acquire_time.get()), float(self.acquire_period.get()))
        flight = Flight(
            self,
            self.acquire,
            busy_value=self.on,
            done_value=self.off,
            start_timeout=5.0,
            timeout=self.frames_per_event * period + self.trigger_timeout,
            poll_interval=self.poll_interval,
            failed=self._why_not_written,
            subscribe=False,
            report=lambda: self._report(status, period),
        )
        self._flight = flight
        several = self.frames_per_event > 1
        status = self._status = ProgressStatus(
            self, unit="images" if several else "s", call_stop_on_failure=False
        )
        self._replay = False
        flight.over.add_callback(lambda _: self._triggered(flight, status))
        flight.start()
        return status

    def _report(self, status: ProgressStatus, period: float) -> None:
        """Report to watchers how many images there are, or how long a single one has been exposed."""
        if not status.wanted:
            return
        if self.frames_per_event > 1:
            begun = self._expected - self.frames_per_event
            status.progress(int(self.num_captured.get()) - begun, self.frames_per_event)
        else:
            status.progress(min(status.elapsed_time, period), period)

    def _acquire_changed(self, **_: Any) -> None:
        if self._flight is not None:
            self._flight.wake()

    def _triggered(self, flight: Flight, status: Any) -> None:
        error, assets = flight.over.exception(), self._assets
        # The images of a stopped acquisition are missing or incomplete: no document names them.
        self._out_of_step = error is not None or flight.told_to_end
        if assets is not None and not self._out_of_step:
            self._readings = assets.taken(time.time())
        if error is not None:
            status.set_exception(error)
        else:
            status.set_finished()

    def _get_in_step(self) -> None:
        """After an acquisition that failed: make sure that the next images are where the documents will say."""
        written = self.get_index() * self.frames_per_event
        captured = int(self.num_captured.get())
        if captured != written:
            raise DetectorError(
                f"{self.name}: the file has {captured - written} images of an acquisition that "
                "failed: unstage and stage it for another file"
            )
        self._expected, self._out_of_step = written, False

    def _why_not_written(self) -> str | None:
        """Wait for the writer, which may lag behind the camera; None when all is in the file."""
        deadline = time.monotonic() + self.trigger_timeout
        while int(self.num_captured.get()) < self._expected:
            if self.write_error.get():
                return f"{self.name}: the file was not written {self._message()}"
            if not self.capture.get(use_monitor=False):
                return f"{self.name}: the capture ended {self._message()}"
            if time.monotonic() > deadline:
                return f"{self.name}: images are missing in the file {self._message()}"
            time.sleep(0.005)
        file = as_text(self.full_file_name.get())
        if self._assets is not None and not file.endswith(self._assets.file.path.name):
            return f"{self.name}: the detector writes {file}, not {self._assets.file.path.name}"
        return None

    def _message(self) -> str:
        text = as_text(self.write_message.get())
        return f"({text})" if text else ""

    # -- interruptions
    def stop(self, *, success: bool = False) -> None:
        """End the acquisition; its status fails unless ``success``."""
        self._halt(None if success else f"{self.name} was stopped")
        super().stop(success=success)

    def _failed_status(self) -> bool:
        return bool(self._status.done and not self._status.success)

    def _halt(self, reason: str | None) -> None:
        flight = self._flight
        if flight is not None and not flight.done:
            flight.end(reason)
        self.acquire.put(self.off, wait=False)

    # -- Readable
    def _described_images(self) -> dict[str, Any]:
        assert self._assets is not None
        source = self.acquire.describe()[self.acquire.name]["source"]
        return self._assets.file.data_key | {"source": f"{source}"}

    @property
    def hints(self) -> dict[str, Any]:
        """Hinted components; images are for viewers, not for line plots."""
        hints: dict[str, Any] = super().hints
        return hints
