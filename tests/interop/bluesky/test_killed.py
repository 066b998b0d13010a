"""A PyTango server that is killed under what is new here: a late write, a policy, a flight, recorded images."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bluesky.plan_stubs as bps
import bluesky.plans as bp
import pytest
from bluesky import RunEngine
from bluesky.preprocessors import run_wrapper
from bluesky.utils import FailedStatus
from ophyd_async.plan_stubs import ensure_connected

from puretango.bluesky import MoveFailed, TangoDevice, TangoImage, TangoMotor, aio
from puretango.client import DeviceProxy
from tests.interop.conftest import nodb
from tests.interop.peers.process import Peer, free_port, python, require_pytango
from tests.unit.bluesky.conftest import Documents


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Peer]:
    """A server of its own, to be killed."""
    require_pytango()
    port = free_port()
    command = python(
        "beamline.py", "tango", "test", "-nodb", "-dlist", "Odd::test/odd/1,SlowAxis::test/slow/1",
        "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}",
    )  # fmt: skip
    with Peer("killed", command, tmp_path, port, {"TANGO_HOST": "127.0.0.1:1"}) as peer:
        peer.wait_for("Ready to accept request")
        yield peer


@pytest.mark.parametrize("layer", ["classic", "async"])
def test_in_the_middle_of_an_order(
    server: Peer, RE: RunEngine, documents: Documents, layer: str
) -> None:
    trl = nodb(server.port, "test/slow/1")
    DeviceProxy(trl).SlowDown(30.0)
    motor: Any
    if layer == "classic":
        motor = TangoMotor(trl, name="m")
    else:
        motor = aio.TangoMotor(trl, "m")
        RE(ensure_connected(motor))
    killer = threading.Timer(0.5, server.kill)
    killer.start()
    with pytest.raises((FailedStatus, MoveFailed), match="m cannot be reached any more"):
        RE(run_wrapper(bps.mv(motor, 1.0)))
    killer.join()
    assert "m cannot be reached any more" in documents.of("stop")[-1]["reason"]


@pytest.mark.parametrize("layer", ["classic", "async"])
def test_with_a_policy_the_plan_goes_on(
    server: Peer, RE: RunEngine, documents: Documents, layer: str
) -> None:
    trl = nodb(server.port, "test/odd/1")
    device: Any
    if layer == "classic":
        device = TangoDevice(trl, name="d", on_failure="last")
    else:
        device = aio.TangoReadable(trl, name="d", on_failure="last")
        RE(ensure_connected(device))

    def plan() -> Any:
        yield from bps.trigger_and_read([device])
        server.kill()
        yield from bps.trigger_and_read([device])

    RE(run_wrapper(plan()))
    one, other = (event["data"] for event in documents.of("event"))
    assert one == other


def test_images_until_then(
    server: Peer, tmp_path: Path, RE: RunEngine, documents: Documents
) -> None:
    """What was read is in the file, which is closed."""
    camera = TangoImage(
        nodb(server.port, "test/odd/1/image"), name="camera", write_path=str(tmp_path / "images")
    )
    threading.Timer(0.6, server.kill).start()
    with pytest.raises(Exception, match=r"camera|image"):
        RE(bp.count([camera], 100, delay=0.05))
    taken = len(documents.of("event"))
    assert taken
    import h5py

    (path,) = (tmp_path / "images").iterdir()
    with h5py.File(path) as file:
        assert len(file["/entry/data/data"]) == taken
