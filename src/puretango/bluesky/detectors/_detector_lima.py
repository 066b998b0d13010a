"""Cameras under the control of Lima (LimaCCDs), which save HDF5 files."""

from __future__ import annotations

import contextlib
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, ClassVar, Literal

from ophyd.device import RedundantStaging, Staged

from puretango.bluesky.detectors._lima import LimaCamera
from puretango.bluesky.files import (
    Asset,
    DetectorError,
    EventFiles,
    FlownFiles,
    ImageFile,
    as_directory,
)
from puretango.bluesky.flyers import leave_staged
from puretango.bluesky.rules import (
    LIMA_DATASET,
    LimaFlight,
    lima_data_key,
    lima_flight,
    lima_step,
)
from puretango.bluesky.statuses import FinishedStatus, ProgressStatus
from puretango.errors import DevFailed

__all__ = ["LimaDetector"]


class LimaDetector(LimaCamera):
    """``LimaDetector("lab/limaccds/1", name="det", write_path="/data/%Y/%m/%d")``.

    Each trigger is one acquisition (prepareAcq, startAcq) of ``frames_per_event`` images into a
    file of its own, and done when Lima has saved the last of them. Exposures are set by
    ``acq_expo_time`` and ``latency_time``, before a run or in ``stage_sigs``.

    For flying it is prepared with ophyd-async's ``TriggerInfo`` (or an object with its attributes):
    kickoff begins one acquisition of all images into one file, complete is done when Lima has
    saved the last of them, and stream documents follow as they are saved.

    Parameters
    ----------
    write_path, read_path
        Directories as Lima's computer and as this one see them, with ``%Y/%m/%d`` filled in at
        stage. Without ``read_path`` they are the same. Lima makes no directories.
    file_name
        A function that gives the start of the files' names at stage; a new uuid by default. A name that exists
        is refused at stage.
    assets
        ``"stream"`` or ``"resource"``, as for HDF5Detector.
    dataset
        Where Lima's files have the images.
    trigger_timeout
        Seconds that an acquisition may take longer than its exposures.
    """

    #: Seconds between two checks of the acquisition.
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
        self._assets: EventFiles | FlownFiles | None = None
        self._directory = self._stem = ""
        self._number = 0
        self._flight: LimaFlight | None = None
        #: Whether a flight is set up, and from the start of its acquisition to its end.
        self._prepared = self._flying = False
        #: Whether the last pause came during a flight.
        self._flight_begun = False
        self._before_flight: dict[str, Any] = {}
        self._status: ProgressStatus | None = None
        self._stop_reason: str | None = None

    # -- Stageable
    def stage(self) -> list[object]:
        """Tell Lima where and how to save; DetectorError says what prevents it."""
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

    @property
    def _path(self) -> str:
        number = self.saving_index_format.get() % self._number
        return f"{self._directory}{self._stem}{number}.h5"

    def _claim(self) -> None:
        try:
            self._written.claim(self._path)
        except DetectorError as refusal:
            raise DetectorError(f"{self.name}: {refusal}") from None

    def unstage(self) -> list[object]:
        """Stop, and restore every setting."""
        unstaged: list[object] = []
        try:
            leave_staged(
                self,
                [
                    lambda: self._halt(None),
                    self._put_back,
                    lambda: unstaged.extend(super(LimaDetector, self).unstage()),
                ],
            )
        finally:
            self._assets, self._status, self._readings = None, None, {}
            self._flight, self._flying, self._prepared = None, False, False
            self._replay = self._flight_begun = False
        return unstaged

    def _put_back(self) -> None:
        before, self._before_flight = self._before_flight, {}
        for setting, value in before.items():
            getattr(self, setting).put(value)

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
        status = self._status = ProgressStatus(self, unit="images", call_stop_on_failure=False)
        name = f"lima-{self.name}"
        threading.Thread(
            target=self._acquire, args=(status, assets), name=name, daemon=True
        ).start()
        return status

    def _refuse_while_acquiring(self) -> None:
        if self._flying or (self._status is not None and not self._status.done):
            raise DetectorError(f"{self.name} is acquiring already")

    def _start(self) -> None:
        self.saving_next_number.put(self._number)
        self.prepare_acq()
        if self._stop_reason is None:
            self.start_acq()

    def _acquire(self, status: ProgressStatus, assets: EventFiles) -> None:
        try:
            self._start()
            self._follow(status, self.frames_per_event)
            path = self._path
            self._number += 1
            self._readings = assets.taken(path, time.time())
        except Exception as error:  # noqa: BLE001 - whatever it is, the status must say it
            self._number += 1  # that file may exist, with some of the images
            with contextlib.suppress(DevFailed):
                self.stop_acq()
            status.set_exception(error)
        else:
            status.set_finished()

    def _follow(
        self,
        status: ProgressStatus,
        wanted: int,
        reached: Callable[[int], None] = lambda frames: None,
    ) -> None:
        """Wait until all images are in the file, or the acquisition has been ended."""
        patience = float(self.acq_expo_time.get()) + float(self.latency_time.get())
        patience += self.trigger_timeout
        before, deadline = 0, time.monotonic() + patience
        while True:
            if self._stop_reason:
                raise DetectorError(self._stop_reason)
            if self._stop_reason is not None:
                return
            # In this order: the number saved once the acquisition is over is final.
            state, frames = self.acq_status.get(), int(self.last_image_saved.get()) + 1
            fault = self.acq_status_fault_error.get() if state == "Fault" else ""
            reached(frames)
            if lima_step(state, f"{self.name}: {fault}", frames - 1, wanted):
                return
            if frames > before:
                before, deadline = frames, time.monotonic() + patience
            if time.monotonic() > deadline:
                raise DetectorError(f"{self.name}: images are missing after {frames} of {wanted}")
            if status.wanted:
                status.progress(frames, wanted)
            time.sleep(self.period)

    # -- Preparable, Flyable
    def prepare(self, value: Any) -> Any:
        """Set up a flight from a ``TriggerInfo``; if it needs an external trigger, it begins to wait for it."""
        if self._replay and self._flight_begun:
            return FinishedStatus()  # repeated after a pause: it is still running
        if self._assets is None:
            raise DetectorError(f"{self.name} must be staged before it is prepared")
        if self.assets_kind != "stream":
            raise DetectorError(f"{self.name}: flights need stream documents")
        self._refuse_while_acquiring()
        flight = lima_flight(self.name, value)
        if self._number > 0:
            self._claim()
        for setting, wanted in flight.settings.items():
            signal = getattr(self, setting)
            self._before_flight.setdefault(setting, signal.get())
            signal.put(wanted)
        if not isinstance(self._assets, FlownFiles):
            self._assets = FlownFiles()
        key = lima_data_key(self.image_sizes.get(), flight.frames_per_event)
        self._assets.begin(ImageFile.described(self.image_key, self._path, key, self.dataset))
        self._flight, self._status, self._stop_reason = flight, None, None
        self._prepared = True
        if flight.external:
            return self._in_thread(self._take_off)
        return FinishedStatus()

    def _in_thread(self, work: Callable[[], None]) -> ProgressStatus:
        status = ProgressStatus(self, unit="images", call_stop_on_failure=False)

        def run() -> None:
            try:
                work()
            except Exception as error:  # noqa: BLE001 - whatever it is, the status must say it
                status.set_exception(error)
            else:
                status.set_finished()

        threading.Thread(target=run, name=f"lima-{self.name}", daemon=True).start()
        return status

    def _take_off(self) -> None:
        self._flying, self._prepared = True, False
        try:
            self._start()
        except Exception:
            self._flying = False
            self._number += 1  # that file may be there
            raise

    def kickoff(self) -> Any:
        """Begin the acquisition that was prepared; done when Lima has begun."""
        flight = self._flight
        if self._replay and self._flight_begun:
            return FinishedStatus()
        if self._flying and flight is not None and flight.external:
            return FinishedStatus()  # it already waits for its trigger
        self._refuse_while_acquiring()
        if not self._prepared:
            raise DetectorError(f"{self.name} must be prepared before it is flown")
        return self._in_thread(self._take_off)

    def complete(self) -> Any:
        """Done when Lima has saved the last image."""
        flight, assets, status = self._flight, self._assets, self._status
        if self._replay and self._flight_begun and status is not None:
            self._replay = False
            return status
        if flight is None or not self._flying or not isinstance(assets, FlownFiles):
            raise DetectorError(f"{self.name} has not been kicked off")
        self._replay = False
        status = self._status = ProgressStatus(self, unit="images", call_stop_on_failure=False)
        name = f"lima-{self.name}"
        work = (status, flight, assets)
        threading.Thread(target=self._fly, args=work, name=name, daemon=True).start()
        return status

    def _fly(self, status: ProgressStatus, flight: LimaFlight, assets: FlownFiles) -> None:
        try:
            self._follow(status, flight.frames, assets.reached)
        except Exception as error:  # noqa: BLE001 - whatever it is, the status must say it
            with contextlib.suppress(DevFailed):
                self.stop_acq()
            self._landed()
            status.set_exception(error)
        else:
            self._landed()
            status.set_finished()

    def _landed(self) -> None:
        self._flying = False
        self._number += 1

    def collect_asset_docs(self, index: int | None = None) -> Iterator[Asset]:
        """The documents about the images that have not been emitted yet."""
        if not self._flying:
            self._flight_begun = False
        yield from super().collect_asset_docs(index)

    def describe_collect(self) -> dict[str, Any]:
        """The images of a flight."""
        return {self.image_key: self.describe()[self.image_key]}

    # -- interruptions
    def stop(self, *, success: bool = False) -> None:
        """End the acquisition; its status fails."""
        self._halt(f"{self.name} was stopped")
        super().stop(success=success)

    def _halt(self, reason: str | None) -> None:
        status = self._status
        if self._flying or (status is not None and not status.done):
            self._stop_reason = reason or ""
            self.stop_acq()

    def pause(self) -> None:
        """Exposures go on during a pause; what is repeated after it starts no second acquisition."""
        super().pause()
        self._flight_begun = self._flying
        self._replay = self._replay or self._flying

    # -- Readable
    def _described_images(self) -> dict[str, Any]:
        flight = self._flight
        frames = self.frames_per_event if flight is None else flight.frames_per_event
        key: dict[str, Any] = lima_data_key(self.image_sizes.get(), frames)
        return key | {"source": self.acq_status.source_name.rpartition("/")[0]}
