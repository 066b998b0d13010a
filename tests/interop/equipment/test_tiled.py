"""The images through Tiled: bluesky's own catalogue reads them from the documents alone."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.interop.equipment.iocs import run_python

PROGRAM = """
    from bluesky import RunEngine, plan_stubs as bps
    from bluesky.plans import count
    from bluesky_tiled_plugins import TiledWriter
    from ophyd_async.core import StaticPathProvider, TriggerInfo, UUIDFilenameProvider
    from ophyd_async.plan_stubs import ensure_connected
    from tiled.client import from_uri
    from tiled.server import SimpleTiledServer

    from puretango.bluesky import TangoPilatus, aio
    from puretango.sim import Pilatus
    from puretango.testing import MultiDeviceTestContext

    device = {"name": "sim/pilatus/1", "properties": {"Width": 64, "Height": 48}}
    server = SimpleTiledServer(directory=disk + "/tiled", readable_storage=[disk])
    catalogue = from_uri(server.uri)
    def flown(det):
        yield from bps.stage(det, wait=True)
        yield from bps.open_run()
        yield from bps.prepare(det, TriggerInfo(number_of_events=8, livetime=0.02), wait=True)
        yield from bps.declare_stream(det, name="primary", collect=True)
        yield from bps.kickoff(det, wait=True)
        yield from bps.collect_while_completing([det], [det], flush_period=0.05, stream_name="primary")
        yield from bps.close_run()
        yield from bps.unstage(det, wait=True)
    with MultiDeviceTestContext([{"class": Pilatus, "devices": [device]}]) as context:
        trl = context.get_device_access("sim/pilatus/1")
        RE = RunEngine({})
        def read_back(plan, key):
            (uid,) = RE(plan, TiledWriter(catalogue))
            last = context.get_device("sim/pilatus/1").image
            run = catalogue[uid]
            images = (run["primary"] if "primary" in run else run["streams/primary"])[key].read()
            return dict(shape=images.shape, same=bool((images[-1, -1] == last).all()))
        result = {}
        for assets in ("stream", "resource"):
            det = TangoPilatus(trl, name="det", write_path=disk, frames_per_event=2, assets=assets)
            det.stage_sigs.update(acquire_time=0.02, acquire_period=0.03)
            result[assets] = read_back(count([det], 3), "det_image")
        det = aio.TangoPilatus(trl, StaticPathProvider(UUIDFilenameProvider(), disk), "det")
        RE(ensure_connected(det))
        RE(bps.abs_set(det.driver.acquire_time, 0.02, wait=True))
        RE(bps.abs_set(det.driver.acquire_period, 0.02, wait=True))
        result["counted"] = read_back(count([det], 3), "det")
        result["flown"] = read_back(flown(det), "det")
    server.close()
"""


@pytest.mark.slow
@pytest.mark.skipif(
    find_spec("bluesky_tiled_plugins") is None or find_spec("tiled") is None,
    reason='pip install bluesky-tiled-plugins "tiled[server]"',
)
def test_tiled_reads_the_images(tmp_path: Path) -> None:
    """In documents of either way and from ophyd-async, counted and flown; the last is the last."""
    answer = run_python(
        PROGRAM, {"OPHYD_CONTROL_LAYER": "dummy", "TMPDIR": str(tmp_path)}, disk=str(tmp_path)
    )
    right = {"shape": [3, 2, 48, 64], "same": True}
    assert answer == {
        "stream": right,
        "resource": right,
        "counted": {"shape": [3, 1, 48, 64], "same": True},
        "flown": {"shape": [8, 1, 48, 64], "same": True},
    }


BLUESKYS_OWN = """
    from bluesky import RunEngine
    from bluesky.callbacks.tiled_writer import TiledWriter
    from bluesky.plans import count
    from tiled.client import from_uri
    from tiled.server import SimpleTiledServer

    from puretango.archive import page_of_run, period_of_run
    from puretango.bluesky import TangoPilatus, tiled_options
    from puretango.sim import Pilatus
    from puretango.testing import MultiDeviceTestContext

    device = {"name": "sim/pilatus/1", "properties": {"Width": 64, "Height": 48}}
    server = SimpleTiledServer(directory=disk + "/tiled", readable_storage=[disk])
    catalogue = from_uri(server.uri)
    with MultiDeviceTestContext([{"class": Pilatus, "devices": [device]}]) as context:
        RE = RunEngine({})
        result = {}
        for assets in ("stream", "resource"):
            det = TangoPilatus(context.get_device_access("sim/pilatus/1"), name="det",
                               write_path=disk, frames_per_event=2, assets=assets)
            det.stage_sigs.update(acquire_time=0.02, acquire_period=0.03)
            (uid,) = RE(count([det], 3), TiledWriter(catalogue, **tiled_options()))
            last = context.get_device("sim/pilatus/1").image
            run = catalogue[uid]
            images = (run["primary"] if "primary" in run else run["streams/primary"])["det_image"].read()
            images = images.reshape(-1, 48, 64)
            result[assets] = [len(images), bool((images[-1] == last).all())]
        result["period"] = period_of_run(run)
        result["page"] = page_of_run(run, "http://web:8000/", ["a/b/c/d"])
    server.close()
"""


@pytest.mark.slow
@pytest.mark.skipif(find_spec("tiled") is None, reason='pip install "tiled[server]"')
def test_blueskys_own_writer(tmp_path: Path) -> None:
    """bluesky's own TiledWriter takes the documents of either way."""
    answer = run_python(
        BLUESKYS_OWN,
        {"OPHYD_CONTROL_LAYER": "dummy", "TMPDIR": str(tmp_path)},
        disk=str(tmp_path),
    )
    # And from a run there is a way to the archive of its time.
    begin, end = answer.pop("period")
    assert begin < end < begin + 60
    page = f"http://web:8000/a?a=a%2Fb%2Fc%2Fd&from={begin:.3f}&to={end:.3f}"
    assert answer.pop("page") == page
    assert answer == {"stream": [6, True], "resource": [6, True]}
