"""How the commands of the admin device are declared: types and texts stand over the method."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from puretango.server.command._command import UNINITIALISED
from puretango.values import CmdArgType

VOID = CmdArgType.DevVoid
STRING = CmdArgType.DevString
STRINGS = CmdArgType.DevVarStringArray
LONG = CmdArgType.DevLong
BOOLEAN = CmdArgType.DevBoolean
LONGS_STRINGS = CmdArgType.DevVarLongStringArray

Method = TypeVar("Method", bound=Callable[..., Any])


class Declared(NamedTuple):
    """Types and texts of a command."""

    in_type: CmdArgType
    in_text: str
    out_type: CmdArgType
    out_text: str


def admin_command(
    in_type: CmdArgType = VOID,
    in_text: str = UNINITIALISED,
    out_type: CmdArgType = VOID,
    out_text: str = UNINITIALISED,
) -> Callable[[Method], Method]:
    """Makes a method of an admin device's part a command of the method's name."""

    def declare(method: Method) -> Method:
        method.__dict__["admin_command"] = Declared(in_type, in_text, out_type, out_text)
        return method

    return declare


def commands_of(kind: type[Any]) -> dict[str, Declared]:
    """Name → types and texts of the commands that a class and its parents declare, by name."""
    return {
        name: found
        for name in sorted(dir(kind))
        if (found := getattr(getattr(kind, name), "admin_command", None)) is not None
    }
