"""Images in files: Lima's, and any image attribute's, of both layers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import bluesky.plan_stubs as bps
import bluesky.plans as bp
import h5py
import numpy as np
import pytest
from bluesky import RunEngine
from bluesky.utils import FailedStatus, RunEngineInterrupted
from ophyd_async.core import StaticFilenameProvider, StaticPathProvider, UUIDFilenameProvider
from ophyd_async.plan_stubs import ensure_connected

from puretango.bluesky import DetectorError, LimaDetector, TangoImage, aio
from puretango.client import DeviceProxy
from puretango.server import Server
from puretango.sim import load_class
from tests.interop.bluesky.conftest import Locate
from tests.interop.conftest import nodb
from tests.interop.peers.process import Peer
from tests.unit.bluesky.conftest import Documents

DEVICE = "lab/limaccds/1"


@pytest.fixture
def lima() -> Iterator[str]:
    """A simulated LimaCCDs."""
    with Server("test", [load_class("LimaCCDs")], devices={"LimaCCDs": [DEVICE]}) as server:
        trl = f"tango://127.0.0.1:{server.port}/{DEVICE}#dbase=no"
        proxy = DeviceProxy(trl)
        proxy.acq_expo_time = 0.01
        yield trl


@pytest.fixture(params=["classic", "async"])
def make(request: pytest.FixtureRequest, lima: str, tmp_path: Path, RE: RunEngine) -> Any:
    """Makes a Lima detector of either layer that writes below ``tmp_path``."""

    def made(file: str = "", **options: Any) -> Any:
        if request.param == "classic":
            if file:
                options["file_name"] = lambda: file
            return LimaDetector(lima, name="det", write_path=str(tmp_path), **options)
        names = StaticFilenameProvider(file) if file else UUIDFilenameProvider()
        detector = aio.LimaDetector(lima, StaticPathProvider(names, tmp_path), "det", **options)
        RE(ensure_connected(detector))
        return detector

    return made


def images(documents: Documents) -> list[Any]:
    """The images that the documents name, of each event."""
    found = []
    for one in documents.of("stream_resource"):
        with h5py.File(unquote(urlsplit(one["uri"]).path)) as file:
            found.append(file[one["parameters"]["dataset"]][()])
    for one in documents.of("resource"):
        with h5py.File(f"/{one['resource_path']}") as file:
            found.append(file[one["resource_kwargs"]["dataset"]][()])
    return found


@pytest.mark.parametrize("assets", ["stream", "resource"])
def test_lima(make: Any, lima: str, RE: RunEngine, documents: Documents, assets: str) -> None:
    proxy = DeviceProxy(lima)
    before = (proxy.saving_mode, proxy.acq_nb_frames, proxy.saving_prefix)
    RE(bp.count([make(frames_per_event=2, assets=assets)], 3))
    found = images(documents)
    assert [image.shape for image in found] == [(2, 195, 487)] * 3
    kind, encoded = proxy.last_image
    header = len(encoded) - found[-1][-1].nbytes
    assert (kind, header, encoded[:4]) == ("DATA_ARRAY", 80, b"YATD")
    assert encoded[header:] == found[-1][-1].tobytes()
    key = next(k for k in documents.of("descriptor")[0]["data_keys"].values() if "external" in k)
    assert (key["shape"], key["dtype_numpy"]) == ([2, 195, 487], "<i4")
    assert [one["indices"]["start"] for one in documents.of("stream_datum")] in ([], [0, 1, 2])
    assert (proxy.saving_mode, proxy.acq_nb_frames, proxy.saving_prefix) == before


def test_lima_never_overwrites(make: Any, RE: RunEngine) -> None:
    detector = make("sample")
    RE(bp.count([detector], 2))
    with pytest.raises((DetectorError, FailedStatus), match="would be overwritten"):
        RE(bp.count([detector]))


def test_lima_says_why(
    make: Any, lima: str, tmp_path: Path, RE: RunEngine, documents: Documents
) -> None:
    detector = make("sample")
    (tmp_path / "sample_0001.h5").mkdir()  # Lima finds it, and so do we: only at its turn
    with pytest.raises((DetectorError, FailedStatus), match=r"sample_0001[.]h5 is there already"):
        RE(bp.count([detector], 2))
    assert "sample_0001.h5" in documents.of("stop")[0]["reason"]
    assert DeviceProxy(lima).saving_mode == "MANUAL"


def test_lima_is_stopped_and_goes_on(
    make: Any, lima: str, RE: RunEngine, documents: Documents
) -> None:
    detector = make()
    DeviceProxy(lima).acq_expo_time = 30.0
    threading.Timer(0.5, RE.request_pause).start()
    with pytest.raises(RunEngineInterrupted):
        RE(bp.count([detector]))
    RE.abort()
    assert DeviceProxy(lima).acq_status == "Ready"
    DeviceProxy(lima).acq_expo_time = 0.01
    documents.clear()
    RE(bp.count([detector]))
    assert len(images(documents)) == 1


@pytest.mark.parametrize("layer", ["classic", "async"])
@pytest.mark.parametrize("attribute", ["double_image_ro", "ushort_image_ro", "string_image_ro"])
def test_any_image_attribute(
    cpp_tango_test: Peer,
    tmp_path: Path,
    RE: RunEngine,
    documents: Documents,
    layer: str,
    attribute: str,
) -> None:
    """C++ TangoTest's images, written here."""
    trl = nodb(cpp_tango_test.port, f"sys/tg_test/1/{attribute}")
    detector: Any
    if layer == "classic":
        detector = TangoImage(trl, name="camera", write_path=f"{tmp_path}/%Y")
    else:
        detector = aio.TangoImage(trl, "camera", write_path=f"{tmp_path}/%Y")
        RE(ensure_connected(detector))
    RE(bp.count([detector], 3))
    (found,) = images(documents)
    assert found.shape == (3, 251, 251)
    assert [one["indices"]["stop"] for one in documents.of("stream_datum")] == [1, 2, 3]
    assert "camera" not in documents.of("event")[0]["data"]


