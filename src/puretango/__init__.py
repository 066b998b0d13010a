"""The Tango control system in pure Python.

``import puretango as tango`` is how a PyTango program starts: the same names for clients
(``DeviceProxy``, ``Database``, ``Group``, …) and for servers (``puretango.server``). Each name
is loaded when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from puretango.client import (
        ApiUtil,
        AttributeProxy,
        Database,
        DeviceProxy,
        Group,
        get_attribute_proxy,
        get_device_proxy,
        get_green_mode,
        set_green_mode,
    )
    from puretango.errors import ConnectionFailed, DevError, DevFailed, ErrSeverity, Except
    from puretango.values import (
        AttrDataFormat,
        AttrQuality,
        AttrWriteType,
        CmdArgType,
        DevSource,
        DevState,
        DispLevel,
        EventSubMode,
        EventType,
        ExtractAs,
        GreenMode,
    )

__version__ = "0.1.0"

__all__ = [
    "ApiUtil",
    "AttrDataFormat",
    "AttrQuality",
    "AttrWriteType",
    "AttributeProxy",
    "CmdArgType",
    "ConnectionFailed",
    "Database",
    "DevError",
    "DevFailed",
    "DevSource",
    "DevState",
    "DeviceProxy",
    "DispLevel",
    "ErrSeverity",
    "EventSubMode",
    "EventType",
    "Except",
    "ExtractAs",
    "GreenMode",
    "Group",
    "get_attribute_proxy",
    "get_device_proxy",
    "get_green_mode",
    "set_green_mode",
]
__all__ += [  # further names that `from tango import *` gives a PyTango program
    "AccessControlType", "ArchiveEventInfo", "ArchiveEventProp", "ArgType", "AsynCall",
    "AsynReplyNotArrived", "AttReqType", "Attr", "AttrConfEventData", "AttrData",
    "AttrMemorizedType", "AttrProperty", "AttrReadEvent", "AttrSerialModel", "AttrWrittenEvent",
    "Attribute", "AttributeAlarm", "AttributeAlarmInfo", "AttributeConfig", "AttributeConfig_2",
    "AttributeConfig_3", "AttributeConfig_5", "AttributeDimension", "AttributeEventInfo",
    "AttributeInfo", "AttributeInfoEx", "AttributeInfoList", "AttributeInfoListEx",
    "AutoTangoAllowThreads", "AutoTangoMonitor", "ChangeEventInfo", "ChangeEventProp",
    "ClientAddr", "CmdDoneEvent", "CommandInfo", "CommandInfoList", "CommunicationFailed",
    "Connection", "ConstDevString", "DServer", "DataReadyEventData", "DbData", "DbDatum",
    "DbDevExportInfo", "DbDevExportInfos", "DbDevFullInfo", "DbDevImportInfo",
    "DbDevImportInfos", "DbDevInfo", "DbDevInfos", "DbHistory", "DbHistoryList", "DbServerData",
    "DbServerInfo", "DebugIt", "DevBoolean", "DevCommandInfo", "DevDouble", "DevEncoded",
    "DevEnum", "DevFloat", "DevIntrChangeEventData", "DevLong", "DevLong64", "DevShort",
    "DevString", "DevUChar", "DevULong", "DevULong64", "DevUShort", "DevVarBooleanArray",
    "DevVarCharArray", "DevVarDoubleArray", "DevVarDoubleStringArray", "DevVarFloatArray",
    "DevVarLong64Array", "DevVarLongArray", "DevVarLongStringArray", "DevVarShortArray",
    "DevVarStringArray", "DevVarULong64Array", "DevVarULongArray", "DevVarUShortArray",
    "DevVoid", "DeviceAttribute", "DeviceAttributeConfig", "DeviceAttributeHistory",
    "DeviceClass", "DeviceData", "DeviceDataHistory", "DeviceDataHistoryList", "DeviceDataList",
    "DeviceImpl", "DeviceInfo", "DeviceUnlocked", "Device_2Impl", "Device_3Impl",
    "Device_4Impl", "Device_5Impl", "Device_6Impl", "EncodedAttribute", "EnsureOmniThread",
    "ErrorIt", "EventData", "EventProperties", "EventReason", "EventSystemFailed",
    "FMT_UNKNOWN", "FatalIt", "GroupAttrReply", "GroupAttrReplyList", "GroupCmdReply",
    "GroupCmdReplyList", "GroupReply", "GroupReplyList", "IMAGE", "ImageAttr", "InfoIt",
    "Interceptors", "KeepAliveCmdCode", "LatestDeviceImpl", "Level", "LockCmdCode",
    "LockerInfo", "LockerLanguage", "LogIt", "LogLevel", "LogTarget", "Logger", "Logging",
    "MessBoxType", "MultiAttrProp", "MultiAttribute", "MultiClassAttribute", "NamedDevFailed",
    "NamedDevFailedList", "NonDbDevice", "NonSupportedFeature", "NotAllowed",
    "PeriodicEventInfo", "PeriodicEventProp", "PollCmdCode", "PollDevice", "PollObjType",
    "PyTangoUserWarning", "READ", "READ_WITH_WRITE", "READ_WRITE", "Release", "SCALAR",
    "SPECTRUM", "SerialModel", "SpectrumAttr", "StdDoubleVector", "StdLongVector",
    "StdNamedDevFailedVector", "StdStringVector", "SubDevDiag", "TangoStream", "TimeVal",
    "TimedAttrData", "TimedCmdData", "UserDefaultAttrProp", "Util", "WAttribute", "WRITE",
    "WarnIt", "WrongData", "WrongNameSyntax", "alarm_flags", "asyn_req_type", "cb_sub_model",
    "class_list", "constants", "constructed_class", "cpp_class_list", "get_class",
    "get_classes", "get_constructed_class", "get_constructed_classes", "get_cpp_class",
    "get_cpp_classes", "is_array_type", "is_bool_type", "is_float_type", "is_int_type",
    "is_numerical_type", "is_omni_thread", "is_scalar_type", "is_str_type", "obj_2_str",
    "raise_asynch_exception", "requires_pytango", "requires_tango", "seqStr_2_obj", "str_2_obj",
    "telemetry",
]  # fmt: skip

_ROOMS = ("errors", "values", "client", "server")
"""Where names are looked up, in the order in which the rooms depend on each other."""

_SUBMODULES = (
    "asyncio",
    "asyncio_executor",
    "bluesky",
    "cli",
    "client",
    "compat",
    "constants",
    "database",
    "errors",
    "events",
    "futures",
    "futures_executor",
    "gevent",
    "gevent_executor",
    "giop",
    "green",
    "idl",
    "log4tango",
    "net",
    "release",
    "server",
    "sim",
    "store",
    "telemetry",
    "test_context",
    "testing",
    "utils",
    "values",
)
_MEMBERS_OF = ("CmdArgType", "AttrDataFormat", "AttrWriteType")
"""Enums whose members are names of the package too, as in PyTango."""

_RENAMED = {
    "ArgType": ("values", "CmdArgType"),
    "Release": ("release", "Release"),
    "PyTangoUserWarning": ("tracing", "PyTangoUserWarning"),
    "__author__": ("release", "author"),
    "__version_description__": ("release", "version_description"),
    "__version_info__": ("release", "version_info"),
    "__version_long__": ("release", "version_long"),
    "__version_number__": ("release", "version_number"),
    "obj_2_str": ("utils", "obj_2_str"),
    "str_2_obj": ("utils", "str_2_obj"),
    "seqStr_2_obj": ("utils", "seqStr_2_obj"),
    "raise_asynch_exception": ("utils", "raise_asynch_exception"),
    "requires_pytango": ("utils", "requires_pytango"),
    "requires_tango": ("utils", "requires_tango"),
    "EnsureOmniThread": ("utils", "EnsureOmniThread"),
    "is_omni_thread": ("utils", "is_omni_thread"),
}


_namespace = globals()
"""This module's names: the submodule ``globals`` of PyTango hides the builtin."""


def _find(name: str) -> Any:
    if name in _RENAMED:
        module, own = _RENAMED[name]
        return getattr(import_module(f"puretango.{module}"), own)
    if name in _SUBMODULES:
        return import_module(f"puretango.{name}")
    for room in _ROOMS:
        found = import_module(f"puretango.{room}")
        if name in dir(found):  # checked first, since an AttributeError within must not be lost
            return getattr(found, name)
    values = import_module("puretango.values")
    for enum in _MEMBERS_OF:
        member = getattr(values, enum).__members__.get(name)
        if member is not None:
            return member
    # The interface's structs (AttributeConfig_5, …); its typedefs have the names of enum members.
    interface = import_module("puretango.idl")
    if name in dir(interface):
        return getattr(interface, name)
    raise AttributeError(f"module 'puretango' has no attribute {name!r}")


def __getattr__(name: str) -> Any:
    if name.startswith("_") and name not in _RENAMED:
        raise AttributeError(f"module 'puretango' has no attribute {name!r}")
    value = _find(name)
    _namespace[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*_namespace, *_SUBMODULES, *__all__})
