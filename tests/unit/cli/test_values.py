"""Texts on the command line to values, and values to texts."""

from __future__ import annotations

import json
import math
from enum import Enum
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from puretango.cli._client import command_argument, split_name
from puretango.cli._failure import Failure
from puretango.cli._values import for_people, for_programs, parse_value

LABELS = ["Off", "Standby", "On air"]
STATES = ["ON", "OFF", "FAULT"]


@pytest.mark.parametrize(
    ("words", "kind", "rank", "expected"),
    [
        (["3"], "DevShort", 0, 3),
        (["-3"], "DevLong64", 0, -3),
        (["0x10"], "DevULong", 0, 16),
        (["1.5"], "DevDouble", 0, 1.5),
        (["-inf"], "DevFloat", 0, -math.inf),
        (["true"], "DevBoolean", 0, True),
        (["OFF"], "DevBoolean", 0, False),
        (["1"], "DevBoolean", 0, True),
        (["hello world"], "DevString", 0, "hello world"),
        (["[1]"], "DevString", 0, "[1]"),
        (['"a\\nb"'], "DevString", 0, "a\nb"),
        (['"'], "DevString", 0, '"'),
        (["42"], "DevString", 0, "42"),
        (["standby"], "DevEnum", 0, 1),
        (["2"], "DevEnum", 0, 2),
        (["fault"], "DevState", 0, "FAULT"),
        (["[1, 2]"], "DevLong", 1, [1, 2]),
        (["1", "2"], "DevLong", 1, [1, 2]),
        (["5"], "DevLong", 1, [5]),
        (["[]"], "DevDouble", 1, []),
        ([], "DevDouble", 1, []),
        (["[1, 2.5]"], "DevDouble", 1, [1.0, 2.5]),
        (['["a", "b c"]'], "DevString", 1, ["a", "b c"]),
        (["a", "b c"], "DevString", 1, ["a", "b c"]),
        (["[true, false]"], "DevBoolean", 1, [True, False]),
        (["[[1, 2], [3, 4]]"], "DevLong", 2, [[1, 2], [3, 4]]),
        (["json", "data"], "DevEncoded", 0, ("json", b"data")),
        ([], "DevVoid", 0, None),
    ],
)
def test_parse(words: list[str], kind: str, rank: int, expected: Any) -> None:
    found = parse_value(words, kind, rank, LABELS, STATES)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("words", "kind", "rank", "text"),
    [
        (["x"], "DevLong", 0, "'x' is not a whole number"),
        (["1.5"], "DevLong", 0, "'1.5' is not a whole number"),
        (["[1.5]"], "DevLong", 1, "1.5 is not a whole number"),
        (["[true]"], "DevLong", 1, "True is not a whole number"),
        (["99999"], "DevShort", 0, "99999 is outside DevShort (-32768 to 32767)"),
        (["[-1]"], "DevULong", 1, "-1 is outside DevULong (0 to 4294967295)"),
        (["[1e400]"], "DevLong", 1, "inf is not a whole number"),
        (["x"], "DevDouble", 0, "'x' is not a number"),
        (["maybe"], "DevBoolean", 0, "neither true nor false"),
        (["none"], "DevEnum", 0, "none of Off, Standby, On air"),
        (["HAPPY"], "DevState", 0, "not a state"),
        (["1", "2"], "DevLong", 0, "takes one value, not 2"),
        ([], "DevLong", 0, "takes one value, not 0"),
        (["[1, 2"], "DevLong", 1, "no JSON array"),
        (["[1, [2]]"], "DevLong", 1, "is not a whole number"),
        (["[1, 2]"], "DevLong", 2, "1 is not an array"),
        (["1"], "DevLong", 2, "a JSON array of rows"),
        (["1"], "DevVoid", 0, "takes no argument"),
        (["1"], "DevEncoded", 0, "a format and the data"),
        (["[{}]"], "DevString", 1, "is not a DevString"),
    ],
)
def test_what_does_not_fit_is_told(words: list[str], kind: str, rank: int, text: str) -> None:
    with pytest.raises(Failure) as caught:
        parse_value(words, kind, rank, LABELS, STATES)
    assert text in str(caught.value)


