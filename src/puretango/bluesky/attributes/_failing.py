"""What a plan gets from an attribute that fails in mid-run."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeAlias

import numpy as np

from puretango.errors import DevFailed

from ._facts import AttributeFacts
from ._reading import AttributeFailed, Sample, sample

__all__ = ["OnFailure", "OnFailures", "Policies", "sample_or_stand_in", "tolerant_key"]


class OnFailure(Enum):
    """What an event holds for an attribute that cannot be read, or whose quality is INVALID.

    A stand-in has the alarm severity -1 (unknown) and says in its message what went wrong.
    """

    #: Nothing: the reading fails, and the plan with it.
    FAIL = "fail"
    #: NaN. Integers and booleans are then described as numbers; a text becomes empty.
    NAN = "nan"
    #: The last value that could be read; if there is none yet, the reading fails.
    LAST = "last"
    #: It is never part of its device's events but has a stream of its own: see ``own_streams``.
    OWN_STREAM = "own_stream"


#: One policy for everything, or a policy for each of some attributes, where "*" is all others.
OnFailures: TypeAlias = "OnFailure | str | Mapping[str, OnFailure | str]"


class Policies:
    """A device's policies by attribute. ValueError for a policy that does not exist."""

    def __init__(self, chosen: OnFailures = OnFailure.FAIL) -> None:
        if not isinstance(chosen, Mapping):
            chosen = {"*": chosen}
        self._chosen = {name.lower(): OnFailure(policy) for name, policy in chosen.items()}
        self._rest = self._chosen.pop("*", OnFailure.FAIL)

    def of(self, attribute: str) -> OnFailure:
        """The policy for one attribute."""
        return self._chosen.get(attribute.lower(), self._rest)

    @property
    def names(self) -> list[str]:
        """The attributes, in lower case, that have a policy of their own."""
        return list(self._chosen)


def sample_or_stand_in(
    facts: AttributeFacts, trl: str, answer: Any, policy: OnFailure, last: Sample | None
) -> Sample:
    """A sample of an answer, or of the stand-in that ``policy`` gives; AttributeFailed if it gives none.

    ``answer`` is a ``DeviceAttribute`` or the DevFailed of the whole request; ``last`` is the last
    sample that was taken.
    """
    try:
        if isinstance(answer, DevFailed):
            raise AttributeFailed.from_failure(trl, answer) from answer
        found = sample(facts, trl, answer)
        if policy is OnFailure.LAST and found.severity < 0 and last is not None:
            # NaN, by a quality of INVALID.
            return found._replace(value=last.value)
        return found
    except AttributeFailed as failure:
        if policy is OnFailure.NAN:
            value = _nothing(facts, last)
        elif policy is OnFailure.LAST and last is not None:
            value = last.value
        else:
            raise
        setpoint = None if last is None else last.setpoint
        moment = _moment(answer, last)
        return Sample(value, moment, -1, str(failure), setpoint, quality=1)


def tolerant_key(facts: AttributeFacts, policy: OnFailure, key: dict[str, Any]) -> dict[str, Any]:
    """A DataKey for which a NaN is a value too."""
    if policy is OnFailure.NAN and (facts.numeric or _boolean(facts)) and not facts.floating:
        key = {**key, "dtype_numpy": "<f8"}
        if facts.scalar:
            key["dtype"] = "number"
    return key


def _nothing(facts: AttributeFacts, last: Sample | None) -> Any:
    numeric = facts.numeric or _boolean(facts)
    if facts.scalar:
        return float("nan") if numeric else ""
    shape = np.shape(last.value) if last is not None else (1,) * (2 if facts.image else 1)
    return np.full(shape, np.nan) if numeric else np.full(shape, "", dtype="<U1")


def _boolean(facts: AttributeFacts) -> bool:
    return facts.dtype_numpy() == "|b1"


def _moment(answer: Any, last: Sample | None) -> float:
    """When it failed, according to the device, in seconds; otherwise when it was last known."""
    moment = getattr(answer, "time", None)
    if moment is not None and moment.totime() > 0:
        return float(moment.totime())
    return 0.0 if last is None else last.timestamp
