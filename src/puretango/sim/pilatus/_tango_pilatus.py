"""Pilatus: the simulated area detector and its HDF5 writer as one Tango device."""

from __future__ import annotations

import dataclasses
import math
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from puretango.errors import Except
from puretango.idl import AttrWriteType, DevState
from puretango.server import Device, attribute, command, device_property
from puretango.sim.camera import PILATUS_100K, CameraState, Compression, ImageMode, WriteMode

from ._pilatus import PilatusModel

__all__ = ["Pilatus"]

COMPRESSIONS = ("None", "N-bit", "szip", "zlib", "Blosc", "BSLZ4", "LZ4", "JPEG")


@dataclasses.dataclass(frozen=True)
class _Setting:
    """An attribute that is a setting of the model, or a reading of it."""

    dtype: Any
    part: str
    field: str
    doc: str
    unit: str = ""
    least: float | None = None
    writable: bool = True
    labels: tuple[str, ...] = ()


SETTINGS: dict[str, _Setting] = {
    "acquire_time": _Setting(float, "camera.settings", "acquire_time", "Exposure time", "s", 0),
    "acquire_period": _Setting(
        float, "camera.settings", "acquire_period", "Time from image to image", "s", 0
    ),
    "num_images": _Setting(
        int, "camera.settings", "num_images", "Images per acquisition in mode Multiple", "", 1
    ),
    "num_exposures": _Setting(
        int, "camera.settings", "num_exposures", "Exposures added up in an image", "", 1
    ),
    "image_mode": _Setting(
        ImageMode,
        "camera.settings",
        "image_mode",
        "How many images an acquisition takes",
        labels=("Single", "Multiple", "Continuous"),
    ),
    "threshold_energy": _Setting(
        float, "camera.settings", "threshold_energy", "Photons below are not counted", "keV", 0
    ),
    "wait_for_plugins": _Setting(
        bool, "camera.settings", "wait_for_plugins", "Acquisition ends when the file is written"
    ),
    "array_counter": _Setting(
        int, "camera", "array_counter", "Images since the counter was set", "", 0
    ),
    "images_counter": _Setting(
        int, "camera", "images_counter", "Images of this acquisition", writable=False
    ),
    "array_rate": _Setting(
        float, "camera", "array_rate", "Images per second", "Hz", writable=False
    ),
    "time_remaining": _Setting(
        float, "camera", "time_remaining", "Until the exposure ends", "s", writable=False
    ),
    "writer_enabled": _Setting(bool, "writer", "enabled", "Whether images reach the file writer"),
    "file_name": _Setting(str, "writer.settings", "name", "Begin of the files' names"),
    "file_number": _Setting(int, "writer.settings", "number", "Number of the next file", "", 0),
    "file_template": _Setting(
        str, "writer.settings", "template", "C format of path, name and number"
    ),
    "auto_increment": _Setting(
        bool, "writer.settings", "auto_increment", "Count file_number up with every file"
    ),
    "auto_save": _Setting(bool, "writer.settings", "auto_save", "Write without being told"),
    "create_directory": _Setting(
        int, "writer.settings", "create_directory", "-n: create up to n missing directories"
    ),
    "write_mode": _Setting(
        WriteMode,
        "writer.settings",
        "mode",
        "A file per image, a buffer, or one growing file",
        labels=("Single", "Capture", "Stream"),
    ),
    "num_capture": _Setting(
        int, "writer.settings", "num_capture", "Images per capture; 0: until stopped", "", 0
    ),
    "lazy_open": _Setting(
        bool, "writer.settings", "lazy_open", "Open the file with the first image"
    ),
    "swmr": _Setting(bool, "writer.settings", "swmr", "Files can be read while they are written"),
    "num_captured": _Setting(
        int, "writer", "num_captured", "Images of this capture", writable=False
    ),
    "full_file_name": _Setting(
        str, "writer", "full_name", "The last file, as this computer sees it", writable=False
    ),
    "path_exists": _Setting(
        bool, "writer", "path_exists", "Whether file_path can be written to", writable=False
    ),
    "write_error": _Setting(
        bool, "writer", "write_error", "Whether the last write failed", writable=False
    ),
    "write_message": _Setting(str, "writer", "write_message", "Why it failed", writable=False),
}


