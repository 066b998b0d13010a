"""Times as people and programs write them: seconds, datetimes, ISO texts, ``-2h``, ``now``."""

from __future__ import annotations

import re
import time
from datetime import datetime

__all__ = ["Time", "nanoseconds"]

Time = int | float | str | datetime

_UNITS = {
    "s": 1.0,
    "m": 60.0,
    "min": 60.0,
    "h": 3600.0,
    "d": 86400.0,
    "w": 604800.0,
    "y": 31557600.0,
}
_LAST = 9.15e9  # seconds: the largest time in 64 bits of nanoseconds
_AGO = re.compile(r"(?:now)?\s*-\s*(\d+(?:\.\d+)?)\s*(s|min|m|h|d|w|y)", re.IGNORECASE)


def nanoseconds(when: Time, now: float | None = None) -> int:
    """A time as ns since 1970.

    Args:
        when: Seconds since 1970; a datetime (local if it has no time zone); an ISO text, likewise; ``now``;
            or how long ago: ``-90s``, ``-15m``, ``-2h``, ``-1d``, ``now-1w``.
        now: Seconds since 1970; the clock's if not given.

    Raises:
        ValueError: It is not a time.
    """
    if isinstance(when, datetime):
        return _exact(when)
    if isinstance(when, str):
        return _of_text(when.strip(), time.time() if now is None else now)
    if not abs(when) < _LAST:
        raise ValueError(f"{when} s is not a time: more than 290 years from 1970")
    if isinstance(when, int):
        return when * 1_000_000_000
    return round(when * 1e6) * 1000


def _of_text(text: str, now: float) -> int:
    if text.lower() == "now":
        return nanoseconds(now)
    ago = _AGO.fullmatch(text)
    if ago:
        return nanoseconds(now - float(ago[1]) * _UNITS[ago[2].lower()])
    try:
        seconds = float(text)
    except ValueError:
        pass
    else:
        return nanoseconds(seconds)
    try:
        return _exact(datetime.fromisoformat(text))
    except ValueError:
        raise ValueError(
            f"{text!r} is not a time (2026-11-29T12:00, seconds since 1970, now, -2h)"
        ) from None


def _exact(when: datetime) -> int:
    aware = when.astimezone()
    whole = int(aware.replace(microsecond=0).timestamp())
    return nanoseconds(whole) + aware.microsecond * 1000
