"""Fly scans with ophyd-async under the RunEngine: over Tango, and with signals of no control layer."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import bluesky.plan_stubs as bps
import bluesky.plans as bp
import bluesky.preprocessors as bpp
import numpy as np
import pytest
from bluesky import RunEngine, protocols
from bluesky.utils import FailedStatus, RunEngineInterrupted
from event_model import DocumentNames, schema_validators
from ophyd_async.core import (
    Array1D,
    callback_on_mock_put,
    set_mock_put_proceeds,
    set_mock_value,
    soft_signal_rw,
)
from ophyd_async.plan_stubs import ensure_connected

from puretango.bluesky.aio import BusyFlyer, FlightError, TangoBusyFlyer
from puretango.server import Server
from puretango.sim import BusyController
from tests.unit.bluesky.conftest import Documents
from tests.waiting import LIMIT, never, until

Make = Callable[..., TangoBusyFlyer]


@pytest.fixture
def controller() -> Iterator[Server]:
    """A server with a BusyController, new for each test."""
    server = Server("test", [BusyController], devices={"BusyController": ["sim/busy/1"]})
    server.start()
    yield server
    server.stop()


@pytest.fixture
def made(controller: Server, RE: RunEngine) -> Make:
    """Flyers that are connected and set up."""

    def make(points: int = 5, dwell: float = 0.01, **options: Any) -> TangoBusyFlyer:
        flyer = TangoBusyFlyer(controller.access("sim/busy/1"), name="flyer", **options)
        RE(ensure_connected(flyer))
        RE(bps.prepare(flyer, {"num_points": points, "dwell": dwell}, wait=True))
        return flyer

    return make


def do(RE: RunEngine, coroutine: Any) -> Any:
    """Run something on the RunEngine's loop."""
    return asyncio.run_coroutine_threadsafe(coroutine, RE.loop).result(60)


async def awaited(status: Any) -> BaseException | None:
    """What a status ended with."""
    try:
        await status
    except Exception as error:
        return error
    return None


async def fly(flyer: BusyFlyer) -> BaseException | None:
    """A flight without a plan."""
    return await awaited(flyer.kickoff()) or await awaited(flyer.complete())


async def collected(flyer: BusyFlyer) -> list[Any]:
    return [event async for event in flyer.collect()]


def at_rest(RE: RunEngine, flyer: BusyFlyer) -> bool:
    async def rest() -> bool:
        async with asyncio.timeout(LIMIT):
            while await flyer.busy.get_value(cached=False):
                pass
        return True

    return bool(do(RE, rest()))


def validate(documents: Documents) -> None:
    for name, document in documents.all:
        schema_validators[DocumentNames[name]].validate(document)


def test_protocols(made: Make) -> None:
    flyer = made()
    for protocol in (
        *(protocols.Flyable, protocols.Preparable, protocols.Collectable, protocols.HasHints),
        *(protocols.EventCollectable, protocols.EventPageCollectable, protocols.Stageable),
        *(protocols.Stoppable, protocols.Pausable, protocols.Configurable),
    ):
        assert isinstance(flyer, protocol), protocol


def test_flights_yield_the_points_taken(
    made: Make, RE: RunEngine, documents: Documents, caplog: pytest.LogCaptureFixture
) -> None:
    """Different numbers of points, the shortest flights, own times, and no needless notices."""
    flyer = made(20, 0.005)
    begin = time.time()
    RE(bp.fly([flyer]))
    RE(bps.prepare(flyer, {"num_points": 3}, wait=True))
    RE(bp.fly([flyer]))
    long, short = documents.of("event_page")
    assert len(long["seq_num"]) == 20
    assert short["data"]["flyer-positions"] == [-1.0, 0.0, 1.0]
    times = long["data"]["flyer-times"]
    assert times == sorted(times) == long["timestamps"]["flyer-signals"]
    assert times[0] > begin
    configuration = documents.of("descriptor")[1]["configuration"]["flyer"]["data"]
    assert configuration["flyer-num_points"] == 3
    validate(documents)
    assert not [record for record in caplog.records if "EventPageCollectable" in record.message]
    RE(bps.prepare(flyer, {"num_points": 2, "dwell": 0.0}, wait=True))
    last = 0.0
    for _ in range(20):
        assert do(RE, fly(flyer)) is None
        points = do(RE, collected(flyer))
        assert len(points) == 2
        assert points[0]["time"] > last
        last = points[1]["time"]


