"""PyTango's descriptions of attributes, commands and devices ↔ the interface's structs."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, ClassVar, TypeVar

from puretango.idl import (
    ArchiveEventProp,
    AttrDataFormat,
    AttributeAlarm,
    AttributeConfig,
    AttributeConfig_2,
    AttributeConfig_3,
    AttributeConfig_5,
    AttrWriteType,
    ChangeEventProp,
    CmdArgType,
    DispLevel,
    EventProperties,
    LockerLanguage,
    PeriodicEventProp,
)
from puretango.values._enums import AttrMemorizedType
from puretango.values._printable import Record, StdStringVector, StdVector

_Fields = tuple[tuple[str, Callable[[], Any]], ...]
R = TypeVar("R", bound=Record)


def _named(names: str, default: Callable[[], Any]) -> _Fields:
    return tuple((name, default) for name in names.split())


class DeviceAttributeConfig(Record):
    """An attribute's configuration, first release."""

    _fields: ClassVar[_Fields] = (
        *_named("name", str),
        ("writable", lambda: AttrWriteType.READ),
        ("data_format", lambda: AttrDataFormat.SCALAR),
        *_named("data_type max_dim_x max_dim_y", int),
        *_named("description label unit standard_unit display_unit format", str),
        *_named("min_value max_value min_alarm max_alarm writable_attr_name", str),
        *_named("extensions", StdStringVector),
    )
    name: str
    writable: AttrWriteType
    data_format: AttrDataFormat
    data_type: int
    max_dim_x: int
    max_dim_y: int
    description: str
    label: str
    unit: str
    standard_unit: str
    display_unit: str
    format: str
    min_value: str
    max_value: str
    min_alarm: str
    max_alarm: str
    writable_attr_name: str
    extensions: StdStringVector


class AttributeInfo(DeviceAttributeConfig):
    """An attribute's configuration with its display level."""

    _fields: ClassVar[_Fields] = (
        *DeviceAttributeConfig._fields,
        ("disp_level", lambda: DispLevel.OPERATOR),
    )
    disp_level: DispLevel


class AttributeAlarmInfo(Record):
    """The levels of an attribute's alarms."""

    _fields: ClassVar[_Fields] = (
        *_named("min_alarm max_alarm min_warning max_warning delta_t delta_val", str),
        *_named("extensions", StdStringVector),
    )
    min_alarm: str
    max_alarm: str
    min_warning: str
    max_warning: str
    delta_t: str
    delta_val: str
    extensions: StdStringVector


class ChangeEventInfo(Record):
    """The criteria of change events."""

    _fields: ClassVar[_Fields] = (
        *_named("rel_change abs_change", str),
        *_named("extensions", StdStringVector),
    )
    rel_change: str
    abs_change: str
    extensions: StdStringVector


class PeriodicEventInfo(Record):
    """The period of periodic events."""

    _fields: ClassVar[_Fields] = (*_named("period", str), *_named("extensions", StdStringVector))
    period: str
    extensions: StdStringVector


class ArchiveEventInfo(Record):
    """The criteria of archive events."""

    _fields: ClassVar[_Fields] = (
        *_named("archive_rel_change archive_abs_change archive_period", str),
        *_named("extensions", StdStringVector),
    )
    archive_rel_change: str
    archive_abs_change: str
    archive_period: str
    extensions: StdStringVector


class AttributeEventInfo(Record):
    """The criteria of all events of an attribute."""

    _fields: ClassVar[_Fields] = (
        ("ch_event", ChangeEventInfo),
        ("per_event", PeriodicEventInfo),
        ("arch_event", ArchiveEventInfo),
    )
    ch_event: ChangeEventInfo
    per_event: PeriodicEventInfo
    arch_event: ArchiveEventInfo


class AttributeInfoEx(AttributeInfo):
    """An attribute's whole configuration."""

    _fields: ClassVar[_Fields] = (
        *AttributeInfo._fields,
        ("memorized", lambda: AttrMemorizedType.NOT_KNOWN),
        *_named("root_attr_name", str),
        *_named("enum_labels", StdStringVector),
        ("alarms", AttributeAlarmInfo),
        ("events", AttributeEventInfo),
        *_named("sys_extensions", StdStringVector),
    )
    memorized: AttrMemorizedType
    root_attr_name: str
    enum_labels: StdStringVector
    alarms: AttributeAlarmInfo
    events: AttributeEventInfo
    sys_extensions: StdStringVector

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name, _ in self._fields}


