"""The client: devices, attributes, groups and the database, as PyTango names them.

The door of the room. Everything is found when first asked for, so that ``import puretango``
costs nothing that a program does not use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from puretango.client.commands._connection import Connection
    from puretango.client.context._context import (
        ClientContext,
        close_default_context,
        default_context,
        using_names,
    )
    from puretango.client.database._database import Database
    from puretango.client.green._green import (
        AsyncioFace,
        FuturesFace,
        get_green_mode,
        green,
        set_green_mode,
    )
    from puretango.client.group._group import Group
    from puretango.client.names._environment import TangoHost, environment_variable, tango_host
    from puretango.client.proxy._api_util import ApiUtil
    from puretango.client.proxy._attribute_proxy import AttributeProxy, get_attribute_proxy
    from puretango.client.proxy._device_proxy import DeviceProxy, get_device_proxy
    from puretango.client.session._trace import Trace, current_trace, part_of

_WHERE = {
    "proxy._api_util": ("ApiUtil",),
    "attributes._asynch": ("AttrReadEvent", "AttrWrittenEvent"),
    "commands._asynch": ("CmdDoneEvent",),
    "proxy._attribute_proxy": ("AttributeProxy", "get_attribute_proxy"),
    "names._clientaddr": ("ClientAddr",),
    "commands._connection": ("Connection",),
    "context._context": (
        "ClientContext",
        "close_default_context",
        "default_context",
        "using_names",
    ),
    "database._database": ("Database",),
    "database.calls._data": (
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
    "database._server": ("DbServerData",),
    "proxy._device_proxy": ("DeviceProxy", "get_device_proxy"),
    "attributes._encodedattribute": ("EncodedAttribute",),
    "names._environment": (
        "TangoHost",
        "environment_number",
        "environment_variable",
        "parse_tango_host",
        "tango_host",
    ),
    "events.delivery._data": (
        "AttrConfEventData",
        "DataReadyEventData",
        "DevIntrChangeEventData",
        "EventData",
        "PipeEventData",
    ),
    "events._room": ("EventRoom", "events_of", "has_events"),
    "events._names": ("missed_count",),
    "events._stream": ("subscribe_where_it_arrives",),
    "session._ending": ("until_disconnected",),
    "names._propertyfile": ("PropertyFile",),
    "green._executor": (
        "AbstractExecutor",
        "SynchronousExecutor",
        "get_synchronous_executor",
    ),
    "green._green": (
        "AsyncioFace",
        "FuturesFace",
        "get_executor",
        "get_green_mode",
        "get_object_executor",
        "get_object_green_mode",
        "green",
        "green_callback",
        "set_green_mode",
        "switch_existing_global_executors_to_thread",
    ),
    "green._asyncio_executor": ("AsyncioExecutor",),
    "green._futures_executor": ("FuturesExecutor",),
    "green._gevent_executor": ("GeventExecutor",),
    "group._group": ("Group",),
    "group._reply": (
        "DeviceDataList",
        "GroupAttrReply",
        "GroupAttrReplyList",
        "GroupCmdReply",
        "GroupCmdReplyList",
        "GroupReply",
        "GroupReplyList",
    ),
    "names._names": ("AttributeName", "DeviceName", "parse_attribute_name", "parse_device_name"),
    "session._trace": ("Trace", "current_trace", "part_of"),
}
_MODULE_OF = {name: module for module, names in _WHERE.items() for name in names}

__all__ = [
    "ApiUtil",
    "AsyncioFace",
    "AttributeProxy",
    "ClientContext",
    "Connection",
    "Database",
    "DeviceProxy",
    "FuturesFace",
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
