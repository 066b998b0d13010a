"""The detector for ophyd-async over Tango: counted, flown, interrupted; and its files and documents."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bluesky.plan_stubs as bps
import bluesky.plans as bp
import h5py
import hdf5plugin  # noqa: F401 - reads what is compressed
import pytest
from bluesky import RunEngine, protocols
from bluesky.utils import FailedStatus, RunEngineInterrupted
from event_model import DocumentNames, schema_validators
from ophyd_async.core import (
    AutoIncrementFilenameProvider,
    PathInfo,
    StandardDetector,
    StaticPathProvider,
    TriggerInfo,
    wait_for_value,
)
from ophyd_async.plan_stubs import ensure_connected

from puretango.bluesky.aio import DetectorError, TangoPilatus
from puretango.server import Server
from puretango.sim import Pilatus
from tests.unit.bluesky.conftest import Documents
from tests.waiting import until

Make = Callable[..., TangoPilatus]
SHAPE = (195, 487)
QUICK = TriggerInfo(livetime=0.01, deadtime=0.001)


@pytest.fixture
def camera() -> Iterator[Server]:
    """A server with a Pilatus, new for each test."""
    server = Server("test", [Pilatus], devices={"Pilatus": ["sim/pilatus/1"]})
    server.start()
    yield server
    server.stop()


@pytest.fixture
def made(camera: Server, RE: RunEngine, tmp_path: Path) -> Make:
    """Detectors that are connected and quick."""

    def make(paths: Any = None, **options: Any) -> TangoPilatus:
        paths = paths or StaticPathProvider(AutoIncrementFilenameProvider("p"), tmp_path)
        det = TangoPilatus(camera.access("sim/pilatus/1"), paths, "det", **options)
        RE(ensure_connected(det))
        RE(bps.abs_set(det.driver.acquire_time, 0.01, wait=True))
        RE(bps.abs_set(det.driver.acquire_period, 0.01, wait=True))
        return det

    return make


def do(RE: RunEngine, coroutine: Any) -> Any:
    """Run something on the RunEngine's loop."""
    return asyncio.run_coroutine_threadsafe(coroutine, RE.loop).result(30)


def images(documents: Documents) -> list[Any]:
    """What the files hold to which the documents lead, after these are checked."""
    for name, document in documents.all:
        schema_validators[DocumentNames[name]].validate(document)
    found = []
    for resource in documents.of("stream_resource"):
        path = resource["uri"].removeprefix("file://localhost")
        with h5py.File(path, "r") as file:
            found.append(file[resource["parameters"]["dataset"]][...])
    return found


def fly(det: TangoPilatus, info: TriggerInfo, flush: float = 0.1) -> Any:
    """A fly scan with its own stream, collected in flight."""

    def inner() -> Any:
        yield from bps.open_run()
        yield from bps.prepare(det, info, wait=True)
        yield from bps.declare_stream(det, name="main", collect=True)
        yield from bps.checkpoint()
        yield from bps.kickoff(det, wait=True)
        yield from bps.collect_while_completing(
            [det], [det], flush_period=flush, stream_name="main"
        )
        yield from bps.close_run()

    from bluesky.preprocessors import stage_wrapper

    return stage_wrapper(inner(), [det])


def test_protocols(made: Make) -> None:
    det = made()
    assert isinstance(det, StandardDetector)
    for protocol in (
        *(protocols.Readable, protocols.Triggerable, protocols.Stageable, protocols.Preparable),
        *(protocols.Flyable, protocols.Collectable, protocols.WritesStreamAssets),
        *(protocols.Configurable, protocols.HasHints, protocols.Pausable, protocols.Stoppable),
    ):
        assert isinstance(det, protocol), protocol


