"""What a client remembers is bounded, and what it says of hostile peers too."""

from __future__ import annotations

import gc
import logging
import os
from typing import Any

import pytest

from puretango.client.events._complaints import Complaints
from puretango.client.session._kept import Kept
from puretango.testing import DeviceTestContext
from tests.unit.client.conftest import Thing


def resident() -> int:
    """KiB of memory."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


class Sixteen(Kept[int]):
    """A small one."""

    most = 16


def test_the_oldest_is_forgotten() -> None:
    kept = Sixteen()
    for number in range(1000):
        kept[number] = number
        assert len(kept) <= 16
    assert kept[999] == 999
    assert 0 not in kept
    kept[999] = 1  # known already: nothing has to go
    assert len(kept) > 8


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_thousand_contexts_leave_nothing() -> None:
    def contexts(count: int) -> tuple[int, int]:
        for _ in range(count):
            with DeviceTestContext(Thing) as proxy:
                assert proxy.number == 1.5
        gc.collect()
        return len(os.listdir("/proc/self/fd")), resident()

    files, memory = contexts(300)
    for _ in range(4):
        found = contexts(500)
        assert found[0] <= files + 4
        assert found[1] <= memory + 4096  # as allocators have it: 62 KiB each were 31 MiB


def test_new_names_each_time_cost_nothing(thing: Any) -> None:
    import puretango

    known = thing._session.known
    for number in range(40):
        with pytest.raises(puretango.DevFailed):
            thing.read_attribute(f"new{number}")
        with pytest.raises(puretango.DevFailed):
            thing.command_inout(f"New{number}")
        thing.get_attribute_config(["number"] * (number + 1))
    for table in (known.reads, known.commands, known.questions):
        assert len(table) <= table.most


def test_nonsense_is_told_once_per_peer_and_interval(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    complaints = Complaints(60.0, lambda: now[0])
    with caplog.at_level(logging.ERROR):
        for _ in range(1000):
            complaints.tell("a/b/c", ValueError("x"))
        complaints.tell("d/e/f", ValueError("y"))
        assert len(caplog.records) == 2
        now[0] = 61.0
        complaints.tell("a/b/c", ValueError("x"))
        assert "999 more" in caplog.records[-1].getMessage()
        for number in range(1000):
            complaints.tell(f"peer {number}", ValueError("z"))
        assert len(complaints._told) <= 256


def test_a_hostile_publisher_does_not_fill_the_log(
    thing: Any, caplog: pytest.LogCaptureFixture
) -> None:
    import puretango
    from puretango.client import default_context, events_of

    got: list[Any] = []
    number = thing.subscribe_event("pushed", puretango.EventType.CHANGE_EVENT, got.append)
    room = events_of(default_context())
    topic = next(iter(room.book.routes))
    with caplog.at_level(logging.ERROR, "puretango"):
        for turn in range(200):
            room.receive([topic, b"\1", b"\xff" * (turn % 9), b"\xff" * (turn % 50)])
        assert len(caplog.records) == 1
        assert caplog.records[0].exc_info is None
    thing.unsubscribe_event(number)
