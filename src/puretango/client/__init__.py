"""The client: devices, attributes, groups and the database, as PyTango names them.

The door of the room. Everything is found when first asked for, so that ``import puretango``
costs nothing that a program does not use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from puretango.client._api_util import ApiUtil
    from puretango.client._attribute_proxy import AttributeProxy, get_attribute_proxy
    from puretango.client._connection import Connection
    from puretango.client._context import (
        ClientContext,
        close_default_context,
        default_context,
        using_names,
    )
    from puretango.client._database import Database
    from puretango.client._device_proxy import DeviceProxy, get_device_proxy
    from puretango.client._environment import TangoHost, environment_variable, tango_host
    from puretango.client._green import get_green_mode, green, set_green_mode
    from puretango.client._group import Group
    from puretango.client._trace import Trace, current_trace, part_of

_WHERE = {
    "_api_util": ("ApiUtil",),
    "_asynch": ("AttrReadEvent", "AttrWrittenEvent", "CmdDoneEvent"),
    "_attribute_proxy": ("AttributeProxy", "get_attribute_proxy"),
    "_clientaddr": ("ClientAddr",),
    "_connection": ("Connection",),
    "_context": ("ClientContext", "close_default_context", "default_context", "using_names"),
    "_database": ("Database",),
    "_dbdata": (
        "DbData",
        "DbDatum",
        "DbDevExportInfo",
        "DbDevExportInfos",
        "DbDevFullInfo",
        "DbDevImportInfo",
        "DbDevImportInfos",
        "DbDevInfo",
        "DbDevInfos",
        "DbHistory",
        "DbHistoryList",
        "DbServerInfo",
        "db_data_of",
        "dict_of_db_data",
    ),
    "_dbserver": ("DbServerData",),
    "_device_proxy": ("DeviceProxy", "get_device_proxy"),
    "_dynamic": ("PyTangoUserWarning",),
    "_encodedattribute": ("EncodedAttribute",),
    "_environment": ("TangoHost", "environment_variable", "parse_tango_host", "tango_host"),
    "_eventdata": (
        "AttrConfEventData",
        "DataReadyEventData",
        "DevIntrChangeEventData",
        "EventData",
        "PipeEventData",
    ),
    "_eventroom": ("EventRoom",),
    "_eventstream": ("subscribe_where_it_arrives",),
    "_propertyfile": ("PropertyFile",),
    "_green": (
        "AbstractExecutor",
        "SynchronousExecutor",
        "get_executor",
        "get_green_mode",
        "get_object_executor",
        "get_object_green_mode",
        "get_synchronous_executor",
        "green",
        "green_callback",
        "set_green_mode",
        "switch_existing_global_executors_to_thread",
    ),
    "_asyncio_executor": ("AsyncioExecutor",),
    "_futures_executor": ("FuturesExecutor",),
    "_gevent_executor": ("GeventExecutor",),
    "_group": ("Group",),
    "_groupreply": (
        "DeviceDataList",
        "GroupAttrReply",
        "GroupAttrReplyList",
        "GroupCmdReply",
        "GroupCmdReplyList",
        "GroupReply",
        "GroupReplyList",
    ),
    "_names": ("AttributeName", "DeviceName", "parse_attribute_name", "parse_device_name"),
    "_trace": ("Trace", "current_trace", "part_of"),
    "_warnonce": ("warn_once",),
    "_telemetry": (
        "TelemetryEndpoint",
        "TelemetryExporter",
        "TelemetryTopic",
        "TelemetryType",
    ),
}
_MODULE_OF = {name: module for module, names in _WHERE.items() for name in names}

__all__ = [
    "ApiUtil",
    "AttributeProxy",
    "ClientContext",
    "Connection",
    "Database",
    "DeviceProxy",
    "Group",
    "TangoHost",
    "Trace",
    "close_default_context",
    "current_trace",
    "default_context",
    "environment_variable",
    "get_attribute_proxy",
    "get_device_proxy",
    "get_green_mode",
    "green",
    "part_of",
    "set_green_mode",
    "tango_host",
    "using_names",
]


def __getattr__(name: str) -> Any:
    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULE_OF})
