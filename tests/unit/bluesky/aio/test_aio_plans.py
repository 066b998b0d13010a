"""Bluesky's own plans over ophyd-async's Tango devices, and what happens when something goes wrong."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import bluesky.plan_stubs as bps
import bluesky.plans as bp
import bluesky.preprocessors as bpp
import pytest
from bluesky import RunEngine, protocols
from bluesky.suspenders import SuspendFloor
from bluesky.utils import FailedStatus, RequestAbort, RunEngineInterrupted
from event_model import DocumentNames, schema_validators
from ophyd_async.plan_stubs import ensure_connected

from puretango.bluesky import AttributeFailed
from puretango.bluesky.aio import (
    SuspenderSignal,
    TangoMotor,
    TangoReadable,
    tango_signal_r,
    tango_signal_rw,
)
from puretango.server import Server
from tests.unit.bluesky.conftest import Documents, start_server

Locate = Callable[[str], str]


def validate(documents: Documents) -> None:
    for name, document in documents.all:
        schema_validators[DocumentNames[name]].validate(document)


def do(RE: RunEngine, coroutine: Any) -> Any:
    """Run something on the RunEngine's loop."""
    return asyncio.run_coroutine_threadsafe(coroutine, RE.loop).result(30)


@pytest.fixture
def motors(trl: Locate, RE: RunEngine) -> list[TangoMotor]:
    made = [
        TangoMotor(trl(f"test/axis/{number}"), name, period=0.01)
        for number, name in ((1, "m"), (2, "n"))
    ]
    RE(ensure_connected(*made))
    return made


@pytest.fixture
def scalar(trl: Locate, RE: RunEngine) -> Any:
    made = tango_signal_r(float, trl("sys/tg_test/1/double_scalar"), name="scalar")
    RE(ensure_connected(made))
    return made


def test_the_tutorials_plans(
    RE: RunEngine, motors: list[TangoMotor], scalar: Any, documents: Documents
) -> None:
    one, other = motors

    def column(plan: Any, key: str = "m") -> list[Any]:
        documents.clear()
        RE(plan)
        validate(documents)
        assert documents.of("stop")[-1]["exit_status"] == "success"
        return documents.column(key)

    assert len(column(bp.count([scalar], 3, 0.01), "scalar")) == 3
    assert column(bp.scan([scalar], one, 4, 6, 5)) == [4, 4.5, 5, 5.5, 6]
    assert column(bp.rel_scan([scalar], one, -1, 1, 3)) == [5, 6, 7]
    assert do(RE, one.locate()) == {"setpoint": 6.0, "readback": 6.0}
    assert column(bp.grid_scan([], one, 0, 1, 2, other, 0, 1, 2), "n") == [0, 1, 0, 1]
    assert column(bp.list_scan([scalar], one, [1, 3, 2])) == [1, 3, 2]
    assert column(bp.rel_list_scan([], one, [0, 1])) == [2, 3]
    assert len(column(bp.spiral([], one, other, 0, 0, 1, 1, 0.5, 4))) >= 4
    adapted = column(bp.adaptive_scan([one], "m", one, 0, 2, 0.2, 1, 0.5, backstep=False))
    assert adapted[-1] >= 1.0
    RE(bps.mvr(one, 0.5))
    assert do(RE, one.readback.get_value()) == pytest.approx(adapted[-1] + 0.5, abs=0.6)


def test_a_whole_device(RE: RunEngine, trl: Locate, documents: Documents) -> None:
    device = TangoReadable(trl("sys/tg_test/1"), name="tt")
    RE(ensure_connected(device))
    for protocol in (
        *(protocols.Readable, protocols.Stageable, protocols.Configurable, protocols.Triggerable),
    ):
        assert isinstance(device, protocol), protocol
    RE(bp.count([device], 2))
    assert len(documents.of("event")[0]["data"]) == 36
    validate(documents)


def test_monitored_during_a_plan(RE: RunEngine, trl: Locate, documents: Documents) -> None:
    """By reading in turn, as the device sends no events."""
    watched = tango_signal_rw(float, trl("test/odd/1/position"), name="p", polling_period=0.02)
    RE(ensure_connected(watched))
    assert isinstance(watched, protocols.Subscribable)

    def seen(*values: float) -> Any:
        while documents.column("p") != list(values):
            yield from bps.sleep(0.01)

    @bpp.monitor_during_decorator([watched])
    @bpp.run_decorator()
    def plan() -> Any:
        yield from seen(1.5)
        yield from bps.abs_set(watched, 9.0, wait=True)
        yield from seen(1.5, 9.0)

    RE(plan())
    assert documents.column("p") == [1.5, 9.0]
    validate(documents)


