"""What the text of an attribute's property means: numbers as Tango's servers read them.

C++ reads a number from a stream that must end after it: blanks before the number do
not matter, anything after it is an error. Integers may be written as floating-point numbers, which are
truncated, except for periods in the database.
"""

from __future__ import annotations

import re
from typing import Any

from puretango.errors import DevFailed
from puretango.server.base._failure import throw
from puretango.server.declaration._attr import NUMERIC_TYPES, Attr
from puretango.server.declaration.settings._change import FLOAT, NOT_SPECIFIED, Change
from puretango.values import SCALARS, CmdArgType

__all__ = ["changes_of", "limit_of", "milliseconds_of", "unsettable"]

DATABASE_NAMES = {"period": "event_period"}
"""The properties that the database knows by other names."""
WITHOUT_LEVELS = frozenset({CmdArgType.DevString, CmdArgType.DevBoolean, CmdArgType.DevState})
FLOATS = frozenset({CmdArgType.DevFloat, CmdArgType.DevDouble})
_IGNORED = frozenset({"min_warning", "max_warning", "delta_val"})
_INTEGER = re.compile(r"\s*[+-]?[0-9]+")
_PERIODS = (-(2**31), 2**31 - 1)
_DELTA_T = (-(2**63), 2**63 - 1)
DEFAULT_PERIOD = "1000"


def _unsupported(spec: Attr, name: str, device: str) -> DevFailed:
    shown = DATABASE_NAMES.get(name, name)
    return throw(
        "API_AttrOptProp",
        f"Device {device}-> Attribute : {spec.name}\n"
        f"The property {shown} is defined in an unsupported format",
        "Attribute::convert_prop_value()",
    )


def unsettable(spec: Attr, name: str, device: str) -> DevFailed:
    """The error about a property that the attribute's type does not have."""
    return throw(
        "API_AttrOptProp",
        f"Device {device}-> Attribute : {spec.name}\n"
        f"The property {name} is not settable for the attribute data type",
        "Attribute::set_one_alarm_prop()",
    )


def limit_of(spec: Attr, texts: dict[str, str], name: str, device: str, kept: bool) -> Any:
    """A number of the attribute's type: a limit, a level, or ``delta_val``."""
    text = texts[name]
    if text == NOT_SPECIFIED:
        return None
    if name in _IGNORED and spec.type in WITHOUT_LEVELS:
        texts[name] = NOT_SPECIFIED  # as Tango does
        return None
    if spec.type not in NUMERIC_TYPES and (
        spec.type != CmdArgType.DevEncoded
        and (name, spec.type) != ("delta_val", CmdArgType.DevEnum)
    ):
        raise unsettable(spec, name, device)
    if spec.type in FLOATS:
        if not FLOAT.fullmatch(text) or abs(float(text)) == float("inf"):
            raise _unsupported(spec, name, device)
        return float(text)
    kind = SCALARS[CmdArgType.DevUChar if spec.type == CmdArgType.DevEncoded else spec.type]
    limits = (-(2**63), 2**64) if spec.type == CmdArgType.DevEncoded else (kind.low, kind.high)
    whole = _whole(text, limits)
    if whole is None:
        raise _unsupported(spec, name, device)
    if not kept:
        texts[name] = str(whole)
    return whole


def _whole(text: str, limits: tuple[int, int], cut: bool = True) -> int | None:
    """An integer, or a floating-point number that may be truncated to one; None if it is neither."""
    if _INTEGER.fullmatch(text):
        whole = int(text)
    elif not cut or not FLOAT.fullmatch(text) or abs(float(text)) == float("inf"):
        return None
    else:
        whole = int(float(text))
    return whole if limits[0] <= whole <= limits[1] else None


def milliseconds_of(
    spec: Attr, texts: dict[str, str], name: str, device: str, kept: bool
) -> int | None:
    """A period, or ``delta_t``."""
    text = texts[name]
    if text == NOT_SPECIFIED:
        return None
    if name == "delta_t" and spec.type in WITHOUT_LEVELS:
        texts[name] = NOT_SPECIFIED
        return None
    whole = _whole(text, _DELTA_T if name == "delta_t" else _PERIODS, cut=not kept)
    if whole is None:
        raise _unsupported(spec, name, device)
    if name == "delta_t":
        texts[name] = (text if kept else str(whole)) if whole else NOT_SPECIFIED
        return whole
    if kept and whole <= 0:  # the same as no period
        texts[name] = DEFAULT_PERIOD if name == "period" else NOT_SPECIFIED
        return int(DEFAULT_PERIOD) if name == "period" else None
    texts[name] = str(whole)
    return whole


def changes_of(
    spec: Attr, texts: dict[str, str], name: str, device: str, kept: bool
) -> tuple[float | None, float | None]:
    """The allowed change below and above the last value; one text sets both."""
    text = texts[name]
    if text == NOT_SPECIFIED:
        return None, None
    if spec.type in WITHOUT_LEVELS:
        texts[name] = NOT_SPECIFIED  # Tango ignores it for types whose values cannot be subtracted
        return None, None
    try:
        change = Change.of(text)
    except ValueError:
        raise _unsupported(spec, name, device) from None
    texts[name] = change.text
    return change.pair()
