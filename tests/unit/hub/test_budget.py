"""Reconnecting: attempts are bounded in all, pauses differ, and after a facility's restart all is back in seconds."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from puretango.hub import LOST, Budget, Hub, Recorder
from puretango.server import Server
from tests.unit.hub.devices import Pushing

RATE, BURST = 10, 5


def most_within(times: list[float], seconds: float) -> int:
    """The largest number of times within any so many seconds."""
    ordered = sorted(times)
    return max(
        (at + 1 - bisect_left(ordered, time - seconds) for at, time in enumerate(ordered)),
        default=0,
    )


async def test_attempts_wait_for_their_turn() -> None:
    budget, times = Budget(rate=200, burst=5), []
    order = []

    async def attempt(number: int) -> None:
        await budget.attempt()
        times.append(asyncio.get_running_loop().time())
        order.append(number)

    begin = asyncio.get_running_loop().time()
    await asyncio.gather(*map(attempt, range(45)))
    assert times[-1] - begin >= 40 / 200 - 0.001
    assert sum(time - begin < 0.001 for time in times) <= 6
    assert order == list(range(45))
    assert budget.attempts == 45


def test_pauses_grow_and_differ() -> None:
    for failures, (low, high) in enumerate([(0.25, 0.5), (0.5, 1), (1, 2), (1.5, 3), (1.5, 3)]):
        pauses = [Budget.pause(failures) for _ in range(100)]
        assert low <= min(pauses) < max(pauses) <= high
        assert len(set(pauses)) > 90


@pytest.mark.parametrize(("rate", "burst"), [(0, 1), (-1, 1), (1, 0)])
def test_a_budget_of_nothing_is_refused(rate: float, burst: int) -> None:
    with pytest.raises(ValueError, match="nothing would connect"):
        Budget(rate, burst)


@contextmanager
def hanging_up(ports: list[int]) -> Iterator[list[float]]:
    """Something that takes every connection to these ports and closes it at once; when each came."""
    came: list[float] = []
    listening = [socket.create_server(("127.0.0.1", port)) for port in ports]

    def answer(one: socket.socket) -> None:
        while True:
            try:
                one.accept()[0].close()
            except OSError:
                return
            came.append(time.monotonic())

    threads = [threading.Thread(target=answer, args=(one,)) for one in listening]
    for thread in threads:
        thread.start()
    try:
        yield came
    finally:
        for one in listening:
            one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in threads:
            thread.join()


def serving(number: int, port: int) -> Server:
    name = f"lab/push/{number}"
    return Server(f"i{number}", [Pushing], port=port, devices={"Pushing": [name]})


@pytest.mark.slow
async def test_a_facility_that_restarts() -> None:
    """Forty servers go at once: attempts stay within the budget while they are away, and all come back in seconds."""
    budget = Budget(RATE, BURST)
    async with Hub(watch_interval=0.2, budget=budget) as hub:
        recorder = hub.recorder()
        with ExitStack() as stack:
            servers = [stack.enter_context(serving(number, 0)) for number in range(40)]
            ports = [server.port for server in servers]
            names = [
                f"tango://127.0.0.1:{port}/lab/push/{number}/number#dbase=no"
                for number, port in enumerate(ports)
            ]
            for name in names:
                recorder.add(name)
            await until(recorder, lambda: all(recorder.status(n).received for n in names))
            await asyncio.to_thread(stack.close)
        with hanging_up(ports) as came:
            await until(recorder, lambda: all(recorder.status(n).how == LOST for n in names))
            # Each server is missed once, all in the same moment; how often they are tried again is what counts.
            await asyncio.sleep(1)
            before = len(came)
            await asyncio.sleep(4)
            away = came[before:]
        # Forty that are tried each three seconds at most would make 18 attempts a second. Each attempt is two
        # connections: the client asks once more when the first is closed.
        print(f"{len(away)} connections in 4 s, in 2 s at most {most_within(away, 2.0)}")
        assert len(away) >= 2 * RATE
        assert most_within(away, 2.0) <= 2 * (2 * RATE + BURST)
        with ExitStack() as stack:
            for number, port in enumerate(ports):
                await asyncio.to_thread(stack.enter_context, serving(number, port))
            begin = time.monotonic()
            await until(recorder, lambda: all(recorder.status(n).how == "change" for n in names))
            print(f"all back within {time.monotonic() - begin:.1f} s")


async def until(recorder: Recorder, reached: Callable[[], bool]) -> None:
    """Wait, thirty seconds at most."""
    async with asyncio.timeout(30):
        while not reached():
            await recorder.take(10_000, 0.05)