def test_what_fails_fails_the_plan(RE: RunEngine, trl: Locate, motors: list[TangoMotor]) -> None:
    broken = tango_signal_r(float, trl("test/odd/1/broken"), name="b")
    RE(ensure_connected(broken))
    with pytest.raises(AttributeFailed, match="broken"):
        RE(bp.count([broken]))
    motor: Any = motors[0]
    RE(bps.mv(motor.Velocity, 2.0))
    motor.timeout = 0.2
    with pytest.raises(FailedStatus):
        RE(bps.mv(motor, -10))
    with pytest.raises(FailedStatus):
        RE(bps.mv(motor, 11))
    assert not do(RE, motor.moving())


@pytest.mark.parametrize("end", ["abort", "stop", "halt"])
def test_interrupted_moves_end(
    RE: RunEngine, motors: list[TangoMotor], documents: Documents, end: str
) -> None:
    """At once with abort, and after a pause with stop and halt."""
    motor: Any = motors[0]
    RE(bps.mv(motor.Velocity, 1.0))
    timer = threading.Timer(0.3, RE.abort if end == "abort" else RE.request_pause)
    timer.start()
    with pytest.raises((RequestAbort, RunEngineInterrupted)):
        RE(bp.scan([], motor, -5, 5, 3))
    timer.join()
    if end != "abort":
        getattr(RE, end)()
    assert not do(RE, motor.moving())
    assert len(documents.of("event")) < 3


def test_pause_and_resume(RE: RunEngine, motors: list[TangoMotor], documents: Documents) -> None:
    """A move that a pause stopped is made again."""
    motor: Any = motors[0]
    RE(bps.mv(motor.Velocity, 10.0))
    timer = threading.Timer(0.3, RE.request_pause)
    timer.start()
    with pytest.raises(RunEngineInterrupted):
        RE(bp.scan([], motor, -5, 5, 3))
    timer.join()
    RE.resume()
    assert documents.column("m") == [-5, 0, 5]


def test_suspended_by_an_attribute(RE: RunEngine, trl: Locate, scalar: Any) -> None:
    beam = tango_signal_rw(float, trl("test/odd/1/position"), name="beam", polling_period=0.02)
    RE(ensure_connected(beam))
    RE(bps.mv(beam, 10))

    async def becomes(value: float) -> None:
        await beam.set(value)

    timers = [
        threading.Timer(delay, lambda value: do(RE, becomes(value)), (value,))
        for delay, value in ((0.2, 1.0), (0.8, 10.0))
    ]
    RE.install_suspender(SuspendFloor(SuspenderSignal(beam), 5, resume_thresh=5))
    for timer in timers:
        timer.start()
    begin = time.monotonic()
    RE(bp.count([scalar], 4, 0.1))
    assert time.monotonic() - begin > 0.8
    for timer in timers:
        timer.join()
    RE.clear_suspenders()


def restarted_in_the_middle(patience: float, RE: RunEngine, documents: Documents) -> float:
    """Seconds that a scan takes during which the server is away for half a second."""
    server = start_server()
    port = server.port
    trl = f"tango://127.0.0.1:{port}/sys/tg_test/1/ampli#dbase=no"
    ampli = tango_signal_rw(float, trl, name="ampli", patience=patience)
    RE(ensure_connected(ampli))
    box: list[Server] = []
    timers: list[threading.Timer] = []

    def restart(name: str, document: dict[str, Any]) -> None:
        if name == "event" and document["seq_num"] == 3:
            server.stop()
            timers.append(threading.Timer(0.5, lambda: box.append(start_server(port))))
            timers[0].start()

    RE.subscribe(restart)
    begin = time.monotonic()
    try:
        RE(bp.scan([], ampli, 1, 6, 6))
    finally:
        for timer in timers:
            timer.join()
        for again in box:
            again.stop()
    return time.monotonic() - begin


def test_restart_with_patience_goes_on(RE: RunEngine, documents: Documents) -> None:
    assert restarted_in_the_middle(10.0, RE, documents) < 10
    assert documents.column("ampli") == [1, 2, 3, 4, 5, 6]


def test_restart_without_patience_fails_cleanly(RE: RunEngine, documents: Documents) -> None:
    begin = time.monotonic()
    with pytest.raises((FailedStatus, AttributeFailed)):
        restarted_in_the_middle(0.0, RE, documents)
    assert time.monotonic() - begin < 25
    assert documents.of("stop")[-1]["exit_status"] == "fail"
