"""Lima's cameras in flight, of both layers, on the simulated LimaCCDs; and what breaks in upon them."""

from __future__ import annotations

import resource
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import bluesky.plan_stubs as bps
import bluesky.plans as bp
import bluesky.preprocessors as bpp
import h5py
import pytest
from bluesky import RunEngine
from bluesky.protocols import Collectable, Flyable, Preparable, WritesStreamAssets
from bluesky.utils import FailedStatus, RunEngineInterrupted
from ophyd_async.core import (
    DetectorTrigger,
    StaticPathProvider,
    TriggerInfo,
    UUIDFilenameProvider,
)
from ophyd_async.plan_stubs import ensure_connected

from puretango.bluesky import DetectorError, LimaDetector, aio
from puretango.client import DeviceProxy
from tests.interop.conftest import nodb
from tests.interop.peers.process import Peer, free_port, puretango
from tests.unit.bluesky.conftest import Documents
from tests.waiting import until

pytestmark = pytest.mark.slow
DEVICE = "lab/limaccds/1"
SHAPE = (195, 487)
SHORT = TriggerInfo(number_of_events=4, collections_per_event=2, livetime=0.02)
LONG = TriggerInfo(number_of_events=500, livetime=0.05)


@pytest.fixture
def lima(tmp_path: Path) -> Iterator[Peer]:
    """A simulated LimaCCDs in a process of its own."""
    port = free_port()
    command = puretango(
        "serve", "LimaCCDs", "test", "-nodb", "-dlist", DEVICE,
        "-ORBendPoint", f"giop:tcp:127.0.0.1:{port}",
    )  # fmt: skip
    with Peer("lima", command, tmp_path, port, {"TANGO_HOST": "127.0.0.1:1"}) as peer:
        peer.wait_for("Ready to accept request", 40)
        yield peer


@pytest.fixture
def proxy(lima: Peer) -> DeviceProxy:
    """The device."""
    return DeviceProxy(nodb(lima.port, DEVICE))


@pytest.fixture(params=["classic", "async"])
def detector(request: pytest.FixtureRequest, lima: Peer, tmp_path: Path, RE: RunEngine) -> Any:
    """A Lima detector of either layer that writes to the folder ``disk``."""
    trl, disk = nodb(lima.port, DEVICE), tmp_path / "disk"
    disk.mkdir()
    found: Any
    if request.param == "classic":
        found = LimaDetector(trl, name="det", write_path=str(disk), trigger_timeout=10)
        found.wait_for_connection(timeout=20)
        return found
    paths = StaticPathProvider(UUIDFilenameProvider(), disk)
    found = aio.LimaDetector(trl, paths, "det", trigger_timeout=10)
    RE(ensure_connected(found))
    return found


def flights(detector: Any, *infos: TriggerInfo) -> Any:
    """A run of so many flights."""

    @bpp.stage_decorator([detector])
    @bpp.run_decorator()
    def plan() -> Any:
        for number, info in enumerate(infos):
            yield from bps.prepare(detector, info, wait=True)
            if not number:
                yield from bps.declare_stream(detector, name="primary", collect=True)
            yield from bps.checkpoint()
            yield from bps.kickoff(detector, wait=True)
            yield from bps.collect_while_completing(
                [detector], [detector], flush_period=0.1, stream_name="primary"
            )

    return plan()


def staged(plan: Any, detector: Any) -> Any:
    """A plan in a run, with the detector staged."""
    return bpp.stage_wrapper(bpp.run_wrapper(plan), [detector])


def images(documents: Documents) -> list[tuple[int, ...]]:
    """The shapes of what is in the files that the documents name."""
    found = []
    for one in documents.of("stream_resource"):
        with h5py.File(unquote(urlsplit(one["uri"]).path)) as file:
            found.append(file[one["parameters"]["dataset"]].shape)
    return found


def indices(documents: Documents) -> list[int]:
    """Every event that the documents name, in their order."""
    return [
        index
        for one in documents.of("stream_datum")
        for index in range(one["indices"]["start"], one["indices"]["stop"])
    ]


def settings(proxy: DeviceProxy) -> list[Any]:
    """What a flight changes."""
    names = ["acq_nb_frames", "acq_expo_time", "acq_trigger_mode", "saving_mode", "saving_prefix"]
    return [one.value for one in proxy.read_attributes(names)]


