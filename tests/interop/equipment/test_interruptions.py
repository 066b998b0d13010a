"""What breaks in upon a plan: ctrl-C, a suspender, a server or an IOC killed. On both layers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.interop.equipment.iocs import needs, run_python

PREPARE = """
    import os, signal, socket, subprocess, sys, threading, time
    from pathlib import Path
    from puretango.sim import SimulatedIoc

    class TangoServer:
        # A device server that can be killed, and started again where it was.
        def __init__(self, kind):
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.port = probe.getsockname()[1]
            self.kind = kind
        def start(self):
            self.process = subprocess.Popen(
                [sys.executable, "-m", "puretango.cli", "serve", self.kind, "test", "-nodb", "-dlist", "a/b/c",
                 "-ORBendPoint", f"giop:tcp:127.0.0.1:{self.port}"], stdout=subprocess.PIPE, text=True)
            self.process.stdout.readline()
            return self
        @property
        def trl(self):
            return f"tango://127.0.0.1:{self.port}/a/b/c#dbase=no"
        def kill(self):
            self.process.kill()
            self.process.wait()
        stop = kill

    def kill_ioc(ioc):
        ioc._process.kill()
        ioc._process.wait()
        ioc._process = None

    def served(kind):
        if layer == "tango":
            server = TangoServer({"pilatus": "Pilatus", "busy": "BusyController"}[kind]).start()
            return server, server.kill
        ioc = SimulatedIoc(kind, "sim:", **({"root": disk} if kind == "pilatus" else {})).start().use()
        return ioc, lambda: kill_ioc(ioc)

    kind = {"detector": "pilatus", "flyer": "busy"}[what]
    server, kill = served(kind)
    from bluesky import RunEngine, suspenders
    from bluesky.plans import count, fly
    from bluesky.utils import RunEngineInterrupted
    from puretango.bluesky import EpicsPilatus, SimulatedBusyFlyer, TangoBusyFlyer, TangoPilatus
    path = disk + "/data" if layer == "tango" else "/data"
    if what == "detector":
        cls, where = (TangoPilatus, lambda: server.trl) if layer == "tango" else (EpicsPilatus, lambda: "sim:")
        device = cls(where(), name="device", write_path=path, read_path=disk + "/data", trigger_timeout=5)
        device.wait_for_connection(timeout=20)
        def long():
            device.stage_sigs.update(acquire_time=30, acquire_period=30)
            return count([device], 2)
        def short():
            device.stage_sigs.update(acquire_time=0.02, acquire_period=0.02)
            return count([device], 2)
        def working():
            return bool(device.acquire.get())
    else:
        cls, where = (TangoBusyFlyer, lambda: server.trl) if layer == "tango" else (SimulatedBusyFlyer, lambda: "sim:")
        device = cls(where(), name="device", timeout=60)
        device.wait_for_connection(timeout=20)
        def long():
            device.num_points.put(200)
            device.dwell.put(0.2)
            return fly([device])
        def short():
            device.num_points.put(5)
            device.dwell.put(0.01)
            return fly([device])
        def working():
            return bool(device.busy.get())
    documents = []
    RE = RunEngine({})
    RE.subscribe(lambda name, document: documents.append((name, document)))
    def at_rest():
        until(lambda: not working())
        return str(device._staged) == "Staged.no"
    def stops():
        return [document["exit_status"] for name, document in documents if name == "stop"]
"""


@pytest.fixture(params=["tango", "epics"])
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Runs a program with a detector or a flyer of one layer in a server of its own."""
    needs("ophyd", "h5py", "hdf5plugin", *(["caproto"] if request.param == "epics" else []))
    (tmp_path / "disk" / "data").mkdir(parents=True)

    def run(what: str, source: str) -> Any:
        layer = {"tango": "dummy", "epics": "caproto"}[request.param]
        return run_python(
            PREPARE + source + "\n    server.stop()\n",
            {"OPHYD_CONTROL_LAYER": layer, "TMPDIR": str(tmp_path)},
            layer=request.param,
            what=what,
            disk=str(tmp_path / "disk"),
        )

    return run


@pytest.mark.slow
@pytest.mark.parametrize("what", ["detector", "flyer"])
def test_ctrl_c_twice_and_then_each_way_out(run: Any, what: str) -> None:
    """The plan pauses; aborted, stopped and halted it leaves the equipment at rest and unstaged."""
    answer = run(
        what,
        """
    outcome = []
    for end in (RE.abort, RE.halt):
        def interrupt():
            until(working)
            for _ in range(2):
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(0.2)
        threading.Thread(target=interrupt, daemon=True).start()
        began = time.time()
        try:
            RE(long())
            outcome.append("not interrupted")
            continue
        except RunEngineInterrupted:
            pass
        time.sleep(0.3)
        try:
            end()
        except Exception as error:
            outcome.append(repr(error))
        if end == RE.halt:
            device.stop()
            device.unstage()
        outcome.append([at_rest(), time.time() - began < 12])
    RE(short())
    result = dict(outcome=outcome, stops=stops())
    """,
    )
    assert answer["outcome"] == [[True, True]] * 2
    # Who halts a plan forgoes its clean-up, documents included.
    assert (answer["stops"][0], answer["stops"][-1]) == ("abort", "success")


@pytest.mark.slow
@pytest.mark.parametrize("what", ["detector", "flyer"])
def test_killed_in_mid_scan(run: Any, what: str) -> None:
    """The plan fails soon and cleanly; with the server back the same object works again."""
    answer = run(
        what,
        """
    threading.Timer(0.6, kill).start()
    began = time.time()
    try:
        RE(long())
        error = None
    except Exception as failure:
        error = type(failure).__name__
    took = time.time() - began
    staged = str(device._staged)
    server.start()
    device.wait_for_connection(timeout=20)
    def there():  # a client waits a moment before it tries to connect again
        try:
            working()
        except Exception:
            return False
        return True
    until(there, step=0.3)
    documents.clear()
    if what == "detector" and layer == "epics":
        device.create_directory.set(-5).wait(30)
    RE(short())
    result = dict(error=error, took=took, staged=staged, stops=stops(), rest=at_rest())
    """,
    )
    assert answer["error"] is not None
    assert answer["took"] < 25
    assert answer["staged"] == "Staged.no"
    assert answer["stops"] == ["success"]
    assert answer["rest"] is True


@pytest.mark.slow
def test_a_full_disk(run: Any) -> None:
    """The trigger fails with the writer's own words; with room again the detector counts."""
    answer = run(
        "detector",
        """
    import resource
    process = server.process if layer == "tango" else server._process
    plain = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (300_000, plain[1]))
    device.frames_per_event = 5
    device.stage_sigs["compression"] = "None"
    try:
        RE(short())
        error = None
    except Exception as failure:
        error = str(failure.__cause__ or failure)
    rest = at_rest()
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, plain)
    RE(short())
    result = dict(error=error, rest=rest, stops=stops())
    """,
    )
    assert "File too large" in answer["error"] or "write failed" in answer["error"]
    assert answer["rest"] is True
    assert answer["stops"] == ["fail", "success"]
