"""Attributes on the wire: types, formats, what read methods return, limits, alarms, failures."""

from __future__ import annotations

import time
from enum import IntEnum
from typing import Any

import numpy as np
import pytest

from puretango.errors import DevFailed, NamedDevFailedList
from puretango.server import Device, attribute
from puretango.values import AttrQuality, AttrWriteType, CmdArgType, DevState
from tests.unit.server.conftest import Serve

VALUES: list[tuple[Any, Any]] = [
    (bool, True),
    (CmdArgType.DevUChar, 255),
    ("int16", -32768),
    ("uint16", 65535),
    ("int32", -(2**31)),
    ("uint32", 2**32 - 1),
    (int, -(2**63)),
    ("uint64", 2**64 - 1),
    ("float32", 1.5),
    (float, -1.7e308),
    (str, "caf\xe9 " * 1000),
    (DevState, DevState.RUNNING),
]


def failure(call: Any, *args: Any) -> DevFailed:
    with pytest.raises(DevFailed) as caught:
        call(*args)
    return caught.value


@pytest.mark.parametrize(("dtype", "value"), VALUES, ids=lambda v: str(v)[:12])
def test_every_type_in_every_format(serve: Serve, dtype: Any, value: Any) -> None:
    class Echo(Device):
        kept: Any = None

        scalar = attribute(dtype=dtype, access=AttrWriteType.READ_WRITE)
        spectrum = attribute(dtype=(dtype,), max_dim_x=10, access=AttrWriteType.READ_WRITE)
        image = attribute(
            dtype=((dtype,),), max_dim_x=10, max_dim_y=10, access=AttrWriteType.READ_WRITE
        )

        def _read(self) -> Any:
            return self.kept

        def _write(self, value: Any) -> None:
            self.kept = value

        read_scalar = read_spectrum = read_image = _read
        write_scalar = write_spectrum = write_image = _write

    proxy = serve(Echo).proxy()
    for name, sent in (
        ("scalar", value),
        ("spectrum", [value, value, value]),
        ("spectrum", []),
        ("image", [[value, value], [value, value], [value, value]]),
    ):
        proxy.write_attribute(name, sent)
        got = proxy.read_attribute(name)
        assert np.array_equal(np.asarray(got.value), np.asarray(sent)), name
        assert np.array_equal(np.asarray(got.w_value), np.asarray(sent)), name


def test_what_a_read_method_may_return(serve: Serve) -> None:
    class Forms(Device):
        @attribute
        def plain(self) -> float:
            return 1.5

        @attribute(dtype=float)
        def with_quality(self) -> Any:
            return 2.5, AttrQuality.ATTR_CHANGING

        @attribute
        def with_time(self) -> tuple[float, float, AttrQuality]:
            return 3.5, 1234.5, AttrQuality.ATTR_WARNING

        @attribute(dtype=float)
        def set_inside(self) -> None:
            self.get_device_attr().get_attr_by_name("set_inside").set_value(4.5)

        @attribute(dtype=float)
        def invalid(self) -> Any:
            return 0.0, time.time(), AttrQuality.ATTR_INVALID

        @attribute(dtype=float)
        def nothing(self) -> None:
            return None

        @attribute(dtype=int)
        def wrong(self) -> str:
            return "text"

    proxy = serve(Forms).proxy()
    assert proxy.plain == 1.5
    assert proxy.read_attribute("with_quality").quality is AttrQuality.ATTR_CHANGING
    timed = proxy.read_attribute("with_time")
    assert (timed.value, timed.time.totime(), timed.quality) == (
        3.5,
        1234.5,
        AttrQuality.ATTR_WARNING,
    )
    assert proxy.set_inside == 4.5
    invalid = proxy.read_attribute("invalid")
    assert invalid.quality is AttrQuality.ATTR_INVALID
    assert invalid.value is None
    assert failure(proxy.read_attribute, "nothing").args[0].reason == "API_AttrValueNotSet"
    error = failure(proxy.read_attribute, "wrong").args[0]
    assert error.reason == "PyDs_PythonError"
    assert "Expecting a integer type" in error.desc


class Colour(IntEnum):
    RED = 0
    GREEN = 1


class Limited(Device):
    value = 1.0
    colour_value = 0

    limited = attribute(min_value=-1, max_value=10, min_warning=-0.5, max_warning=5, max_alarm=8)

    def read_limited(self) -> float:
        return self.value

    limited.setter(lambda self, value: setattr(self, "value", value))

    @attribute(dtype=Colour)
    def colour(self) -> Any:
        return self.colour_value

    @colour.setter
    def colour(self, value: Any) -> None:
        self.colour_value = value

    @attribute
    def broken(self) -> float:
        raise ValueError("no sensor")

    @attribute
    def forbidden(self) -> float:
        return 1.0

    def is_forbidden_allowed(self, _request: Any) -> bool:
        return False

    def init_device(self) -> None:
        super().init_device()
        self.set_state(DevState.ON)


Limited.limited.attr_write = AttrWriteType.READ_WRITE


