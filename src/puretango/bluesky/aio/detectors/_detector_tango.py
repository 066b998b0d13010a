"""A Pilatus served by Tango, for ophyd-async."""

from __future__ import annotations

from typing import Annotated as A
from typing import Any

from ophyd_async.core import PathProvider, SignalR, SignalRW

from puretango.bluesky.aio.devices import TangoDevice, TangoPolling

from ._detector import HDF5Detector

__all__ = ["TangoPilatus", "TangoPilatusIO"]


class TangoPilatusIO(TangoDevice):
    """The attributes of a Tango Pilatus."""

    acquire: SignalRW[bool]
    acquire_time: SignalRW[float]
    acquire_period: SignalRW[float]
    image_mode: SignalRW[str]
    num_images: SignalRW[int]
    num_exposures: SignalRW[int]
    threshold_energy: SignalRW[float]
    wait_for_plugins: SignalRW[bool]
    array_counter: SignalRW[int]
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
    num_captured: A[SignalR[int], TangoPolling(0.05)]
    capture: SignalRW[bool]
    lazy_open: SignalRW[bool]
    swmr: SignalRW[bool]
    compression: SignalRW[str]
    auto_increment: SignalRW[bool]
    auto_save: SignalRW[bool]
    create_directory: SignalRW[int]
    write_error: SignalR[bool]
    write_message: SignalR[str]


class TangoPilatus(HDF5Detector):
    """``TangoPilatus("test/pilatus/1", path_provider, "det")``; options as HDF5Detector's."""

    driver: TangoPilatusIO

    def __init__(
        self, trl: str, path_provider: PathProvider, name: str = "", **options: Any
    ) -> None:
        driver = TangoPilatusIO(trl, auto_fill=False)
        super().__init__(
            driver, path_provider, name, config_sigs=(driver.threshold_energy,), **options
        )
