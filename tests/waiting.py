"""Waiting in tests: for what is to happen, never for a time; the limit is one that a busy machine keeps."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

LIMIT = 30.0
"""Seconds after which what was waited for counts as not happening."""
STEP = 0.005
"""Seconds between two looks."""


def until(
    condition: Callable[[], T],
    limit: float = LIMIT,
    step: float = STEP,
    forgiving: type[Exception] | tuple[type[Exception], ...] = (),
) -> T:
    """Looks again and again until `condition()` is true, and gives what it gave.

    Where it raises what is `forgiving`, it is not true yet. Raises AssertionError after `limit` seconds.
    """
    deadline = time.monotonic() + limit
    why = ""
    while True:
        try:
            if found := condition():
                return found
        except forgiving as error:
            why = f": {error}"
        assert time.monotonic() < deadline, f"it did not happen within {limit} s{why}"
        time.sleep(step)


def when(condition: Callable[[], object], action: Callable[[], object]) -> None:
    """In a thread of its own: waits until `condition()` is true, then does `action()`.

    A condition that raises is not true yet.
    """

    def wait_and_act() -> None:
        until(condition, forgiving=Exception)
        action()

    threading.Thread(target=wait_and_act, name="when", daemon=True).start()


async def eventually(condition: Callable[[], T], limit: float = LIMIT, step: float = STEP) -> T:
    """`until` for a coroutine: the loop goes on between two looks."""
    deadline = time.monotonic() + limit
    while not (found := condition()):
        assert time.monotonic() < deadline, f"it did not happen within {limit} s"
        await asyncio.sleep(step)
    return found


def never(condition: Callable[[], object], seconds: float) -> None:
    """Looks for `seconds` and raises AssertionError as soon as `condition()` is true.

    For what must not happen: a busy machine can hide such a failure, it cannot make one.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert not condition(), "it happened"
        time.sleep(STEP)


async def never_on_loop(condition: Callable[[], object], seconds: float) -> None:
    """`never` for a coroutine."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert not condition(), "it happened"
        await asyncio.sleep(STEP)


async def alone() -> None:
    """Returns when no other task of the loop is left: those that were cancelled have ended."""
    await eventually(lambda: asyncio.all_tasks() == {asyncio.current_task()})


class Gate:
    """Holds up the threads that come to it until the test opens it; says how many stand in it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._opened = threading.Event()
        self.inside = 0

    def hold(self) -> None:
        """What a request, a read or a move calls in its middle."""
        with self._lock:
            self.inside += 1
        try:
            assert self._opened.wait(LIMIT), "nobody opened the gate"
        finally:
            with self._lock:
                self.inside -= 1

    def reached(self, count: int = 1) -> None:
        """Returns when `count` threads stand in the gate."""
        until(lambda: self.inside >= count)

    def open(self) -> None:
        """Lets go all that wait, and all that come later."""
        self._opened.set()


class Clock:
    """A clock that goes when the test steps it; to be handed in where code takes a clock."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        """Seconds, as time.monotonic() gives them."""
        return self.now

    def step(self, seconds: float) -> None:
        """Lets `seconds` pass."""
        self.now += seconds
