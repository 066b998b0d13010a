"""EpicsPilatus on the simulated areaDetector IOC, under the RunEngine."""

from __future__ import annotations

from typing import Any

from tests.interop.equipment.iocs import Ioc, needs

PREPARE = """
    import os, threading, time
    from pathlib import Path
    import event_model, h5py, hdf5plugin
    import numpy as np
    from event_model import DocumentNames, schema_validators
    from bluesky import RunEngine
    from bluesky.plans import count
    from bluesky import plan_stubs as bps
    from bluesky.utils import RunEngineInterrupted, FailedStatus
    from puretango.bluesky import EpicsPilatus, DetectorError

    documents = []
    def check(name, document):
        schema_validators[DocumentNames[name]].validate(document)
        documents.append((name, document))
    def made(**options):
        options = {"write_path": "/data/%Y/%m", "read_path": disk + "/data/%Y/%m"} | options
        det = EpicsPilatus(prefix, name="det", **options)
        det.wait_for_connection(timeout=20)
        det.acquire_time.set(0.02).wait(30)
        det.acquire_period.set(0.03).wait(30)
        return det
    def find(kind):
        return [d for n, d in documents if n == kind]
    RE = RunEngine({})
    RE.subscribe(check)
"""


def ask(ioc: Ioc, source: str, **values: Any) -> Any:
    """Run `source` with the detector prepared."""
    return ioc.python(
        PREPARE + source, prefix=ioc.prefix, disk=str(ioc.directory / "disk"), **values
    )


def test_stream_documents(pilatus_ioc: Ioc) -> None:
    """stream_resource and stream_datum, several frames per event; settings come back."""
    answer = ask(
        pilatus_ioc,
        """
    from urllib.parse import urlparse
    from bluesky.protocols import (Configurable, HasHints, HasName, Readable, Stageable, Stoppable,
        Triggerable, WritesExternalAssets, WritesStreamAssets)
    det = made(frames_per_event=2)
    claims = [isinstance(det, p) for p in (Configurable, HasHints, HasName, Readable, Stageable,
        Stoppable, Triggerable, WritesExternalAssets, WritesStreamAssets)]
    before = {k: getattr(det, k).get() for k in det.stage_sigs}
    RE(count([det], 3))
    after = {k: getattr(det, k).get() for k in before}
    resource, = find("stream_resource")
    with h5py.File(urlparse(resource["uri"]).path, "r") as root:
        shape = root[resource["parameters"]["dataset"]].shape
    data = find("descriptor")[0]["data_keys"]["det_image"]
    result = dict(shape=shape, key=data, claims=claims, restored=before == after,
                  indices=[[d["indices"]["start"], d["indices"]["stop"]] for d in find("stream_datum")],
                  seq=[[d["seq_nums"]["start"], d["seq_nums"]["stop"]] for d in find("stream_datum")],
                  events=[list(d["data"]) for d in find("event")], stop=documents[-1][1]["exit_status"],
                  config=sorted(find("descriptor")[0]["configuration"]["det"]["data"]))
    """,
    )
    assert all(answer["claims"])
    assert answer["restored"] is True
    assert answer["shape"] == [6, 195, 487]
    assert answer["key"]["external"] == "STREAM:"
    assert answer["key"]["shape"] == [2, 195, 487]
    assert answer["indices"] == [[0, 1], [1, 2], [2, 3]]
    assert answer["seq"] == [[1, 2], [2, 3], [3, 4]]
    assert answer["events"] == [[], [], []]
    assert answer["stop"] == "success"
    assert "det_acquire_time" in answer["config"]


def test_resource_documents_through_a_filler(pilatus_ioc: Ioc) -> None:
    """The images reach a consumer of the documents: event_model's Filler with AD_HDF5's handler."""
    needs("area_detector_handlers")
    answer = ask(
        pilatus_ioc,
        """
    from area_detector_handlers.handlers import AreaDetectorHDF5Handler
    filler = event_model.Filler({"AD_HDF5": AreaDetectorHDF5Handler}, inplace=False)
    det = made(assets="resource", compression="BSLZ4", file_name=lambda: "named")
    RE(count([det], 2))
    # After the run: the handler keeps a file open, and does not see it grow.
    filled = [filler(name, document) for name, document in documents]
    events = [d for n, d in filled if n == "event"]
    images = [np.asarray(e["data"]["det_image"]) for e in events]
    resource, = find("resource")
    with h5py.File(resource["root"] + resource["resource_path"], "r") as root:
        same = [bool((root["/entry/data/data"][i] == image).all()) for i, image in enumerate(images)]
    filler.close()
    result = dict(shapes=[i.shape for i in images], same=same, name=resource["resource_path"],
                  kinds=[n for n, _ in documents])
    """,
    )
    assert answer["shapes"] == [[1, 195, 487]] * 2
    assert answer["same"] == [True, True]
    assert answer["name"].endswith("/named_000.h5")
    assert answer["kinds"] == [
        "start", "descriptor", "resource", "datum", "event", "datum", "event", "stop"
    ]  # fmt: skip


