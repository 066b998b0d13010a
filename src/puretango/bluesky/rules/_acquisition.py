"""What Sardana's elements have in common for classic ophyd and ophyd-async."""

from __future__ import annotations

__all__ = ["FAILED_STATES", "SWITCHES", "AcquisitionFailed"]

#: The attributes of a motor's limit switches, and those that convert dial units to the user's.
SWITCHES = ("LowerLimitSwitch", "UpperLimitSwitch", "Sign", "Offset")
#: States in which an acquisition ended badly.
FAILED_STATES = frozenset({"FAULT", "UNKNOWN", "DISABLE", "OFF", "ALARM"})


class AcquisitionFailed(RuntimeError):
    """A counter or a measurement group did not finish its acquisition."""
