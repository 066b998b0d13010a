"""Attribute configurations as they travel, in all releases of the interface."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from puretango import idl
from puretango.server.base._failure import throw
from puretango.server.declaration.settings._change import NOT_SPECIFIED
from puretango.values import AttrWriteType, CmdArgType

if TYPE_CHECKING:
    from puretango.server.attribute._ports import Configurable

_TEXTS = (
    "description",
    "label",
    "unit",
    "standard_unit",
    "display_unit",
    "format",
    "min_value",
    "max_value",
)
_ALARM_NAMES = ("min_alarm", "max_alarm", "min_warning", "max_warning", "delta_t", "delta_val")


def _struct(kind: Any) -> Any:
    """A function that makes a structure from groups of members."""
    return kind


def config_of(attribute: Configurable, release: int) -> Any:
    """The configuration in release 1, 2, 3 or 5."""
    texts = attribute.settings.texts
    spec = attribute.spec
    first = (
        attribute.name,
        attribute.writable,
        attribute.data_format,
        int(attribute.data_type),
    )
    dims = (spec.max_x, spec.max_y)
    described = tuple(texts[name] for name in _TEXTS)
    associated = attribute.get_assoc_name()
    if release < 3:
        alarms = (texts["min_alarm"], texts["max_alarm"])
        if release == 1:
            return _struct(idl.AttributeConfig)(*first, *dims, *described, *alarms, associated, [])
        return _struct(idl.AttributeConfig_2)(
            *first, *dims, *described, *alarms, associated, spec.disp_level, []
        )
    alarm = _struct(idl.AttributeAlarm)(*(texts[name] for name in _ALARM_NAMES), [])
    events = idl.EventProperties(
        idl.ChangeEventProp(texts["rel_change"], texts["abs_change"], []),
        idl.PeriodicEventProp(texts["period"], []),
        idl.ArchiveEventProp(
            texts["archive_rel_change"], texts["archive_abs_change"], texts["archive_period"], []
        ),
    )
    if release == 3:
        return _struct(idl.AttributeConfig_3)(
            *first,
            *dims,
            *described,
            associated,
            spec.disp_level,
            alarm,
            events,
            [],
            [],
        )
    return _struct(idl.AttributeConfig_5)(
        *first,
        spec.memorized,
        # As Tango has it: what is not memorized would be written at init if it were.
        attribute.writable != AttrWriteType.READ and (spec.memorized_init or not spec.memorized),
        *dims,
        *described,
        associated,
        spec.disp_level,
        attribute.settings.root,
        list(attribute.settings.enum_labels),
        alarm,
        events,
        [],
        [],
    )


def texts_of(config: Any) -> dict[str, str]:
    """The properties in a configuration of any release."""
    found = {name: getattr(config, name) for name in _TEXTS}
    alarm = getattr(config, "att_alarm", None)
    if alarm is None:
        found["min_alarm"], found["max_alarm"] = config.min_alarm, config.max_alarm
        return found
    for name in _ALARM_NAMES:
        found[name] = getattr(alarm, name)
    events = config.event_prop
    found["rel_change"] = events.ch_event.rel_change
    found["abs_change"] = events.ch_event.abs_change
    found["period"] = events.per_event.period
    found["archive_rel_change"] = events.arch_event.rel_change
    found["archive_abs_change"] = events.arch_event.abs_change
    found["archive_period"] = events.arch_event.period
    return found


_FIXED = (
    "data_type",
    "data_format",
    "writable",
    "memorized",
    "max_dim_x",
    "max_dim_y",
    "writable_attr_name",
    "level",
)


def take_config(attribute: Configurable, config: Any) -> None:
    """Change an attribute's configuration as a client wants it."""
    present = config_of(attribute, 5)
    for name in _FIXED:
        if name == "mem_init" and not present.memorized:
            continue  # it means nothing for an attribute that is not memorized
        if hasattr(config, name) and getattr(config, name) != getattr(present, name):
            raise throw(
                "API_AttrNotAllowed",
                f"Attribute property {name} is not changeable at run time",
                "Attribute::check_hard_coded",
            )
    labels = getattr(config, "enum_labels", None)
    if labels is not None and attribute.data_type == CmdArgType.DevEnum:
        labels = _wanted_labels(attribute, labels)
    attribute.change_settings(texts_of(config), labels)


def _wanted_labels(attribute: Configurable, labels: Sequence[str]) -> list[str]:
    """The labels that a client wants; their number is the author's to change. [] resets them."""
    where = f"Device {attribute.device.get_name()}"
    if not labels:
        raise throw(
            "API_AttrOptProp",
            f"{where}- Attribute : {attribute.name}- No value defined for the property enum_labels",
            "Attribute::set_one_str_prop()",
        )
    if len(labels) == 1:
        if labels[0] == "" or labels[0].lower() == "nan":
            return []
        if labels[0] == NOT_SPECIFIED:
            raise throw(
                "API_AttrOptProp",
                f"{where}-> Attribute : {attribute.name}\n"
                "No enumeration label(s) default library value for attribute of the "
                "Tango::DEV_ENUM data type",
                "Attribute::set_prop_5_specific",
            )
    if len(labels) != len(attribute.settings.enum_labels):
        raise throw(
            "API_NotSupportedFeature",
            f"{where}-> Attribute : {attribute.name}\n"
            "It's not supported to change enumeration labels number from outside the Tango "
            "device class code",
            "Attribute::set_prop_5_specific",
        )
    return list(labels)


def apply_texts(config: Any, texts: dict[str, str]) -> None:
    """Put properties into a configuration of release 5."""
    places = {
        **{name: (config, name) for name in _TEXTS},
        **{name: (config.att_alarm, name) for name in _ALARM_NAMES},
        "rel_change": (config.event_prop.ch_event, "rel_change"),
        "abs_change": (config.event_prop.ch_event, "abs_change"),
        "period": (config.event_prop.per_event, "period"),
        "archive_rel_change": (config.event_prop.arch_event, "rel_change"),
        "archive_abs_change": (config.event_prop.arch_event, "abs_change"),
        "archive_period": (config.event_prop.arch_event, "period"),
    }
    for name, text in texts.items():
        owner, member = places[name]
        setattr(owner, member, text)