@pytest.mark.parametrize("layer", ["classic", "async"])
def test_the_images_in_resource_documents(
    trl: Locate, tmp_path: Path, RE: RunEngine, documents: Documents, layer: str
) -> None:
    options: dict[str, Any] = {"write_path": str(tmp_path), "assets": "resource"}
    options["file_name"] = lambda: "sample"
    detector: Any
    if layer == "classic":
        detector = TangoImage(trl("test/odd/1/image"), name="camera", **options)
    else:
        detector = aio.TangoImage(trl("test/odd/1/image"), "camera", **options)
        RE(ensure_connected(detector))
    RE(bp.count([detector], 2))
    ids = [one["datum_id"] for one in documents.of("datum")]
    assert documents.column("camera") == ids
    with h5py.File(tmp_path / "sample.h5") as file:
        assert np.array_equal(file["/entry/data/data"][1], [[1, 2], [3, 4]])
    with pytest.raises((DetectorError, FailedStatus), match="would be overwritten"):
        RE(bp.count([detector]))


def test_an_image_in_a_plan_that_fails(trl: Locate, tmp_path: Path, RE: RunEngine) -> None:
    """The file is closed, and another run has another."""
    detector = TangoImage(trl("test/odd/1/image"), name="camera", write_path=str(tmp_path))

    def plan() -> Any:
        yield from bps.stage(detector)
        yield from bps.open_run()
        yield from bps.trigger_and_read([detector])
        raise RuntimeError("broken off")

    with pytest.raises(RuntimeError, match="broken off"):
        RE(plan())
    detector.unstage()
    RE(bp.count([detector]))
    assert len(list(tmp_path.iterdir())) == 2