def test_other_devices_keep_the_notice(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("bluesky.emit_document")
    logger.warning("collect() was called for a device %r which is both", "somebody")
    assert len(caplog.records) == 1


def test_timeout_stop_and_a_fault(made: Make, RE: RunEngine) -> None:
    flyer = made(200, 0.1, timeout=0.3)
    assert "busy after 0.3 s" in str(do(RE, fly(flyer)))
    assert at_rest(RE, flyer)
    flyer.timeout = None

    async def stopped(stop: Callable[[], Any]) -> Any:
        await flyer.kickoff()
        other = await awaited(made_other.kickoff())
        assert flyer.count is not None
        async with asyncio.timeout(LIMIT):
            while not await flyer.count.get_value(cached=False):
                pass
        await stop()
        return other, await awaited(flyer.complete())

    made_other = made(200, 0.1)
    other, error = do(RE, stopped(flyer.stop))
    assert "busy already" in str(other)
    assert isinstance(error, FlightError)
    assert "was stopped" in str(error)
    assert 1 <= len(do(RE, collected(flyer))) < 200
    assert do(RE, stopped(lambda: flyer.stop(success=True)))[1] is None
    assert "reports a fault" in str(do(RE, stopped(lambda: flyer.busy.set(False)))[1])
    with pytest.raises(FailedStatus):
        RE(bps.prepare(flyer, {"speed": 3}, wait=True))


def under_way(RE: RunEngine, flyer: BusyFlyer) -> bool:
    """True when some points have been taken, and others are to come."""
    assert flyer.count is not None
    return 0 < int(do(RE, flyer.count.get_value(cached=False))) < 15


def interrupted(RE: RunEngine, flyer: BusyFlyer, plan: Any) -> None:
    """Flies, and pauses on the way."""

    def pause() -> None:
        until(lambda: under_way(RE, flyer))
        RE.request_pause()

    pausing = threading.Thread(target=pause)
    pausing.start()
    with pytest.raises(RunEngineInterrupted):
        RE(plan)
    pausing.join()


@pytest.mark.parametrize("end", ["resume", "abort", "stop"])
@pytest.mark.slow
def test_pause(made: Make, RE: RunEngine, documents: Documents, end: str) -> None:
    """On hold during a pause; complete after resume, at rest after abort and stop."""
    flyer = made(60, 0.03)
    interrupted(RE, flyer, bp.fly([flyer]))

    async def count() -> int:
        assert flyer.count is not None
        return await flyer.count.get_value()

    until(lambda: do(RE, count()) == do(RE, count()), step=0.1)  # it has come to hold
    taken = do(RE, count())
    never(lambda: do(RE, count()) != taken, 0.2)
    getattr(RE, end)()
    (page,) = documents.of("event_page")
    assert (len(page["seq_num"]) == 60) is (end == "resume")
    status = documents.of("stop")[-1]["exit_status"]
    assert status == ("abort" if end == "abort" else "success")
    assert at_rest(RE, flyer)


def test_suspended_in_flight(made: Make, RE: RunEngine, documents: Documents) -> None:
    flyer = made(60, 0.03)
    released: Future[None] = Future()
    held: list[int] = []

    async def count() -> int:
        assert flyer.count is not None
        return await flyer.count.get_value(cached=False)

    def suspend() -> None:
        until(lambda: under_way(RE, flyer))
        RE.request_suspend(lambda: asyncio.wrap_future(released, loop=RE.loop))
        until(lambda: do(RE, count()) == do(RE, count()), step=0.1)
        held.append(do(RE, count()))
        never(lambda: do(RE, count()) != held[0], 0.2)
        released.set_result(None)

    suspending = threading.Thread(target=suspend)
    suspending.start()
    RE(bp.fly([flyer]))
    suspending.join()
    assert held[0] < 60
    assert len(documents.of("event_page")[0]["seq_num"]) == 60


def test_collected_in_flight(made: Make, RE: RunEngine, documents: Documents) -> None:
    """A declared stream collected while it flies: pages in turn, no point twice, none lost."""
    flyer = made(30, 0.02, live=True, stream=None)

    @bpp.stage_decorator([flyer])
    @bpp.run_decorator()
    def plan() -> Any:
        yield from bps.declare_stream(flyer, name="main", collect=True)
        yield from bps.kickoff(flyer, wait=True)
        yield from bps.collect_while_completing(
            [flyer], [flyer], flush_period=0.2, stream_name="main"
        )

    RE(plan())
    pages = documents.of("event_page")
    positions = [value for page in pages for value in page["data"]["flyer-positions"]]
    assert len(pages) >= 2
    assert len(positions) == 30
    assert positions == sorted(set(positions))
    validate(documents)
    RE(bps.prepare(flyer, {"num_points": 200}, wait=True))
    interrupted(RE, flyer, plan())
    RE.abort()
    assert at_rest(RE, flyer)


def test_a_server_that_dies_in_flight(made: Make, RE: RunEngine, controller: Server) -> None:
    flyer = made(200, 0.1)
    timer = threading.Timer(0.3, controller.stop)
    timer.start()
    begin = time.monotonic()
    with pytest.raises(FailedStatus):
        RE(bp.fly([flyer]))
    timer.join()
    assert time.monotonic() - begin < 25


def test_progress(made: Make, RE: RunEngine) -> None:
    flyer = made(20, 0.03)

    async def watched() -> list[Any]:
        seen: list[Any] = []
        await flyer.kickoff()
        status = flyer.complete()
        status.watch(lambda **update: seen.append(update))
        await status
        return seen

    seen = do(RE, watched())
    assert (seen[-1]["current"], seen[-1]["initial"], seen[-1]["target"]) == (20, 0, 20)
    assert 0 < seen[1]["current"] < 20


def soft() -> BusyFlyer:
    """A flyer with signals of no control layer, without count, hold and fault."""
    numbers = Array1D[np.float64]
    return BusyFlyer(
        soft_signal_rw(bool),
        soft_signal_rw(numbers),
        {"seen": soft_signal_rw(numbers)},
        name="soft",
        start_timeout=0.3,
        timeout=2.0,
    )


async def test_done_counts_after_busy_only() -> None:
    """Late to become busy: the old Done is not the end, neither by polling nor by its readings."""
    flyer = soft()
    await flyer.connect(mock=True)
    callback_on_mock_put(flyer.busy, lambda value: False)
    set_mock_put_proceeds(flyer.busy, False)
    loop = asyncio.get_running_loop()
    begin = loop.time()
    for delay, value in ((0.02, False), (0.1, True), (0.2, False)):
        loop.call_later(delay, set_mock_value, flyer.busy, value)
    await flyer.kickoff()
    assert loop.time() - begin >= 0.1
    await flyer.complete()
    assert loop.time() - begin >= 0.2
    loop.call_later(0.4, set_mock_put_proceeds, flyer.busy, True)
    assert "did not become busy within 0.3 s" in str(await awaited(flyer.kickoff()))
    assert "did not become busy" in str(await awaited(flyer.complete()))


async def test_what_the_control_layer_refuses() -> None:
    flyer = soft()
    await flyer.connect(mock=True)

    def refuse(value: bool) -> bool:
        raise PermissionError("no")

    callback_on_mock_put(flyer.busy, refuse)
    with pytest.raises(PermissionError):
        await flyer.kickoff()
    with pytest.raises(FlightError, match="not been kicked off"):
        await soft().complete()


async def test_no_control_layer_at_all() -> None:
    """Soft signals and a task for the controller; a pause without hold ends the flight."""
    flyer = soft()
    await flyer.connect()
    await flyer.times.set(np.array([1.0, 2.0, 3.0, 0.0]))  # type: ignore[attr-defined]  # found at the device when it connects
    await flyer.seen.set(np.array([7.0, 8.0, 9.0]))  # type: ignore[attr-defined]  # found at the device when it connects
    asyncio.get_running_loop().call_later(0.1, lambda: asyncio.ensure_future(done()))

    async def done() -> None:
        await flyer.busy.set(False)

    await flyer.kickoff()
    await flyer.complete()
    (page,) = [page async for page in flyer.collect_pages()]
    assert page["time"] == [1.0, 2.0, 3.0]
    assert page["data"]["soft-seen"] == [7.0, 8.0, 9.0]
    assert await collected(flyer) == []
    assert flyer.hints == {"fields": ["soft-seen"]}
    assert set((await flyer.describe_collect())["primary"]) == {"soft-times", "soft-seen"}
    await flyer.kickoff()
    await flyer.pause()
    assert not await flyer.busy.get_value()
    await flyer.resume()
    with pytest.raises(FlightError, match="stopped by a pause"):
        await flyer.complete()
    await flyer.kickoff()
    await flyer.unstage()
    assert not flyer.flying
