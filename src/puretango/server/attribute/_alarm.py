"""Alarms: the read value against the levels, and against the set value (RDS)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from puretango.errors import Except
from puretango.server.attribute._distance import difference
from puretango.values import AttrQuality, AttrWriteType, CmdArgType

if TYPE_CHECKING:
    from puretango.server.attribute._ports import AttributeOwner
    from puretango.server.base._wiretype import WireType
    from puretango.server.declaration._attr import Attr
    from puretango.server.declaration.settings._settings import Settings

MIN_LEVEL, MAX_LEVEL, RDS, MIN_WARN, MAX_WARN = (1 << bit for bit in range(5))
_ALARMS = MIN_LEVEL | MAX_LEVEL | RDS
_TEXTS = (
    (MIN_LEVEL, "Alarm : Value too low for "),
    (MAX_LEVEL, "Alarm : Value too high for "),
    (RDS, "Alarm : Read too Different than Set (RDS) for "),
    (MIN_WARN, "Warning : Value too low for "),
    (MAX_WARN, "Warning : Value too high for "),
)
CALM = (AttrQuality.ATTR_VALID, 0)
"""The condition of an attribute within its levels."""
RAISED = (AttrQuality.ATTR_ALARM, AttrQuality.ATTR_WARNING)
"""Qualities that make a device's State ALARM."""
_ERROR, _WARN, _INFO = 2, 3, 4
_LINES = (
    (MIN_LEVEL, _ERROR, "MIN ALARM"),
    (MAX_LEVEL, _ERROR, "MAX ALARM"),
    (RDS, _WARN, "RDS (Read Different Set) ALARM"),
    (MIN_WARN, _WARN, "MIN WARNING"),
    (MAX_WARN, _WARN, "MAX WARNING"),
)
_QUALITIES = {
    AttrQuality.ATTR_INVALID: (_ERROR, "INVALID"),
    AttrQuality.ATTR_CHANGING: (_INFO, "CHANGING"),
    AttrQuality.ATTR_VALID: (_INFO, "INFO"),
    AttrQuality.ATTR_ALARM: (_ERROR, "User defined ALARM"),
    AttrQuality.ATTR_WARNING: (_WARN, "User defined WARNING"),
}
"""What the device's log says: levels and words are Tango's."""


