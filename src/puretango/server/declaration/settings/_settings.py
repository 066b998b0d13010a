"""The configuration of an attribute: texts with their precedence, and what they mean.

A property's text comes from the device's entry in the database, else from the class's entry,
else from the author's default, else from the library. :class:`Settings` is the result, never
changed but replaced, so all devices of a class share one object until one of them is
configured otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from puretango.errors import DevFailed
from puretango.server.base._failure import throw
from puretango.server.declaration._attr import CONFIG_NAMES, Attr
from puretango.server.declaration.settings._change import (
    NOT_SPECIFIED,
    UNSET,
    Change,
    fill_in,
    joined,
)
from puretango.server.declaration.settings._meaning import (
    DATABASE_NAMES,
    DEFAULT_PERIOD,
    FLOATS,
    WITHOUT_LEVELS,
    changes_of,
    limit_of,
    milliseconds_of,
    unsettable,
)
from puretango.values import CmdArgType

STATUS_NOT_SET = "Not initialised"
"""The status of a device that has never set one."""
NO_DESCRIPTION = "No description"
NO_STANDARD_UNIT = "No standard unit"
NO_DISPLAY_UNIT = "No display unit"

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
_UNSETTABLE_FOR = {
    **dict.fromkeys(WITHOUT_LEVELS, ("min_warning", "max_warning", *DELTA_NAMES, *CHANGE_NAMES)),
    CmdArgType.DevEnum: ("delta_val",),
}
_WITH_TEXT_FORMAT = frozenset({CmdArgType.DevString, CmdArgType.DevEnum})


def is_state_or_status(spec: Attr) -> bool:
    """True for the attributes State and Status, whose periods alone can be changed."""
    return spec.lower_name in ("state", "status")


def library_default(spec: Attr, name: str) -> str:
    """A property's value if nobody sets it."""
    if name == "label":
        return spec.name
    if name == "format":
        if spec.type in FLOATS:
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


_UNSPECIFIED = NOT_SPECIFIED.lower()
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
        "problem",
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
        kept: Collection[str] = (),
    ) -> None:
        """The settings in these texts.

        An error in one of them is raised if ``check`` is true, else kept as ``problem``: the
        others keep their meaning, and the texts stay. The properties that are ``kept`` in the
        database have to be written as Tango's servers write them.
        """
        self.texts = texts
        self.enum_labels = list(enum_labels)
        self.root = root
        self.problem: DevFailed | None = None

        def part(meaning: Callable[..., Any], name: str, otherwise: Any = None) -> Any:
            try:
                return meaning(spec, texts, name, device, name in kept)
            except DevFailed as failure:
                self.note(failure, check)
                if (
                    name in CHANGE_NAMES or name in PERIOD_NAMES
                ):  # C++ does not show errors in these
                    texts[name] = library_default(spec, name)
                return otherwise

        for name in LIMIT_NAMES:
            setattr(self, name, part(limit_of, name))
        self.delta_val = part(limit_of, "delta_val")
        self.delta_t = part(milliseconds_of, "delta_t") or 0
        self.changes = {name: part(changes_of, name, (None, None)) for name in CHANGE_NAMES}
        self.periods = {name: part(milliseconds_of, name) for name in PERIOD_NAMES}
        has_rds = self.delta_val is not None and self.delta_t > 0
        self.alarmed = has_rds or any(
            getattr(self, name) is not None for name in LIMIT_NAMES if "value" not in name
        )
        try:
            self._check(spec, device)
            if spec.type == CmdArgType.DevEnum:
                check_labels(spec.name, self.enum_labels)
        except DevFailed as failure:
            self.note(failure, check)

    def note(self, failure: DevFailed, strict: bool) -> None:
        """Raise the error, or keep it if it is the first."""
        if strict:
            raise failure
        if self.problem is None:
            self.problem = failure

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


def check_settable(spec: Attr, texts: Mapping[str, str], device: str) -> None:
    """Refuse levels and changes of a type without them.

    Clients that set some of them get no error, which is Tango's way: the author and the
    database do.
    """
    for name in _UNSETTABLE_FOR.get(spec.type, ()):
        text = texts.get(name, NOT_SPECIFIED)
        if text not in ("", NOT_SPECIFIED) and (name, text) != ("delta_t", "0"):
            raise unsettable(spec, name, device)


def _check_rds(spec: Attr, found: Settings, device: str) -> None:
    """Note the error if only one of delta_val and delta_t is given."""
    if (found.delta_val is None) != (found.delta_t == 0):
        raise throw(
            "API_AttrOptProp",
            "RDS alarm properties (delta_t and delta_val) are not correctly defined for attribute "
            f"{spec.name} in device {device}",
            "Attribute::init_opt_prop()",
        )


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
            found[name] = joined(values)
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
        if text is None or text.lower() in ("nan", _UNSPECIFIED):
            return library_default(self.spec, name)
        return str(text)

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
        """The effective text after a property has been set to ``text``: three texts reset it.

        "Not specified" gives the library's default, "" the author's, "NaN" the class's.
        """
        above = self.class_default(name) if not_a_number is None else not_a_number
        if name in CHANGE_NAMES:
            text = fill_in(text, self.user_default(name), above)
        if text == "":
            return self.user_default(name)
        unset = text == UNSET and name in _UNSETTABLE
        if text.lower() == _UNSPECIFIED or unset or text == _LIBRARY.get(name):
            return library_default(self.spec, name)
        if text.lower() == "nan":
            return above
        return text

    def labels(self) -> list[str]:
        """The enumeration's labels when the device has none of its own."""
        return self.class_labels or self.user_labels


def resolve_settings(
    sources: Sources,
    from_device: Mapping[str, Sequence[str]],
    device: str,
    *,
    strict: bool = False,
) -> Settings:
    """The configuration of an attribute of that device, with its entries in the database.

    With ``strict`` a wrong entry is a DevFailed; otherwise it is the settings' ``problem``.
    """
    own = kept_texts(from_device)
    texts = {}
    for name in CONFIG_NAMES:
        text = own.get(name)
        if text is None:
            texts[name] = sources.class_default(name)
        else:
            texts[name] = _as_kept(sources, name, text)
    labels = list(from_device.get("enum_labels", ())) or sources.labels()
    root = from_device.get("__root_att")
    shown_root = "\n".join(root) if root else NOT_SPECIFIED
    given = dict(texts)
    found = Settings(sources.spec, texts, labels, device, root=shown_root, check=strict, kept=own)
    try:
        check_settable(sources.spec, given, device)
        _check_rds(sources.spec, found, device)
    except DevFailed as failure:
        found.note(failure, strict)
    return found


def _as_kept(sources: Sources, name: str, text: str) -> str:
    """A property's text in the database: it is shown as it is there, and resets nothing."""
    if name in CHANGE_NAMES:
        return sources.resolve(name, text)
    unset = text in (NOT_SPECIFIED, UNSET) and name in (*_UNSETTABLE, *PERIOD_NAMES)
    return library_default(sources.spec, name) if unset else text
