"""A PyTango server that is killed under what is new here: a late write, a policy, a flight, recorded images."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bluesky.plan_stubs as bps
import bluesky.plans as bp
import h5py
import pytest
from bluesky import RunEngine
from bluesky.preprocessors import run_wrapper
from bluesky.utils import FailedStatus
from ophyd_async.core import FlyMotorInfo
from ophyd_async.plan_stubs import ensure_connected

from puretango.bluesky import MoveFailed, TangoDevice, TangoImage, TangoMotor, aio
from puretango.client import DeviceProxy
from tests.interop.conftest import nodb
from tests.interop.equipment.iocs import run_python
from tests.interop.peers.process import Peer, free_port, python, require_pytango
from tests.unit.bluesky.conftest import Documents


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Peer]:
    """A server of its own, to be killed."""
    require_pytango()
    port = free_port()
    classes = "Odd::test/odd/1,SlowAxis::test/slow/1,Runner::test/runner/1"
    command = python(
        "devices/beamline.py", "tango", "test", "-nodb", "-dlist", classes,
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


@pytest.mark.parametrize("layer", ["classic", "async"])
def test_a_motor_in_flight(server: Peer, RE: RunEngine, documents: Documents, layer: str) -> None:
    trl = nodb(server.port, "test/runner/1")
    options = {"position": "position", "velocity": "velocity", "acceleration": "acceleration"}
    motor: Any
    if layer == "classic":
        motor = TangoMotor(trl, name="m", **options)
    else:
        motor = aio.TangoMotor(trl, "m", **options)
        RE(ensure_connected(motor))
    info = FlyMotorInfo(start_position=1, end_position=100, time_for_move=50)

    def plan() -> Any:
        yield from bps.prepare(motor, info, wait=True)
        yield from bps.kickoff(motor, wait=True)
        server.kill()
        yield from bps.complete(motor, wait=True)

    with pytest.raises((FailedStatus, MoveFailed), match="m cannot be reached any more"):
        RE(run_wrapper(plan()))
    assert "m cannot be reached any more" in documents.of("stop")[-1]["reason"]


@pytest.mark.parametrize("layer", ["classic", "async"])
def test_images_until_then(
    server: Peer, tmp_path: Path, RE: RunEngine, documents: Documents, layer: str
) -> None:
    """What was read is in the file, which is closed."""
    trl, images = nodb(server.port, "test/odd/1/image"), tmp_path / "images"
    camera: Any
    if layer == "classic":
        camera = TangoImage(trl, name="camera", write_path=str(images))
    else:
        camera = aio.TangoImage(trl, "camera", write_path=str(images))
        RE(ensure_connected(camera))
    threading.Timer(0.6, server.kill).start()
    with pytest.raises(Exception, match=r"camera|image"):
        RE(bp.count([camera], 100, delay=0.05))
    taken = len(documents.of("event"))
    assert taken
    (path,) = images.iterdir()
    with h5py.File(path) as file:
        assert len(file["/entry/data/data"]) == taken


_FULL = """
    import resource
    import h5py
    from bluesky import RunEngine
    from bluesky.plans import count
    from ophyd_async.plan_stubs import ensure_connected
    from puretango.bluesky import TangoImage, aio
    documents = []
    RE = RunEngine({})
    RE.subscribe(lambda name, document: documents.append((name, document)))
    if layer == "classic":
        camera = TangoImage(trl, name="camera", write_path=disk)
    else:
        camera = aio.TangoImage(trl, "camera", write_path=disk)
        RE(ensure_connected(camera))
    plain = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_300_000, plain[1]))
    try:
        RE(count([camera], 5))
    except Exception as failure:
        error = str(failure)
    resource.setrlimit(resource.RLIMIT_FSIZE, plain)
    reason = documents[-1][1]["reason"]
    events = sum(name == "event" for name, _ in documents)
    RE(count([camera], 2))
    lengths = []
    for name in sorted(os.listdir(disk), key=lambda name: os.path.getmtime(os.path.join(disk, name))):
        with h5py.File(os.path.join(disk, name)) as file:
            lengths.append(len(file["/entry/data/data"]))
    result = dict(error=error, reason=reason, events=events, lengths=lengths)
"""


@pytest.mark.slow
@pytest.mark.parametrize("layer", ["classic", "async"])
def test_a_full_disk(cpp_tango_test: Peer, tmp_path: Path, layer: str) -> None:
    """Images of C++ TangoTest, half a megabyte each: the third finds no room. The process lives."""
    trl = nodb(cpp_tango_test.port, "sys/tg_test/1/double_image_ro")
    environment = {"OPHYD_CONTROL_LAYER": "dummy"}
    disk = tmp_path / "disk"
    answer = run_python(_FULL, environment, trl=trl, disk=str(disk), layer=layer)
    for text in (answer["error"], answer["reason"]):
        assert "camera: the file was not written" in text
    assert answer["events"] == answer["lengths"][0] == 2
    assert answer["lengths"][1:] == [2]