class AttributeInfoList(StdVector[AttributeInfo]):
    """A list of AttributeInfo."""


class AttributeInfoListEx(StdVector[AttributeInfoEx]):
    """A list of AttributeInfoEx."""


class DevCommandInfo(Record):
    """A command's description, first release."""

    _fields: ClassVar[_Fields] = (
        *_named("cmd_name", str),
        *_named("cmd_tag", int),
        ("in_type", lambda: CmdArgType.DevVoid),
        ("out_type", lambda: CmdArgType.DevVoid),
        *_named("in_type_desc out_type_desc", str),
    )
    cmd_name: str
    cmd_tag: int
    in_type: CmdArgType
    out_type: CmdArgType
    in_type_desc: str
    out_type_desc: str


class CommandInfo(DevCommandInfo):
    """A command's description with its display level."""

    _fields: ClassVar[_Fields] = (
        *DevCommandInfo._fields,
        ("disp_level", lambda: DispLevel.OPERATOR),
    )
    disp_level: DispLevel


class CommandInfoList(StdVector[CommandInfo]):
    """A list of CommandInfo."""


class DeviceInfo(Record):
    """What a device says of itself."""

    _fields: ClassVar[_Fields] = (
        *_named("dev_class dev_type doc_url server_host server_id", str),
        *_named("server_version", int),
        *_named("version_info", dict),
    )
    dev_class: str
    dev_type: str
    doc_url: str
    server_host: str
    server_id: str
    server_version: int
    version_info: dict[str, str]


class LockerInfo(Record):
    """Who holds the lock of a device."""

    _fields: ClassVar[_Fields] = (
        ("ll", lambda: LockerLanguage.CPP),
        *_named("li", int),
        *_named("locker_host locker_class", str),
    )
    ll: LockerLanguage
    li: Any
    locker_host: str
    locker_class: str


class PollDevice(Record):
    """A device and its place in a polling thread's list."""

    _fields: ClassVar[_Fields] = (*_named("dev_name", str), *_named("ind_list", list))
    dev_name: str
    ind_list: list[int]


_PLAIN = (
    "name",
    "writable",
    "data_format",
    "data_type",
    "max_dim_x",
    "max_dim_y",
    "description",
    "label",
    "unit",
    "standard_unit",
    "display_unit",
    "format",
    "min_value",
    "max_value",
    "writable_attr_name",
)
_ALARMS = ("min_alarm", "max_alarm", "min_warning", "max_warning", "delta_t", "delta_val")


_plain_of = attrgetter(*_PLAIN)
_alarms_of = attrgetter(*_ALARMS)


def attribute_info(config: Any) -> AttributeInfoEx:
    """A received AttributeConfig of any release as AttributeInfoEx."""
    fields: dict[str, Any] = dict(zip(_PLAIN, _plain_of(config)))
    fields["extensions"] = StdStringVector(config.extensions)
    fields["disp_level"] = getattr(config, "level", DispLevel.OPERATOR)
    if isinstance(config, (AttributeConfig, AttributeConfig_2)):
        return AttributeInfoEx(min_alarm=config.min_alarm, max_alarm=config.max_alarm, **fields)
    alarm = config.att_alarm
    fields["min_alarm"], fields["max_alarm"] = alarm.min_alarm, alarm.max_alarm
    alarms = dict(zip(_ALARMS, _alarms_of(alarm)), extensions=StdStringVector(alarm.extensions))
    fields["alarms"] = _made(AttributeAlarmInfo, alarms)
    fields["events"] = _event_info(config.event_prop)
    fields["sys_extensions"] = StdStringVector(config.sys_extensions)
    newest = isinstance(config, AttributeConfig_5)
    fields["root_attr_name"] = config.root_attr_name if newest else ""
    fields["enum_labels"] = StdStringVector(config.enum_labels if newest else ())
    fields["memorized"] = _memorized(config) if newest else AttrMemorizedType.NOT_KNOWN
    return _made(AttributeInfoEx, fields)


