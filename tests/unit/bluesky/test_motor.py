"""TangoMotor: a move is done when it is done, and fails when it fails."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import bluesky.plan_stubs as bps
import bluesky.plans as bp
import numpy as np
import pytest
from bluesky import RunEngine
from bluesky.protocols import Checkable, Locatable, Movable, Readable, Stageable, Stoppable
from bluesky.utils import FailedStatus
from ophyd.utils import LimitError, StatusTimeoutError

from puretango.bluesky import MoveFailed, TangoMotor
from puretango.client import DeviceProxy
from puretango.errors import DevFailed
from puretango.server import Server
from tests.unit.bluesky.conftest import Documents
from tests.waiting import until

Locate = Callable[[str], str]


@pytest.fixture
def motor(trl: Locate) -> Iterator[TangoMotor]:
    made = TangoMotor(trl("test/axis/1"), name="m", timeout=20, period=0.01)
    yield made
    made.destroy()


def test_it_is(motor: TangoMotor) -> None:
    for protocol in (Readable, Movable, Locatable, Stoppable, Stageable, Checkable):
        assert isinstance(motor, protocol), protocol
    assert motor.position == 5.0
    assert motor.limits == (-10, 10)
    assert (motor.egu, motor.precision) == ("mm", 3)
    assert list(motor.read()) == ["m"]
    assert list(motor.read_configuration()) == ["m_Velocity"]
    assert motor.hints == {"fields": ["m"]}


def test_a_move(motor: TangoMotor) -> None:
    started = time.monotonic()
    status = motor.set(7.0)
    assert not status.done
    status.wait(30)
    assert time.monotonic() - started > 0.08
    assert motor.position == 7.0
    assert motor.locate() == {"setpoint": 7.0, "readback": 7.0}
    assert not motor.moving


@pytest.mark.filterwarnings("error")
def test_nowhere_to_go(motor: TangoMotor) -> None:
    motor.set(5.0).wait(30)
    # Plans give numpy's numbers; whoever shows progress must not divide by 0 with a warning.
    status = motor.set(np.float64(5.0))
    status.watch(lambda **update: None)
    status.wait(30)
    assert type(status.target) is float


def test_progress(motor: TangoMotor) -> None:
    seen: list[dict[str, Any]] = []
    status = motor.set(9.0)
    status.watch(lambda **update: seen.append(update))
    status.wait(30)
    assert seen[0]["initial"] == 5.0
    assert seen[0]["target"] == 9.0
    assert seen[0]["unit"] == "mm"
    assert 0 <= seen[0]["fraction"] <= 1


def test_limits(motor: TangoMotor, trl: Locate) -> None:
    with pytest.raises(LimitError):
        motor.set(11)
    with pytest.raises(ValueError, match="not a position"):
        motor.set(float("nan"))
    narrow = TangoMotor(trl("test/axis/1"), limits=(0, 6))
    assert narrow.limits == (0, 6)
    with pytest.raises(LimitError):
        narrow.set(7)


def test_stopped(motor: TangoMotor) -> None:
    motor.Velocity.put(2.0)
    status = motor.set(-5.0)
    until(lambda: motor.moving)
    motor.stop()
    with pytest.raises(MoveFailed, match="was stopped"):
        status.wait(30)
    good = motor.set(-5.0)
    until(lambda: motor.moving)
    motor.stop(success=True)
    good.wait(30)


def test_stopped_by_somebody_else(motor: TangoMotor) -> None:
    motor.Velocity.put(2.0)
    status = motor.set(-5.0)
    until(lambda: motor.moving)
    motor.Stop()
    with pytest.raises(MoveFailed, match=r"not at -5"):
        status.wait(30)


def test_too_late(motor: TangoMotor) -> None:
    motor.Velocity.put(1.0)
    status = motor.set(-5.0, timeout=0.2)
    with pytest.raises(StatusTimeoutError):
        status.wait(30)
    until(lambda: not motor.moving)  # a move that is too late is stopped


def test_fault(motor: TangoMotor) -> None:
    motor.Velocity.put(2.0)
    status = motor.set(-5.0)
    until(lambda: motor.moving)
    motor.Break()
    with pytest.raises(MoveFailed, match="FAULT"):
        status.wait(30)


def test_one_move_at_a_time(motor: TangoMotor) -> None:
    motor.Velocity.put(2.0)
    motor.set(-5.0)
    with pytest.raises(RuntimeError, match="moving"):
        motor.set(5.0)
    motor.stop(success=True)


def test_sent_on_while_it_is_being_stopped(motor: TangoMotor) -> None:
    """As the RunEngine does after a pause: the new move begins when the stopped one has ended."""
    motor.Velocity.put(2.0)
    first = motor.set(-5.0)
    until(lambda: motor.moving)
    motor.stop(success=True)
    second = motor.set(motor.position + 0.3)
    second.wait(30)
    assert first.done
    assert motor.position == pytest.approx(second.target)


def test_stopped_before_it_began(motor: TangoMotor) -> None:
    """However early the stop comes, nothing moves afterwards."""
    motor.Velocity.put(2.0)
    for _ in range(10):
        status = motor.set(-5.0)
        motor.stop(success=True)
        status.wait(30)
        assert not motor.moving


def test_settle_time(motor: TangoMotor) -> None:
    motor.settle_time = 0.3
    started = time.monotonic()
    motor.set(5.5).wait(30)
    assert time.monotonic() - started > 0.3


def test_scans(motor: TangoMotor, trl: Locate, RE: RunEngine, documents: Documents) -> None:
    other = TangoMotor(trl("test/axis/2"), name="n", period=0.01)
    RE(bp.scan([], motor, 4, 6, 5))
    assert documents.column("m") == [4, 4.5, 5, 5.5, 6]
    documents.clear()
    RE(bp.rel_scan([], motor, -1, 1, 3))
    assert documents.column("m") == [5, 6, 7]
    assert motor.position == 6.0
    documents.clear()
    RE(bp.grid_scan([], motor, 0, 1, 2, other, 0, 1, 2))
    assert documents.column("n") == [0, 1, 0, 1]
    documents.clear()
    RE(bp.list_scan([], motor, [1, 3, 2]))
    assert documents.column("m") == [1, 3, 2]
    RE(bps.mvr(motor, 0.5))
    assert motor.position == 2.5


def test_a_failed_move_fails_the_plan(motor: TangoMotor, RE: RunEngine) -> None:
    motor.Velocity.put(2.0)
    motor._timeout = 0.2
    with pytest.raises(FailedStatus):
        RE(bps.mv(motor, -10))


def test_the_shipped_motor(RE: RunEngine, documents: Documents) -> None:
    from puretango.sim import load_class

    with Server("m", [load_class("Motor")], devices={"Motor": ["sim/motor/1"]}) as server:
        motor = TangoMotor(f"tango://127.0.0.1:{server.port}/sim/motor/1#dbase=no", name="m")
        RE(bp.scan([], motor, 0, 1, 3))
        assert documents.column("m") == pytest.approx([0, 0.5, 1.0], abs=0.02)
        status = motor.set(motor.position + 50 if motor.limits == (0, 0) else motor.limits[1])
        until(lambda: motor.moving)
        motor.stop()
        with pytest.raises(MoveFailed):
            status.wait(30)
        motor.destroy()


def test_a_failed_move_leaves_the_next_one_alone(
    motor: TangoMotor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A caller that sets off again as soon as it hears of a failure gets there, however late a thread is."""
    plain = motor.stop

    def late(**options: Any) -> None:
        time.sleep(0.1)
        plain(**options)

    monkeypatch.setattr(motor, "stop", late)
    motor.Velocity.put(2.0)
    with pytest.raises(StatusTimeoutError):
        motor.set(-5.0, timeout=0.1).wait(30)
    motor.set(motor.position + 1.0).wait(30)


def test_a_move_that_cannot_be_followed_is_stopped(
    motor: TangoMotor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it counts as failed."""
    motor.Velocity.put(2.0)
    status = motor.set(-5.0)
    until(lambda: motor.moving)
    look, failures = motor.look, [DevFailed()]

    def fail() -> Any:
        if failures:
            raise failures.pop()
        return look()

    monkeypatch.setattr(motor, "look", fail)
    with pytest.raises(DevFailed):
        status.wait(30)
    assert not motor.moving


def test_limits_that_change(motor: TangoMotor) -> None:
    """What the server allows by now is not refused by what was known of it before."""
    readback = motor.readback
    with pytest.raises(LimitError, match="-10"):
        motor.check_value(12.0)
    proxy = DeviceProxy(motor.prefix)
    configuration = proxy.get_attribute_config("Position")
    configuration.max_value = "15"
    proxy.set_attribute_config(configuration)
    readback.check_value(12.0)
    motor.check_value(12.0)
    with pytest.raises(LimitError, match="15"):
        readback.check_value(16.0)
