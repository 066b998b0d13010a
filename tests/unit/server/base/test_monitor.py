"""The monitor by itself: re-entry, guests, their order, and who waits for whom."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from puretango.errors import DevFailed
from puretango.net import Step, own_step, under
from puretango.server.base._monitor import AutoTangoAllowThreads, NoMonitor, TangoMonitor


class Visitor:
    """A thread that enters a monitor under a step, and stays until it is told to leave."""

    def __init__(self, monitor: TangoMonitor, step: Step, patience: float = 5.0) -> None:
        self.inside, self.leave = threading.Event(), threading.Event()
        self.failure: DevFailed | None = None
        self._visit = (monitor, step, patience)
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        monitor, step, patience = self._visit
        with under(step):
            try:
                monitor.acquire(patience)
            except DevFailed as failure:
                self.failure = failure
                return
            self.inside.set()
            self.leave.wait(30)
            monitor.release()

    def end(self) -> None:
        self.leave.set()
        self.thread.join(30)
        assert not self.thread.is_alive()


@pytest.fixture
def monitor() -> TangoMonitor:
    return TangoMonitor("a/b/c")


def refused(monitor: TangoMonitor, step: Step) -> bool:
    visitor = Visitor(monitor, step, 0.02)
    visitor.thread.join(30)
    return visitor.failure is not None


def is_free(monitor: TangoMonitor) -> bool:
    visitor = Visitor(monitor, Step(), 0.02)
    visitor.end()
    return visitor.failure is None


def test_the_owner_enters_as_often_as_it_likes(monitor: TangoMonitor) -> None:
    for _ in range(3):
        monitor.acquire()
    for _ in range(3):
        assert not is_free(monitor)
        monitor.release()
    assert is_free(monitor)


def test_what_the_owner_waits_for_is_let_in_and_nobody_else(monitor: TangoMonitor) -> None:
    with monitor:
        call = Step(own_step())
        further = Step(Step(call))
        visitor = Visitor(monitor, further)
        assert visitor.inside.wait(30)
        assert refused(monitor, Step())
        visitor.end()
        assert refused(monitor, Step())
    assert is_free(monitor)


def test_a_call_that_has_ended_is_not_let_in(monitor: TangoMonitor) -> None:
    with monitor:
        call = Step(own_step())
        call.ended = True
        assert refused(monitor, call)


def test_guests_are_inside_one_at_a_time(monitor: TangoMonitor) -> None:
    with monitor:
        first = Visitor(monitor, Step(own_step()))
        assert first.inside.wait(30)
        second = Visitor(monitor, Step(own_step()))
        assert not second.inside.wait(0.02)
        first.end()
        assert second.inside.wait(30)
        second.end()
    assert is_free(monitor)


def test_a_guest_of_a_guest(monitor: TangoMonitor) -> None:
    with monitor:
        step = Step(own_step())
        first = Visitor(monitor, step)
        assert first.inside.wait(30)
        second = Visitor(monitor, Step(step))
        assert second.inside.wait(30)
        second.end()
        first.end()
    assert is_free(monitor)


def test_an_owner_that_gives_up_leaves_the_monitor_to_its_guest(monitor: TangoMonitor) -> None:
    monitor.acquire()
    call = Step(own_step())
    guest = Visitor(monitor, call)
    assert guest.inside.wait(30)
    call.ended = True
    monitor.release()
    assert refused(monitor, Step())
    guest.end()
    assert is_free(monitor)


def test_a_guest_that_waits_for_another_gives_up_in_time(monitor: TangoMonitor) -> None:
    with monitor:
        first = Visitor(monitor, Step(own_step()))
        assert first.inside.wait(30)
        assert refused(monitor, Step(own_step()))
        first.end()


def test_leaving_for_a_while_and_coming_back_as_deep(monitor: TangoMonitor) -> None:
    class Holder:
        _tango = SimpleNamespace(monitor=monitor)

    with monitor, monitor:
        with AutoTangoAllowThreads(Holder()):
            assert is_free(monitor)
        assert not is_free(monitor)
    assert is_free(monitor)


def test_allowing_threads_outside_of_the_monitor_leaves_another_inside(
    monitor: TangoMonitor,
) -> None:
    class Holder:
        _tango = SimpleNamespace(monitor=monitor)

    visitor = Visitor(monitor, Step())
    assert visitor.inside.wait(30)
    with AutoTangoAllowThreads(Holder()):
        assert refused(monitor, Step())
    visitor.end()


def test_no_monitor_lets_everybody_in() -> None:
    monitor = NoMonitor()
    with monitor:
        assert is_free(monitor)
        assert monitor.leave_wholly() == 0


def test_under_load_one_is_inside_at_a_time(monitor: TangoMonitor) -> None:
    """Owners, guests, and owners that give up before their guests have come in."""
    inside, worst, rounds = [0], [0], [0]

    def visit(step: Step, within: Callable[[], None]) -> None:
        with under(step), monitor:
            before, inside[0] = inside[0], inside[0] + 1
            worst[0] = max(worst[0], inside[0])
            rounds[0] += 1
            # Whoever waits for a guest is not counted meanwhile: it does nothing.
            inside[0] -= 1
            within()
            inside[0] += 1
            inside[0] -= 1
            assert inside[0] == before

    def guest(caller: Step) -> None:
        step = Step(caller)
        thread = threading.Thread(target=visit, args=(step, lambda: None))
        thread.start()
        thread.join()
        step.ended = True

    def owner() -> None:
        for _ in range(60):
            step = Step()
            visit(step, lambda step=step: guest(step))  # type: ignore[misc]  # mypy infers no lambda with defaults

    threads = [threading.Thread(target=owner) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert worst[0] == 1
    assert rounds[0] == 4 * 60 * 2
    assert is_free(monitor)
