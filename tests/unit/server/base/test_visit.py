"""The frame of a request: what it does around the work, in which order, by each operation's rules."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from puretango.errors import DevError, DevFailed, ErrSeverity
from puretango.server.base._blackbox import POLLING
from puretango.server.base._peer import Client
from puretango.server.base._visit import (
    COMMANDS,
    FACTS,
    INNER,
    ORDERS,
    QUESTIONS,
    READS,
    STATES,
    UNNOTED,
    WRITES,
    Rules,
    Visit,
)
from puretango.server.base._visits import Visits

CLIENT = Client("192.0.2.1")


class Device:
    """What the frame needs of a device, and what it has done, in its order."""

    def __init__(self, is_asyncio: bool = False) -> None:
        self.told: list[str] = []
        self.visits = Visits()
        self.busy = False
        told = self.told

        def acquire() -> None:
            told.append("in")
            if self.busy:
                raise DevFailed(DevError("API_CommandTimedOut", ErrSeverity.ERR, "busy", "here"))

        self._tango: Any = SimpleNamespace(
            is_asyncio=is_asyncio,
            monitor=SimpleNamespace(acquire=acquire, release=lambda: told.append("out")),
            black_box=SimpleNamespace(add=lambda line: told.append(f"note {line[1]}")),
            locking=SimpleNamespace(lock=None, check=lambda *_: told.append("lock")),
            server=SimpleNamespace(subdevices=SimpleNamespace(visits=self.visits)),
        )

    def work(self) -> str:
        client = self.visits.client()
        self.told.append("work" if client is CLIENT else "work for nobody")
        return "answer"


@pytest.mark.parametrize(
    ("rules", "order"),
    [
        (READS, ["note op", "in", "work", "out"]),
        (COMMANDS, ["note op", "lock", "in", "work", "out"]),
        (WRITES, ["in", "note op", "lock", "work", "out"]),
        (STATES, ["in", "note op", "work", "out"]),
        (QUESTIONS, ["note op", "work"]),
        (ORDERS, ["note op", "lock", "work"]),
        (UNNOTED, ["work"]),
        (INNER, ["in", "work", "out"]),
        (FACTS, ["note op", "work for nobody"]),
    ],
)
def test_the_order_of_things(rules: Rules, order: list[str]) -> None:
    device = Device()
    device._tango.locking.lock = object()
    assert Visit(device, rules, "op").run(CLIENT, device.work) == "answer"  # type: ignore[arg-type]  # a stand-in for a device
    assert device.told == order
    assert device.visits.client() is None


@pytest.mark.parametrize("rules", [READS, COMMANDS, WRITES, QUESTIONS])
def test_the_same_on_a_loop(rules: Rules) -> None:
    blocking, on_loop = Device(), Device(is_asyncio=True)

    async def work() -> str:
        await asyncio.sleep(0)
        return on_loop.work()

    async def ask() -> str:
        answer: str = await Visit(on_loop, rules, "op").run_on_loop(CLIENT, work)  # type: ignore[arg-type]  # a stand-in for a device
        assert on_loop.visits.client() is None
        return answer

    assert asyncio.run(ask()) == "answer"
    Visit(blocking, rules, "op").run(CLIENT, blocking.work)  # type: ignore[arg-type]  # a stand-in for a device
    # Devices on a loop have no monitor.
    assert on_loop.told == [step for step in blocking.told if step not in ("in", "out")]


def test_a_busy_device_is_noted_by_reads_and_not_by_writes() -> None:
    for rules, order in ((READS, ["note op", "in"]), (WRITES, ["in"])):
        device = Device()
        device.busy = True
        with pytest.raises(DevFailed, match="busy"):
            Visit(device, rules, "op").run(CLIENT, device.work)  # type: ignore[arg-type]  # a stand-in for a device
        assert device.told == order
        assert device.visits.client() is None


def test_work_that_fails_leaves_the_device_free() -> None:
    device = Device()

    def work() -> None:
        raise ValueError("as it should")

    with pytest.raises(ValueError, match="as it should"):
        Visit(device, WRITES, "op").run(CLIENT, work)  # type: ignore[arg-type]  # a stand-in for a device
    assert device.told == ["in", "note op", "out"]
    assert device.visits.client() is None


def test_polling_has_a_name_and_no_client() -> None:
    device = Device()
    lines: list[Any] = []
    device._tango.black_box.add = lines.append
    visit = Visit(device, READS, "op", ["a"], 0, asker=POLLING)  # type: ignore[arg-type]  # a stand-in for a device
    visit.run(None, device.work)
    assert device.told == ["in", "work for nobody", "out"]
    assert lines[0][1:] == ("op", ["a"], 0, POLLING)
