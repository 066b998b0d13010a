"""Which of a device's attributes are read in one request: as many as it can answer in time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from puretango.errors import DevFailed

__all__ = ["FailedAnswer", "Grouping"]

#: The part of a request's timeout that the attributes of one group may need together.
_SHARE = 0.5


class FailedAnswer:
    """In place of a ``DeviceAttribute``: this attribute could not be read."""

    has_failed = True

    def __init__(self, failure: DevFailed) -> None:
        self.failure = failure

    def get_err_stack(self) -> tuple[Any, ...]:
        """What went wrong, the cause first."""
        return self.failure.args


class Grouping:
    """How long each attribute of a device takes to read, as far as that has been measured.

    All attributes are one group until a request for a group is late. Then each is read and timed
    by itself, once, and from then on a request holds attributes that together need half of its time at most.
    """

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}

    def groups(self, attributes: Sequence[str], timeout: float) -> list[list[str]]:
        """The attributes, in groups that can be read within ``timeout`` seconds."""
        if not self._seconds:
            return [list(attributes)] if attributes else []
        groups: list[list[str]] = []
        spent = 0.0
        for attribute in sorted(attributes, key=self._of):
            seconds = self._of(attribute)
            if not groups or spent + seconds > _SHARE * timeout:
                groups.append([])
                spent = 0.0
            groups[-1].append(attribute)
            spent += seconds
        return groups

    def took(self, attribute: str, seconds: float) -> None:
        """Note how long reading this attribute took."""
        self._seconds[attribute.lower()] = seconds

    def _of(self, attribute: str) -> float:
        return self._seconds.get(attribute.lower(), 0.0)
