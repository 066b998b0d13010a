"""What bluesky needs to know about an attribute, from the attribute's configuration."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from puretango.idl import AttrDataFormat, AttrWriteType, CmdArgType, DevState, DispLevel

_PRINTF = re.compile(r"%[-+ #0]*\d*\.(\d+)[eEfFgG]")
_STREAM = re.compile(r"precision\(\s*(\d+)\s*\)")

_INTEGERS = {
    CmdArgType.DevUChar: "|u1",
    CmdArgType.DevShort: "<i2",
    CmdArgType.DevUShort: "<u2",
    CmdArgType.DevLong: "<i4",
    CmdArgType.DevULong: "<u4",
    CmdArgType.DevLong64: "<i8",
    CmdArgType.DevULong64: "<u8",
}
_FLOATS = {CmdArgType.DevFloat: "<f4", CmdArgType.DevDouble: "<f8"}
#: The length allowed for a text if nothing says how long it may become.
_TEXT = 256


@dataclass(frozen=True)
class Range:
    """Two limits, either of which may be absent."""

    low: float | None = None
    high: float | None = None

    def __bool__(self) -> bool:
        return self.low is not None or self.high is not None

    def as_limits(self) -> dict[str, float | None]:
        """The range in the form that a DataKey holds."""
        return {"low": self.low, "high": self.high}


@dataclass(frozen=True)
class AttributeFacts:
    """One attribute of one device: its type and its configuration."""

    name: str
    type: CmdArgType
    format: AttrDataFormat
    writable: AttrWriteType
    label: str = ""
    description: str = ""
    unit: str = ""
    precision: int | None = None
    control: Range = field(default_factory=Range)
    warning: Range = field(default_factory=Range)
    alarm: Range = field(default_factory=Range)
    rds: tuple[float, float] | None = None
    labels: tuple[str, ...] = ()
    expert: bool = False
    memorized: bool = False

    @classmethod
    def from_configuration(cls, info: Any) -> AttributeFacts:
        """The facts in an ``AttributeInfoEx``."""
        alarms = info.alarms

        def alarm(name: str) -> float | None:
            return _number(
                getattr(alarms, name, None)
            )  # an unfilled PyTango structure lacks the member

        delta_time, delta_value = alarm("delta_t"), alarm("delta_val")
        return cls(
            name=str(info.name),
            type=CmdArgType(int(info.data_type)),
            format=AttrDataFormat(int(info.data_format)),
            writable=AttrWriteType(int(info.writable)),
            label=str(info.label),
            description="" if info.description == "No description" else str(info.description),
            unit=_specified(info.unit),
            precision=precision_of(str(info.format)),
            control=Range(_number(info.min_value), _number(info.max_value)),
            warning=Range(alarm("min_warning"), alarm("max_warning")),
            alarm=Range(alarm("min_alarm"), alarm("max_alarm")),
            rds=(delta_time, delta_value) if delta_time and delta_value is not None else None,
            labels=labels_of(info),
            expert=int(info.disp_level) == int(DispLevel.EXPERT),
            memorized=int(info.memorized) > 1,
        )

    @property
    def readable(self) -> bool:
        """Whether a read gives more than what was last written."""
        return self.writable != AttrWriteType.WRITE

    @property
    def writes(self) -> bool:
        """Whether it can be written."""
        return self.writable in (AttrWriteType.WRITE, AttrWriteType.READ_WRITE)

    @property
    def control_limits(self) -> tuple[float, float]:
        """The limits of writing: (low, high); (0, 0) if there are none."""
        if not self.control:
            return (0, 0)
        low = -math.inf if self.control.low is None else self.control.low
        return (low, math.inf if self.control.high is None else self.control.high)

    def forbids(self, value: Any) -> bool:
        """Whether a number, or one in an array, is outside the limits of writing."""
        numbers = np.asarray(value)
        if not self.control or not self.numeric or numbers.dtype.kind not in "biuf":
            return False
        low, high = self.control_limits
        return bool(np.any((numbers < low) | (numbers > high)))

    @property
    def scalar(self) -> bool:
        """Whether a reading is one value; an encoded value is an array of its bytes."""
        return self.format == AttrDataFormat.SCALAR and self.type != CmdArgType.DevEncoded

    @property
    def image(self) -> bool:
        """Whether a reading has two dimensions."""
        return self.format == AttrDataFormat.IMAGE

    @property
    def numeric(self) -> bool:
        """Whether the elements are numbers."""
        return self.type in _INTEGERS or self.type in _FLOATS

    @property
    def floating(self) -> bool:
        """Whether the elements can be NaN."""
        return self.type in _FLOATS

    @property
    def dtype(self) -> str:
        """The JSON type of a reading, as a DataKey has it."""
        if not self.scalar:
            return "array"
        if self.type in _INTEGERS:
            return "integer"
        if self.type in _FLOATS:
            return "number"
        return "boolean" if self.type == CmdArgType.DevBoolean else "string"

    def dtype_numpy(self, value: Any = None) -> str:
        """numpy's type of an element; for texts, at least as long as ``value`` needs."""
        number = _INTEGERS.get(self.type) or _FLOATS.get(self.type)
        if number:
            return number
        if self.type == CmdArgType.DevBoolean:
            return "|b1"
        if self.type == CmdArgType.DevEncoded:
            return "|u1"
        if self.labels:
            return f"<U{max(map(len, self.labels))}"
        return f"<U{max(_TEXT, _longest(value))}"

    def limits(self) -> dict[str, Any]:
        """All limits that are set, as a DataKey holds them."""
        found: dict[str, Any] = {
            kind: limits.as_limits()
            for kind, limits in (
                ("control", self.control),
                ("warning", self.warning),
                ("alarm", self.alarm),
            )
            if limits
        }
        if self.rds is not None:
            found["rds"] = {"time_difference": self.rds[0], "value_difference": self.rds[1]}
        return found

    def data_key(self, source: str, value: Any = None) -> dict[str, Any]:
        """The whole DataKey; ``value`` is a reading, which gives an array's present shape."""
        key: dict[str, Any] = {
            "source": source,
            "dtype": self.dtype,
            "shape": [] if self.scalar else self._shape(value),
            "dtype_numpy": self.dtype_numpy(value),
        }
        if self.unit:
            key["units"] = self.unit
        if self.precision is not None and self.floating:
            key["precision"] = self.precision
        if limits := self.limits():
            key["limits"] = limits
        if self.labels:
            key["choices"] = list(self.labels)
        return key

    def _shape(self, value: Any) -> list[int | None]:
        if value is None:
            return [None] * (2 if self.format == AttrDataFormat.IMAGE else 1)
        return list(np.shape(value))


def _specified(text: Any) -> str:
    text = str(text)
    return "" if text in ("No unit", "Not specified") else text


def _number(text: Any) -> float | None:
    try:
        value = float(text)
    except (TypeError, ValueError):
        return None
    return None if math.isnan(value) else value


def precision_of(display: str) -> int | None:
    """The digits after the decimal point in a display format, C's or Tango's; None if it says nothing."""
    found = _PRINTF.search(display) or _STREAM.search(display)
    return int(found.group(1)) if found else None


def labels_of(info: Any) -> tuple[str, ...]:
    """The labels of states, or of an enumeration's elements, in an ``AttributeInfoEx``."""
    if int(info.data_type) == int(CmdArgType.DevState):
        return state_labels()
    if int(info.data_type) == int(CmdArgType.DevEnum):
        return tuple(str(label) for label in info.enum_labels)
    return ()


def state_labels() -> tuple[str, ...]:
    """The names of a device's states, by their numbers."""
    return tuple(DevState(number).name for number in range(14))


def _longest(value: Any) -> int:
    if value is None:
        return 0
    if isinstance(value, str):
        return len(value)
    array = np.asarray(value)
    return array.dtype.itemsize // 4 if array.dtype.kind == "U" else 0
