"""A Pilatus served by EPICS areaDetector."""

from __future__ import annotations

from typing import Any

from ophyd import Component, EpicsSignal, EpicsSignalRO, EpicsSignalWithRBV, Kind
from ophyd.areadetector.paths import EpicsPathSignal

from puretango.bluesky.files import is_windows

from ._detector import HDF5Detector

__all__ = ["EpicsPilatus"]


def _mirrored(suffix: str, kind: Kind = Kind.omitted, **options: Any) -> Any:
    return Component(EpicsSignalWithRBV, suffix, kind=kind, **options)


class EpicsPilatus(HDF5Detector):
    """``EpicsPilatus("Pilatus:", name="det", write_path="/data/%Y/%m/%d/")``."""

    acquire = _mirrored("cam1:Acquire")
    acquire_time = _mirrored("cam1:AcquireTime", Kind.config)
    acquire_period = _mirrored("cam1:AcquirePeriod", Kind.config)
    image_mode = _mirrored("cam1:ImageMode")
    num_images = _mirrored("cam1:NumImages", Kind.config)
    threshold_energy = _mirrored("cam1:ThresholdEnergy", Kind.config)
    array_callbacks = _mirrored("cam1:ArrayCallbacks")
    wait_for_plugins = Component(EpicsSignal, "cam1:WaitForPlugins", kind=Kind.omitted)
    array_counter = _mirrored("cam1:ArrayCounter")
    rows = Component(EpicsSignalRO, "cam1:ArraySizeY_RBV", kind=Kind.omitted)
    columns = Component(EpicsSignalRO, "cam1:ArraySizeX_RBV", kind=Kind.omitted)

    writer_enabled = _mirrored("HDF1:EnableCallbacks")
    blocking_callbacks = _mirrored("HDF1:BlockingCallbacks")
    file_path = Component(
        EpicsPathSignal, "HDF1:FilePath", path_semantics="posix", kind=Kind.omitted
    )
    path_exists = Component(EpicsSignalRO, "HDF1:FilePathExists_RBV", kind=Kind.omitted)
    file_name = _mirrored("HDF1:FileName", string=True)
    file_number = _mirrored("HDF1:FileNumber")
    file_template = _mirrored("HDF1:FileTemplate", string=True)
    full_file_name = Component(
        EpicsSignalRO, "HDF1:FullFileName_RBV", string=True, kind=Kind.omitted
    )
    write_mode = _mirrored("HDF1:FileWriteMode")
    num_capture = _mirrored("HDF1:NumCapture")
    num_captured = Component(EpicsSignalRO, "HDF1:NumCaptured_RBV", kind=Kind.omitted)
    capture = _mirrored("HDF1:Capture")
    lazy_open = _mirrored("HDF1:LazyOpen")
    compression = _mirrored("HDF1:Compression", Kind.config, string=True)
    auto_increment = _mirrored("HDF1:AutoIncrement")
    auto_save = _mirrored("HDF1:AutoSave")
    create_directory = _mirrored("HDF1:CreateDirectory")
    write_error = Component(EpicsSignalRO, "HDF1:WriteStatus", kind=Kind.omitted)
    write_message = Component(EpicsSignalRO, "HDF1:WriteMessage", string=True, kind=Kind.omitted)

    def set_directory(self, directory: str) -> None:
        """Set the directory, and wait until the readback shows it in the spelling of the detector's computer."""
        self.file_path.path_semantics = "nt" if is_windows(directory) else "posix"
        super().set_directory(directory)

    def settings_for_stage(self) -> list[tuple[str, Any]]:
        """areaDetector's further settings: images are passed to plugins, and the camera waits for the writer."""
        return [
            ("array_callbacks", 1),
            ("wait_for_plugins", 1),
            ("blocking_callbacks", 0),
            *super().settings_for_stage(),
        ]