def test_faults_fail_the_plan(pilatus_ioc: Ioc) -> None:
    """A directory that cannot be, a filter that cannot work: an error with the IOC's reason."""
    answer = ask(
        pilatus_ioc,
        """
    errors = []
    det = made(write_path="/data/" + "deep/" * 9)
    try:
        RE(count([det]))
    except Exception as error:
        errors.append(type(error).__name__ + ": " + str(error))
    det = made(compression="JPEG")
    try:
        RE(count([det]))
    except Exception as error:
        errors.append(str(error.__cause__))
    det = made()
    try:
        det.trigger()
    except DetectorError as error:
        errors.append(str(error))
    from ophyd.device import RedundantStaging
    det.stage()
    try:
        det.stage()
    except RedundantStaging as error:
        errors.append([str(error), int(det.capture.get())])
    det.unstage()
    RE(count([det]))
    result = dict(errors=errors, rest=[int(det.acquire.get()), int(det.capture.get())],
                  stops=[d["exit_status"] for d in find("stop")])
    """,
    )
    assert "DetectorError" in answer["errors"][0]
    assert "directories are missing" in answer["errors"][0]
    assert "JPEG" in answer["errors"][1]
    assert "staged before" in answer["errors"][2]
    assert answer["errors"][3] == ["det is staged already: unstage it first", 1]
    assert answer["rest"] == [0, 0]
    assert answer["stops"] == ["fail", "success"]  # the first did not come to open its run


def test_interrupted_acquisitions_leave_everything_at_rest(pilatus_ioc: Ioc) -> None:
    """Paused and aborted in a long exposure: not acquiring, not capturing, unstaged."""
    answer = ask(
        pilatus_ioc,
        """
    det = made()
    det.stage_sigs["acquire_time"] = 30
    when(lambda: det.acquire.get(), RE.request_pause)
    try:
        RE(count([det]))
    except RunEngineInterrupted:
        pass
    acquiring = int(det.acquire.get())
    begin = time.time()
    RE.abort()
    took = time.time() - begin
    until(lambda: not det.acquire.get() and not det.capture.get())
    result = dict(took=took, acquiring=acquiring, staged=str(det._staged),
                  rest=[int(det.acquire.get()), int(det.capture.get())], time=det.acquire_time.get())
    """,
    )
    assert answer["acquiring"] == 1
    assert answer["rest"] == [0, 0]
    assert answer["staged"] == "Staged.no"
    assert answer["time"] == 0.02
    assert answer["took"] < 8


def test_pause_and_resume_in_an_exposure(pilatus_ioc: Ioc) -> None:
    """The trigger is repeated, the exposure is not: one image per event, none lost."""
    answer = ask(
        pilatus_ioc,
        """
    det = made()
    det.stage_sigs["acquire_time"] = 1.0
    det.stage_sigs["acquire_period"] = 1.0
    when(lambda: det.acquire.get(), RE.request_pause)
    try:
        RE(count([det], 2))
        paused = False
    except RunEngineInterrupted:
        paused = True
    time.sleep(0.1)
    RE.resume()
    result = dict(paused=paused, events=len(find("event")), captured=int(det.num_captured.get()),
                  indices=[d["indices"]["stop"] for d in find("stream_datum")],
                  stop=documents[-1][1]["exit_status"])
    """,
    )
    assert answer == {
        "paused": True, "events": 2, "captured": 2, "indices": [1, 2], "stop": "success"
    }  # fmt: skip


def test_put_completion_and_buttons(pilatus_ioc: Ioc) -> None:
    """A put of Acquire with completion returns when the images are taken; WriteFile falls back."""
    answer = ask(
        pilatus_ioc,
        """
    from caproto.threading.client import Context
    context = Context()
    names = ["cam1:Acquire", "cam1:AcquireTime", "cam1:AcquirePeriod", "cam1:ImageMode",
             "cam1:NumImages", "cam1:NumImagesCounter_RBV", "cam1:Acquire_RBV", "image1:EnableCallbacks",
             "image1:ArrayData", "image1:ArraySize0_RBV", "HDF1:WriteFile", "HDF1:WriteStatus",
             "HDF1:WriteMessage", "cam1:NumImages_RBV", "HDF1:FileWriteMode"]
    pv = dict(zip(names, context.get_pvs(*[prefix + n for n in names])))
    for one in pv.values():
        one.wait_for_connection(timeout=30)
    read = lambda n: pv[n].read().data
    pv["cam1:AcquireTime"].write(0.1, wait=True)
    pv["cam1:AcquirePeriod"].write(0.1, wait=True)
    pv["cam1:ImageMode"].write(1, wait=True)
    pv["cam1:NumImages"].write(-5, wait=True)
    clamped = int(read("cam1:NumImages_RBV")[0])
    pv["cam1:NumImages"].write(3, wait=True)
    pv["image1:EnableCallbacks"].write(1, wait=True)
    begin = time.time()
    pv["cam1:Acquire"].write(1, wait=True, timeout=30)
    took = time.time() - begin
    pixels = read("image1:ArrayData")
    pv["HDF1:FileWriteMode"].write(2, wait=True)
    pv["HDF1:WriteFile"].write(1, wait=True)
    result = dict(took=took, count=int(read("cam1:NumImagesCounter_RBV")[0]), pixels=len(pixels),
                  width=int(read("image1:ArraySize0_RBV")[0]), write=int(read("HDF1:WriteFile")[0]),
                  status=int(read("HDF1:WriteStatus")[0]), clamped=clamped,
                  message=bytes(read("HDF1:WriteMessage")).decode())
    """,
    )
    assert 0.3 <= answer["took"] < 2
    assert answer["count"] == 3
    assert answer["pixels"] == 487 * 195
    assert answer["width"] == 487
    assert answer["write"] == 0
    assert answer["status"] == 1
    assert "Stream" in answer["message"]
    assert answer["clamped"] == 1
