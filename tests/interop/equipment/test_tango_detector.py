"""TangoPilatus on the simulated Pilatus, under the RunEngine: the same code as on EPICS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.interop.equipment.iocs import needs, run_python

PREPARE = """
    import os, threading, time
    import event_model, h5py, hdf5plugin
    import numpy as np
    from event_model import DocumentNames, schema_validators
    from urllib.parse import urlparse
    from bluesky import RunEngine
    from bluesky.plans import count
    from bluesky.utils import RunEngineInterrupted
    from puretango.bluesky import TangoPilatus, DetectorError
    from puretango.sim import Pilatus
    from puretango.testing import MultiDeviceTestContext

    device = {"name": "sim/pilatus/1", "properties": {"Root": disk, "Width": 64, "Height": 48}}
    context = MultiDeviceTestContext([{"class": Pilatus, "devices": [device]}])
    context.__enter__()
    documents = []
    def check(name, document):
        schema_validators[DocumentNames[name]].validate(document)
        documents.append((name, document))
    def made(**options):
        options = {"write_path": "/data/%Y/%m", "read_path": disk + "/data/%Y/%m"} | options
        det = TangoPilatus(context.get_device_access("sim/pilatus/1"), name="det", **options)
        det.wait_for_connection(timeout=20)
        det.acquire_time.put(0.02)
        det.acquire_period.put(0.03)
        return det
    def find(kind):
        return [d for n, d in documents if n == kind]
    RE = RunEngine({})
    RE.subscribe(check)
"""


@pytest.fixture
def run(tmp_path: Path) -> Any:
    """Runs a program with a detector prepared."""
    needs("ophyd", "h5py", "hdf5plugin")
    disk = tmp_path / "disk"
    disk.mkdir()

    def run(source: str) -> Any:
        environment = {"OPHYD_CONTROL_LAYER": "dummy", "TMPDIR": str(tmp_path)}
        return run_python(PREPARE + source, environment, disk=str(disk))

    return run


def test_stream_documents(run: Any) -> None:
    """Frames in the file, stream documents, settings back where they were."""
    answer = run("""
    det = made(frames_per_event=2)
    before = {k: getattr(det, k).get() for k in det.stage_sigs}
    RE(count([det], 3))
    after = {k: getattr(det, k).get() for k in before}
    resource, = find("stream_resource")
    with h5py.File(urlparse(resource["uri"]).path, "r") as root:
        image = root[resource["parameters"]["dataset"]]
        shape, lz4 = image.shape, image.id.get_create_plist().get_filter(0)[0]
    result = dict(shape=shape, lz4=lz4, restored=before == after,
                  key=find("descriptor")[0]["data_keys"]["det_image"],
                  indices=[[d["indices"]["start"], d["indices"]["stop"]] for d in find("stream_datum")],
                  stop=documents[-1][1]["exit_status"])
    """)
    assert answer["shape"] == [6, 48, 64]
    assert answer["lz4"] == 32004
    assert answer["restored"] is True
    assert answer["key"]["external"] == "STREAM:"
    assert answer["key"]["shape"] == [2, 48, 64]
    assert "sim/pilatus/1" in answer["key"]["source"]
    assert answer["indices"] == [[0, 1], [1, 2], [2, 3]]
    assert answer["stop"] == "success"


def test_resource_documents_through_a_filler(run: Any) -> None:
    """The images reach a consumer of the documents."""
    needs("area_detector_handlers")
    answer = run("""
    from area_detector_handlers.handlers import AreaDetectorHDF5Handler
    det = made(assets="resource", compression="zlib", file_name=lambda: "named")
    RE(count([det], 2))
    filler = event_model.Filler({"AD_HDF5": AreaDetectorHDF5Handler}, inplace=False)
    filled = [filler(name, document) for name, document in documents]
    images = [np.asarray(d["data"]["det_image"]) for n, d in filled if n == "event"]
    filler.close()
    result = dict(shapes=[i.shape for i in images], sums=[int(i.sum()) for i in images],
                  name=find("resource")[0]["resource_path"])
    """)
    assert answer["shapes"] == [[1, 48, 64]] * 2
    assert all(answer["sums"])
    assert answer["name"].endswith("named_000.h5")


def test_no_file_is_overwritten(run: Any) -> None:
    """A second run with the first one's name is refused before it exposes anything."""
    answer = run("""
    det = made(file_name=lambda: "sample")
    RE(count([det], 3))
    file = urlparse(find("stream_resource")[0]["uri"]).path
    before = det.array_counter.get()
    try:
        RE(count([det]))
        refusal = ""
    except Exception as error:
        refusal = str(error)
    with h5py.File(file, "r") as root:
        shape = root["/entry/data/data"].shape
    result = dict(refusal=refusal, shape=shape, exposed=det.array_counter.get() - before,
                  reason=documents[-1][1].get("reason", ""))
    """)
    assert "would be overwritten" in answer["refusal"]
    assert answer["shape"][0] == 3
    assert answer["exposed"] == 0


