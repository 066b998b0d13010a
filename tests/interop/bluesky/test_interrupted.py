"""Ctrl-C as a real SIGINT, and kill -9, upon a Lima camera, recorded images, flights and pseudo positioners.

Each plan runs in a process of its own, over servers in others; both layers.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.interop.conftest import nodb
from tests.interop.equipment.iocs import run_python
from tests.interop.peers.process import Peer, free_port, puretango, python, require_pytango

pytestmark = pytest.mark.slow
CAMERA, RUNNERS = "lab/limaccds/1", ("test/runner/1", "test/runner/2")

PREPARE = """
    import signal, threading, time
    import bluesky.plan_stubs as bps
    import bluesky.plans as bp
    import h5py
    from bluesky import RunEngine
    from bluesky.preprocessors import run_wrapper, stage_wrapper
    from bluesky.utils import RunEngineInterrupted
    from ophyd import Component, PseudoPositioner, PseudoSingle
    from ophyd.pseudopos import pseudo_position_argument, real_position_argument
    from ophyd_async.core import FlyMotorInfo, StaticPathProvider, UUIDFilenameProvider
    from ophyd_async.plan_stubs import ensure_connected
    from puretango.bluesky import LimaDetector, TangoImage, TangoMotor, aio
    from puretango.client import DeviceProxy
    documents = []
    RE = RunEngine({})
    RE.subscribe(lambda name, document: documents.append((name, document)))
    def of(kind):
        return [document for name, document in documents if name == kind]
    def made(classic, modern):
        if layer == "classic":
            return classic()
        device = modern()
        RE(ensure_connected(device))
        return device
"""
LIMA = """
    proxy = DeviceProxy(trl)
    device = made(
        lambda: LimaDetector(trl, name="det", write_path=disk, trigger_timeout=60),
        lambda: aio.LimaDetector(
            trl, StaticPathProvider(UUIDFilenameProvider(), disk), "det", trigger_timeout=60
        ),
    )
    def plan(expose):
        proxy.acq_expo_time = expose
        return bp.count([device], 2)
    def long():
        return plan(30.0)
    def short():
        return plan(0.02)
    def working():
        return proxy.acq_status == "Running"
    def rest():
        return [proxy.acq_status, proxy.saving_mode, len(of("stream_resource"))]
"""
IMAGES = """
    device = made(
        lambda: TangoImage(trl, name="camera", write_path=disk),
        lambda: aio.TangoImage(trl, "camera", write_path=disk),
    )
    def long():
        return bp.count([device], 10_000, delay=0.02)
    def short():
        return bp.count([device], 2)
    def working():
        return RE.state == "running" and len(of("event")) >= 2
    def rest():
        newest = max(Path(disk).iterdir(), key=lambda path: path.stat().st_mtime)
        with h5py.File(newest) as file:
            return [len(file["/entry/data/data"]) == len(of("event"))]
"""
FLIGHT = """
    proxy = DeviceProxy(trl)
    options = dict(position="position", velocity="velocity", acceleration="acceleration")
    device = made(
        lambda: TangoMotor(trl, name="m", **options), lambda: aio.TangoMotor(trl, "m", **options)
    )
    def plan(end, seconds):
        def flight():
            yield from bps.prepare(
                device,
                FlyMotorInfo(start_position=1, end_position=end, time_for_move=seconds),
                wait=True,
            )
            yield from bps.kickoff(device, wait=True)
            yield from bps.checkpoint()
            yield from bps.complete(device, wait=True)
        return stage_wrapper(run_wrapper(flight()), [device])
    def long():
        return plan(100, 50)
    def short():
        return plan(3, 0.4)
    def working():
        return proxy.state().name == "MOVING" and proxy.position > 1.0
    def rest():
        until(lambda: proxy.velocity == 10.0)  # put back where the motor is at rest
        return [proxy.state().name, proxy.velocity]
"""
PSEUDO = """
    proxies = [DeviceProxy(one) for one in trls]
    options = dict(position="position", velocity="velocity", add_prefix=())
    class Slits(PseudoPositioner):
        gap = Component(PseudoSingle)
        centre = Component(PseudoSingle)
        a = Component(TangoMotor, trls[0], **options)
        b = Component(TangoMotor, trls[1], **options)
        @pseudo_position_argument
        def forward(self, pseudo):
            return self.RealPosition(
                a=pseudo.centre - pseudo.gap / 2, b=pseudo.centre + pseudo.gap / 2
            )
        @real_position_argument
        def inverse(self, real):
            return self.PseudoPosition(gap=real.b - real.a, centre=(real.a + real.b) / 2)
    device = Slits("", name="slits")
    device.wait_for_connection(timeout=30)
    def long():
        return run_wrapper(bps.mv(device.gap, 1000.0))
    def short():
        return bp.scan([device], device.gap, 0.0, 0.5, 2)
    def working():
        return all(proxy.state().name == "MOVING" for proxy in proxies)
    def rest():
        return [proxy.state().name for proxy in proxies]
