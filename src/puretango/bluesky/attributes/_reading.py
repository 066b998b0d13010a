"""Tango's readings as bluesky's, and bluesky's values as Tango takes them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from puretango.errors import (
    CommunicationFailed,
    ConnectionFailed,
    DevError,
    DevFailed,
    ErrSeverity,
    SystemException,
)
from puretango.idl import AttrDataFormat, AttrQuality, CmdArgType, DevState

from ._facts import AttributeFacts
from ._grouping import FailedAnswer

#: Bluesky's alarm severity: 0 is fine, below 0 unknown, above 0 an alarm. A value that is
#: CHANGING is a good value.
SEVERITY: dict[int, int] = {
    int(AttrQuality.ATTR_VALID): 0,
    int(AttrQuality.ATTR_CHANGING): 0,
    int(AttrQuality.ATTR_WARNING): 1,
    int(AttrQuality.ATTR_ALARM): 2,
    int(AttrQuality.ATTR_INVALID): -1,
}
_MESSAGE: dict[int, str] = {
    int(AttrQuality.ATTR_VALID): "",
    int(AttrQuality.ATTR_CHANGING): "changing",
    int(AttrQuality.ATTR_WARNING): "warning",
    int(AttrQuality.ATTR_ALARM): "alarm",
    int(AttrQuality.ATTR_INVALID): "invalid",
}


_UNREACHABLE = frozenset(
    {
        "API_CantConnectToDevice",
        "API_CantConnectToDatabase",
        "API_CommunicationFailed",
        "API_CorbaException",
        "API_DeviceNotExported",
        "API_DeviceTimedOut",
        "API_ServerNotRunning",
    }
)


#: Reasons that say that no connection was made.
_NO_CONNECTION = _UNREACHABLE - {
    "API_CommunicationFailed",
    "API_CorbaException",
    "API_DeviceTimedOut",
}
#: CORBA's completion status of a request that was not executed.
_COMPLETED_NO = 1


def severity_of(quality: Any) -> int:
    """Bluesky's alarm severity of a Tango quality."""
    return SEVERITY.get(int(quality), -1)


class AttributeFailed(DevFailed, RuntimeError):
    """Reading, writing or watching an attribute failed; the text begins with its name.

    A RuntimeError too, which is what ophyd-async's own Tango support raises.
    """

    def __init__(self, trl: str, *errors: Any, unreachable: bool = False) -> None:
        super().__init__(*errors)
        self.trl = trl
        #: Whether the server could not be reached, so that another attempt may succeed.
        self.unreachable = unreachable

    @classmethod
    def from_failure(cls, trl: str, failure: DevFailed) -> AttributeFailed:
        """The failure of a request, with the name of the attribute."""
        return cls(trl, *failure.args, unreachable=unreachable(failure))

    def __str__(self) -> str:
        if not self.args:
            return f"{self.trl}: failed"
        told = telling(self)
        return f"{self.trl}: {str(told.desc).strip()} ({told.reason})"


def telling(failure: DevFailed) -> DevError:
    """The error of a stack that says most plainly what happened.

    That is the first, the cause; but for a lost connection, whose first error is CORBA's, the last one that
    says which device could not be reached.
    """
    errors = failure.args if unreachable(failure) else ()
    reasons = _UNREACHABLE - {"API_CorbaException"}
    found = [error for error in errors if getattr(error, "reason", "") in reasons]
    told: DevError = found[-1] if found else failure.args[-1 if errors else 0]
    return told


def text_of(failure: DevFailed) -> str:
    """What happened, in one line: the telling description and its reason."""
    told = telling(failure) if failure.args else failure
    return f"{getattr(told, 'desc', told)} ({getattr(told, 'reason', '')})".replace("\n", " ")


def description_of(failure: DevFailed) -> str:
    """What happened, in one line: the telling description alone."""
    told = telling(failure) if failure.args else failure
    return str(getattr(told, "desc", told)).strip().replace("\n", " ")


def unreachable(failure: DevFailed) -> bool:
    """Whether the failure means that the server could not be reached, not that it refused."""
    if isinstance(failure, AttributeFailed):
        return failure.unreachable
    if isinstance(failure, (ConnectionFailed, CommunicationFailed)):
        return True
    return any(getattr(error, "reason", "") in _UNREACHABLE for error in failure.args)


def is_late(failure: DevFailed) -> bool:
    """Whether a request was sent and its answer did not come in time: it may still be executed."""
    return any(getattr(error, "reason", "") == "API_DeviceTimedOut" for error in failure.args)


def certainly_not_executed(failure: DevFailed) -> bool:
    """Whether a request never reached the device, so that sending it again repeats nothing.

    That is so if no connection was made, and if CORBA's completion status is COMPLETED_NO. A request
    whose answer is late, or whose connection broke meanwhile, may have been executed.
    """
    if is_late(failure) or not unreachable(failure):
        return False
    cause: BaseException | None = failure
    while cause is not None and not isinstance(cause, SystemException):
        cause = cause.__cause__
    if cause is not None:
        return cause.completed == _COMPLETED_NO
    reasons = {getattr(error, "reason", "") for error in failure.args}
    return bool(reasons & _NO_CONNECTION) and "API_CommunicationFailed" not in reasons


