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

_ROOMS = ("errors", "values", "client", "server")
"""Where names are looked for, in this order: as the rooms depend on each other."""

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
    "__version_info__": ("release", "version_info"),
    "__version_long__": ("release", "version_long"),
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
        if name in dir(found):  # asked first, for an AttributeError within must not be lost
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
