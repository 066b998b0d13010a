"""The configuration of an attribute: texts with their precedence, and what they mean.

A property's text comes from the device's entry in the database, else from the class's entry,
else from the author's default, else from the library. :class:`Settings` is the result, never
changed but replaced, so all devices of a class share one object until one of them is
configured otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from puretango.errors import DevFailed
from puretango.server.base._failure import throw
from puretango.server.declaration._attr import CONFIG_NAMES, NUMERIC_TYPES, Attr
from puretango.server.declaration._change import NOT_SPECIFIED, UNSET, Change, fill_in, joined
from puretango.values import CmdArgType

STATUS_NOT_SET = "Not initialised"
"""The status of a device that has never set one."""
NO_DESCRIPTION = "No description"
NO_STANDARD_UNIT = "No standard unit"
NO_DISPLAY_UNIT = "No display unit"
DEFAULT_PERIOD = "1000"

TEXT_NAMES = ("label", "description", "unit", "standard_unit", "display_unit", "format")
LIMIT_NAMES = (
    "min_value",
    "max_value",
    "min_alarm",
    "max_alarm",
    "min_warning",
    "max_warning",
)
DELTA_NAMES = ("delta_val", "delta_t")
CHANGE_NAMES = ("rel_change", "abs_change", "archive_rel_change", "archive_abs_change")
PERIOD_NAMES = ("period", "archive_period")
DATABASE_NAMES = {"period": "event_period"}
"""The properties that the database knows by other names."""

_INTEGERS = frozenset(
    {
        CmdArgType.DevShort,
        CmdArgType.DevLong,
        CmdArgType.DevLong64,
        CmdArgType.DevUChar,
        CmdArgType.DevUShort,
        CmdArgType.DevULong,
        CmdArgType.DevULong64,
    }
)
_FLOATS = frozenset({CmdArgType.DevFloat, CmdArgType.DevDouble})
_WITHOUT_LEVELS = frozenset({CmdArgType.DevString, CmdArgType.DevBoolean, CmdArgType.DevState})
_IGNORED = frozenset({"min_warning", "max_warning", "delta_val"})
_UNSETTABLE_FOR = {
    **dict.fromkeys(_WITHOUT_LEVELS, ("min_warning", "max_warning", *DELTA_NAMES, *CHANGE_NAMES)),
    CmdArgType.DevEnum: ("delta_val",),
}
_WITH_TEXT_FORMAT = frozenset({CmdArgType.DevString, CmdArgType.DevEnum})


def is_state_or_status(spec: Attr) -> bool:
    """True for the attributes State and Status, whose periods alone can be changed."""
    return spec.lower_name in ("state", "status")


def library_default(spec: Attr, name: str) -> str:
    """What a property is when nobody says anything."""
    if name == "label":
        return spec.name
    if name == "format":
        if spec.type in _FLOATS:
            return "%6.2f"
        if spec.type in _INTEGERS:
            return "%d"
        return "%s" if spec.type in _WITH_TEXT_FORMAT else NOT_SPECIFIED
    return _LIBRARY.get(name, NOT_SPECIFIED)


_LIBRARY = {
    "description": NO_DESCRIPTION,
    "unit": "",
    "standard_unit": NO_STANDARD_UNIT,
    "display_unit": NO_DISPLAY_UNIT,
    "period": DEFAULT_PERIOD,
}


_UNSETTABLE = frozenset({*CHANGE_NAMES, "archive_period"})


class Settings:
    """The effective configuration of one attribute."""

    __slots__ = (
        "alarmed",
        "changes",
        "delta_t",
        "delta_val",
        "enum_labels",
        "max_alarm",
        "max_value",
        "max_warning",
        "min_alarm",
        "min_value",
        "min_warning",
        "periods",
        "root",
        "texts",
    )

    def __init__(
        self,
        spec: Attr,
        texts: dict[str, str],
        enum_labels: Sequence[str],
        device: str,
        *,
        root: str = NOT_SPECIFIED,
        check: bool = True,
    ) -> None:
        self.texts = texts
        self.enum_labels = list(enum_labels)
        self.root = root
        for name in LIMIT_NAMES:
            setattr(self, name, _number(spec, texts, name, device))
        self.delta_val = _number(spec, texts, "delta_val", device)
        self.delta_t = _milliseconds(spec, texts, "delta_t", device) or 0
        self.changes = {name: _changes(spec, texts, name, device) for name in CHANGE_NAMES}
        self.periods = {name: _milliseconds(spec, texts, name, device) for name in PERIOD_NAMES}
        has_rds = self.delta_val is not None and self.delta_t > 0
        self.alarmed = has_rds or any(
            getattr(self, name) is not None for name in LIMIT_NAMES if "value" not in name
        )
        if check:
            self._check(spec, device)
            check_labels(spec.name, self.enum_labels)

    min_value: Any
    max_value: Any
    min_alarm: Any
    max_alarm: Any
    min_warning: Any
    max_warning: Any

    def _check(self, spec: Attr, device: str) -> None:
        for low, high in (
            ("min_value", "max_value"),
            ("min_alarm", "max_alarm"),
            ("min_warning", "max_warning"),
        ):
            a, b = getattr(self, low), getattr(self, high)
            if a is not None and b is not None and a >= b:
                raise throw(
                    "API_IncoherentValues",
                    f"Device {device}-> Attribute : {spec.name}\n"
                    f"Value of {low} is greater than or equal to {high}",
                    "Attribute::set_upd_properties()",
                )

    @property
    def has_rds(self) -> bool:
        """True if set and read value are compared."""
        return self.delta_val is not None and self.delta_t > 0


def _unsupported(spec: Attr, name: str, device: str) -> DevFailed:
    shown = DATABASE_NAMES.get(name, name)
    return throw(
        "API_AttrOptProp",
        f"Device {device}-> Attribute : {spec.name}\n"
        f"The property {shown} is defined in an unsupported format",
        "Attribute::convert_prop_value()",
    )


def _unsettable(spec: Attr, name: str, device: str) -> DevFailed:
    return throw(
        "API_AttrOptProp",
        f"Device {device}-> Attribute : {spec.name}\n"
        f"The property {name} is not settable for the attribute data type",
        "Attribute::set_one_alarm_prop()",
    )


def check_settable(spec: Attr, texts: Mapping[str, str], device: str) -> None:
    """Refuse levels and changes of a type without them.

    Clients that ask for some of them are not told, which is Tango's way: the author and the
    database are.
    """
    for name in _UNSETTABLE_FOR.get(spec.type, ()):
        text = texts.get(name, NOT_SPECIFIED)
        if text not in ("", NOT_SPECIFIED) and (name, text) != ("delta_t", "0"):
            raise _unsettable(spec, name, device)


def _check_rds(spec: Attr, found: Settings, device: str) -> None:
    """One of the two properties says nothing."""
    if (found.delta_val is None) != (found.delta_t == 0):
        raise throw(
            "API_AttrOptProp",
            "RDS alarm properties (delta_t and delta_val) are not correctly defined for attribute "
            f"{spec.name} in device {device}",
            "Attribute::init_opt_prop()",
        )


def _number(spec: Attr, texts: dict[str, str], name: str, device: str) -> Any:
    text = texts[name]
    if text == NOT_SPECIFIED:
        return None
    if name in _IGNORED and spec.type in _WITHOUT_LEVELS:
        texts[name] = NOT_SPECIFIED  # as Tango does
        return None
    if spec.type not in NUMERIC_TYPES and (
        spec.type != CmdArgType.DevEncoded
        and (name, spec.type) != ("delta_val", CmdArgType.DevEnum)
    ):
        raise _unsettable(spec, name, device)
    try:
        value = float(text)
    except ValueError:
        raise _unsupported(spec, name, device) from None
    if math.isnan(value):
        raise _unsupported(spec, name, device)
    if spec.type not in _FLOATS:
        try:
            whole = int(text)
        except ValueError:
            whole = int(value)
            texts[name] = str(whole)
        return whole
    return value


def _milliseconds(spec: Attr, texts: dict[str, str], name: str, device: str) -> int | None:
    text = texts[name]
    if text == NOT_SPECIFIED:
        return None
    if name == "delta_t" and spec.type in _WITHOUT_LEVELS:
        texts[name] = NOT_SPECIFIED
        return None
    try:
        return int(float(text))
    except (ValueError, OverflowError):
        raise _unsupported(spec, name, device) from None


def _changes(
    spec: Attr, texts: dict[str, str], name: str, device: str
) -> tuple[float | None, float | None]:
    """The allowed change below and above the last value; one text sets both."""
    text = texts[name]
    if text == NOT_SPECIFIED:
        return None, None
    if spec.type in _WITHOUT_LEVELS:
        texts[name] = NOT_SPECIFIED  # Tango ignores it for the types that have no distance
        return None, None
    try:
        change = Change.of(text)
    except ValueError:
        raise _unsupported(spec, name, device) from None
    texts[name] = change.text
    return change.pair()


def check_labels(name: str, labels: Sequence[str]) -> None:
    """No two labels of an enumeration may be the same."""
    for index, label in enumerate(labels):
        if label in labels[:index]:
            raise throw(
                "API_AttrOptProp",
                f"Enumeration for attribute {name} has two similar labels ({label}, {label})",
                "Attribute::build_check_enum_labels",
            )


def kept_texts(entries: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The properties in a database's entries for an attribute, each as one text."""
    found = {}
    for name in CONFIG_NAMES:
        values = entries.get(DATABASE_NAMES.get(name, name)) or entries.get(name)
        if values:
            found[name] = joined(values) if name in CHANGE_NAMES else "\n".join(values)
    return found