def test_counted(made: Make, RE: RunEngine, documents: Documents) -> None:
    det = made()

    async def settings() -> list[Any]:
        signals = (det.driver.image_mode, det.driver.file_template, det.driver.lazy_open)
        return [await signal.get_value() for signal in signals]

    before = do(RE, settings())
    RE(bp.count([det], 4))
    (stack,) = images(documents)
    assert stack.shape == (4, *SHAPE)
    assert stack.dtype == "<i4"
    assert stack.any()
    (descriptor,) = documents.of("descriptor")
    assert descriptor["data_keys"]["det"]["shape"] == [1, *SHAPE]
    assert descriptor["configuration"]["det"]["data"]["det-driver-acquire_time"] == 0.01
    assert descriptor["hints"]["det"]["fields"] == ["det"]
    assert [datum["indices"] for datum in documents.of("stream_datum")] == [
        {"start": index, "stop": index + 1} for index in range(4)
    ]
    assert do(RE, settings()) == before
    documents.clear()
    RE(bp.count([det], 1))
    assert images(documents)[0].shape == (1, *SHAPE)


def test_several_images_an_event(made: Make, RE: RunEngine, documents: Documents) -> None:
    """Collections of an event, exposures added up in an image, exposure times; then others."""
    det = made(compression=None)

    def shots(detectors: Any) -> Any:
        several = QUICK.model_copy(
            update={"collections_per_event": 3, "exposures_per_collection": 2}
        )
        yield from bps.prepare(det, several, wait=True)
        yield from bps.trigger_and_read([det])

    RE(bp.count([det], 2, per_shot=shots))
    (stack,) = images(documents)
    assert stack.shape == (6, *SHAPE)
    assert documents.of("descriptor")[0]["data_keys"]["det"]["shape"] == [3, *SHAPE]
    assert documents.of("stream_datum")[-1]["indices"] == {"start": 1, "stop": 2}


def test_flown(made: Make, RE: RunEngine, documents: Documents) -> None:
    det = made()
    info = TriggerInfo(number_of_events=20, livetime=0.02, deadtime=0.001)
    RE(fly(det, info))
    (stack,) = images(documents)
    assert stack.shape == (20, *SHAPE)
    data = documents.of("stream_datum")
    assert len(data) > 2
    assert data[-1]["seq_nums"]["stop"] == 21
    assert [a["indices"]["stop"] for a in data[:-1]] == [b["indices"]["start"] for b in data[1:]]


def test_progress(made: Make, RE: RunEngine) -> None:
    det = made()

    async def watched() -> list[Any]:
        seen: list[Any] = []
        await det.stage()
        await det.prepare(TriggerInfo(number_of_events=5, livetime=0.05))
        await det.kickoff()
        status = det.complete()
        status.watch(lambda **update: seen.append(update))
        await status
        await det.unstage()
        return seen

    seen = do(RE, watched())
    assert [update["current"] for update in seen][-1] == 5
    assert seen[-1]["target"] == 5
    assert len(seen) >= 4


def test_what_is_in_the_way(made: Make, RE: RunEngine, tmp_path: Path) -> None:
    """No directory; and one that could not be used becomes usable, in directories made for it."""
    wanted = tmp_path / "a" / "b"
    depth = 0

    def paths(key: str | None = None) -> PathInfo:
        return PathInfo(directory_path=wanted, filename="x", create_dir_depth=depth)

    det = made(paths)
    with pytest.raises(FailedStatus) as failure:
        RE(bp.count([det]))
    assert isinstance(failure.value.__cause__, DetectorError)
    assert "no directory" in str(failure.value.__cause__)
    depth = -2
    RE(bp.count([det]))
    assert (wanted / "x.h5").exists()


def test_a_capture_that_ends_fails_the_trigger(made: Make, RE: RunEngine) -> None:
    det = made()

    def plan() -> Any:
        yield from bps.stage(det)
        yield from bps.open_run()
        yield from bps.trigger(det, wait=True)
        yield from bps.abs_set(det.driver.capture, False, wait=True)
        yield from bps.trigger(det, wait=True)

    begin = time.monotonic()
    with pytest.raises(FailedStatus) as failure:
        RE(plan())
    assert "the capture ended" in str(failure.value.__cause__)
    assert time.monotonic() - begin < 25
    RE(bps.unstage(det, wait=True))


def interrupted(RE: RunEngine, plan: Any, det: TangoPilatus) -> None:
    """Pauses while the detector acquires."""

    def pause() -> None:
        until(lambda: do(RE, det.driver.acquire.get_value(cached=False)))
        RE.request_pause()

    pausing = threading.Thread(target=pause)
    pausing.start()
    with pytest.raises(RunEngineInterrupted):
        RE(plan)
    pausing.join()