def _part(model: PilatusModel, path: str) -> Any:
    part: Any = model
    for name in path.split("."):
        part = getattr(part, name)
    return part


def _accessors(name: str, setting: _Setting) -> tuple[Callable[..., Any], Callable[..., None]]:
    def read(self: Pilatus) -> Any:
        value = getattr(_part(self.model, setting.part), setting.field)
        return int(value) if setting.labels else value

    def write(self: Pilatus, value: Any) -> None:
        kind = setting.dtype
        if kind is float and not math.isfinite(value):
            Except.throw_exception(
                "Pilatus_BadSetting", f"{value} is not a valid {name}", f"Pilatus.{name}"
            )
        setattr(_part(self.model, setting.part), setting.field, kind(value))

    read.__name__, write.__name__ = f"read_{name}", f"write_{name}"
    return read, write


def _attribute(name: str, setting: _Setting) -> Any:
    read, write = _accessors(name, setting)
    options: dict[str, Any] = {"doc": setting.doc, "unit": setting.unit, "fget": read}
    if setting.writable:
        options |= {"fset": write, "access": AttrWriteType.READ_WRITE}
    if setting.least is not None:
        options["min_value"] = setting.least
    if setting.labels:
        return attribute(dtype="DevEnum", enum_labels=list(setting.labels), **options)
    return attribute(dtype=setting.dtype, **options)


