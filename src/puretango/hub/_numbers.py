"""The numbers of many events, decoded together and passed to the board and the recorders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from puretango.hub._sample import Plain, Sample
from puretango.values import EventRecord, ScalarColumns, Undecoded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from puretango.hub._board import Board
    from puretango.hub._ports import Connected, Subscribed

__all__ = ["take_numbers"]

Number = tuple["Connected", Undecoded, float]


def take_numbers(board: Board, numbers: Sequence[Number]) -> None:
    """Take events of numbers and booleans of any attributes, the older ones first."""
    groups: dict[EventRecord, list[Number]] = {}
    for each in numbers:
        connection = each[0]
        # An attribute has one shape at a time: its events stay in order.
        if connection.source.begin_number(connection.turn, connection.how):
            groups.setdefault(each[1][0].record, []).append(each)
    for record, group in groups.items():
        _take(board, record.columns([each[1][1] for each in group]), group)


def _take(board: Board, columns: ScalarColumns, group: list[Number]) -> None:
    samples = []
    recorded: list[tuple[int, Subscribed, Sample]] = []
    places = []
    for at, (connection, found, received) in enumerate(group):
        source = connection.source
        sample = Sample(source.name, connection.how, found, received)
        places.append(source.place)
        samples.append(sample)
        if source.recorders:
            recorded.append((at, source, sample))
    board.put_scalars(np.array(places, np.intp), columns, samples)
    if recorded:
        plain = list(_plain(columns, group))
        for at, source, sample in recorded:
            sample.plain = plain[at]
            for recorder in source.recorders:
                recorder.put(source, sample)


def _plain(columns: ScalarColumns, group: list[Number]) -> Iterator[Plain]:
    values = columns.value.tolist()
    sets = [None] * len(values) if columns.set_value is None else columns.set_value.tolist()
    qualities, times = columns.quality.tolist(), columns.nanoseconds().tolist()
    for (_, (shape, _), _), *rest in zip(group, values, sets, qualities, times, strict=True):
        yield Plain(shape, *rest)
