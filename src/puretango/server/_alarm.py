"""Alarms: the read value against the levels, and against the set value (RDS)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from puretango.errors import Except
from puretango.values import AttrQuality, AttrWriteType, CmdArgType

if TYPE_CHECKING:
    from puretango.server._attr import Attr
    from puretango.server._settings import Settings

MIN_LEVEL, MAX_LEVEL, RDS, MIN_WARN, MAX_WARN = (1 << bit for bit in range(5))
_ALARMS = MIN_LEVEL | MAX_LEVEL | RDS
_TEXTS = (
    (MIN_LEVEL, "Alarm : Value too low for "),
    (MAX_LEVEL, "Alarm : Value too high for "),
    (RDS, "Alarm : Read too Different than Set (RDS) for "),
    (MIN_WARN, "Warning : Value too low for "),
    (MAX_WARN, "Warning : Value too high for "),
)


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
    written_at: float = 0.0

    def check_alarm(self) -> bool:
        """Compare the value with the levels, set the quality; True if one is passed."""
        settings = self.settings
        if not settings.alarmed:
            Except.throw_exception(
                "API_AttrNoAlarm",
                f"No alarm defined for attribute {self.name}",
                "Attribute::check_alarm()",
            )
        if self.quality == AttrQuality.ATTR_INVALID:
            return False
        flags = self._level_flags(settings)
        if settings.has_rds and not flags & (MIN_LEVEL | MAX_LEVEL) and self._differs(settings):
            flags |= RDS
        self.alarm_flags = flags
        if flags & _ALARMS:
            self.quality = AttrQuality.ATTR_ALARM
        elif flags and self.quality != AttrQuality.ATTR_ALARM:
            self.quality = AttrQuality.ATTR_WARNING
        return bool(flags)

    def _level_flags(self, settings: Settings) -> int:
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
        if (time.time() - self.written_at) * 1000 < settings.delta_t:
            return False
        part = self.set_part()
        if part is None:
            return False
        written = np.asarray(part[0], dtype=float)
        read = np.asarray(self.value, dtype=float)
        count = min(len(written), len(read))
        distance = np.abs(read[:count] - written[:count])
        return bool((distance >= settings.delta_val).any())

    def forget_alarm(self) -> None:
        """What was in alarm may not be so under other levels."""
        self.alarm_flags = 0
        if self.quality in (AttrQuality.ATTR_ALARM, AttrQuality.ATTR_WARNING):
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

    def describe_alarm(self) -> str:
        """A line for the Status of a device in ALARM; empty if nothing is wrong."""
        label = self.settings.texts["label"]
        for flag, text in _TEXTS:
            if self.alarm_flags & flag:
                return text + label
        return ""