@pytest.mark.parametrize(
    ("words", "kind", "expected"),
    [
        (["1", "2"], "DevVarShortArray", [1, 2]),
        (["[1.5]"], "DevVarDoubleArray", [1.5]),
        (["a", "b"], "DevVarStringArray", ["a", "b"]),
        (["1", "2"], "DevVarCharArray", [1, 2]),
        (["[true]"], "DevVarBooleanArray", [True]),
        (['[[1, 2], ["a"]]'], "DevVarLongStringArray", [[1, 2], ["a"]]),
        (["[[1.5], []]"], "DevVarDoubleStringArray", [[1.5], []]),
        (["on"], "DevState", "ON"),
        (["text"], "ConstDevString", "text"),
    ],
)
def test_command_argument(words: list[str], kind: str, expected: Any) -> None:
    assert command_argument(words, kind, STATES) == expected


@pytest.mark.parametrize("words", [[], ["1"], ["[1, 2]"], ["x"], ["1", "2"]])
def test_a_pair_of_arrays_needs_both(words: list[str]) -> None:
    with pytest.raises(Failure, match="numbers and texts"):
        command_argument(words, "DevVarLongStringArray", STATES)


def test_names() -> None:
    assert split_name("a/b/c/d") == ("a/b/c", "d")
    assert split_name("alias/d") == ("alias", "d")
    assert split_name("tango://h:1/a/b/c/d#dbase=no") == ("tango://h:1/a/b/c#dbase=no", "d")
    for wrong in ("", "a", "/a", "a/"):
        with pytest.raises(Failure):
            split_name(wrong)


class Colour(Enum):
    RED = 1


@pytest.mark.parametrize(
    ("value", "people", "programs"),
    [
        (None, "-", None),
        (True, "True", True),
        (1.5, "1.5", 1.5),
        (math.nan, "nan", "NaN"),
        (-math.inf, "-inf", "-Infinity"),
        (Colour.RED, "RED", "RED"),
        ("text", "text", "text"),
        (b"\xff\x00", "2 bytes", "ÿ\x00"),
        ((1, 2), "[1, 2]", [1, 2]),
        (numpy.array([1, 2], "i2"), "[1, 2]", [1, 2]),
        (numpy.zeros((2, 3), "f8"), "2 × 3 float64", [[0.0] * 3] * 2),
        (((1, 2), (3, 4), (5, 6)), "3 × 2", [[1, 2], [3, 4], [5, 6]]),
        (numpy.float64(2.5), "2.5", 2.5),
        ({"a": (1,)}, "{'a': (1,)}", {"a": [1]}),
    ],
)
def test_shown(value: Any, people: str, programs: Any) -> None:
    assert for_people(value) == people
    assert for_programs(value) == programs
    json.dumps(for_programs(value), allow_nan=False)


def test_long_arrays_are_shortened_for_people_only() -> None:
    assert for_people(list(range(1000))) == "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, … 997, 998, 999] (1000)"
    assert len(for_programs(list(range(1000)))) == 1000


def test_the_attributes_format_is_used_where_it_is_one_of_c() -> None:
    assert for_people(1.23456, "%6.2f") == "1.23"
    assert for_people([1.0, 2.0], "%.1e") == "[1.0e+00, 2.0e+00]"
    assert for_people(1.5, "scientific;setprecision(3)") == "1.5"
    assert for_people(1.5, "%s %f") == "1.5"


@given(st.lists(st.integers(-(2**63), 2**63 - 1)))
def test_what_json_prints_can_be_written_back(values: list[int]) -> None:
    assert parse_value([json.dumps(for_programs(values))], "DevLong64", 1) == values


@given(st.text())
def test_any_text_is_a_text_or_a_failure(text: str) -> None:
    for kind in ("DevLong", "DevDouble", "DevBoolean", "DevEnum", "DevState", "DevString"):
        for rank in (0, 1, 2):
            try:
                parse_value([text], kind, rank, LABELS, STATES)
            except Failure:
                continue