"""
CTRL_C = """
    outcome = []
    for end in (RE.abort, RE.stop):
        documents.clear()
        def interrupt():
            until(working)
            for _ in range(2):
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(0.2)
        interrupter = threading.Thread(target=interrupt)
        interrupter.start()
        try:
            RE(long())
            outcome.append("not interrupted")
        except RunEngineInterrupted:
            pass
        interrupter.join()
        end()
        until(lambda: not working())
        outcome.append([of("stop")[-1]["exit_status"], *rest()])
    documents.clear()
    RE(short())
    result = dict(outcome=outcome, last=[of("stop")[-1]["exit_status"], *rest()])
"""


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[Peer]:
    """A simulated LimaCCDs."""
    port = free_port()
    command = puretango(
        "serve", "LimaCCDs", "test", "-nodb", "-dlist", CAMERA,
        "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}",
    )  # fmt: skip
    with Peer("lima", command, tmp_path, port, {"TANGO_HOST": "127.0.0.1:1"}) as peer:
        peer.wait_for("Ready to accept request", 40)
        yield peer


@pytest.fixture
def axes(tmp_path: Path) -> Iterator[Peer]:
    """Two axes on PyTango."""
    require_pytango()
    port = free_port()
    classes = "Odd::test/odd/1,SlowAxis::test/slow/1,Runner::" + ",".join(RUNNERS)
    command = python(
        "devices/beamline.py", "tango", "test", "-nodb", "-dlist", classes,
        "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}",
    )  # fmt: skip
    with Peer("axes", command, tmp_path, port, {"TANGO_HOST": "127.0.0.1:1"}) as peer:
        peer.wait_for("Ready to accept request", 40)
        yield peer


def run(what: str, then: str, folder: Path, **values: Any) -> Any:
    """Prepare a device and have something happen to its plan."""
    disk = folder / "disk"
    disk.mkdir()
    environment = {"OPHYD_CONTROL_LAYER": "dummy"}
    program = PREPARE + "    from pathlib import Path\n" + what + then
    return run_python(program, environment, disk=str(disk), **values)


@pytest.mark.parametrize("layer", ["classic", "async"])
def test_a_lima_camera(camera: Peer, tmp_path: Path, layer: str) -> None:
    """The exposure ends, what was set is put back, and the same detector counts."""
    answer = run(LIMA, CTRL_C, tmp_path, trl=nodb(camera.port, CAMERA), layer=layer)
    assert [one[:3] for one in answer["outcome"]] == [
        ["abort", "Ready", "MANUAL"],
        ["success", "Ready", "MANUAL"],
    ]
    assert answer["last"] == ["success", "Ready", "MANUAL", 2]


@pytest.mark.parametrize("layer", ["classic", "async"])
def test_images_written_here(cpp_tango_test: Peer, tmp_path: Path, layer: str) -> None:
    """Each event's image is in the file, which is closed; the next run has another."""
    trl = nodb(cpp_tango_test.port, "sys/tg_test/1/double_image_ro")
    answer = run(IMAGES, CTRL_C, tmp_path, trl=trl, layer=layer)
    assert answer["outcome"] == [["abort", True], ["success", True]]
    assert answer["last"] == ["success", True]


@pytest.mark.parametrize("layer", ["classic", "async"])
def test_a_motor_in_flight(axes: Peer, tmp_path: Path, layer: str) -> None:
    """It is stopped, with the velocity of before; and flies again."""
    answer = run(FLIGHT, CTRL_C, tmp_path, trl=nodb(axes.port, RUNNERS[0]), layer=layer)
    assert answer["outcome"] == [["abort", "STANDBY", 10.0], ["success", "STANDBY", 10.0]]
    assert answer["last"] == ["success", "STANDBY", 10.0]


def test_a_pseudo_positioner(axes: Peer, tmp_path: Path) -> None:
    """Both motors are stopped; and move again."""
    trls = [nodb(axes.port, name) for name in RUNNERS]
    answer = run(PSEUDO, CTRL_C, tmp_path, trls=trls, layer="classic")
    assert answer["outcome"] == [
        ["abort", "STANDBY", "STANDBY"],
        ["success", "STANDBY", "STANDBY"],
    ]
    assert answer["last"] == ["success", "STANDBY", "STANDBY"]


KILLED = """
    def kill():
        until(working)
        os.kill(server, signal.SIGKILL)
    killer = threading.Thread(target=kill)
    killer.start()
    try:
        RE(long())
        error = None
    except Exception as failure:
        error = str(failure)
    killer.join()
    result = dict(error=error, stop=of("stop")[-1])
"""


@pytest.mark.parametrize("layer", ["classic", "async"])
def test_a_lima_camera_that_is_killed(camera: Peer, tmp_path: Path, layer: str) -> None:
    trl = nodb(camera.port, CAMERA)
    answer = run(LIMA, KILLED, tmp_path, trl=trl, layer=layer, server=camera.pid)
    assert answer["error"] is not None
    assert answer["stop"]["exit_status"] == "fail"
    assert "det" in answer["stop"]["reason"] or CAMERA in answer["stop"]["reason"]


def test_a_pseudo_positioner_whose_motors_are_killed(axes: Peer, tmp_path: Path) -> None:
    trls = [nodb(axes.port, name) for name in RUNNERS]
    answer = run(PSEUDO, KILLED, tmp_path, trls=trls, layer="classic", server=axes.pid)
    assert answer["stop"]["exit_status"] == "fail"
    assert "slits" in answer["error"] + answer["stop"]["reason"]