class Pilatus(Device):
    """A photon-counting detector that writes HDF5 files in the NeXus layout.

    `acquire` and `capture` are true as long as an acquisition or a capture
    goes on; writing true begins, false ends it.
    """

    Root = device_property(
        dtype=str, default_value="", doc="Where the detector's disk is on this machine"
    )
    Width = device_property(dtype=int, default_value=PILATUS_100K[0], doc="Pixels per row")
    Height = device_property(dtype=int, default_value=PILATUS_100K[1], doc="Rows")

    for _name, _setting in SETTINGS.items():
        locals()[_name] = _attribute(_name, _setting)
    del _name, _setting

    def init_device(self) -> None:
        """A detector at rest."""
        super().init_device()
        root = Path(self.Root) if self.Root else None
        self.model = PilatusModel((self.Width, self.Height), root=root)
        self.model.writer.settings.auto_increment = True
        self._before = (False, False, 0, 0)
        self._telling = threading.Lock()
        for name in ("acquire", "capture", "array_counter", "num_captured", "state"):
            self.set_change_event(name, True, False)
        self.model.on_change(self._changed)
        self._report()

    def delete_device(self) -> None:
        """Stop, and finish the file."""
        self.model.close()
        super().delete_device()

    # -- state
    def dev_state(self) -> DevState:
        """RUNNING while acquiring, ALARM after a file could not be written."""
        return self._report()

    def _report(self) -> DevState:
        camera, writer = self.model.camera, self.model.writer
        if camera.acquiring:
            state, status = DevState.RUNNING, f"Acquiring: {camera.images_counter} images"
        elif camera.state is CameraState.ERROR:
            state, status = DevState.FAULT, camera.status_message
        elif writer.write_error:
            state, status = DevState.ALARM, writer.write_message
        else:
            state, status = DevState.STANDBY, camera.status_message
        self.set_state(state)
        self.set_status(status)
        return state

    def _changed(self) -> None:
        # Camera and writer have a thread each: the last event must be the newest state.
        with self._telling:
            self._tell_changes()

    def _tell_changes(self) -> None:
        camera, writer = self.model.camera, self.model.writer
        now = (camera.acquiring, writer.capturing, camera.array_counter, writer.num_captured)
        names = ("acquire", "capture", "array_counter", "num_captured")
        before, self._before = self._before, now
        for name, old, new in zip(names, before, now, strict=True):
            if old != new:
                self.push_change_event(name, new)
        if before[0] != now[0]:
            self.push_change_event("state", self._report())

    # -- the camera
    @attribute(dtype=bool, access=AttrWriteType.READ_WRITE)
    def acquire(self) -> bool:
        """True during an acquisition; writing true starts one, false ends it."""
        return self.model.camera.acquiring

    @acquire.write  # type: ignore[no-redef, unused-ignore]  # read and written under one name, as PyTango's users write it
    def acquire(self, value: bool) -> None:
        if value:
            self.Start()
        else:
            self.Stop()

    @attribute(dtype=((np.int32,),), max_dim_x=4096, max_dim_y=4096)
    def image(self) -> npt.NDArray[np.int32]:
        """The last image."""
        frame = self.model.camera.frame
        return np.zeros((0, 0), np.int32) if frame is None else frame.data

    @attribute(dtype=int)
    def rows(self) -> int:
        """Rows of the next image."""
        return self.model.camera.image_shape[0]

    @attribute(dtype=int)
    def columns(self) -> int:
        """Columns of the next image."""
        return self.model.camera.image_shape[1]

    @attribute(dtype=str)
    def model_name(self) -> str:
        """Which detector this is."""
        return "PILATUS 100K (simulated)"

    @command
    def Start(self) -> None:
        """Begin an acquisition; the state is RUNNING when this returns."""
        if not self.model.camera.start():
            Except.throw_exception("Pilatus_Busy", "an acquisition is under way", "Pilatus.Start")
        self._changed()

    @command
    def Stop(self) -> None:
        """End the acquisition now."""
        self.model.camera.stop()
        self.model.camera.wait(2.0)
        self._report()

    # -- the file writer
    @attribute(dtype=str, access=AttrWriteType.READ_WRITE)
    def file_path(self) -> str:
        """The directory of the files, as the detector's computer sees it."""
        return self.model.writer.settings.path

    @file_path.write  # type: ignore[no-redef, unused-ignore]  # read and written under one name, as PyTango's users write it
    def file_path(self, value: str) -> None:
        self.model.writer.set_path(value)

    @attribute(dtype="DevEnum", enum_labels=list(COMPRESSIONS), access=AttrWriteType.READ_WRITE)
    def compression(self) -> int:
        """How the images are compressed."""
        return int(self.model.writer.settings.compression.kind)

    @compression.write  # type: ignore[no-redef, unused-ignore]  # read and written under one name, as PyTango's users write it
    def compression(self, value: int) -> None:
        settings = self.model.writer.settings
        settings.compression = dataclasses.replace(settings.compression, kind=Compression(value))

    @attribute(dtype=bool, access=AttrWriteType.READ_WRITE)
    def capture(self) -> bool:
        """True during a capture; writing true begins one, false ends it and closes the file."""
        return self.model.writer.capturing

    @capture.write  # type: ignore[no-redef, unused-ignore]  # read and written under one name, as PyTango's users write it
    def capture(self, value: bool) -> None:
        if value:
            self.StartCapture()
        else:
            self.StopCapture()

    @command
    def StartCapture(self) -> None:
        """Begin a capture; what keeps it from beginning is raised."""
        writer = self.model.writer
        if not writer.start_capture():
            Except.throw_exception(
                "Pilatus_WriteError", writer.write_message, "Pilatus.StartCapture"
            )

    @command
    def StopCapture(self) -> None:
        """End the capture and close the file."""
        self.model.writer.stop_capture()

    @command
    def WriteFile(self) -> None:
        """Write the last image (mode Single) or the captured ones (mode Capture)."""
        writer = self.model.writer
        if not writer.write_now():
            Except.throw_exception("Pilatus_WriteError", writer.write_message, "Pilatus.WriteFile")

    @command
    def Reset(self) -> None:
        """Forget the last error of the writer."""
        self.model.writer.clear_error()
        self._report()
