"""Rules over running devices: by what was seen, and on devices that run."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from puretango.lint import Settings, lint_device
from puretango.lint.live import (
    Observation,
    Polled,
    Read,
    Request,
    Sample,
    lint_observation,
    observe,
    parse_polling,
)
from puretango.lint.live._observation import parse_request
from puretango.model import AttributeModel, ClassModel, Place
from puretango.server import AttrWriteType, Device, DevState, attribute
from puretango.testing import DeviceTestContext

CURRENT = AttributeModel(name="current", unit="A", access="READ_WRITE")


def _seen(**changes: Any) -> Observation:
    """A device that keeps all rules over running devices, but for what is changed."""
    model = ClassModel(name="Supply", origin="live", description="A supply.", attributes=(CURRENT,))
    seen = Observation("lab/supply/1", model, state="ON", status="Current flows.")
    seen.reads = {"current": Read(0.001, 1.0, "ATTR_VALID", 1)}
    for name, value in changes.items():
        setattr(seen, name, value)
    return seen


def _attributes(*attributes: AttributeModel) -> ClassModel:
    return ClassModel(name="Supply", origin="live", attributes=attributes)


def _samples(state: str, status: str, *values: Any, pace: float = 1.0) -> list[Sample]:
    return [
        Sample(index * pace, state, status, {"current": Read(0.001, value, "ATTR_VALID", 1)})
        for index, value in enumerate(values)
    ]


def _at(clock: float, state: str, cached: str = "") -> Sample:
    return Sample(clock, state, f"It is {state}.", {}, clock, cached)


def _logged(at: float, count: int) -> Sample:
    lines = [f"2026-11-29T10:00:0{number} INFO reading {number}" for number in range(count)]
    return Sample(at, "ON", "x", {"log": Read(0.0, lines, "ATTR_VALID", count)})


TIMES = [index * 0.05 for index in range(20)]
BROKEN: dict[str, Callable[[], Observation]] = {
    "TS001": lambda: _seen(state="UNKNOWN", status="The device is in UNKNOWN state."),
    "TS003": lambda: _seen(state="FAULT", status="The device is in FAULT state."),
    "TS004": lambda: _seen(status="The device is in OFF state."),
    "TS010": lambda: _seen(state="", state_error="no answer"),
    "TS011": lambda: _seen(state="INSERT"),
    "TS012": lambda: _seen(state="INIT"),
    "TS009": lambda: _seen(state_seconds=0.2),
    "TT001": lambda: _seen(reads={"current": Read(3.2, 1.0)}),
    "TT002": lambda: _seen(reads={"current": Read(0.2, 1.0)}),
    "TE004": lambda: _seen(reads={"current": Read(0.0, reason="PyDs_PythonError", text="x")}),
    "TE005": lambda: _seen(reads={"current": Read(0.0, reason="not_now", text="later")}),
    "TE006": lambda: _seen(reads={"current": Read(0.0, reason="NOT_NOW", text="later")}),
    "TE007": lambda: _seen(reads={"current": Read(0.0, reason="HARDWARE_FAILURE", text=" ")}),
    "TA017": lambda: _seen(
        model=_attributes(AttributeModel(name="current", data_format="SPECTRUM", max_dim_x=2)),
        reads={"current": Read(0.0, [1, 2, 3], dim_x=3)},
    ),
    "TA027": lambda: _seen(model=_attributes(AttributeModel(name="current", abs_change="1"))),
    "TT007": lambda: _seen(polling=[Polled("current", False, 200, 300)]),
    "TT008": lambda: _seen(
        polling=[Polled("current", False, 250, 100), Polled("State", False, 250, 100)]
    ),
    "TT011": lambda: _seen(polling=[Polled("current", False, 1000, 1, (1500.0, 1500.0))]),
    "TT009": lambda: _seen(
        reads={"current": Read(0.05, 1.0)},
        requests=[
            Request(at, "read_attributes_5", ("current",), f"client {index % 3}")
            for index, at in enumerate(TIMES)
        ],
    ),
    "TT010": lambda: _seen(
        requests=[Request(0.0, "info", (), "one"), Request(1.0, "info", (), "two")]
    ),
    "TM004": lambda: _seen(
        model=_attributes(AttributeModel(name="current", memorized=True, access="READ_WRITE")),
        requests=[Request(at, "write_attributes_4", ("current",), "one") for at in TIMES],
    ),
    "TS021": lambda: _seen(
        state="FAULT",
        status="The fuse has blown.",
        samples=_samples("FAULT", "The fuse has blown.", *([1.0] * 70)),
    ),
    "TA018": lambda: _seen(
        model=_attributes(
            AttributeModel(name="current", data_format="IMAGE", max_dim_x=4096, max_dim_y=4096)
        ),
        samples=[Sample(t, "ON", "x", {"current": Read(0, 1, "", 10, 10)}) for t in range(4)],
    ),
    "TA020": lambda: _seen(
        model=_attributes(AttributeModel(name="isOpen", data_type="DevShort")),
        samples=[Sample(t, "ON", "x", {"isOpen": Read(0, t % 2, "", 1)}) for t in range(4)],
    ),
    "TA021": lambda: _seen(
        model=_attributes(AttributeModel(name="current", data_type="DevString")),
        samples=_samples("ON", "x", "1.5", "2.5", "3.5"),
    ),
    "TA029": lambda: _seen(
        model=_attributes(AttributeModel(name="current", abs_change="0.01")),
        samples=_samples("ON", "x", 1.0, 1.1, 1.0, 1.2, 1.0, 1.1),
    ),
    "TA032": lambda: _seen(
        state="FAULT", status="No link.", samples=_samples("FAULT", "No link.", math.nan, math.nan)
    ),
    "TD001": lambda: _seen(
        model=ClassModel(name="Supply", origin="live", place=Place("lab/supply/1"))
    ),
    "TL002": lambda: _seen(samples=[_logged(0.0, 1), _logged(1.0, 6)]),
    "TS006": lambda: _seen(
        samples=[_at(0.0, "ON"), _at(1.0, "ON"), _at(1.5, "MOVING")],
        later=[Request(0.8, "command_inout_4", ("go",), "one")],
    ),
    "TS007": lambda: _seen(
        polling=[Polled("State", False, 200, 1)],
        samples=[_at(0.0, "ON"), _at(1.0, "FAULT"), _at(2.0, "FAULT", "ON")],
    ),
}
OF_LIVE = tuple(BROKEN)


@pytest.mark.parametrize("rule", OF_LIVE)
def test_each_rule_is_seen(rule: str) -> None:
    found = lint_observation(BROKEN[rule](), Settings(select=(rule,)))
    assert [one.rule for one in found] == [rule]
    assert found[0].place.path == "lab/supply/1"


def test_a_device_that_keeps_them_all() -> None:
    assert lint_observation(_seen(), Settings(select=OF_LIVE)) == []


def test_status_that_stays_over_a_change() -> None:
    samples = [*_samples("ON", "x", 1.0), *_samples("OFF", "x", 1.0)]
    (found,) = lint_observation(_seen(status="x", samples=samples), Settings(select=("TS004",)))
    assert found.message == "State went from ON to OFF and Status stayed 'x'"


def test_a_movement_that_is_told_at_once_and_a_cache_that_follows() -> None:
    told = [_at(0.0, "ON"), _at(1.0, "MOVING"), _at(1.5, "MOVING", "MOVING"), _at(1.8, "ON", "ON")]
    seen = _seen(
        samples=told,
        later=[Request(0.8, "command_inout_4", ("go",), "one")],
        polling=[Polled("State", False, 200, 1)],
    )
    assert lint_observation(seen, Settings(select=("TS006", "TS007"))) == []


def test_a_polled_state_is_asked_of_the_cache_too() -> None:
    with DeviceTestContext(Slow) as proxy:
        proxy.poll_attribute("State", 100)
        seen = observe("", 3.0, 0.2, 0.05, lambda _: None, proxy)
        assert {one.cached for one in seen.samples} <= {"FAULT", ""}
        assert seen.samples[0].clock > 0
        assert seen.later


def test_a_period_is_proposed() -> None:
    (found,) = lint_observation(BROKEN["TT007"](), Settings(select=("TT007",)))
    assert found.advice == "period 510 ms"


class Slow(Device):
    """Is slow and polled too often."""

    def init_device(self) -> None:
        super().init_device()
        self.set_state(DevState.FAULT)
        self.poll_attribute("current", 100)

    @attribute(unit="A")
    def current(self) -> float:
        return 1.0

    @attribute(access=AttrWriteType.READ, max_value=5)
    def power(self) -> float:
        raise ValueError("not now")


def test_a_running_device_is_only_asked() -> None:
    with DeviceTestContext(Slow) as proxy:
        name = f"tango://127.0.0.1:{proxy.get_dev_port()}/{proxy.dev_name()}#dbase=no"
        found = lint_device(name, Settings())
        asked = proxy.black_box(50)
    assert {"TS003", "TE004", "TA009", "TA004"} <= {one.rule for one in found}
    assert not [line for line in asked if "write" in line or "command_inout" in line]


def test_sampling_asks_at_the_pace_of_its_clock() -> None:
    waits: list[float] = []
    with DeviceTestContext(Slow) as proxy:
        seen = observe("", 3.0, 0.2, 0.05, waits.append, proxy)
    assert len(seen.samples) == len(waits) >= 1
    assert set(waits) == {0.05}


def test_the_polling_status_of_a_server_is_understood() -> None:
    with DeviceTestContext(Slow) as proxy:
        (polled,) = parse_polling(list(proxy.polling_status()))
    assert (polled.name, polled.is_command, polled.period) == ("current", False, 100.0)


def test_black_box_lines_are_understood() -> None:
    with DeviceTestContext(Slow) as proxy:
        proxy.read_attributes(["current", "Status"])
        line = next(one for one in proxy.black_box(10) if "read_attributes" in one)
    request = parse_request(line)
    assert request is not None
    assert request.operation.startswith("read_attributes")
    assert request.members == ("current", "status")
    cpp = "29/11/2026 16:10:33:21 : Operation ping requested from unix:"
    assert parse_request(cpp) == Request(58233.21, "ping", (), "unix:")
    assert parse_request("no such line") is None
