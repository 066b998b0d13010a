"""Faults: stand-ins for equipment while a class is provoked.

The names by which the class's own modules reach equipment and other devices (``socket``,
``serial``, ``DeviceProxy`` …) are replaced in those modules only: the server under test and this
process's other code keep theirs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from puretango.errors import Except

__all__ = ["FAULT_TEXT", "Peer"]

FAULT_TEXT = "the peer is switched off"
"""A text in every error that a fault raises."""

_MODULES = {
    "socket": ("create_connection", "socket"),
    "serial": ("Serial", "serial_for_url"),
    "requests": ("get", "post", "put", "delete", "request", "Session"),
    "urllib.request": ("urlopen",),
    "telnetlib": ("Telnet",),
    "pyvisa": ("ResourceManager",),
}
_PROXIES = ("DeviceProxy", "AttributeProxy", "get_device_proxy")
_TANGO = ("puretango", "tango", "PyTango")


class Peer:
    """The missing equipment: it refuses everything, and counts the attempts."""

    def __init__(self) -> None:
        self.asked = 0
        self.proxies = 0
        self._undo: list[Callable[[], None]] = []

    def refuse(self, *_: Any, **__: Any) -> Any:
        """Called in place of functions that connect to equipment."""
        self.asked += 1
        raise ConnectionRefusedError(111, f"Connection refused: {FAULT_TEXT}")

    def no_device(self, *_: Any, **__: Any) -> Any:
        """Called in place of making a proxy."""
        self.proxies += 1
        Except.throw_exception(
            "API_CantConnectToDevice", f"Cannot connect: {FAULT_TEXT}", "DeviceProxy::DeviceProxy"
        )

    def stand_in(self, module: ModuleType) -> None:
        """Replace the names that connect to the outside, in the module and its neighbours in the same folder."""
        folder = Path(getattr(module, "__file__", None) or "/nowhere/x").resolve().parent
        for other in list(sys.modules.values()):
            file = getattr(other, "__file__", None)
            if other is module or (file and Path(file).resolve().parent == folder):
                self._stand_in(other)

    def _stand_in(self, module: ModuleType) -> None:
        for name, value in list(vars(module).items()):
            new = self._replacement(name, value)
            if new is not None:
                setattr(module, name, new)
                self._undo.append(lambda m=module, n=name, v=value: setattr(m, n, v))  # type: ignore[misc]  # mypy infers no lambda with defaults

    def _replacement(self, name: str, value: Any) -> Any:
        if isinstance(value, ModuleType) and value.__name__ in _MODULES:
            return _Facade(value, dict.fromkeys(_MODULES[value.__name__], self.refuse))
        if isinstance(value, ModuleType) and value.__name__.partition(".")[0] in _TANGO:
            if hasattr(value, "DeviceProxy"):
                return _Facade(value, dict.fromkeys(_PROXIES, self.no_device))
            return None
        if name in _PROXIES and getattr(value, "__module__", "").partition(".")[0] in _TANGO:
            return self.no_device
        home = getattr(value, "__module__", None) or ""
        if callable(value) and name in _MODULES.get(home, ()):
            return self.refuse
        return None

    def leave(self) -> None:
        """Restore the modules' own names."""
        for undo in reversed(self._undo):
            undo()
        self._undo.clear()


class _Facade(ModuleType):
    """A module with some names replaced; all others are the module's own."""

    def __init__(self, real: ModuleType, replaced: dict[str, Any]) -> None:
        super().__init__(real.__name__)
        self.__dict__["_real"] = real
        self.__dict__.update(replaced)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_real"], name)
