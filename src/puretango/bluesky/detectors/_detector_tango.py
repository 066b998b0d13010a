"""A Pilatus served by Tango."""

from __future__ import annotations

from typing import Any

from ophyd import Component, Kind

from puretango.bluesky.signals import TangoSignal, TangoSignalRO

from ._detector import HDF5Detector

__all__ = ["TangoPilatus"]


def _writable(attribute: str, kind: Kind = Kind.omitted) -> Any:
    return Component(TangoSignal, f"/{attribute}", kind=kind)


def _readable(attribute: str, kind: Kind = Kind.omitted) -> Any:
    return Component(TangoSignalRO, f"/{attribute}", kind=kind)


class TangoPilatus(HDF5Detector):
    """``TangoPilatus("test/pilatus/1", name="det", write_path="/data/%Y/%m/%d/")``."""

    on = True
    off = False

    acquire = _writable("acquire")
    acquire_time = _writable("acquire_time", Kind.config)
    acquire_period = _writable("acquire_period", Kind.config)
    image_mode = _writable("image_mode")
    num_images = _writable("num_images", Kind.config)
    threshold_energy = _writable("threshold_energy", Kind.config)
    wait_for_plugins = _writable("wait_for_plugins")
    array_counter = _writable("array_counter")
    rows = _readable("rows")
    columns = _readable("columns")

    writer_enabled = _writable("writer_enabled")
    file_path = _writable("file_path")
    path_exists = _readable("path_exists")
    file_name = _writable("file_name")
    file_number = _writable("file_number")
    file_template = _writable("file_template")
    full_file_name = _readable("full_file_name")
    write_mode = _writable("write_mode")
    num_capture = _writable("num_capture")
    num_captured = _readable("num_captured")
    capture = _writable("capture")
    lazy_open = _writable("lazy_open")
    compression = _writable("compression", Kind.config)
    auto_increment = _writable("auto_increment")
    auto_save = _writable("auto_save")
    create_directory = _writable("create_directory")
    write_error = _readable("write_error")
    write_message = _readable("write_message")