def test_a_value_outside_the_limits_changes_nothing(serve: Serve) -> None:
    served = serve(Limited)
    proxy = served.proxy()
    for value in (10.5, -1.5, float("nan")):
        error = failure(proxy.write_attribute, "limited", value).args[0]
        assert error.reason == "API_WAttrOutsideLimit"
    assert served.device.value == 1.0
    assert failure(proxy.write_attribute, "colour", 2).args[0].reason == "API_WAttrOutsideLimit"
    assert failure(proxy.write_attribute, "broken", 1.0).args[0].reason == "API_AttrNotWritable"


@pytest.mark.parametrize(
    ("value", "quality", "state"),
    [
        (1.0, AttrQuality.ATTR_VALID, DevState.ON),
        (5.0, AttrQuality.ATTR_WARNING, DevState.ALARM),
        (8.0, AttrQuality.ATTR_ALARM, DevState.ALARM),
        (-0.5, AttrQuality.ATTR_WARNING, DevState.ALARM),
    ],
)
def test_levels_give_quality_and_state(
    serve: Serve, value: float, quality: AttrQuality, state: DevState
) -> None:
    served = serve(Limited)
    proxy = served.proxy()
    served.device.value = value
    for _ in range(3):  # the second time goes by the plan
        assert proxy.read_attribute("limited").quality is quality
    assert proxy.state() is state
    if state is DevState.ALARM:
        assert "for limited" in proxy.status()
    served.device.value = 0.0
    assert proxy.state() is DevState.ON


def test_one_failure_fails_no_other(serve: Serve) -> None:
    proxy = serve(Limited).proxy()
    for _ in range(2):
        good, broken, forbidden, unknown, state = proxy.read_attributes(
            ["limited", "broken", "forbidden", "unknown", "State"]
        )
        assert good.value == 1.0
        assert broken.has_failed
        assert broken.get_err_stack()[0].desc == "ValueError: no sensor\n"
        assert forbidden.get_err_stack()[0].reason == "API_AttrNotAllowed"
        assert unknown.get_err_stack()[0].reason == "API_AttrNotFound"
        assert state.value == DevState.ON
    with pytest.raises(NamedDevFailedList) as caught:
        proxy.write_attributes([("limited", 2.0), ("colour", 7), ("broken", 1.0)])
    assert [(e.name, e.idx_in_call) for e in caught.value.err_list] == [
        ("broken", 2),  # not writable: found before any value was looked at
        ("colour", 1),
    ]
    assert proxy.limited == 2.0


def test_rds_compares_set_and_read_value_after_a_while(serve: Serve) -> None:
    class Lazy(Device):
        @attribute(delta_val=1, delta_t=10_000)
        def follows(self) -> float:
            return 0.0

        @follows.setter
        def follows(self, _value: float) -> None: ...

    served = serve(Lazy)
    proxy = served.proxy()
    proxy.follows = 5.0
    assert proxy.read_attribute("follows").quality is AttrQuality.ATTR_VALID
    served.device.get_device_attr().get_w_attr_by_name("follows").written_at -= 11
    assert proxy.read_attribute("follows").quality is AttrQuality.ATTR_ALARM


def test_memorized_values_come_back(serve: Serve) -> None:
    class Keeper(Device):
        written: list[float]

        def init_device(self) -> None:
            super().init_device()
            self.written = []

        @attribute(memorized=True, hw_memorized=True)
        def restored(self) -> float:
            return self.written[-1] if self.written else 0.0

        @restored.setter
        def restored(self, value: float) -> None:
            self.written.append(value)

        @attribute(memorized=True)
        def shown(self) -> float:
            return 0.0

        @shown.setter
        def shown(self, value: float) -> None:
            self.written.append(-value)

    kept = {"test/unit/1": {"restored": {"__value": ["2.5"]}, "shown": {"__value": ["7"]}}}
    served = serve(Keeper, attribute_properties=kept)
    proxy = served.proxy()
    assert served.device.written == [2.5]
    assert proxy.read_attribute("shown").w_value == 7
    proxy.restored = 3.5
    served.admin().command_inout("DevRestart", served.name)
    assert served.device.written == [3.5]
    assert proxy.restored == 3.5


def test_a_memorized_value_that_cannot_be_written_is_told(serve: Serve) -> None:
    class Refuses(Device):
        refuse = True

        @attribute(memorized=True, hw_memorized=True)
        def level(self) -> float:
            return 1.0

        @level.setter
        def level(self, _value: float) -> None:
            if self.refuse:
                raise RuntimeError("no power")

    kept = {"test/unit/1": {"level": {"__value": ["2.5"]}}}
    served = serve(Refuses, attribute_properties=kept)
    proxy = served.proxy()
    assert failure(proxy.read_attribute, "level").args[1].reason == "API_MemAttFailedDuringInit"
    assert proxy.state() is DevState.ALARM
    served.device.refuse = False
    proxy.level = 1.0
    assert proxy.level == 1.0


def test_read_with_write_shows_another_attributes_set_value(serve: Serve) -> None:
    class Pair(Device):
        target = attribute(access=AttrWriteType.WRITE)

        def write_target(self, _value: float) -> None: ...

        actual = attribute(access=AttrWriteType.READ_WITH_WRITE, associated="target")

        def read_actual(self) -> float:
            return 1.0

    proxy = serve(Pair).proxy()
    proxy.target = 3.0
    got = proxy.read_attribute("actual")
    assert (got.value, got.w_value) == (1.0, 3.0)
    assert proxy.get_attribute_config("actual").writable_attr_name == "target"
