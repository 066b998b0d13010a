"""One move of a motor, from the request to its end, followed by a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from ophyd import PseudoPositioner
from ophyd.status import MoveStatus

from puretango.bluesky.attributes import Sample, unreachable
from puretango.bluesky.rules import MoveCourse, MoveFailed, is_moving
from puretango.errors import DevFailed

__all__ = ["Move", "fail_parent"]

_logger = logging.getLogger("puretango.bluesky")


def fail_parent(parent: Any, why: object) -> None:
    """Make a pseudo positioner's move fail together with that of one of its motors.

    ophyd's own takes every motor's end for a success.
    """
    if isinstance(parent, PseudoPositioner):
        _logger.info("%s does not arrive: %s", parent.name, why)
        parent._done_moving(success=False)


class Mover(Protocol):
    """What a move needs of its motor."""

    name: str

    @property
    def move_period(self) -> float:
        """Seconds between two reads of the moving motor."""

    def order(self, target: float) -> None:
        """Write the position; returns when the server has taken it, however long that takes."""

    def look(self) -> tuple[str, Sample]:
        """The state and the position now."""

    def show(self, found: Sample) -> None:
        """Report to subscribers where the motor is."""

    def status_text(self) -> str:
        """The motor's status text."""

    def halt(self) -> None:
        """Send the stop command."""

    def move_over(self, move: Any, success: bool) -> None:
        """Note that the move has ended."""


class _Order:
    """A write that may take its time: a motor whose answer is late is moving, not unreachable."""

    def __init__(self, name: str, write: Callable[[], None]) -> None:
        self._write = write
        self._done = threading.Event()
        self._failure: Exception | None = None
        self.ended = 0.0
        threading.Thread(target=self._run, name=f"tango-order-{name}", daemon=True).start()

    def _run(self) -> None:
        try:
            self._write()
        except Exception as failure:  # noqa: BLE001 - raised where the move is followed
            self._failure = failure
        self.ended = time.monotonic()
        self._done.set()

    def wait(self, seconds: float) -> bool:
        """Whether the server has taken the position, within ``seconds``; raises its failure."""
        done = self._done.wait(seconds)
        if self._failure is not None:
            raise self._failure
        return done


class Move:
    """One move from the request to its end."""

    def __init__(
        self, mover: Mover, course: MoveCourse, status: MoveStatus, after: Move | None
    ) -> None:
        self.target = course.target
        self.status = status
        self.course = course
        self._mover = mover
        #: An earlier move that was told to stop and must have ended first.
        self._after = after
        self._over = threading.Event()

    @property
    def ending(self) -> bool:
        """Whether it was told to stop, or its status is done already."""
        return bool(self.status.done) or self.course.stopped is not None

    def begin(self) -> None:
        """Start the move."""
        name = f"tango-move-{self._mover.name}"
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def _run(self) -> None:
        failure: Exception | None = None
        try:
            if self._after is not None:
                self._after._over.wait()
                self._after = None
            failure = self._follow(time.monotonic()) if self.ending else self._go()
        except Exception as exc:  # noqa: BLE001 - whatever it is, the status must say it
            failure = exc
        given_up = failure is not None or self.status.done
        if given_up and self.course.stopped is None and not self._at_rest():
            self._halt_quietly()
        self._mover.move_over(self, failure is None)
        self._finish(failure)
        self._over.set()

    def _go(self) -> Exception | None:
        order = _Order(self._mover.name, lambda: self._mover.order(self.target))
        while not order.wait(self._mover.move_period):
            if self.status.done:
                return None
            self._show_progress()
        if self.ending:
            # Told to stop before the motor was given its target.
            self._mover.halt()
        return self._follow(order.ended)

    def _show_progress(self) -> None:
        """Report where the motor is, as far as a server that is busy with the write answers at all."""
        try:
            _, found = self._mover.look()
        except DevFailed as failure:
            _logger.debug("%s: %s", self._mover.name, failure)
        else:
            self._mover.show(found)

    def _follow(self, ordered: float) -> MoveFailed | None:
        course = self.course
        while not self.status.done:
            state, found = self._look()
            if course.look(state, found.value, found.quality, time.monotonic() - ordered):
                # A server reads State last: the position read with it may be one on the way.
                state, found = self._look()
                if is_moving(state, found.quality):
                    continue
                failing = course.failing(state, found.value)
                text = self._mover.status_text() if failing else ""
                return course.verdict(state, found.value, text)
            time.sleep(self._mover.move_period)
        return None

    def _look(self) -> tuple[str, Sample]:
        state, found = self._mover.look()
        self._mover.show(found)
        return state, found

    def _at_rest(self) -> bool:
        try:
            state, found = self._mover.look()
        except DevFailed:
            return False
        return not is_moving(state, found.quality)

    def _halt_quietly(self) -> None:
        try:
            self._mover.halt()
        except (DevFailed, RuntimeError) as failure:
            _logger.warning("%s could not be stopped: %s", self._mover.name, failure)

    def _finish(self, failure: Exception | None) -> None:
        if self.status.done:
            return
        if failure is None:
            self.status.set_finished()
            return
        if isinstance(failure, DevFailed) and unreachable(failure):
            failure = MoveFailed(f"{self._mover.name} cannot be reached any more: {failure}")
        self.status.set_exception(failure)