def at_rest(RE: RunEngine, det: TangoPilatus) -> bool:
    async def rest() -> bool:
        acquiring, capturing = await asyncio.gather(
            det.driver.acquire.get_value(), det.driver.capture.get_value()
        )
        return not acquiring and not capturing

    return bool(do(RE, rest()))


@pytest.mark.parametrize("end", ["resume", "abort", "stop"])
@pytest.mark.slow
def test_a_pause_in_an_exposure(made: Make, RE: RunEngine, documents: Documents, end: str) -> None:
    """The exposure goes on, and the trigger that is repeated starts no second one."""
    det = made()
    RE(bps.abs_set(det.driver.acquire_time, 1.0, wait=True))
    interrupted(RE, bp.count([det], 2), det)
    begin = time.monotonic()
    getattr(RE, end)()
    assert at_rest(RE, det)
    status = documents.of("stop")[-1]["exit_status"]
    assert status == ("abort" if end == "abort" else "success")
    if end == "resume":
        assert images(documents)[0].shape == (2, *SHAPE)
        assert [datum["seq_nums"]["stop"] for datum in documents.of("stream_datum")] == [2, 3]
        assert time.monotonic() - begin < 25


def test_a_pause_in_flight(made: Make, RE: RunEngine, documents: Documents) -> None:
    det = made()
    info = TriggerInfo(number_of_events=60, livetime=0.03)
    interrupted(RE, fly(det, info), det)
    RE.resume()
    assert images(documents)[-1].shape == (60, *SHAPE)
    assert documents.of("stream_datum")[-1]["indices"]["stop"] == 60
    documents.clear()
    interrupted(RE, fly(det, info), det)
    RE.abort()
    assert at_rest(RE, det)
    assert documents.of("stop")[-1]["exit_status"] == "abort"


def test_stopped(made: Make, RE: RunEngine) -> None:
    det = made()

    async def stopped(success: bool, delay: float = 0.3) -> BaseException | None:
        await det.stage()
        await det.prepare(TriggerInfo(livetime=30.0))
        status = det.trigger()
        await asyncio.sleep(delay)
        await det.stop(success)
        try:
            await asyncio.wait_for(status, 30)
        except Exception as error:
            return error
        finally:
            await det.unstage()
        return None

    assert "was stopped" in str(do(RE, stopped(success=False)))
    assert do(RE, stopped(success=True)) is None
    for delay in (0.0, 0.001, 0.003, 0.01):  # while it is about to begin
        assert "was stopped" in str(do(RE, stopped(success=False, delay=delay)))
    assert at_rest(RE, det)


def test_a_server_that_dies(made: Make, RE: RunEngine, camera: Server) -> None:
    det = made()
    RE(bps.abs_set(det.driver.acquire_time, 5.0, wait=True))
    timer = threading.Timer(0.4, camera.stop)
    timer.start()
    begin = time.monotonic()
    with pytest.raises(FailedStatus):
        RE(bp.count([det]))
    timer.join()
    assert time.monotonic() - begin < 25


async def test_mock(tmp_path: Path) -> None:
    paths = StaticPathProvider(AutoIncrementFilenameProvider("p"), tmp_path)
    det = TangoPilatus("no/such/camera", paths, "det")
    await det.connect(mock=True)
    assert det.driver.acquire_time.name == "det-driver-acquire_time"
    await det.driver.num_images.set(3)
    assert await det.driver.num_images.get_value() == 3


def test_a_second_trigger_leaves_the_first_alone(
    made: Make, RE: RunEngine, caplog: pytest.LogCaptureFixture
) -> None:
    """It is refused; and an unstage in mid exposure ends the first without an error besides."""
    det = made()

    async def twice() -> None:
        await det.stage()
        await det.driver.acquire_time.set(0.3)
        first = det.trigger()
        await wait_for_value(det.driver.acquire, True, 5)
        with pytest.raises(DetectorError, match="already"):
            det.trigger()
        await first
        assert await det.get_index() == 1
        await det.driver.acquire_time.set(30.0)
        last = det.trigger()
        await wait_for_value(det.driver.acquire, True, 5)
        await det.unstage()
        last.task.cancel()

    do(RE, twice())
    assert "AssertionError" not in caplog.text
