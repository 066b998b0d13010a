"""The images through Tiled: bluesky's own catalogue reads them from the documents alone."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.interop.equipment.iocs import run_python

PROGRAM = """
    from bluesky import RunEngine
    from bluesky.plans import count
    from bluesky_tiled_plugins import TiledWriter
    from tiled.client import from_uri
    from tiled.server import SimpleTiledServer

    from puretango.bluesky import TangoPilatus
    from puretango.sim import Pilatus
    from puretango.testing import MultiDeviceTestContext

    device = {"name": "sim/pilatus/1", "properties": {"Width": 64, "Height": 48}}
    server = SimpleTiledServer(directory=disk + "/tiled", readable_storage=[disk])
    catalogue = from_uri(server.uri)
    result = {}
    with MultiDeviceTestContext([{"class": Pilatus, "devices": [device]}]) as context:
        for assets in ("stream", "resource"):
            det = TangoPilatus(context.get_device_access("sim/pilatus/1"), name="det", write_path=disk,
                               frames_per_event=2, assets=assets)
            det.stage_sigs.update(acquire_time=0.02, acquire_period=0.03)
            (uid,) = RunEngine({})(count([det], 3), TiledWriter(catalogue))
            last = context.get_device("sim/pilatus/1").image
            run = catalogue[uid]
            images = (run["primary"] if "primary" in run else run["streams/primary"])["det_image"].read()
            result[assets] = dict(shape=images.shape, same=bool((images[-1, -1] == last).all()))
    server.close()
"""


@pytest.mark.slow
@pytest.mark.skipif(
    find_spec("bluesky_tiled_plugins") is None or find_spec("tiled") is None,
    reason='pip install bluesky-tiled-plugins "tiled[server]"',
)
def test_tiled_reads_the_images(tmp_path: Path) -> None:
    """Three events of two frames, in documents of either way, and the last is the last image."""
    answer = run_python(
        PROGRAM, {"OPHYD_CONTROL_LAYER": "dummy", "TMPDIR": str(tmp_path)}, disk=str(tmp_path)
    )
    right = {"shape": [3, 2, 48, 64], "same": True}
    assert answer == {"stream": right, "resource": right}