def test_two_flights(
    detector: Any, proxy: DeviceProxy, RE: RunEngine, documents: Documents
) -> None:
    """The second waits for pulses from outside; then the same detector is counted."""
    for protocol in (Preparable, Flyable, Collectable, WritesStreamAssets):
        assert isinstance(detector, protocol)
    before = settings(proxy)
    pulses = TriggerInfo(number_of_events=3, trigger=DetectorTrigger.EXTERNAL_EDGE, livetime=0.01)
    pulses = pulses.model_copy(update={"collections_per_event": 2})
    RE(flights(detector, SHORT, pulses))
    assert images(documents) == [(8, *SHAPE), (6, *SHAPE)]
    assert indices(documents) == list(range(7))
    numbers = [(one["seq_nums"]["start"], one["seq_nums"]["stop"]) for one in documents.of("stream_datum")]  # fmt: skip
    assert numbers[0][0] == 1
    assert numbers[-1][1] == 8
    (key,) = documents.of("descriptor")[0]["data_keys"].values()
    assert (key["shape"], key["dtype_numpy"], key["external"]) == ([2, *SHAPE], "<i4", "STREAM:")
    assert settings(proxy) == before
    proxy.acq_expo_time = 0.01
    documents.clear()
    RE(bp.count([detector], 2))
    assert images(documents) == [(1, *SHAPE)] * 2


def test_pause_and_resume(
    detector: Any, proxy: DeviceProxy, RE: RunEngine, documents: Documents
) -> None:
    """Exposures go on meanwhile, and no second acquisition is begun."""
    info = TriggerInfo(number_of_events=30, livetime=0.05)

    def pause() -> None:
        until(lambda: proxy.last_image_saved >= 2)
        RE.request_pause()

    threading.Thread(target=pause).start()
    with pytest.raises(RunEngineInterrupted):
        RE(flights(detector, info))
    until(lambda: proxy.last_image_saved >= 10)
    RE.resume()
    assert images(documents) == [(30, *SHAPE)]
    assert indices(documents) == list(range(30))


@pytest.mark.parametrize("how", ["abort", "stop"])
def test_ended_in_flight(
    detector: Any, proxy: DeviceProxy, RE: RunEngine, documents: Documents, how: str
) -> None:
    """Lima is stopped, its settings are put back, and the next flight is a whole one."""
    before = settings(proxy)

    def pause() -> None:
        until(lambda: proxy.last_image_saved >= 2)
        RE.request_pause()

    threading.Thread(target=pause).start()
    with pytest.raises(RunEngineInterrupted):
        RE(flights(detector, LONG))
    getattr(RE, how)()
    until(lambda: proxy.acq_status == "Ready")
    assert settings(proxy) == before
    documents.clear()
    RE(flights(detector, SHORT))
    assert images(documents) == [(8, *SHAPE)]


def test_a_killed_server(
    detector: Any, lima: Peer, proxy: DeviceProxy, RE: RunEngine, documents: Documents
) -> None:
    """The plan fails and says of what; what was told is in the file."""

    def kill() -> None:
        until(lambda: proxy.last_image_saved >= 2)
        lima.kill()

    threading.Thread(target=kill).start()
    with pytest.raises(Exception, match=r"limaccds/1|det"):
        RE(flights(detector, LONG))
    stop = documents.of("stop")[-1]
    assert stop["exit_status"] == "fail"
    assert "API_" in stop["reason"]
    assert f"{lima.port}/{DEVICE}" in stop["reason"] or "det" in stop["reason"]


def test_a_full_disk(
    detector: Any, lima: Peer, proxy: DeviceProxy, RE: RunEngine, documents: Documents
) -> None:
    """It fails with Lima's words, in flight and counted; with room again it flies."""
    plain = resource.prlimit(lima.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(lima.pid, resource.RLIMIT_FSIZE, (1_000_000, plain[1]))
    with pytest.raises((DetectorError, FailedStatus), match="Save error"):
        RE(flights(detector, SHORT))
    assert "Save error" in documents.of("stop")[-1]["reason"]
    resource.prlimit(lima.pid, resource.RLIMIT_FSIZE, (100_000, plain[1]))
    proxy.acq_expo_time = 0.01
    with pytest.raises(FailedStatus, match="Save error"):
        RE(bp.count([detector]))
    resource.prlimit(lima.pid, resource.RLIMIT_FSIZE, plain)
    documents.clear()
    RE(flights(detector, SHORT))
    assert images(documents) == [(8, *SHAPE)]


def test_what_lima_cannot_do_is_refused(detector: Any, RE: RunEngine, documents: Documents) -> None:
    for info, why in (
        (TriggerInfo(number_of_events=0), "how many images"),
        (TriggerInfo(exposures_per_collection=2), "exposures_per_collection"),
    ):
        with pytest.raises(Exception, match=why):
            RE(flights(detector, info))
    with pytest.raises(Exception, match="must be prepared"):
        RE(staged(bps.kickoff(detector, wait=True), detector))
    with pytest.raises(Exception, match="has not been kicked off"):
        RE(staged(bps.complete(detector, wait=True), detector))
