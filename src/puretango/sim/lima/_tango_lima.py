"""LimaCCDs: the control interface of Lima's device class, over the simulated camera.

Names, types, values, events and the order of calls are those of the public documentation of Lima's
LimaCCDs device class (control, saving with HDF5, image, acquisition): prepareAcq, startAcq, and
stopAcq; acq_status Ready, Running or Fault, told by events; last_image_ready and last_image_saved
count from 0, are -1 before, and are told by events where the property TangoEvent says so; the State
is ON always.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from puretango.errors import Except
from puretango.idl import AttrWriteType, DevState
from puretango.server import Device, attribute, command, device_property
from puretango.sim.camera import PILATUS_100K, Camera, CameraState, ImageMode

from ._dataarray import data_array
from ._saving import Saving, SavingError

__all__ = ["LimaCCDs"]

_RW = AttrWriteType.READ_WRITE
_CHOICES: dict[str, tuple[str, ...]] = {
    "acq_mode": ("SINGLE", "CONCATENATION", "ACCUMULATION"),
    "acq_trigger_mode": (
        *("INTERNAL_TRIGGER", "EXTERNAL_TRIGGER", "EXTERNAL_TRIGGER_MULTI", "EXTERNAL_GATE"),
        *("EXTERNAL_START_STOP", "INTERNAL_TRIGGER_MULTI"),
    ),
    "saving_mode": ("MANUAL", "AUTO_FRAME", "AUTO_HEADER"),
    "saving_format": ("RAW", "EDF", "TIFF", "CBF", "HDF5", "HDF5GZ", "HDF5BS"),
    "saving_overwrite_policy": ("ABORT", "OVERWRITE", "APPEND", "MULTISET"),
}
_SAVING = {
    "saving_mode": str,
    "saving_directory": str,
    "saving_prefix": str,
    "saving_suffix": str,
    "saving_format": str,
    "saving_overwrite_policy": str,
    "saving_index_format": str,
    "saving_next_number": np.int32,
    "saving_frame_per_file": np.int32,
}


#: The least time between events of counters, except for the last one, in seconds.
_EVENTS = 0.04
_COUNTERS = ("last_image_acquired", "last_image_ready", "last_image_saved")


def _checked(name: str, value: Any) -> Any:
    choices = _CHOICES.get(name)
    if choices is not None and value not in choices:
        Except.throw_exception("WrongData", f"Wrong value {name}: {value}", f"LimaCCDs.{name}")
    return value


def _saving_accessors(name: str) -> tuple[Callable[..., Any], Callable[..., None]]:
    field = name.removeprefix("saving_")

    def read(self: LimaCCDs) -> Any:
        return getattr(self.saving.settings, field)

    def write(self: LimaCCDs, value: Any) -> None:
        setattr(self.saving.settings, field, _checked(name, value))

    return read, write


class LimaCCDs(Device):
    """A camera under Lima's control, which saves HDF5 files.

    ON: always; acq_status tells what it does
    """

    Width = device_property(dtype=int, default_value=PILATUS_100K[0], doc="Pixels per row")
    Height = device_property(dtype=int, default_value=PILATUS_100K[1], doc="Rows")

    TangoEvent = device_property(
        dtype=bool, default_value=False, doc="Whether events tell the counters of images"
    )
    TriggerPeriod = device_property(
        dtype=float,
        default_value=0.05,
        doc="Seconds between the pulses at the camera's input, which external triggers wait for",
    )

    for _name, _type in _SAVING.items():
        _read, _write = _saving_accessors(_name)
        locals()[_name] = attribute(dtype=_type, access=_RW, fget=_read, fset=_write)
    del _name, _type, _read, _write

    def init_device(self) -> None:
        """A camera at rest."""
        super().init_device()
        self.camera = Camera((self.Width, self.Height))
        self.saving = Saving()
        self.camera.plugins = [self.saving]
        settings = self.camera.settings
        settings.acquire_time, settings.acquire_period = 1.0, 0.0
        settings.image_mode = ImageMode.MULTIPLE
        self._settings: dict[str, Any] = {
            "acq_mode": "SINGLE",
            "acq_trigger_mode": "INTERNAL_TRIGGER",
            "latency_time": 0.0,
        }
        self._fault = ""
        self._prepared = False
        self._lock = threading.Lock()
        self._telling = threading.Lock()
        self._told: dict[str, Any] = {}
        self._told_at = 0.0
        for name in ("acq_status", "last_image", *_COUNTERS):
            self.set_change_event(name, True, False)
        self.set_state(DevState.ON)
        self.camera.changed = self.saving.told = self._tell

    def delete_device(self) -> None:
        """Stop, and finish the file."""
        self.camera.changed = self.saving.told = lambda: None
        self.camera.close()
        super().delete_device()

    def _tell(self) -> None:
        """Push changes, from the threads of the camera and of saving."""
        with self._telling:
            status = self._acq_status()
            if status != self._told.get("acq_status"):
                self._push("acq_status", status)
            elif time.monotonic() < self._told_at + _EVENTS:
                return
            if self.TangoEvent:
                self._told_at = time.monotonic()
                ready = self.camera.images_counter - 1
                for name, count in zip(_COUNTERS, (ready, ready, self.saving.last_saved)):
                    if count != self._told.get(name):
                        self._push(name, count)

    def _push(self, name: str, value: Any) -> None:
        self._told[name] = value
        self.push_change_event(name, value)

    def _acq_status(self) -> str:
        if self.camera.acquiring:
            return "Running"
        failed = self._fault or self.saving.error or self.camera.state is CameraState.ERROR
        return "Fault" if failed else "Ready"

    # -- acquisition
    @attribute(dtype=str)
    def acq_status(self) -> str:
        """Ready, Running or Fault."""
        return self._acq_status()

    @attribute(dtype=str)
    def acq_status_fault_error(self) -> str:
        """What an acquisition failed of."""
        return self._fault or self.saving.error or "No error"

    @attribute(dtype=bool)
    def ready_for_next_image(self) -> bool:
        """Whether an exposure can begin."""
        return not self.camera.acquiring

    @attribute(dtype=bool)
    def ready_for_next_acq(self) -> bool:
        """Whether an acquisition can be prepared."""
        return not self.camera.acquiring

    @attribute(dtype=np.int32)
    def last_image_acquired(self) -> int:
        """Index of the last image of this acquisition; -1: none yet."""
        return self.camera.images_counter - 1

    @attribute(dtype=np.int32)
    def last_image_ready(self) -> int:
        """The same, once it can be read."""
        return self.camera.images_counter - 1

    @attribute(dtype=np.int32)
    def last_image_saved(self) -> int:
        """The same, once it is in its file."""
        return self.saving.last_saved

    @attribute(dtype=str, access=_RW)
    def acq_mode(self) -> str:
        """SINGLE, CONCATENATION or ACCUMULATION."""
        return str(self._settings["acq_mode"])

    @acq_mode.write  # type: ignore[no-redef, unused-ignore]  # read and written under one name, as PyTango's users write it
    def acq_mode(self, value: str) -> None:
        self._settings["acq_mode"] = _checked("acq_mode", value)

    @attribute(dtype=str, access=_RW)
    def acq_trigger_mode(self) -> str:
        """INTERNAL_TRIGGER: one startAcq takes all frames; EXTERNAL_…: pulses do, one by one or from the first on."""
        return str(self._settings["acq_trigger_mode"])

    @acq_trigger_mode.write  # type: ignore[no-redef, unused-ignore]  # read and written under one name, as PyTango's users write it
    def acq_trigger_mode(self, value: str) -> None:
        self._settings["acq_trigger_mode"] = _checked("acq_trigger_mode", value)

    @attribute(dtype=np.int32, access=_RW, min_value=0)
    def acq_nb_frames(self) -> int:
        """Images of an acquisition; 0: until it is stopped."""
        continuous = self.camera.settings.image_mode is ImageMode.CONTINUOUS
        return 0 if continuous else self.camera.settings.num_images

    @acq_nb_frames.write  # type: ignore[no-redef, unused-ignore]  # read and written under one name, as PyTango's users write it
    def acq_nb_frames(self, value: int) -> None:
        mode = ImageMode.MULTIPLE if value else ImageMode.CONTINUOUS
        self.camera.settings.image_mode = mode
        self.camera.settings.num_images = max(1, value)

    @attribute(dtype=float, access=_RW, unit="s", min_value=0)
    def acq_expo_time(self) -> float:
        """Exposure time."""
        return self.camera.settings.acquire_time

    @acq_expo_time.write  # type: ignore[no-redef, unused-ignore]  # read and written under one name, as PyTango's users write it
    def acq_expo_time(self, value: float) -> None:
        self.camera.settings.acquire_time = value

    @attribute(dtype=float, access=_RW, unit="s", min_value=0)
    def latency_time(self) -> float:
        """Time between two exposures."""
        return float(self._settings["latency_time"])

    @latency_time.write  # type: ignore[no-redef, unused-ignore]  # read and written under one name, as PyTango's users write it
    def latency_time(self, value: float) -> None:
        self._settings["latency_time"] = value

    @command
    def prepareAcq(self) -> None:
        """Check and prepare an acquisition; what keeps it from being made is raised."""
        if self.camera.acquiring:
            Except.throw_exception("Lima_Error", "Acquisition not finished", "LimaCCDs.prepareAcq")
        settings = self.camera.settings
        settings.acquire_period = settings.acquire_time + self._settings["latency_time"]
        if str(self._settings["acq_trigger_mode"]) in ("EXTERNAL_TRIGGER_MULTI", "EXTERNAL_GATE"):
            settings.acquire_period = max(settings.acquire_period, self.TriggerPeriod)
        frames = settings.num_images if settings.image_mode is ImageMode.MULTIPLE else 1
        self._fault = ""
        try:
            self.saving.prepare(frames)
        except SavingError as error:
            self._prepared = False
            Except.throw_exception("Lima_Error", str(error), "LimaCCDs.prepareAcq")
        self.camera.images_counter = 0
        self._prepared = True
        self._told_at = 0.0
        self._tell()

    @command
    def startAcq(self) -> None:
        """Begin what was prepared."""
        with self._lock:
            if not self._prepared:
                Except.throw_exception("Lima_Error", "Run prepareAcq before starting", "startAcq")
            self._prepared = False
            self.camera.start()
        self._tell()

    @command
    def stopAcq(self) -> None:
        """End the acquisition, after the images that are there."""
        self.camera.stop()
        self.camera.wait(2.0)
        self.saving.drain(2.0)
        self.saving.close_file()
        self._tell()

    @command
    def abortAcq(self) -> None:
        """End the acquisition now."""
        self.stopAcq()

    @command
    def reset(self) -> None:
        """Forget a fault."""
        self._fault = self.saving.error = ""

    # -- the camera and its images
    @attribute(dtype=str)
    def camera_type(self) -> str:
        """The camera's plugin."""
        return "Simulator"

    @attribute(dtype=str)
    def camera_model(self) -> str:
        """Which camera this is."""
        return "PILATUS 100K (simulated)"

    @attribute(dtype=str)
    def lima_type(self) -> str:
        """The control layer's device class."""
        return "Simulator"

    @attribute(dtype=str)
    def image_type(self) -> str:
        """How a pixel is stored."""
        return "Bpp32S"

    @attribute(dtype=np.uint32)
    def image_width(self) -> int:
        """Pixels per row."""
        return self.camera.image_shape[1]

    @attribute(dtype=np.uint32)
    def image_height(self) -> int:
        """Rows."""
        return self.camera.image_shape[0]

    @attribute(dtype=(np.uint32,), max_dim_x=4)
    def image_sizes(self) -> list[int]:
        """Signed (1) or not, octets per pixel, width, height."""
        height, width = self.camera.image_shape
        return [1, 4, width, height]

    @attribute(dtype=(np.uint32,), max_dim_x=2)
    def image_max_dim(self) -> list[int]:
        """The largest width and height."""
        return [self.Width, self.Height]

    @attribute(dtype="DevEncoded")
    def last_image(self) -> tuple[str, bytes]:
        """The last image, as DATA_ARRAY."""
        return self._encoded()

    def _encoded(self) -> tuple[str, bytes]:
        frame = self.camera.frame
        if frame is None:
            Except.throw_exception("Lima_Error", "No image acquired", "LimaCCDs.last_image")
        return "DATA_ARRAY", data_array(frame.data, max(0, self.camera.images_counter - 1))

    @command(
        dtype_in=np.int32, dtype_out="DevEncoded", doc_in="The image's number, -1 for the last"
    )
    def readImage(self, number: int) -> tuple[str, bytes]:
        """An image as DATA_ARRAY; this simulation has the last one only."""
        last = self.camera.images_counter - 1
        if number not in (-1, last):
            Except.throw_exception("Lima_Error", f"Frame {number} not available", "readImage")
        return self._encoded()

    @command(dtype_in=str, dtype_out=(str,))
    def getAttrStringValueList(self, name: str) -> list[str]:
        """What an attribute may be set to."""
        return list(_CHOICES.get(name, ()))
