"""Bluesky's own plans over Tango, and what happens when something goes wrong in the middle."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import bluesky.plan_stubs as bps
import bluesky.plans as bp
import bluesky.preprocessors as bpp
import pytest
from bluesky import RunEngine
from bluesky.suspenders import SuspendFloor
from bluesky.utils import FailedStatus, RequestAbort, RunEngineInterrupted
from event_model import DocumentNames, schema_validators
from ophyd_async.core import init_devices

from puretango import AttrWriteType, DevState
from puretango.bluesky import (
    AttributeFailed,
    SardanaCounter,
    TangoAttribute,
    TangoDevice,
    TangoMotor,
    aio,
)
from puretango.server import Device as Tango
from puretango.server import Server, attribute, command
from tests.unit.bluesky.conftest import Documents, start_server
from tests.waiting import until

Locate = Callable[[str], str]


@pytest.fixture
def ampli(trl: Locate) -> Iterator[TangoAttribute]:
    made = TangoAttribute(trl("sys/tg_test/1/ampli"))
    yield made
    made.destroy()


@pytest.fixture
def scalar(trl: Locate) -> Iterator[TangoAttribute]:
    made = TangoAttribute(trl("sys/tg_test/1/double_scalar"))
    yield made
    made.destroy()


def validate(documents: Documents) -> None:
    for name, document in documents.all:
        schema_validators[DocumentNames[name]].validate(document)


def test_count(RE: RunEngine, scalar: TangoAttribute, documents: Documents) -> None:
    RE(bp.count([scalar], 3, 0.01))
    assert len(documents.column("double_scalar")) == 3
    validate(documents)


def test_scan(
    RE: RunEngine, scalar: TangoAttribute, ampli: TangoAttribute, documents: Documents
) -> None:
    RE(bp.scan([scalar], ampli, 0, 10, 11))
    assert documents.column("ampli") == list(range(11))
    validate(documents)


def test_one_attribute_of_a_device_scanned_against_another(
    RE: RunEngine, trl: Locate, documents: Documents
) -> None:
    """What shows a scan shows both, though one is configuration of the whole device."""
    whole = TangoDevice(trl("sys/tg_test/1"), name="whole")
    RE(bp.scan([whole.double_scalar], whole.ampli, 0, 2, 3))
    (start,) = documents.of("start")
    (descriptor,) = documents.of("descriptor")
    assert start["hints"]["dimensions"] == [(["whole_ampli"], "primary")]
    assert descriptor["hints"]["whole_double_scalar"] == {"fields": ["whole_double_scalar"]}
    assert whole.hints == {"fields": []}
    validate(documents)


def test_rel_scan_comes_back(RE: RunEngine, ampli: TangoAttribute, documents: Documents) -> None:
    ampli.put(5)
    RE(bp.rel_scan([], ampli, -1, 1, 3))
    assert documents.column("ampli") == [4, 5, 6]
    assert ampli.get() == 5


def test_other_plans(
    RE: RunEngine, trl: Locate, ampli: TangoAttribute, documents: Documents
) -> None:
    other = TangoAttribute(trl("sys/tg_test/1/double_scalar_w"))
    RE(bp.grid_scan([], ampli, 0, 1, 2, other, 0, 1, 3))
    RE(bp.list_scan([], ampli, [3, 1, 2], other, [1, 2, 3]))
    RE(bp.rel_list_scan([], ampli, [0, 1]))
    RE(bp.log_scan([], ampli, 1, 100, 3))
    RE(bp.inner_product_scan([], 2, ampli, 0, 1, other, 0, 2))
    RE(bp.spiral([], ampli, other, 0, 0, 1, 1, 0.5, 4))
    validate(documents)


def test_adaptive_scan(RE: RunEngine, trl: Locate, documents: Documents) -> None:
    motor = TangoMotor(trl("test/axis/1"), name="m", period=0.005)
    RE(bp.adaptive_scan([motor], "m", motor, 0, 2, 0.2, 1, 0.5, backstep=False))
    assert documents.column("m")[-1] >= 1.0


def test_a_whole_device(RE: RunEngine, trl: Locate, documents: Documents) -> None:
    device = TangoDevice(trl("sys/tg_test/1"), name="tt")
    RE(bp.count([device], 2))
    assert len(documents.of("event")[0]["data"]) == 36
    validate(documents)


def test_monitored_during_a_plan(RE: RunEngine, trl: Locate, documents: Documents) -> None:
    watched = TangoAttribute(trl("test/odd/1/position"), polling_period=0.02)

    def seen(*values: float) -> Any:
        while documents.column("position") != list(values):
            yield from bps.sleep(0.01)

    @bpp.monitor_during_decorator([watched])
    @bpp.run_decorator()
    def plan() -> Any:
        yield from seen(1.5)
        yield from bps.abs_set(watched, 9.0, wait=True)
        yield from seen(1.5, 9.0)

    RE(plan())
    assert documents.column("position") == [1.5, 9.0]
    watched.destroy()


def test_a_failing_attribute_fails_the_plan(RE: RunEngine, trl: Locate) -> None:
    with pytest.raises(AttributeFailed, match="broken"):
        RE(bp.count([TangoAttribute(trl("test/odd/1/broken"))]))


def test_a_refused_write_fails_the_plan(RE: RunEngine, trl: Locate) -> None:
    wrong = TangoAttribute(trl("test/odd/1/position"))
    wrong.check_value = lambda value: None  # type: ignore[method-assign]  # on purpose: replaced for this test
    with pytest.raises(FailedStatus):
        RE(bps.mv(wrong, "no number"))


def interrupt_soon(RE: RunEngine, action: Callable[[], Any], delay: float) -> threading.Timer:
    timer = threading.Timer(delay, action)
    timer.start()
    return timer


def test_abort_stops_the_motor(RE: RunEngine, trl: Locate, documents: Documents) -> None:
    motor = TangoMotor(trl("test/axis/1"), name="m", period=0.01)
    motor.Velocity.put(1.0)
    timer = interrupt_soon(RE, RE.abort, 0.4)
    with pytest.raises((RequestAbort, RunEngineInterrupted)):
        RE(bp.scan([], motor, -5, 5, 3))
    timer.join()
    assert documents.of("stop")[-1]["exit_status"] == "abort"
    until(lambda: not motor.moving)
    assert motor._staged.value == "no"


def test_pause_and_resume(RE: RunEngine, ampli: TangoAttribute, documents: Documents) -> None:
    def plan() -> Any:
        yield from bps.open_run()
        for value in range(3):
            yield from bps.mv(ampli, value)
            yield from bps.trigger_and_read([ampli])
            if value == 1:
                yield from bps.checkpoint()
                yield from bps.pause()
        yield from bps.close_run()

    with pytest.raises(RunEngineInterrupted):
        RE(plan())
    RE.resume()
    assert documents.column("ampli") == [0, 1, 2]
    assert documents.of("stop")[-1]["exit_status"] == "success"


@pytest.mark.slow
def test_suspended_by_an_attribute(RE: RunEngine, trl: Locate, documents: Documents) -> None:
    beam = TangoAttribute(trl("test/odd/1/position"), polling_period=0.02)
    beam.put(10)
    RE.install_suspender(SuspendFloor(beam, 5, resume_thresh=5))
    timers = [threading.Timer(0.2, beam.put, (1,)), threading.Timer(1.5, beam.put, (10,))]
    for timer in timers:
        timer.start()
    started = time.monotonic()
    RE(bp.count([beam], 10, 0.1))
    assert time.monotonic() - started > 1.5
    for timer in timers:
        timer.join()
    RE.clear_suspenders()
    beam.destroy()


def restarted_in_the_middle(patience: float, RE: RunEngine) -> Documents:
    """A scan during which the server is stopped and, half a second later, started again."""
    documents = Documents()
    RE.subscribe(documents)
    server = start_server()
    port = server.port
    device = f"tango://127.0.0.1:{port}/sys/tg_test/1"
    ampli = TangoAttribute(f"{device}/ampli#dbase=no", patience=patience)
    box: list[Server] = []
    timers: list[threading.Timer] = []

    def restart(name: str, document: dict[str, Any]) -> None:
        if name == "event" and document["seq_num"] == 3:
            server.stop()
            timers.append(threading.Timer(0.5, lambda: box.append(start_server(port))))
            timers[0].start()

    RE.subscribe(restart)
    try:
        RE(bp.scan([], ampli, 1, 6, 6))
    finally:
        for timer in timers:
            timer.join()
        for again in box:
            again.stop()
        ampli.destroy()
    return documents


def test_restart_with_patience_goes_on(RE: RunEngine) -> None:
    documents = restarted_in_the_middle(10.0, RE)
    assert documents.column("ampli") == [1, 2, 3, 4, 5, 6]


def test_restart_without_patience_fails_cleanly(RE: RunEngine) -> None:
    started = time.monotonic()
    with pytest.raises((FailedStatus, AttributeFailed)):
        restarted_in_the_middle(0.0, RE)
    assert time.monotonic() - started < 25


class Counting(Tango):
    """A counter as Sardana's: it takes no order while it counts."""

    def init_device(self) -> None:
        """At rest."""
        super().init_device()
        self.until, self.seconds, self.starts = 0.0, 1.0, 0

    def dev_state(self) -> DevState:
        """MOVING while it counts."""
        return DevState.MOVING if time.monotonic() < self.until else DevState.ON

    def _at_rest(self) -> None:
        if self.dev_state() == DevState.MOVING:
            raise RuntimeError("it counts")

    @attribute(dtype=float, access=AttrWriteType.READ_WRITE)
    def IntegrationTime(self) -> float:
        """How long it counts."""
        return self.seconds

    @IntegrationTime.write
    def IntegrationTime(self, value: float) -> None:
        self._at_rest()
        self.seconds = value

    @attribute(dtype=float)
    def Value(self) -> float:
        """What it counted."""
        return 3.0

    @command
    def Start(self) -> None:
        """Count."""
        self._at_rest()
        self.until, self.starts = time.monotonic() + self.seconds, self.starts + 1

    @command
    def Stop(self) -> None:
        """Count no more."""
        self.until = 0.0


@pytest.mark.parametrize("kind", ["classic", "aio"])
def test_a_pause_while_sardana_counts(RE: RunEngine, documents: Documents, kind: str) -> None:
    """The trigger that is repeated waits for the acquisition that goes on."""
    with Server("test", [Counting], devices={"Counting": ["test/ct/1"]}) as server:
        trl = f"tango://127.0.0.1:{server.port}/test/ct/1#dbase=no"
        if kind == "classic":
            counter: Any = SardanaCounter(trl, name="ct", integration_time=0.6)
        else:
            with init_devices():
                counter = aio.SardanaCounter(trl, "ct", integration_time=0.6)
        threading.Timer(0.3, RE.request_pause).start()
        with pytest.raises(RunEngineInterrupted):
            RE(bp.count([counter]), documents)
        RE.resume()
        device: Any = server.devices[0]
        assert device.starts == 1
    assert documents.column("ct") == [3.0]
