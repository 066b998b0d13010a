"""When moves, flights and acquisitions are over, and how they ended: without control layer, thread or clock."""

from __future__ import annotations

from ._acquisition import FAILED_STATES, SWITCHES, AcquisitionFailed
from ._course import Course, FlightError
from ._flyinfo import FlyRun, fly_run, ramp_time
from ._lima import (
    LIMA_CONFIGURATION,
    LIMA_DATASET,
    LIMA_SETTINGS,
    LimaFlight,
    LimaStep,
    lima_data_key,
    lima_flight,
    lima_step,
)
from ._measurement import Channel, channels_of
from ._move import (
    Limits,
    MoveCourse,
    MoveFailed,
    are_close,
    check_position,
    is_moving,
    narrowed,
    user_limits,
)
from ._points import cut, data_key, events_of, page_of, prefers_pages

__all__ = [
    "AcquisitionFailed",
    "Channel",
    "Course",
    "FAILED_STATES",
    "FlightError",
    "Limits",
    "FlyRun",
    "LIMA_CONFIGURATION",
    "LIMA_DATASET",
    "LIMA_SETTINGS",
    "LimaFlight",
    "LimaStep",
    "MoveCourse",
    "MoveFailed",
    "SWITCHES",
    "are_close",
    "channels_of",
    "check_position",
    "cut",
    "data_key",
    "events_of",
    "fly_run",
    "is_moving",
    "lima_data_key",
    "lima_flight",
    "lima_step",
    "narrowed",
    "page_of",
    "prefers_pages",
    "ramp_time",
    "user_limits",
]
