"""Motors that publish where they are and that fly: PyTango's, and the simulated axis."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import bluesky.plan_stubs as bps
import bluesky.plans as bp
import pytest
from bluesky import RunEngine
from bluesky.preprocessors import run_wrapper
from ophyd import Component, PseudoPositioner, PseudoSingle
from ophyd.pseudopos import pseudo_position_argument, real_position_argument
from ophyd.utils import LimitError
from ophyd_async.core import FlyMotorInfo
from ophyd_async.plan_stubs import ensure_connected

from puretango.bluesky import MoveFailed, TangoMotor, aio
from puretango.client import DeviceProxy
from puretango.server import Server
from puretango.sim import load_class
from tests.interop.bluesky.conftest import Locate
from tests.unit.bluesky.conftest import Documents


@pytest.fixture
def axis() -> Iterator[str]:
    """The simulated axis: 10 units/s, 50 units/s²."""
    with Server("test", [load_class("Motor")], devices={"Motor": ["sim/motor/1"]}) as server:
        yield f"tango://127.0.0.1:{server.port}/sim/motor/1#dbase=no"


@pytest.mark.parametrize("device", ["events", "polling"])
def test_subscribers_hear_of_moves_by_others(trl: Locate, axis: str, device: str) -> None:
    name = axis if device == "events" else trl("test/quick/1")
    motor, heard, there = TangoMotor(name, name="m", position="position"), [], threading.Event()

    def hear(value: Any = None, **_: Any) -> None:
        heard.append(value)
        if value == 0.5:
            there.set()

    cid = motor.subscribe(hear, event_type=motor.SUB_READBACK)
    DeviceProxy(name).position = 0.5
    assert there.wait(30)
    motor.unsubscribe(cid)
    motor.destroy()


def test_a_motor_is_monitored(trl: Locate, RE: RunEngine, documents: Documents) -> None:
    motor = TangoMotor(trl("test/quick/1"), name="m", position="position")

    def plan() -> Any:
        yield from bps.monitor(motor, name="positions")
        yield from bps.mv(motor, 1.0)
        while documents.of("event")[-1]["data"]["m"] != 1.0:
            yield from bps.sleep(0.05)
        yield from bps.unmonitor(motor)

    RE(run_wrapper(plan()))
    assert [event["data"]["m"] for event in documents.of("event")][-1] == 1.0
    motor.destroy()


def slits(one: str, other: str) -> PseudoPositioner:
    """Two motors as a gap and a centre."""

    class Slits(PseudoPositioner):
        gap = Component(PseudoSingle)
        centre = Component(PseudoSingle)
        a = Component(TangoMotor, one, add_prefix=(), position="position")
        b = Component(TangoMotor, other, add_prefix=(), position="position")

        @pseudo_position_argument
        def forward(self, pseudo: Any) -> Any:
            return self.RealPosition(
                a=pseudo.centre - pseudo.gap / 2, b=pseudo.centre + pseudo.gap / 2
            )

        @real_position_argument
        def inverse(self, real: Any) -> Any:
            return self.PseudoPosition(gap=real.b - real.a, centre=(real.a + real.b) / 2)

    return Slits("", name="slits")


def test_a_pseudo_positioner(trl: Locate, RE: RunEngine, documents: Documents) -> None:
    device = slits(trl("test/quick/1"), trl("test/quick/2"))
    device.wait_for_connection(timeout=30)
    RE(bps.mv(device.centre, 1.0))
    RE(bp.scan([device], device.gap, 0.0, 2.0, 3))
    assert documents.column("slits_gap") == pytest.approx([0, 1, 2])
    assert (device.a.position, device.b.position) == pytest.approx((0.0, 2.0))
    device.a.destroy()
    device.b.destroy()


@pytest.fixture(params=["simulated", "pytango"])
def runner(request: pytest.FixtureRequest, trl: Locate, axis: str) -> Iterator[str]:
    """The simulated axis, and one on PyTango; as they were, afterwards."""
    name = axis if request.param == "simulated" else trl("test/runner/1")
    yield name
    proxy = DeviceProxy(name)
    for attribute in ("position", "velocity"):
        config = proxy.get_attribute_config(attribute)
        config.min_value = config.max_value = "Not specified"
        proxy.set_attribute_config(config)


@pytest.fixture(params=["classic", "async"])
def flyer(request: pytest.FixtureRequest, runner: str, RE: RunEngine) -> Any:
    """The axis, of either layer, ready to fly."""
    options = {"position": "position", "velocity": "velocity", "acceleration": "acceleration"}
    if request.param == "classic":
        motor: Any = TangoMotor(runner, name="m", **options)
    else:
        motor = aio.TangoMotor(runner, "m", **options)
        RE(ensure_connected(motor))
    yield motor
    if request.param == "classic":
        motor.destroy()


def flown(motor: Any, info: FlyMotorInfo, speeds: list[float], runner: str) -> Any:
    """A plan that flies a motor."""
    yield from bps.stage(motor, wait=True)
    yield from bps.prepare(motor, info, wait=True)
    speeds += [DeviceProxy(runner).velocity, DeviceProxy(runner).position]
    yield from bps.kickoff(motor, wait=True)
    yield from bps.complete(motor, wait=True)
    yield from bps.unstage(motor, wait=True)


@pytest.mark.slow
def test_a_motor_flies(flyer: Any, runner: str, RE: RunEngine) -> None:
    proxy, seen = DeviceProxy(runner), []
    RE(
        run_wrapper(
            flown(
                flyer,
                FlyMotorInfo(start_position=1, end_position=3, time_for_move=0.4),
                seen,
                runner,
            )
        )
    )
    # 5 units/s are reached in 0.1 s, over 0.25 units.
    assert seen == pytest.approx([5.0, 0.75])
    assert proxy.position == pytest.approx(3.25)
    assert proxy.velocity == 10.0


def test_what_a_motor_cannot_fly_is_refused(flyer: Any, runner: str, RE: RunEngine) -> None:
    proxy = DeviceProxy(runner)
    config = proxy.get_attribute_config("velocity")
    config.max_value = "20"
    proxy.set_attribute_config(config)
    fast = FlyMotorInfo(start_position=0, end_position=10, time_for_move=0.1)
    with pytest.raises(Exception, match="faster than its 20"):
        RE(run_wrapper(flown(flyer, fast, [], runner)))
    config = proxy.get_attribute_config("position")
    config.min_value, config.max_value = "0", "5"
    proxy.set_attribute_config(config)
    far = FlyMotorInfo(start_position=1, end_position=4.9, time_for_move=0.4)
    with pytest.raises(Exception, match="outside of 0"):
        RE(run_wrapper(flown(flyer, far, [], runner)))
    assert (proxy.velocity, proxy.position) == (10.0, 0.0)


def test_a_flight_that_is_stopped(flyer: Any, runner: str, RE: RunEngine) -> None:
    """The motor is at rest, and its velocity what it was before."""
    info = FlyMotorInfo(start_position=1, end_position=100, time_for_move=50)

    def plan() -> Any:
        yield from bps.prepare(flyer, info, wait=True)
        yield from bps.kickoff(flyer, wait=True)
        # Not until(), which blocks: the motor's loop is this one.
        while DeviceProxy(runner).state().name != "MOVING":
            yield from bps.sleep(0.02)
        yield from bps.stop(flyer)
        yield from bps.complete(flyer, wait=True)

    with pytest.raises(Exception, match="stopped"):
        RE(run_wrapper(plan()))
    proxy = DeviceProxy(runner)
    assert proxy.velocity == 10.0
    assert proxy.state().name == "STANDBY"


def test_not_prepared(axis: str) -> None:
    motor = TangoMotor(axis, name="m", position="position")
    with pytest.raises(MoveFailed, match="not been prepared"):
        motor.kickoff()
    with pytest.raises(MoveFailed, match="does not fly"):
        motor.complete()
    with pytest.raises(LimitError):
        motor.set(1e6)
    motor.destroy()
