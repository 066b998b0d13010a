"""What a reading that fails leaves behind: no alarm of the value before, no quality, no value."""

from __future__ import annotations

import time
from typing import Any

import pytest

from puretango import AttrQuality, Except
from puretango.errors import DevFailed
from puretango.server import Device, TimedAttrData, attribute, command
from puretango.values import DevState
from tests.unit.server.conftest import Serve


class Sensor(Device):
    """Gives a value in alarm until it is told to fail in one of several ways."""

    mode = "well"

    def init_device(self) -> None:
        super().init_device()
        self.set_state(DevState.ON)

    def _given(self, value: Any) -> Any:
        if self.mode == "raises":
            raise RuntimeError("sensor gone")
        if self.mode == "throws":
            Except.throw_exception("Sensor_Gone", "gone", "here")
        return {"well": value, "none": None, "wrong": "text"}[self.mode]

    @attribute(dtype=float, max_alarm=10.0)
    def high(self) -> Any:
        return self._given(50.0)

    @attribute(dtype=(float,), max_dim_x=4, min_warning=100.0)
    def row(self) -> Any:
        return self._given([50.0, 1.0])

    @attribute(dtype=float)
    def judged(self) -> Any:
        if self.mode == "well":
            return 1.0, time.time(), AttrQuality.ATTR_ALARM
        return self._given(1.0)

    @command(dtype_in=str)
    def Mode(self, mode: str) -> None:
        self.mode = mode


NAMES = ["high", "row", "judged"]


def _polled_once(proxy: Any, name: str) -> bool:
    try:
        return bool(proxy.attribute_history(name, 1)[0].has_failed)
    except DevFailed:
        return False


@pytest.mark.parametrize("mode", ["raises", "throws", "none", "wrong"])
@pytest.mark.parametrize("polled", [False, True])
def test_a_failed_reading_is_in_no_alarm(serve: Serve, mode: str, polled: bool) -> None:
    served = serve(Sensor)
    proxy = served.proxy()
    proxy.read_attributes(NAMES)
    assert proxy.state() == DevState.ALARM
    assert len(proxy.status().splitlines()) == 4
    proxy.Mode(mode)
    if polled:
        for name in NAMES:
            served.device.poll_attribute(name, 20)
        deadline = time.monotonic() + 5
        while not all(_polled_once(proxy, name) for name in NAMES):
            assert time.monotonic() < deadline
    else:
        assert all(value.has_failed for value in proxy.read_attributes(NAMES))
    assert proxy.state() == DevState.ON
    assert proxy.status() == "The device is in ON state."
    proxy.Mode("well")
    if not polled:
        proxy.read_attributes(NAMES)
        assert proxy.state() == DevState.ALARM


def test_a_value_that_is_not_set_after_a_failure_is_an_error_again(serve: Serve) -> None:
    served = serve(Sensor)
    proxy = served.proxy()
    for mode in ("raises", "none", "none"):
        proxy.Mode(mode)
        with pytest.raises(DevFailed):
            proxy.read_attribute("row")
        with pytest.raises(DevFailed):
            proxy.read_attribute("high")


class Labelled(Device):
    """An enumeration, given values with and without a label."""

    given: Any = 0

    @attribute(dtype="DevEnum", enum_labels=["zero", "one"])
    def one(self) -> Any:
        return self.given

    @attribute(dtype=("DevEnum",), enum_labels=["zero", "one"], max_dim_x=3)
    def many(self) -> Any:
        return [0, self.given]


@pytest.mark.parametrize("given", [2, 7])
def test_a_value_without_label_is_not_sent(serve: Serve, given: int) -> None:
    served = serve(Labelled)
    proxy, device = served.proxy(), served.device
    device.given = 1
    assert proxy.read_attribute("one").value == 1
    assert list(proxy.read_attribute("many").value) == [0, 1]
    device.given = given
    for name in ("one", "many"):
        with pytest.raises(DevFailed, match="API_AttrOptProp"):
            proxy.read_attribute(name)
    with pytest.raises(DevFailed, match="API_AttrOptProp"):
        device.push_change_event("one", given)
    device.poll_attribute("one", 0)
    with pytest.raises(DevFailed, match="API_AttrOptProp"):
        device.fill_attr_polling_buffer("one", TimedAttrData(value=given))
    with pytest.raises(TypeError):
        device.fill_attr_polling_buffer("one", TimedAttrData(value=0, quality=1.5))


def test_what_is_no_state_or_quality_is_refused(serve: Serve) -> None:
    served = serve(Labelled)
    device = served.device
    for wrong in (300, 1.5, "ON", -1):
        with pytest.raises(TypeError):
            device.set_state(wrong)
    with pytest.raises(TypeError):
        device.set_status(5)
    with pytest.raises(TypeError):
        device.get_device_attr().get_attr_by_name("one").set_quality(1.5)
