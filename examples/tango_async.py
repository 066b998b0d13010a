"""The same three stories with ophyd-async: a scan, a fly scan, and images in files.

python examples/tango_async.py
"""

import os
import tempfile

os.environ.setdefault("OPHYD_CONTROL_LAYER", "dummy")  # no EPICS here

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlparse

import bluesky.plan_stubs as bps
import h5py
import hdf5plugin  # noqa: F401 - h5py learns LZ4 by it
from bluesky import RunEngine
from bluesky.callbacks import LiveTable
from bluesky.plans import count, fly, scan
from ophyd_async.core import TriggerInfo, UUIDFilenameProvider, YMDPathProvider, init_devices

from puretango.bluesky.aio import TangoBusyFlyer, TangoMotor, TangoPilatus, tango_signal_r
from puretango.sim import BusyController, Motor, Pilatus, TangoTest
from puretango.testing import TangoSystem

DEVICES = {
    TangoTest: ["sys/tg_test/1"],
    Motor: ["sim/motor/1"],
    BusyController: ["sim/busy/1"],
    Pilatus: ["sim/pilatus/1"],
}


def main() -> None:
    """Scan a motor, fly over a peak, take three images and find them through the documents."""
    with tempfile.TemporaryDirectory() as disk, TangoSystem(DEVICES) as system:
        host = f"tango://{system.tango_host}"
        engine = RunEngine()
        with init_devices():
            signal = tango_signal_r(float, f"{host}/sys/tg_test/1/double_scalar")
            motor = TangoMotor(f"{host}/sim/motor/1")
            flyer = TangoBusyFlyer(f"{host}/sim/busy/1", timeout=30)
            paths = YMDPathProvider(UUIDFilenameProvider(), disk, create_dir_depth=-4)
            det = TangoPilatus(f"{host}/sim/pilatus/1", paths)

        engine(scan([signal], motor, -1, 1, 9), LiveTable(["motor", "signal"]))

        def flown() -> Iterator[Any]:
            yield from bps.prepare(flyer, {"num_points": 21, "dwell": 0.02}, wait=True)
            yield from fly([flyer])

        pages: list[dict[str, Any]] = []
        engine(flown(), lambda name, page: pages.append(page) if name == "event_page" else None)
        print(f"flown: {len(pages[0]['time'])} points")

        def exposed(detectors: Any) -> Iterator[Any]:
            yield from bps.prepare(det, TriggerInfo(livetime=0.1, deadtime=0.005), wait=True)
            yield from bps.trigger_and_read(detectors)

        resources: list[dict[str, Any]] = []
        engine.subscribe(lambda name, resource: resources.append(resource), "stream_resource")
        engine(count([det], 3, per_shot=exposed))
        path = unquote(urlparse(resources[0]["uri"]).path)
        with h5py.File(path, "r") as file:
            images = file[resources[0]["parameters"]["dataset"]]
            print(f"images {images.shape}, {images.dtype}")


if __name__ == "__main__":
    main()
