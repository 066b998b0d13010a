"""Tango in a browser: the functions of Jive, ATKPanel, Astor and LogViewer, on the pages of one server.

The door of the room. Its server needs the extra ``web`` (Starlette, uvicorn, websockets); the log room does not.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from puretango.web._app import make_app
    from puretango.web._logroom import LEVELS, LogMessage, LogRoom
    from puretango.web._server import WebServer
    from puretango.web._settings import Role, Settings, SettingsError

__all__ = [
    "LEVELS",
    "LogMessage",
    "LogRoom",
    "Role",
    "Settings",
    "SettingsError",
    "WebServer",
    "make_app",
]

_WHERE = {
    "LEVELS": "_logroom",
    "LogMessage": "_logroom",
    "LogRoom": "_logroom",
    "Role": "_settings",
    "Settings": "_settings",
    "SettingsError": "_settings",
    "WebServer": "_server",
    "make_app": "_app",
}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
