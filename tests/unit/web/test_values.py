"""Values for JSON and back; texts of Starter, polling and black boxes."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from puretango.errors import DevFailed
from puretango.hub import Sample
from puretango.values import AttrDataFormat, CmdArgType, DeviceAttribute
from puretango.web._values import from_json, to_json
from puretango.web.live._frame import array_message, is_array
from puretango.web.pages._diagnosis import parse_black_box
from puretango.web.pages._hosts import parse_servers
from puretango.web.pages._polling import parse_status, proposed_periods


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (math.nan, '"NaN"'),
        (-math.inf, '"-Infinity"'),
        (2**53, "9007199254740992"),
        (2**53 + 1, '"9007199254740993"'),
        (-(2**63), '"-9223372036854775808"'),
        (np.float32(0.5), "0.5"),
        (np.array([1.0, math.nan]), '[1.0, "NaN"]'),
        (np.array([[1, 2], [3, 4]], np.uint8), "[[1, 2], [3, 4]]"),
        (np.array([2**63], np.uint64), '["9223372036854775808"]'),
        (np.array([], np.int64), "[]"),
        ("µ\x00", '"\\u00b5\\u0000"'),
        (("json", b"\xff"), '["json", "/w=="]'),
        (np.bool_(True), "true"),
        (None, "null"),
        ({"a": (1, math.inf)}, '{"a": [1, "Infinity"]}'),
    ],
)
def test_json_has_a_word_for_everything(value: Any, text: str) -> None:
    assert json.dumps(to_json(value), allow_nan=False) == text


@pytest.mark.parametrize("kind", [CmdArgType.DevLong64, CmdArgType.DevULong64, CmdArgType.DevLong])
def test_integers_come_back_exactly(kind: CmdArgType) -> None:
    for value in (0, 2**31 - 1, 2**53 + 1, 2**63 - 1):
        assert from_json(to_json(value), kind) == value


@pytest.mark.parametrize(
    ("value", "kind", "shape"),
    [
        ("x", CmdArgType.DevDouble, AttrDataFormat.SCALAR),
        (None, CmdArgType.DevLong, AttrDataFormat.SCALAR),
        (0.5, CmdArgType.DevLong, AttrDataFormat.SCALAR),
        ({}, CmdArgType.DevDouble, AttrDataFormat.SPECTRUM),
        ([1, [2]], CmdArgType.DevDouble, AttrDataFormat.SPECTRUM),
        ([1], CmdArgType.DevDouble, AttrDataFormat.IMAGE),
        ([["json"]], CmdArgType.DevEncoded, AttrDataFormat.SCALAR),
        (["json", "no base64!"], CmdArgType.DevEncoded, AttrDataFormat.SCALAR),
    ],
)
def test_what_does_not_fit_is_a_dev_failed(value: Any, kind: CmdArgType, shape: Any) -> None:
    with pytest.raises(DevFailed):
        from_json(value, kind, shape)


def _sample(value: Any) -> Sample:
    data = DeviceAttribute()
    data.value = value
    return Sample("a/b/c/d", "polled", data, 0.0)


def test_large_arrays_are_thinned_out_and_say_so() -> None:
    sample = _sample(np.arange(60_001, dtype=np.int64))
    assert is_array(sample)
    message = array_message(7, sample)
    width, height, step, code = np.frombuffer(message, "<u4", 4, 20)
    assert (width, height, step, code) == (15_001, 0, 4, 0)
    assert np.frombuffer(message, "<f8", offset=40)[1] == 4
    image = array_message(7, _sample(np.ones((1024, 2048), np.uint8)))
    assert list(np.frombuffer(image, "<u4", 4, 20)) == [512, 256, 4, 6]
    assert len(image) == 40 + 512 * 256
    assert not is_array(_sample(np.zeros(0)))
    assert not is_array(_sample("text"))


def test_a_region_of_an_image_is_whole() -> None:
    """What is cut out is thinned out only where it is too large itself."""
    image = np.arange(1000 * 2000, dtype=np.uint32).reshape(1000, 2000)
    message = array_message(7, _sample(image), (1500, 900, 300, 400))
    assert list(np.frombuffer(message, "<u4", 4, 20)) == [
        300,
        100,
        1,
        3 + 256,
    ]  # as far as there is any
    assert list(np.frombuffer(message, "<u2", 2, 36)) == [1500, 900]
    pixels = np.frombuffer(message, "<u4", offset=40).reshape(100, 300)
    assert (pixels == image[900:1000, 1500:1800]).all()
    outside = array_message(7, _sample(image), (3000, 0, 10, 10))
    assert list(np.frombuffer(outside, "<u2", 2, 36)) == [0, 0]
    assert list(np.frombuffer(outside, "<u4", 3, 20)) == [500, 250, 4]
    curve = array_message(7, _sample(np.zeros(5)), (1, 1, 2, 2))
    assert list(np.frombuffer(curve, "<u4", 2, 20)) == [5, 0]


STATUS = (
    "Polled attribute name = current\nPolling period (mS) = 100\nPolling ring buffer depth = 10\n"
    "Time needed for the last attribute reading (mS) = 50.000\nData not updated since 30 mS\n"
    "Delta between last records (in mS) = 250, 100, 101, 99"
)


def test_polling_status_is_read() -> None:
    found = parse_status(STATUS)
    assert found == {
        "kind": "attribute", "name": "current", "period": 100.0, "ring": 10.0, "took": 50.0, "stamp": 30.0,
        "last": [250.0, 100.0, 101.0, 99.0], "error": "", "late": True,
    }  # fmt: skip
    none = parse_status(
        "Polled command name = State\nPolling period (mS) = 1000\nNo data recorded yet"
    )
    assert (none["kind"], none["took"], none["late"]) == ("command", None, False)
    failed = parse_status(
        STATUS + "\nLast attribute read FAILED :\n\tReason = API_X\n\tDesc = it is out"
    )
    assert "it is out" in failed["error"]


def test_the_proposal_is_the_guidelines_example() -> None:
    """Seed 002: state needs 100 ms and current 50 ms, so both are polled every 250 ms."""
    objects = [
        {"kind": "attribute", "name": "State", "period": 100.0, "took": 100.0},
        {"kind": "attribute", "name": "current", "period": 100.0, "took": 50.0},
    ]
    found = proposed_periods(objects)
    assert found["busy"] == 1.5
    assert [each["period"] for each in found["proposal"]] == [250, 250]
    calm = proposed_periods([{"kind": "attribute", "name": "a", "period": 250.0, "took": 150.0}])
    assert calm["proposal"] == []


def test_black_box_lines_of_both_kinds_of_server() -> None:
    found = parse_black_box(
        [
            "29/11/2026 15:49:38:35 : Operation read_attributes_5 (a) from cache requested from localhost (pid 5)",
            "29/11/2026 15:49:37:35 : Attribute adm_name requested from localhost",
            "29/11/2026 15:49:37:35 : Attribute adm_name requested from localhost",
            "nonsense",
        ]
    )
    assert found["records"][0]["client"] == "localhost (pid 5)"
    assert found["records"][0]["request"] == "Operation read_attributes_5 (a) from cache"
    assert found["statistics"][0]["count"] == 2
    assert found["seconds"] == pytest.approx(1.0)


def test_starters_lines() -> None:
    lines = ["TangoTest/a\tON\t1\t2\t1", "X/b\tFAULT\t0\t0", "nonsense", "Y/c\tMOVING\t1\tx"]
    assert [(each["name"], each["state"], each["level"]) for each in parse_servers(lines)] == [
        ("TangoTest/a", "ON", 2), ("X/b", "FAULT", 0), ("Y/c", "MOVING", 0),
    ]  # fmt: skip