class Sample(NamedTuple):
    """One value of an attribute with everything that belongs to it."""

    value: Any
    timestamp: float
    severity: int
    message: str
    setpoint: Any
    quality: int

    def reading(self) -> dict[str, Any]:
        """The sample as a bluesky reading; a good value has no message."""
        found = {
            "value": self.value,
            "timestamp": self.timestamp,
            "alarm_severity": self.severity,
        }
        if self.message:
            found["message"] = self.message
        return found


def sample(facts: AttributeFacts, trl: str, answer: Any) -> Sample:
    """The sample in a ``DeviceAttribute``; AttributeFailed if the read failed.

    A value of quality INVALID counts as none: it becomes NaN if the type has a NaN, and otherwise the
    read failed.
    """
    if isinstance(answer, FailedAnswer):
        raise AttributeFailed.from_failure(trl, answer.failure) from answer.failure
    if answer.has_failed:
        raise AttributeFailed(trl, *answer.get_err_stack())
    quality = int(answer.quality)
    if quality == int(AttrQuality.ATTR_INVALID):
        value = _missing(facts, trl)
    else:
        value = to_bluesky(facts, answer.value)
        if facts.type == CmdArgType.DevEncoded:
            value = np.frombuffer(bytes(answer.value[1]), dtype=np.uint8)
    setpoint = answer.w_value
    if setpoint is not None and facts.type != CmdArgType.DevEncoded:
        setpoint = to_bluesky(facts, setpoint)
    return Sample(
        value,
        answer.time.totime(),
        severity_of(quality),
        _MESSAGE.get(quality, "unknown quality"),
        setpoint,
        quality,
    )


def to_bluesky(facts: AttributeFacts, value: Any) -> Any:
    """A value of the attribute: labels for states and enumerations, numpy for arrays."""
    if facts.labels:
        return _labelled(facts, value)
    if facts.scalar:
        return value
    if facts.type == CmdArgType.DevString:
        return _texts(facts, value)
    return value if value is not None else _empty(facts)


def is_label_of(facts: AttributeFacts, value: Any) -> bool:
    """Whether ``value`` names elements of an enumeration, whose labels an operator may change."""
    if facts.type != CmdArgType.DevEnum:
        return False
    return isinstance(value, str) or (
        isinstance(value, (list, tuple, np.ndarray)) and np.asarray(value).dtype.kind == "U"
    )


def to_tango(facts: AttributeFacts, value: Any) -> Any:
    """The value to write, in Tango's form: labels are numbers there."""
    if not facts.labels:
        return value
    if facts.format != AttrDataFormat.SCALAR:
        return [to_tango_label(facts, item) for item in np.asarray(value, dtype=object).tolist()]
    return to_tango_label(facts, value)


def to_tango_label(facts: AttributeFacts, value: Any) -> Any:
    """One state or one element of an enumeration; ValueError if there is no such label."""
    if isinstance(value, (list, tuple)):
        return [to_tango_label(facts, item) for item in value]
    if isinstance(value, str):
        if value not in facts.labels:
            raise ValueError(f"{facts.name}: {value!r} is none of {', '.join(facts.labels)}")
        value = facts.labels.index(value)
    if facts.type == CmdArgType.DevState:
        return DevState(int(value))
    return int(value)


def _labelled(facts: AttributeFacts, value: Any) -> Any:
    if facts.format == AttrDataFormat.SCALAR:
        return _label(facts, value)
    width = f"<U{max(map(len, facts.labels))}"
    if value is None:
        return _empty(facts).astype(width)
    return np.array(_label_rows(facts, value), dtype=width)


def _label_rows(facts: AttributeFacts, value: Any) -> Any:
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_label_rows(facts, item) for item in value]
    return _label(facts, value)


def _label(facts: AttributeFacts, value: Any) -> str:
    number = int(value)
    if 0 <= number < len(facts.labels):
        return facts.labels[number]
    return str(number)


def _texts(facts: AttributeFacts, value: Any) -> Any:
    if value is None or len(value) == 0:
        return _empty(facts).astype("<U1")
    return np.array(value, dtype=np.str_)


def _empty(facts: AttributeFacts) -> Any:
    return np.empty((0, 0) if facts.format == AttrDataFormat.IMAGE else (0,))


def _missing(facts: AttributeFacts, trl: str) -> Any:
    if not facts.floating:
        error = DevError(
            "API_AttributeInvalid",
            ErrSeverity.ERR,
            desc="the quality is ATTR_INVALID: there is no value",
            origin="puretango.bluesky",
        )
        raise AttributeFailed(trl, error)
    if facts.scalar:
        return float("nan")
    return np.full((1, 1) if facts.format == AttrDataFormat.IMAGE else (1,), np.nan)


def equal_values(one: Any, other: Any) -> bool:
    """Whether two readings of an attribute are the same; NaN equals NaN."""
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        if not (isinstance(one, np.ndarray) and isinstance(other, np.ndarray)):
            return False
        floating = one.dtype.kind == "f" and other.dtype.kind == "f"
        return np.array_equal(one, other, equal_nan=floating)
    both_nan = one != one and other != other
    return bool(both_nan or one == other)