def _event_info(events: EventProperties) -> AttributeEventInfo:
    change, period, archive = events.ch_event, events.per_event, events.arch_event
    ch_event = {
        "rel_change": change.rel_change,
        "abs_change": change.abs_change,
        "extensions": StdStringVector(change.extensions),
    }
    per_event = {"period": period.period, "extensions": StdStringVector(period.extensions)}
    arch_event = {
        "archive_rel_change": archive.rel_change,
        "archive_abs_change": archive.abs_change,
        "archive_period": archive.period,
        "extensions": StdStringVector(archive.extensions),
    }
    return _made(
        AttributeEventInfo,
        {
            "ch_event": _made(ChangeEventInfo, ch_event),
            "per_event": _made(PeriodicEventInfo, per_event),
            "arch_event": _made(ArchiveEventInfo, arch_event),
        },
    )


def _made(record: type[R], fields: dict[str, Any]) -> R:
    """A record of all its fields: a device of fifty attributes has three hundred of these."""
    made = record.__new__(record)
    made.__dict__.update(fields)
    return made


def _memorized(config: AttributeConfig_5) -> AttrMemorizedType:
    if not config.memorized:
        return AttrMemorizedType.NONE
    if config.mem_init:
        return AttrMemorizedType.MEMORIZED_WRITE_INIT
    return AttrMemorizedType.MEMORIZED


def attribute_config(info: Any, version: int = 5) -> Any:
    """AttributeInfoEx (or AttributeInfo) as the AttributeConfig of a release: 1, 2, 3 or 5."""
    fields = {name: getattr(info, name) for name in _PLAIN}
    fields["data_type"] = int(info.data_type)
    fields["extensions"] = list(info.extensions)
    if version <= 2:
        fields |= {"min_alarm": info.min_alarm, "max_alarm": info.max_alarm}
        if version == 1:
            return AttributeConfig(**fields)
        return AttributeConfig_2(level=info.disp_level, **fields)
    fields["level"] = info.disp_level
    if isinstance(info, AttributeInfoEx):
        alarms, events = info.alarms, info.events
        fields["sys_extensions"] = list(info.sys_extensions)
    else:
        alarms, events = AttributeAlarmInfo(), AttributeEventInfo()
        alarms.min_alarm, alarms.max_alarm = info.min_alarm, info.max_alarm
    fields["att_alarm"] = AttributeAlarm(
        **{name: getattr(alarms, name) for name in _ALARMS}, extensions=list(alarms.extensions)
    )
    change, period, archive = events.ch_event, events.per_event, events.arch_event
    fields["event_prop"] = EventProperties(
        ChangeEventProp(change.rel_change, change.abs_change, list(change.extensions)),
        PeriodicEventProp(period.period, list(period.extensions)),
        ArchiveEventProp(
            archive.archive_rel_change,
            archive.archive_abs_change,
            archive.archive_period,
            list(archive.extensions),
        ),
    )
    if version < 5:
        return AttributeConfig_3(**fields)
    memorized = getattr(info, "memorized", AttrMemorizedType.NONE)
    fields["memorized"] = memorized >= AttrMemorizedType.MEMORIZED
    fields["mem_init"] = memorized == AttrMemorizedType.MEMORIZED_WRITE_INIT
    fields["root_attr_name"] = getattr(info, "root_attr_name", "")
    fields["enum_labels"] = list(getattr(info, "enum_labels", ()))
    return AttributeConfig_5(**fields)


def command_info(received: Any) -> CommandInfo:
    """A received DevCmdInfo or DevCmdInfo_2 as CommandInfo."""
    info = CommandInfo()
    info.cmd_name = received.cmd_name
    info.cmd_tag = received.cmd_tag
    info.in_type = CmdArgType.values.get(received.in_type, received.in_type)
    info.out_type = CmdArgType.values.get(received.out_type, received.out_type)
    info.in_type_desc = received.in_type_desc
    info.out_type_desc = received.out_type_desc
    info.disp_level = getattr(received, "level", DispLevel.OPERATOR)
    return info


def device_info(received: Any) -> DeviceInfo:
    """A received DevInfo, DevInfo_3 or DevInfo_6 as DeviceInfo."""
    info = DeviceInfo()
    for name in ("dev_class", "doc_url", "server_host", "server_id", "server_version"):
        setattr(info, name, getattr(received, name))
    info.dev_type = getattr(received, "dev_type", "")
    info.version_info = {item.key: item.value for item in getattr(received, "version_info", ())}
    return info


def copy_of_device_info(info: DeviceInfo) -> DeviceInfo:
    """A copy of a DeviceInfo that can be changed without changing the original."""
    made = object.__new__(DeviceInfo)
    made.__dict__.update(info.__dict__)
    made.version_info = dict(info.version_info)
    return made