def test_faults_and_interruptions(run: Any) -> None:
    """A path that cannot be, a filter that cannot work, an abort: a reason, and all at rest."""
    answer = run("""
    errors = []
    for options in ({"write_path": "/" + "deep/" * 9}, {"compression": "JPEG"}):
        try:
            RE(count([made(**options)]))
        except Exception as error:
            errors.append(str(error.__cause__ or error))
    det = made()
    det.stage_sigs["acquire_time"] = 30
    threading.Timer(1.0, RE.request_pause).start()
    try:
        RE(count([det]))
    except RunEngineInterrupted:
        pass
    acquiring = det.acquire.get()
    RE.abort()
    rest = [det.acquire.get(), det.capture.get()]
    del det.stage_sigs["acquire_time"]
    RE(count([det]))
    result = dict(errors=errors, acquiring=bool(acquiring), rest=[bool(r) for r in rest],
                  time=det.acquire_time.get(), stop=documents[-1][1]["exit_status"])
    """)
    assert "directories are missing" in answer["errors"][0]
    assert "JPEG" in answer["errors"][1]
    assert answer["acquiring"] is True
    assert answer["rest"] == [False, False]
    assert answer["time"] == 0.02
    assert answer["stop"] == "success"


def test_a_server_that_dies_and_comes_back(run: Any) -> None:
    """Killed in an exposure: the plan fails soon. Started again: the same detector counts."""
    answer = run("""
    import socket, subprocess, sys
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    def served():
        server = subprocess.Popen(
            [sys.executable, "-m", "puretango.cli", "serve", "Pilatus", "test", "-nodb", "-dlist", "a/b/c",
             "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}"], stdout=subprocess.PIPE, text=True)
        server.stdout.readline()
        return server
    server = served()
    det = TangoPilatus(f"tango://127.0.0.1:{port}/a/b/c#dbase=no", name="det", write_path=disk)
    det.wait_for_connection(timeout=30)
    det.stage_sigs["acquire_time"] = 30
    threading.Timer(1.0, server.kill).start()
    begin = time.time()
    try:
        RE(count([det]))
        error = None
    except Exception as failure:
        error = type(failure).__name__
    took = time.time() - begin
    server.wait()
    server = served()
    det.stage_sigs["acquire_time"] = 0.02
    det.stage_sigs["acquire_period"] = 0.02
    # A client waits a second before it tries to connect again.
    until(lambda: not det.acquire.get(), forgiving=Exception)
    RE(count([det], 2))
    server.terminate()
    server.wait()
    result = dict(error=error, took=took, stops=[d["exit_status"] for d in find("stop")],
                  data=len(find("stream_datum")))
    """)
    assert answer["error"] is not None
    assert answer["took"] < 20
    assert answer["stops"] == ["fail", "success"]
    assert answer["data"] == 2


def test_progress(run: Any) -> None:
    """Of several images, how many are in the file; of one, how long it has been exposed."""
    answer = run("""
    told = []
    for frames, time_of_one in ((5, 0.1), (1, 0.5)):
        det = made(frames_per_event=frames)
        det.stage_sigs.update(acquire_time=time_of_one, acquire_period=time_of_one)
        det.stage()
        for _ in range(2):
            updates = []
            status = det.trigger()
            status.watch(lambda **update: updates.append(update))
            status.wait(30)
            told.append([[u["current"], u["target"], u["unit"], u["fraction"]] for u in updates if "unit" in u])
            det.read()
        det.unstage()
    result = told
    """)
    for updates, target, unit in zip(answer, (5, 5, 0.5, 0.5), ("images", "images", "s", "s")):
        assert len(updates) >= 2
        assert {(update[1], update[2]) for update in updates} == {(target, unit)}
        assert 0 <= updates[0][0] <= updates[-1][0] <= target
        assert 0 <= updates[-1][3] <= updates[0][3] <= 1


def test_a_trigger_after_one_that_failed(run: Any) -> None:
    """Its image is where its documents say; where others are before it, it is refused at once."""
    answer = run("""
    det = made()
    det.stage()
    def broken_off(stopped, images=0):
        det.acquire_time.put(0.3)
        det.acquire_period.put(0.3)
        status = det.trigger()
        until(lambda: det.acquire.get() and det.num_captured.get() >= images)
        det.stop(success=stopped)
        try:
            status.wait(30)
        except Exception:
            pass
        det.acquire_time.put(0.02)
        det.acquire_period.put(0.02)
        return status.success
    ends = [broken_off(False), broken_off(True)]
    begin = time.time()
    det.trigger().wait(20)
    took = time.time() - begin
    indices = [d["indices"] for n, d in det.collect_asset_docs() if n == "stream_datum"]
    captured = int(det.num_captured.get())
    det.unstage()
    det.frames_per_event = 3
    det.stage()
    ends.append(broken_off(False, 1))
    try:
        det.trigger()
        refusal = ""
    except DetectorError as error:
        refusal = str(error)
    det.unstage()
    result = dict(ends=ends, took=took, indices=indices, captured=captured, refusal=refusal)
    """)
    assert answer["ends"] == [False, True, False]
    assert answer["took"] < 5
    assert answer["indices"] == [{"start": 0, "stop": 1}]
    assert answer["captured"] == 1
    assert "an acquisition that failed" in answer["refusal"]
