"""The classes whose text form is PyTango's, as its test suite asks for them."""

from __future__ import annotations

import puretango

__all__ = ["sequence_types", "struct_types"]

_STRUCTS = (
    "ArchiveEventInfo ArchiveEventProp AttrConfEventData AttributeAlarm AttributeAlarmInfo "
    "AttributeConfig AttributeConfig_2 AttributeConfig_3 AttributeConfig_5 AttributeDimension "
    "AttributeEventInfo AttributeInfo AttributeInfoEx ChangeEventInfo ChangeEventProp "
    "CommandInfo DataReadyEventData DbDatum DbDevExportInfo DbDevImportInfo DbDevInfo "
    "DbServerInfo DevCommandInfo DevError DeviceAttribute DeviceAttributeConfig "
    "DeviceAttributeHistory DeviceData DeviceDataHistory DeviceInfo EventData EventProperties "
    "LockerInfo MultiAttrProp PeriodicEventInfo PeriodicEventProp"
)
_SEQUENCES = (
    "AttributeInfoList AttributeInfoListEx CommandInfoList DbData DbDevExportInfos "
    "DbDevImportInfos DbDevInfos DbHistoryList DeviceDataHistoryList GroupAttrReplyList "
    "GroupCmdReplyList GroupReplyList StdLongVector StdStringVector"
)


def struct_types() -> tuple[type, ...]:
    """The structures."""
    return tuple(getattr(puretango, name) for name in _STRUCTS.split())


def sequence_types() -> tuple[type, ...]:
    """The sequences."""
    return tuple(getattr(puretango, name) for name in _SEQUENCES.split())