def stored_texts(name: str, text: str) -> list[str]:
    """How the database keeps a property."""
    if name in CHANGE_NAMES:
        return Change.of(text).stored
    return [UNSET if text == NOT_SPECIFIED and name in _UNSETTABLE else text]


class Sources:
    """Where an attribute's texts come from, in order of precedence below the device's own."""

    def __init__(self, spec: Attr, from_class: Mapping[str, Sequence[str]]) -> None:
        self.spec = spec
        self.user = {name: text for name, text in spec.defaults.values.items() if text != ""}
        self.user_labels = list(spec.defaults.labels)
        self.class_texts = kept_texts(from_class)
        self.class_labels = list(from_class.get("enum_labels", ()))

    def user_default(self, name: str) -> str:
        """The author's default, else the library's."""
        text = self.user.get(name)
        return library_default(self.spec, name) if text in (None, NOT_SPECIFIED) else str(text)

    def class_default(self, name: str) -> str:
        """The class's entry in the database, else the author's default."""
        text = self.class_texts.get(name)
        if text is None:
            return self.user_default(name)
        return self.resolve(name, text, self.user_default(name))

    def class_text(self, name: str) -> str:
        """The class's default as it is shown: numbers as numbers are written."""
        text = self.class_default(name)
        return Change.of(text).text if name in CHANGE_NAMES else text

    def resolve(self, name: str, text: str, not_a_number: str | None = None) -> str:
        """The effective text for one that was set: three texts reset the property.

        "Not specified" gives the library's default, "" the author's, "NaN" the class's.
        """
        above = self.class_default(name) if not_a_number is None else not_a_number
        if name in CHANGE_NAMES:
            text = fill_in(text, self.user_default(name), above)
        if text == "":
            return self.user_default(name)
        unset = text == UNSET and name in _UNSETTABLE
        if text == NOT_SPECIFIED or unset or text == _LIBRARY.get(name):
            return library_default(self.spec, name)
        if text.lower() == "nan":
            return above
        return text

    def labels(self) -> list[str]:
        """The enumeration's labels when the device has none of its own."""
        return self.class_labels or self.user_labels


def library_settings(spec: Attr, device: str) -> Settings:
    """The configuration when nobody says anything, or nothing that can be used."""
    texts = {name: library_default(spec, name) for name in CONFIG_NAMES}
    return Settings(spec, texts, spec.defaults.labels, device, check=False)


def resolve_settings(
    sources: Sources, from_device: Mapping[str, Sequence[str]], device: str
) -> Settings:
    """The configuration of an attribute of that device, with its entries in the database."""
    own = kept_texts(from_device)
    texts = {}
    for name in CONFIG_NAMES:
        text = own.get(name)
        if text is None:
            texts[name] = sources.class_default(name)
        elif text == "" and name in TEXT_NAMES:
            texts[name] = text  # kept as such: it resets only where a client sets it
        else:
            texts[name] = sources.resolve(name, text)
    labels = list(from_device.get("enum_labels", ())) or sources.labels()
    root = from_device.get("__root_att")
    check_settable(sources.spec, texts, device)
    found = Settings(
        sources.spec, texts, labels, device, root="\n".join(root) if root else NOT_SPECIFIED
    )
    _check_rds(sources.spec, found, device)
    return found
