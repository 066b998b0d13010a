"""The fly-scan controller without any control layer."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from puretango.sim.busy._busy import CAPACITY, BusyModel, FlyPlan
from tests.waiting import never, until


@pytest.fixture
def model() -> Iterator[BusyModel]:
    model = BusyModel(FlyPlan(points=5, dwell=0.01), seed=1)
    yield model
    model.close()


def test_a_run_takes_every_point_at_its_own_time(model: BusyModel) -> None:
    """Positions from start to stop, times that go up by the dwell."""
    told = []
    model.listener = lambda: told.append((model.busy, len(model.points)))
    before = time.time()
    assert model.start()
    assert model.busy
    assert not model.start()
    assert model.wait(30)
    assert model.completed
    assert [p.position for p in model.points] == [-1.0, -0.5, 0.0, 0.5, 1.0]
    times = [p.time for p in model.points]
    assert times == sorted(times)
    assert times[0] >= before
    assert times[-1] >= before + 0.035  # never too early; the first one may be late
    model.close()
    assert told[-1] == (False, 5)
    assert told[0][0]


def test_stop_keeps_the_points_taken(model: BusyModel) -> None:
    """A stopped run is over at once, and says that it is not complete."""
    model.plan = FlyPlan(points=100, dwell=0.01)
    model.start()
    until(lambda: model.points)
    model.stop()
    assert model.wait(30)
    assert not model.completed
    assert 1 <= len(model.points) < 100


def test_pause_and_resume(model: BusyModel) -> None:
    """While it is held the controller takes nothing; afterwards it goes on."""
    model.plan = FlyPlan(points=6, dwell=0.02)
    model.start()
    model.pause()
    never(lambda: len(model.points) > 1, 0.06)
    assert model.paused
    model.resume()
    assert model.wait(30)
    assert model.completed
    assert len(model.points) == 6


def test_the_arrays_are_those_of_the_last_run(model: BusyModel) -> None:
    """A second run begins with empty arrays."""
    model.start()
    model.wait(30)
    first = model.points
    model.plan = FlyPlan(points=3, dwell=0.001)
    model.start()
    model.wait(30)
    assert len(model.points) == 3
    assert model.points[0].time > first[-1].time


@pytest.mark.parametrize(
    "wrong", [{"points": 0}, {"points": CAPACITY + 1}, {"dwell": -1.0}, {"start": float("nan")}]
)
def test_a_plan_must_make_sense(wrong: dict[str, float]) -> None:
    """What the arrays cannot hold is refused before it begins."""
    with pytest.raises(ValueError, match=r"points|dwell|finite"):
        FlyPlan(**wrong)  # type: ignore[arg-type]  # on purpose: it is refused


def test_positions_far_out_end_the_run_too() -> None:
    """What cannot be computed must not leave the controller busy for ever."""
    model = BusyModel(FlyPlan(stop=1e200, points=3, dwell=0))
    assert model.start()
    assert model.wait(30)
    assert model.completed


def test_a_run_that_breaks_is_over(
    model: BusyModel, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The listener is told of it, and the points tell that it was no whole run."""

    def fail(position: float) -> float:
        raise ArithmeticError("no signal")

    monkeypatch.setattr(model, "_signal", fail)
    told = threading.Event()
    model.listener = told.set
    assert model.start()
    assert model.wait(30)
    assert told.wait(30)
    assert not model.completed
    assert "no signal" in caplog.text
