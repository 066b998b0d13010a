"""A class model from a running device in any language, by read-only calls.

Calls made: ``info``, the attribute and command list queries, and on the admin device
QueryWizardDevProperty, QueryWizardClassProperty and QueryClass. No attribute is read or written
and no command of the device itself is run.
"""

from __future__ import annotations

from typing import Any

from puretango.client import DeviceProxy
from puretango.errors import DevFailed
from puretango.model._classmodel import (
    ArgumentModel,
    AttributeModel,
    ClassModel,
    CommandModel,
    PropertyModel,
)
from puretango.model._place import Place

__all__ = ["model_of_device"]

_UNSET = {
    "Not specified",
    "No description",
    "No unit",
    "No standard unit",
    "No display unit",
    "none",
}
_DEFAULT_FORMATS = {"%6.2f", "%d", "%s"}


def model_of_device(proxy: DeviceProxy) -> ClassModel:
    """The interface of a running device; DevFailed if it does not answer."""
    info = proxy.info()
    name = str(info.dev_class)
    place = Place(proxy.dev_name())
    admin = _admin(proxy)
    return ClassModel(
        name=name,
        description=_description(proxy),
        attributes=tuple(_attribute(one, place) for one in proxy.attribute_list_query_ex()),
        commands=tuple(_command(one, place) for one in proxy.command_list_query()),
        device_properties=_properties(admin, "QueryWizardDevProperty", name, place),
        class_properties=_properties(admin, "QueryWizardClassProperty", name, place),
        library=str(getattr(info, "server_version", "") or ""),
        language="",
        origin="live",
        complete=True,
        place=place,
    )


def _admin(proxy: DeviceProxy) -> DeviceProxy | None:
    try:
        return DeviceProxy(proxy.adm_name())
    except DevFailed:
        return None


def _description(proxy: DeviceProxy) -> str:
    try:
        return str(proxy.description())
    except DevFailed:
        return ""


def _said(text: Any) -> str:
    found = str(text)
    return "" if found in _UNSET else found


def _attribute(info: Any, place: Place) -> AttributeModel:
    alarms, events = info.alarms, info.events
    is_scalar = info.data_format.name == "SCALAR"
    label = str(info.label)
    shown = str(info.format)
    return AttributeModel(
        name=str(info.name),
        data_type=_type_name(info.data_type),
        data_format=info.data_format.name,
        access=info.writable.name.removeprefix("WT_"),
        max_dim_x=1 if is_scalar else int(info.max_dim_x),
        max_dim_y=int(info.max_dim_y),
        display_level=info.disp_level.name,
        description=_said(info.description),
        label="" if label == str(info.name) else _said(label),
        unit=_said(info.unit),
        standard_unit=_said(info.standard_unit),
        display_unit=_said(info.display_unit),
        format="" if shown in _DEFAULT_FORMATS else _said(shown),
        min_value=_said(info.min_value),
        max_value=_said(info.max_value),
        min_alarm=_said(alarms.min_alarm),
        max_alarm=_said(alarms.max_alarm),
        min_warning=_said(alarms.min_warning),
        max_warning=_said(alarms.max_warning),
        delta_val=_said(alarms.delta_val),
        delta_t="" if str(alarms.delta_t) == "0" else _said(alarms.delta_t),
        abs_change=_said(events.ch_event.abs_change),
        rel_change=_said(events.ch_event.rel_change),
        period="" if str(events.per_event.period) == "1000" else _said(events.per_event.period),
        archive_abs_change=_said(events.arch_event.archive_abs_change),
        archive_rel_change=_said(events.arch_event.archive_rel_change),
        archive_period=_said(events.arch_event.archive_period),
        memorized="MEMORIZED" in str(getattr(info, "memorized", "")).upper()
        and "NOT" not in str(getattr(info, "memorized", "")).upper(),
        enum_labels=tuple(str(one) for one in getattr(info, "enum_labels", ()) or ()),
        writable_attr_name=_associated(info),
        place=place,
    )


def _associated(info: Any) -> str:
    """The attribute whose set value a READ_WITH_WRITE one shows; others name themselves."""
    named = str(info.writable_attr_name)
    return "" if named in ("None", "none", "", str(info.name)) else _said(named)


def _type_name(data_type: Any) -> str:
    from puretango.values import CmdArgType

    return str(getattr(data_type, "name", None) or CmdArgType(int(data_type)).name)


def _command(info: Any, place: Place) -> CommandModel:
    return CommandModel(
        name=str(info.cmd_name),
        argin=ArgumentModel(_type_name(info.in_type), _argument_text(info.in_type_desc)),
        argout=ArgumentModel(_type_name(info.out_type), _argument_text(info.out_type_desc)),
        display_level=info.disp_level.name,
        place=place,
    )


def _argument_text(text: Any) -> str:
    found = str(text)
    return "" if found.lower().rstrip(".") in ("uninitialised", "none") else found


def _properties(
    admin: DeviceProxy | None, query: str, class_name: str, place: Place
) -> tuple[PropertyModel, ...]:
    """The wizard's answer: name, description and default of each property, in threes."""
    if admin is None:
        return ()
    try:
        texts = [str(one) for one in admin.command_inout(query, class_name)]
    except DevFailed:
        return ()
    return tuple(
        PropertyModel(
            name=texts[index],
            description=texts[index + 1],
            default=tuple(texts[index + 2].split("\n")) if texts[index + 2] else None,
            unknown=frozenset({"data_type", "mandatory"}),
            place=place,
        )
        for index in range(0, len(texts) - 2, 3)
    )
