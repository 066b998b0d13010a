"""Cameras under the control of Lima (LimaCCDs), which save HDF5 files."""

from __future__ import annotations

import contextlib
import threading
import time
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, Literal

from ophyd import Component, Kind
from ophyd.device import RedundantStaging, Staged

from puretango.bluesky.detectors._imagedetector import ImageDetector
from puretango.bluesky.files import DetectorError, EventFiles, as_directory
from puretango.bluesky.flyers import leave_staged
from puretango.bluesky.rules import LIMA_DATASET, lima_data_key, lima_step
from puretango.bluesky.signals import TangoCommand, TangoSignal, TangoSignalRO
from puretango.bluesky.statuses import ProgressStatus
from puretango.errors import DevFailed

__all__ = ["LimaDetector"]


def _writable(attribute: str, kind: Kind = Kind.omitted) -> Any:
    return Component(TangoSignal, f"/{attribute}", kind=kind)


def _readable(attribute: str) -> Any:
    return Component(TangoSignalRO, f"/{attribute}", kind=Kind.omitted)


class LimaDetector(ImageDetector):
    """``LimaDetector("lab/limaccds/1", name="det", write_path="/data/%Y/%m/%d")``.

    Each trigger is one acquisition (prepareAcq, startAcq) of ``frames_per_event`` images into a
    file of its own, and done when Lima has saved the last of them. Exposures are set by
    ``acq_expo_time`` and ``latency_time``, before a run or in ``stage_sigs``.

    Parameters
    ----------
    write_path, read_path
        Directories as Lima's computer and as this one see them, with ``%Y/%m/%d`` filled in at
        stage. Without ``read_path`` they are the same. Lima makes no directories.
    file_name
        Gives the begin of the files' names at stage; a new uuid by default. A name that is taken
        is refused at stage.
    assets
        ``"stream"`` or ``"resource"``, as for HDF5Detector.
    dataset
        Where Lima's files have the images.
    trigger_timeout
        Seconds that an acquisition may take longer than its exposures.
    """

    acq_status = _readable("acq_status")
    acq_status_fault_error = _readable("acq_status_fault_error")
    last_image_ready = _readable("last_image_ready")
    last_image_saved = _readable("last_image_saved")
    image_sizes = _readable("image_sizes")
    acq_nb_frames = _writable("acq_nb_frames")
    acq_expo_time = _writable("acq_expo_time", Kind.config)
    latency_time = _writable("latency_time", Kind.config)
    acq_mode = _writable("acq_mode", Kind.config)
    acq_trigger_mode = _writable("acq_trigger_mode", Kind.config)
    saving_mode = _writable("saving_mode")
    saving_directory = _writable("saving_directory")
    saving_prefix = _writable("saving_prefix")
    saving_suffix = _writable("saving_suffix")
    saving_format = _writable("saving_format")
    saving_overwrite_policy = _writable("saving_overwrite_policy")
    saving_index_format = _writable("saving_index_format")
    saving_next_number = _writable("saving_next_number")
    saving_frame_per_file = _writable("saving_frame_per_file")
    prepare_acq = Component(TangoCommand, "/prepareAcq")
    start_acq = Component(TangoCommand, "/startAcq")
    stop_acq = Component(TangoCommand, "/stopAcq")

    #: Seconds between two looks at the acquisition.
    period: ClassVar[float] = 0.01

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
        dataset: str = LIMA_DATASET,
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
        self.dataset = dataset
        self._assets: EventFiles | None = None
        self._directory = self._stem = ""
        self._number = 0
        self._status: ProgressStatus | None = None
        self._stop_reason: str | None = None

    # -- Stageable
    def stage(self) -> list[object]:
        """Tell Lima where and how to save; DetectorError says what is in the way."""
        if self._staged is not Staged.no:
            raise RedundantStaging(f"{self.name} is staged already: unstage it first")
        moment = datetime.now()
        self._stem, self._number = f"{self.make_file_name()}_", 0
        self._directory = as_directory(moment.strftime(self.read_path))
        self._claim()
        for setting, value in {
            "saving_mode": "AUTO_FRAME",
            "saving_format": "HDF5",
            "saving_suffix": ".h5",
            "saving_overwrite_policy": "ABORT",
            "saving_frame_per_file": self.frames_per_event,
            "saving_directory": moment.strftime(self.write_path),
            "saving_prefix": self._stem,
            "saving_next_number": 0,
            "acq_nb_frames": self.frames_per_event,
        }.items():
            self.stage_sigs[setting] = value
        try:
            staged: list[object] = super().stage()
            _, _, width, height = (int(size) for size in self.image_sizes.get())
            chunk = (1, height, width)
            self._assets = EventFiles(self.assets_kind, self.image_key, self.dataset, chunk)
        except Exception:
            self.unstage()
            raise
        return staged

    def _claim(self) -> str:
        number = self.saving_index_format.get() % self._number
        path = f"{self._directory}{self._stem}{number}.h5"
        try:
            self._written.claim(path)
        except DetectorError as refusal:
            raise DetectorError(f"{self.name}: {refusal}") from None
        return path

    def unstage(self) -> list[object]:
        """Stop, and put every setting back."""
        unstaged: list[object] = []
        try:
            leave_staged(
                self,
                [
                    lambda: self._halt(None),
                    lambda: unstaged.extend(super(LimaDetector, self).unstage()),
                ],
            )
        finally:
            self._assets, self._status, self._readings = None, None, {}
        return unstaged

    # -- Triggerable
    def trigger(self) -> Any:
        """Take the images of one event; done when Lima has saved them."""
        assets, status = self._assets, self._status
        if assets is None:
            raise DetectorError(f"{self.name} must be staged before it is triggered")
        if self._replay and status is not None and not (status.done and not status.success):
            self._replay = (
                False  # repeated after a pause: the first one goes on, or has not been read
            )
            return status
        if status is not None and not status.done:
            raise DetectorError(f"{self.name} is acquiring already")
        self._replay, self._stop_reason = False, None
        if self._number > 0:
            self._claim()
        status = self._status = ProgressStatus(self, unit="images", call_stop_on_failure=False)
        name = f"lima-{self.name}"
        threading.Thread(
            target=self._acquire, args=(status, assets), name=name, daemon=True
        ).start()
        return status

    def _acquire(self, status: ProgressStatus, assets: EventFiles) -> None:
        try:
            exposures = float(self.acq_expo_time.get()) + float(self.latency_time.get())
            deadline = time.monotonic() + self.frames_per_event * exposures + self.trigger_timeout
            self.saving_next_number.put(self._number)
            self.prepare_acq()
            if self._stop_reason is None:
                self.start_acq()
            self._follow(status, deadline)
            path = (
                f"{self._directory}{self._stem}{self.saving_index_format.get() % self._number}.h5"
            )
            self._number += 1
            self._readings = assets.taken(path, time.time())
        except Exception as error:  # noqa: BLE001 - whatever it is, the status must say it
            self._number += 1  # that file may be there, with some of the images
            with contextlib.suppress(DevFailed):
                self.stop_acq()
            status.set_exception(error)
        else:
            status.set_finished()

    def _follow(self, status: ProgressStatus, deadline: float) -> bool:
        """Whether all images are in the file; False where it was ended and nobody waits for them."""
        while True:
            if self._stop_reason:
                raise DetectorError(self._stop_reason)
            if self._stop_reason is not None:
                return False
            state, saved = self.acq_status.get(), int(self.last_image_saved.get())
            fault = self.acq_status_fault_error.get() if state == "Fault" else ""
            if lima_step(state, f"{self.name}: {fault}", saved, self.frames_per_event):
                return True
            if time.monotonic() > deadline:
                raise DetectorError(f"{self.name}: images are missing after {saved + 1}")
            if status.wanted:
                status.progress(saved + 1, self.frames_per_event)
            time.sleep(self.period)

    # -- interruptions
    def stop(self, *, success: bool = False) -> None:
        """End the acquisition; its status fails."""
        self._halt(f"{self.name} was stopped")
        super().stop(success=success)

    def _halt(self, reason: str | None) -> None:
        status = self._status
        if status is not None and not status.done:
            self._stop_reason = reason or ""
            self.stop_acq()

    # -- Readable
    def _described_images(self) -> dict[str, Any]:
        key: dict[str, Any] = lima_data_key(self.image_sizes.get(), self.frames_per_event)
        return key | {"source": self.acq_status.source_name.rpartition("/")[0]}
