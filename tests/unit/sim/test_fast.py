"""Simulated equipment at speed: a camera at 1 kHz, a flight of many points."""

from __future__ import annotations

from pathlib import Path

import h5py
import hdf5plugin  # noqa: F401 - the filters
import numpy as np

from puretango.sim.busy._busy import BusyModel, FlyPlan
from puretango.sim.camera._camera import ImageMode
from puretango.sim.camera._filewriter import WriteMode
from puretango.sim.pilatus._pilatus import PilatusModel


def test_a_thousand_frames_at_1_khz(tmp_path: Path) -> None:
    model = PilatusModel(root=tmp_path)
    writer, settings = model.writer, model.camera.settings
    writer.enabled = True
    writer.settings.mode, writer.settings.num_capture = WriteMode.STREAM, 1000
    writer.settings.lazy_open = True
    writer.settings.name = "fast"
    writer.set_path("/")
    settings.acquire_time, settings.acquire_period = 0.0008, 0.001
    settings.image_mode, settings.num_images = ImageMode.MULTIPLE, 1000
    assert writer.start_capture(), writer.write_message
    model.camera.start()
    assert model.camera.wait(40)
    model.close()
    assert (writer.dropped, writer.num_captured) == (0, 1000)
    with h5py.File(tmp_path / "fast_001.h5") as file:
        attributes = file["/entry/instrument/NDAttributes"]
        assert file["/entry/data/data"].shape == (1000, 195, 487)
        assert file["/entry/data/data"][999].any()
        assert (np.diff(attributes["NDArrayUniqueId"][:]) == 1).all()
        seconds, rest = attributes["NDArrayEpicsTSSec"][:], attributes["NDArrayEpicsTSnSec"][:]
        since_1990 = seconds + 1e-9 * rest
        # EPICS counts from 1990.
        assert np.allclose(since_1990 + 631152000, attributes["NDArrayTimeStamp"][:], atol=1e-6)


def test_a_flight_of_ten_thousand_points() -> None:
    model = BusyModel(FlyPlan(points=10_000, dwell=0.0))
    model.start()
    assert model.wait(30)
    assert model.taken == len(model.points) == 10_000
    assert model.points[-1].position == 1.0
    model.close()
