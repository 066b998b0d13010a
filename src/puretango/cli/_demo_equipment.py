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

__all__ = ["DEVICES", "fly_story", "image_story", "on_epics", "plot_image", "tell_flight"]

#: What the stories need: shipped class -> device.
DEVICES = {"BusyController": "sim/busy/1", "Pilatus": "sim/pilatus/1"}


def fly_story(engine: Any, host: str, plots: Path) -> None:
    """A fly scan by a controller with a busy flag."""
    from puretango.bluesky import TangoBusyFlyer

    flyer = TangoBusyFlyer(f"tango://{host}/{DEVICES['BusyController']}", name="flyer", timeout=30)
    flyer.num_points.put(9)
    tell_flight(engine, flyer)
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
        [sys.executable, "-W", "ignore", "-m", "puretango.cli._demo_epics", str(plots)],
        env=os.environ | {"OPHYD_CONTROL_LAYER": "caproto"},
        check=True,
        timeout=60,
    )


def tell_flight(engine: Any, flyer: Any) -> None:
    """Fly, and print what the controller recorded."""
    pages: list[dict[str, Any]] = []
    token = engine.subscribe(lambda name, page: pages.append(page), "event_page")
    engine(fly([flyer]))
    engine.unsubscribe(token)
    (page,) = pages
    data = page["data"]
    begin = data["flyer_times"][0]
    _tell(f"{len(data['flyer_times'])} points, with the controller's own times:")
    _tell("   time/s  position  signal")
    columns = (data["flyer_times"], data["flyer_positions"], data["flyer_signals"])
    for time, position, signal in zip(*columns, strict=True):
        _tell(f"  {time - begin:7.3f} {position:9.3f} {signal:7.3f}")


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
        last = images[-1]
        _tell(f"{path.name}: {images.shape}, {images.dtype}, {path.stat().st_size} bytes with LZ4")
    _tell(f"documents: {', '.join(name for name, _ in documents)}")
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        return
    figure = Figure(figsize=(6, 3), layout="constrained")
    FigureCanvasAgg(figure)
    figure.add_subplot().imshow(last + 1, norm="log", cmap="viridis")
    picture.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(picture, dpi=120)
    _tell(f"the last image is plotted in {picture}")


def _tell(text: str) -> None:
    print(f"    {text}", flush=True)
