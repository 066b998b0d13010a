"""Numbers that were decoded together: exact ones, others, and what waits while the loop is behind."""

from __future__ import annotations

import asyncio
import math
import threading
from types import SimpleNamespace
from typing import Any

import numpy as np

from puretango.hub import NUMBER, OBJECT
from puretango.hub._board import Board
from puretango.hub._intake import Intake
from puretango.hub._source import Connection
from puretango.values import CmdArgType
from tests.unit.values.test_scalarevents import payload, shape
from tests.waiting import eventually


class Fed:
    """A source that is fed by hand."""

    def __init__(self, board: Board) -> None:
        self.name, self.place = "tango://db:1/a/b/c/level", board.take()
        self.recorders: list[Any] = []
        self.turn = 1
        self.events: list[Any] = []

    def begin_number(self, turn: int, how: str) -> bool:
        return turn == self.turn

    def take_event(self, turn: int, how: str, event: Any, received: float) -> None:
        self.events.append((turn, how, event))


async def fed(*events: Any, turn: int = 1) -> tuple[Board, Fed, list[Any]]:
    board = Board()
    source: Any = Fed(board)
    samples: list[Any] = []
    source.recorders.append(SimpleNamespace(put=lambda _, sample: samples.append(sample)))
    done = asyncio.Event()
    intake = Intake(asyncio.get_running_loop(), board, done.set, pause=0.0)
    for event in events:
        intake.put(Connection(source, turn, "change"), event)
    await done.wait()
    return board, source, samples


def event(kind: CmdArgType, value: Any, quality: int = 0, **more: Any) -> Any:
    return shape(kind, **more).match(payload(kind, value, quality=quality, **more))


async def test_the_last_of_many_stays_and_all_are_counted() -> None:
    board, source, samples = await fed(
        *(event(CmdArgType.DevDouble, value, written=True) for value in (1.0, 2.0, 3.5))
    )
    place = source.place
    assert (board.value[place], board.set_value[place]) == (3.5, 3.5)
    assert (board.kind[place], board.count[place]) == (NUMBER, 3)
    assert board.last[place] is samples[-1]
    assert [sample.plain.value for sample in samples] == [1.0, 2.0, 3.5]
    assert [sample.value for sample in samples] == [1.0, 2.0, 3.5]
    assert samples[0].data.w_value == 1.0
    assert samples[0].time == samples[0].plain.time / 1e9


async def test_a_number_without_a_set_value() -> None:
    board, source, samples = await fed(event(CmdArgType.DevLong, 7, 2))
    assert (board.value[source.place], board.quality[source.place]) == (7.0, 2)
    assert math.isnan(board.set_value[source.place])
    assert samples[0].plain.set_value is None


async def test_integers_that_no_double_holds_are_objects() -> None:
    board, source, samples = await fed(
        event(CmdArgType.DevULong64, 5), event(CmdArgType.DevULong64, 2**64 - 1)
    )
    assert board.kind[source.place] == OBJECT
    assert board.count[source.place] == 2
    assert samples[1].value == samples[1].plain.value == 2**64 - 1


async def test_booleans_are_numbers_on_the_board() -> None:
    board, source, samples = await fed(event(CmdArgType.DevBoolean, True))
    assert (board.kind[source.place], board.value[source.place]) == (NUMBER, 1.0)
    assert samples[0].value is True
    assert samples[0].plain.value is True


async def test_an_older_connection_is_not_taken() -> None:
    board, source, samples = await fed(event(CmdArgType.DevDouble, 1.0), turn=0)
    assert board.count[source.place] == 0
    assert samples == []


async def test_other_events_keep_their_place_among_numbers() -> None:
    told: list[Any] = []
    one, other = event(CmdArgType.DevDouble, 1.0), event(CmdArgType.DevDouble, 2.0)
    _, source, samples = await fed(one, SimpleNamespace(err=True), other)
    assert len(source.events) == 1
    assert [sample.value for sample in samples] == [1.0, 2.0]
    assert told == []


async def test_a_loop_that_is_behind_is_waited_for() -> None:
    """The thread of the events waits, and what comes meanwhile stays with ZMQ; nothing is discarded."""
    board = Board()
    source: Any = Fed(board)
    intake = Intake(asyncio.get_running_loop(), board, lambda: None, pause=0.0, capacity=5)
    connection = Connection(source, 1, "change")
    number = event(CmdArgType.DevDouble, 1.0)
    pushing = threading.Thread(target=lambda: [intake.put(connection, number) for _ in range(23)])
    pushing.start()
    await asyncio.to_thread(pushing.join)
    await eventually(lambda: bool(board.count[source.place] == 23))
    assert intake.discarded == 0


async def test_the_loop_itself_does_not_wait_for_itself() -> None:
    board = Board()
    source: Any = Fed(board)
    intake = Intake(asyncio.get_running_loop(), board, lambda: None, capacity=5)
    for _ in range(7):
        intake.put(Connection(source, 1, "change"), event(CmdArgType.DevDouble, 1.0))
    assert intake.discarded == 2
    assert np.count_nonzero(board.count) == 0
