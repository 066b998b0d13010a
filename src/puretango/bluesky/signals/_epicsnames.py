"""What device code written for EpicsSignal expects of its signals, for Tango's."""

from __future__ import annotations

from typing import Any

from ophyd import Signal

from puretango.bluesky.attributes import AttributeFacts


class EpicsNames(Signal):
    """EpicsSignal's properties, by its names."""

    trl: str

    @property
    def facts(self) -> AttributeFacts:
        """The attribute's type and configuration."""
        raise NotImplementedError

    #: A Tango server answers a write when it has been carried out: every put completes.
    put_complete = True
    #: States, enumerations and texts are always read as texts.
    as_string = False

    @property
    def pvname(self) -> str:
        """Where its readings come from: the attribute's locator."""
        return self.trl

    @property
    def setpoint_pvname(self) -> str:
        """Where it writes: the attribute's locator."""
        return self.trl

    @property
    def limits(self) -> tuple[float, float]:
        """The limits of writing: (low, high); (0, 0) if there are none."""
        return self.facts.control_limits

    @property
    def enum_strs(self) -> tuple[str, ...] | None:
        """The labels that a value may have, if it is a state or an enumeration."""
        return self.facts.labels or None

    @property
    def precision(self) -> int | None:
        """How many digits after the decimal point are significant."""
        return self.facts.precision

    @property
    def alarm_severity(self) -> int | None:
        """Of the last reading: 0 fine, 1 warning, 2 alarm, below 0 unknown."""
        severity: int | None = self._metadata.get("severity")
        return severity

    @property
    def alarm_status(self) -> str | None:
        """The message of the last reading: "warning", "alarm", "changing", or nothing."""
        status: str | None = self._metadata.get("status")
        return status

    setpoint_alarm_severity = alarm_severity
    setpoint_alarm_status = alarm_status

    @property
    def setpoint_ts(self) -> Any:
        """When the setpoint was last read: with the value, in one request."""
        return self.timestamp
