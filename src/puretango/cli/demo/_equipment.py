"""The demo's fly scan and images: on the simulated Tango devices, and the same on EPICS."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from bluesky.plans import count, fly

from puretango.cli.demo._plots import draw_curve, draw_image

__all__ = ["DEVICES", "fly_story", "image_story", "on_epics", "plot_image", "tell_flight"]

#: The devices that are needed: shipped class -> device.
DEVICES = {"BusyController": "sim/busy/1", "Pilatus": "sim/pilatus/1"}


#: Points of a flight, and which of them are printed.
POINTS, SHOWN = 41, slice(None, None, 5)


def fly_story(engine: Any, host: str, plots: Path) -> None:
    """A fly scan by a controller with a busy flag."""
    from puretango.bluesky import TangoBusyFlyer

    flyer = TangoBusyFlyer(f"tango://{host}/{DEVICES['BusyController']}", name="flyer", timeout=30)
    flyer.num_points.put(POINTS)
    tell_flight(engine, flyer, plots / "fly.png")
    flyer.destroy()


def image_story(engine: Any, host: str, plots: Path) -> None:
    """Images of an area detector, found in their HDF5 file through the documents."""
    from puretango.bluesky import TangoPilatus

    with tempfile.TemporaryDirectory() as disk:
        det = TangoPilatus(
            f"tango://{host}/{DEVICES['Pilatus']}", name="det", write_path=f"{disk}/%Y/%m/%d"
        )
        det.stage_sigs.update(acquire_time=0.1, acquire_period=0.105)
        plot_image(engine, det, plots / "image.png")
        det.destroy()


def on_epics(engine: Any, host: str, plots: Path) -> None:
    """The same flyer and detector on EPICS, in a process of its own: ophyd has one EPICS layer."""
    if find_spec("caproto") is None:
        _tell("left out: EPICS needs caproto (pip install 'puretango[epics]')")
        return
    # The two print in turn.
    sys.stdout.flush()
    subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "puretango.cli.demo._epics", str(plots)],
        env=os.environ | {"OPHYD_CONTROL_LAYER": "caproto"},
        check=True,
        timeout=60,
    )


def tell_flight(engine: Any, flyer: Any, picture: Path) -> None:
    """Fly, print some of what the controller recorded, and plot all of it."""
    pages: list[dict[str, Any]] = []
    token = engine.subscribe(lambda name, page: pages.append(page), "event_page")
    engine(fly([flyer]))
    engine.unsubscribe(token)
    (page,) = pages
    times, positions, signals = (
        page["data"][f"flyer_{key}"] for key in ("times", "positions", "signals")
    )
    took = times[-1] - times[0]
    _tell(f"{len(times)} points in {took:.2f} s, with the controller's own times; some of them:")
    _tell("   time/s  position  signal")
    for time, position, signal in list(zip(times, positions, signals, strict=True))[SHOWN]:
        _tell(f"  {time - times[0]:7.3f} {position:9.3f} {signal:7.3f}")
    title = f"A fly scan: {len(times)} points in {took:.2f} s"
    if draw_curve(picture, positions, signals, x_label="position", y_label="signal", title=title):
        _tell(f"all are plotted in {picture}")


def plot_image(engine: Any, det: Any, picture: Path) -> None:
    """Count three images and plot the last one from its file."""
    import h5py
    import hdf5plugin  # noqa: F401 - h5py learns LZ4 by it

    documents: list[tuple[str, Any]] = []
    engine(count([det], 3), lambda name, document: documents.append((name, document)))
    resource = next(document for name, document in documents if name == "stream_resource")
    path = Path(unquote(urlparse(resource["uri"]).path))
    with h5py.File(path, "r") as file:
        images = file[resource["parameters"]["dataset"]]
        last, number = images[-1], len(images)
        _tell(f"{path.name}: {images.shape}, {images.dtype}, {path.stat().st_size} bytes with LZ4")
    _tell(f"documents: {', '.join(name for name, _ in documents)}")
    exposure = det.stage_sigs["acquire_time"]
    device = det.prefix.split("/", 3)[-1]
    title = f"{device} image {number}, exposed for {exposure} s"
    if draw_image(picture, last, title=title):
        _tell(f"the last image is plotted in {picture}")


def _tell(text: str) -> None:
    print(f"    {text}", flush=True)