class AlarmChecks:
    """The alarms of an attribute; ``alarm_flags`` says which are on."""

    name: str
    settings: Settings
    spec: Attr
    data_type: CmdArgType
    writable: AttrWriteType
    value: Any
    quality: AttrQuality
    alarm_flags: int
    device: AttributeOwner
    noted: tuple[AttrQuality, int] = CALM
    """The condition last written to the device's log."""
    written_at: float = 0.0
    wire: WireType

    def check_alarm(self) -> bool:
        """Compare the value with the levels, set the quality; True if one is passed.

        A quality that the author has given is left as it is.
        """
        settings = self.settings
        if not settings.alarmed:
            Except.throw_exception(
                "API_AttrNoAlarm",
                f"No alarm defined for attribute {self.name}",
                "Attribute::check_alarm()",
            )
        if self.quality != AttrQuality.ATTR_VALID:
            if self.noted != (self.quality, self.alarm_flags):
                self._note_quality(self.alarm_flags)
            return bool(self.alarm_flags)
        flags = self._level_flags(settings)
        if settings.has_rds and self._differs(settings):
            flags |= RDS
        self.alarm_flags = flags
        if flags:
            self._take_quality(
                AttrQuality.ATTR_ALARM if flags & _ALARMS else AttrQuality.ATTR_WARNING
            )
        if self.noted != (self.quality, flags):
            self._note_quality(flags)
        return bool(flags)

    def _take_quality(self, quality: AttrQuality) -> None:
        """The quality is this one; the device hears of those that concern its State."""
        self.quality = quality
        if quality in RAISED:
            self.device.get_device_attr().note_raised(self)

    def calm(self) -> None:
        """Note that the value is within its levels again."""
        self.alarm_flags = 0
        self._note_quality(0)

    def _note_quality(self, flags: int) -> None:
        """A line in the device's log when the attribute enters another condition, or leaves one."""
        now = (self.quality, flags)
        before, self.noted = self.noted, CALM if now == CALM else now
        for flag, level, text in _LINES:
            if flags & flag:
                self.device.get_logger().log(level, "%s for attribute %s", text, self.name)
                return
        if before[0] != self.quality and self.quality in _QUALITIES:
            level, text = _QUALITIES[self.quality]
            self.device.get_logger().log(level, "%s quality for attribute %s", text, self.name)

    def _level_flags(self, settings: Settings) -> int:
        value = self.value
        if value is not None and len(value) == 1 and self.data_type != CmdArgType.DevEncoded:
            low = high = value[0]
        else:
            low, high = self._extremes()
        if low is None:
            return 0
        flags = 0
        if settings.min_alarm is not None and low <= settings.min_alarm:
            flags |= MIN_LEVEL
        if settings.max_alarm is not None and high >= settings.max_alarm:
            flags |= MAX_LEVEL
        if not flags:
            if settings.min_warning is not None and low <= settings.min_warning:
                flags |= MIN_WARN
            if settings.max_warning is not None and high >= settings.max_warning:
                flags |= MAX_WARN
        return flags

    def _extremes(self) -> tuple[Any, Any]:
        """The smallest and the largest value; those of the bytes for DevEncoded."""
        value = self.value
        if value is None or len(value) == 0:
            return None, None
        if self.data_type == CmdArgType.DevEncoded:
            value = np.frombuffer(bytes(value[0].encoded_data), np.uint8)
            if not len(value):
                return None, None
        if len(value) == 1:
            return value[0], value[0]
        array = np.asarray(value)
        if array.dtype.kind == "f":
            array = array[~np.isnan(array)]
            if not array.size:
                return None, None
        return array.min().item(), array.max().item()

    def _differs(self, settings: Settings) -> bool:
        """True if the read value is too far from the set one, long enough after the write."""
        if self.writable != AttrWriteType.READ_WRITE or not self.written_at:
            return False
        if (time.monotonic() - self.written_at) * 1000 < settings.delta_t:
            return False
        part = self.set_part()
        if part is None:
            return False
        written, read = np.asarray(part[0]), np.asarray(self.value)
        if self.wire.dtype is not None:
            written, read = written.astype(self.wire.dtype), read.astype(self.wire.dtype)
        count = min(len(written), len(read))
        read, written = read[:count], written[:count]
        if (np.isnan(read) != np.isnan(written)).any():
            return True  # only one of the two is a number
        return bool((np.abs(difference(read, written)) >= settings.delta_val).any())

    def forget_alarm(self) -> None:
        """Forget the alarm: under other levels the value may be in none."""
        self.alarm_flags = 0
        if self.quality in RAISED:
            self.quality = AttrQuality.ATTR_VALID

    def set_part(self) -> tuple[Any, int, int] | None:
        """The set value of a writable attribute."""
        return None

    def is_min_alarm(self) -> bool:
        """True if the value is at or below the alarm level."""
        return bool(self.alarm_flags & MIN_LEVEL)

    def is_max_alarm(self) -> bool:
        """True if the value is at or above the alarm level."""
        return bool(self.alarm_flags & MAX_LEVEL)

    def is_min_warning(self) -> bool:
        """True if the value is at or below the warning level."""
        return bool(self.alarm_flags & MIN_WARN)

    def is_max_warning(self) -> bool:
        """True if the value is at or above the warning level."""
        return bool(self.alarm_flags & MAX_WARN)

    def is_rds_alarm(self) -> bool:
        """True if read and set value differ."""
        return bool(self.alarm_flags & RDS)

    def describe_alarm(self) -> list[str]:
        """The lines for the Status of a device in ALARM; none if nothing is wrong."""
        label = self.settings.texts["label"]
        return [text + label for flag, text in _TEXTS if self.alarm_flags & flag]
