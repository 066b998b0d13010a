"""The motor's physics, with a clock of the test's own."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from puretango.sim.motor._motor import LimitError, MotorModel


class Clock:
    """Time that passes when the test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_move_takes_its_time(clock: Clock) -> None:
    """10 units at 10/s with 50/s²: 0.2 s of ramps each way add 0.2 s to the second of cruising."""
    motor = MotorModel(velocity=10, acceleration=50, clock=clock)
    motor.move(10)
    assert motor.moving
    assert motor.remaining == pytest.approx(1.2)
    clock.now += 0.6
    assert motor.position == pytest.approx(5.0)
    assert motor.speed == pytest.approx(10.0)
    clock.now += 0.61
    assert motor.position == 10
    assert not motor.moving


def test_stop_brakes_and_abort_halts(clock: Clock) -> None:
    """Stop needs v²/2a; abort nothing."""
    motor = MotorModel(velocity=10, acceleration=50, clock=clock)
    motor.move(-100)
    clock.now += 1.0
    here = motor.position
    motor.stop()
    assert motor.moving
    clock.now += 0.2
    assert not motor.moving
    assert motor.position == pytest.approx(here - 1.0)
    assert motor.target == motor.position
    motor.move(100)
    clock.now += 1.0
    here = motor.position
    motor.abort()
    assert not motor.moving
    assert motor.position == here


def test_limits(clock: Clock) -> None:
    """Targets outside the limits, and settings without a sense, are refused."""
    motor = MotorModel(low_limit=-1, high_limit=1, clock=clock)
    for target in (2.0, -1.1, math.nan, math.inf):
        with pytest.raises(LimitError):
            motor.move(target)
    for value in (0.0, -1.0, math.nan):
        with pytest.raises(LimitError):
            motor.velocity = value
        with pytest.raises(LimitError):
            motor.acceleration = value
    assert not motor.moving


@settings(deadline=None)
@given(
    targets=st.lists(st.tuples(st.floats(-100, 100), st.floats(0.0, 5.0)), min_size=1, max_size=6),
    velocity=st.floats(0.1, 50),
    acceleration=st.floats(1, 200),
)
def test_any_sequence_of_moves_is_smooth_and_arrives(
    targets: list[tuple[float, float]], velocity: float, acceleration: float
) -> None:
    """Retargeting in full flight: no jump, no overspeed, and the last target is reached."""
    clock = Clock()
    motor = MotorModel(velocity=velocity, acceleration=acceleration, clock=clock)
    for target, wait in targets:
        before = motor.position, motor.speed
        motor.move(target)
        assert motor.position == pytest.approx(before[0], abs=1e-6)
        if motor.moving:
            assert motor.speed == pytest.approx(before[1], abs=1e-6)
        clock.now += wait
        assert abs(motor.speed) <= velocity * (1 + 1e-9)
    clock.now += motor.remaining + 1e-6
    assert motor.position == targets[-1][0]
