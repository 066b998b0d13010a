"""Low-level ``cmd_list`` entries, checked, as commands."""

from __future__ import annotations

import collections.abc
from typing import Any, NoReturn

from puretango.errors import Except
from puretango.server.base._calling import beside_loop, of_class
from puretango.server.command._command import Command
from puretango.values import CmdArgType, DispLevel


def _wrong(text: str) -> NoReturn:
    Except.throw_exception("PyDs_WrongCommandDefinition", text, "create_command()")


def command_from_info(class_name: str, device_type: type, name: str, info: Any) -> Command:
    """The command that ``[[in_type, doc], [out_type, doc], {extra}]`` declares."""
    where = f"command {name} in class {class_name}"
    if not isinstance(info, collections.abc.Sequence):
        _wrong(
            f"Wrong data type for value for describing {where}\n"
            "Must be a sequence with 2 or 3 elements"
        )
    if not 2 <= len(info) <= 3:
        _wrong(
            f"Wrong number of argument for describing {where}\n"
            "Must be a sequence with 2 or 3 elements"
        )
    in_type, in_desc = _type_and_text(info[0], "argument", "parameter", where)
    out_type, out_desc = _type_and_text(info[1], "result", "result", where)
    extra = _extra(info[2], where) if len(info) == 3 else {}
    method = getattr(device_type, name, None)
    if method is None:
        _wrong(f"Wrong definition of {where}\nThe command method does not exist!")
    if not callable(method):
        _wrong(f"Wrong definition of {where}\nThe object exists in class but is not a method!")
    rule = extra.get("is allowed", f"is_{name}_allowed")
    if isinstance(rule, str) and not callable(getattr(device_type, rule, None)):
        rule = None
    rule = beside_loop(
        device_type, of_class(device_type, rule), extra.get("is allowed green_mode", True)
    )
    green = getattr(method, "__tango_green__", True)
    return Command(
        name,
        in_type,
        out_type,
        in_desc,
        out_desc,
        disp_level=extra.get("display level", DispLevel.OPERATOR),
        polling_period=max(0, extra.get("polling period", 0)),
        method=beside_loop(device_type, name, green),
        allowed=rule,
        is_default=extra.get("default command", False),
    )


def _type_and_text(part: Any, what: str, role: str, where: str) -> tuple[CmdArgType, str]:
    if not isinstance(part, collections.abc.Sequence):
        _wrong(f"Wrong data type in command {what} for {where}\nCommand {role} must be a sequence")
    if not 1 <= len(part) <= 2:
        _wrong(
            f"Wrong data type in command {what} for {where}\n"
            f"Sequence describing command {role} must contain 1 or 2 elements"
        )
    try:
        tango_type = CmdArgType(int(part[0]))
    except (TypeError, ValueError):
        _wrong(
            f"Wrong data type in command {what} for {where}\n"
            f"Command {role} type (first element) must be a tango.CmdArgType"
        )
    text = part[1] if len(part) > 1 else ""
    if not isinstance(text, str):
        _wrong(
            f"Wrong data type in command {role} for {where}\n"
            f"Command {role} description (second element), when given, must be a string"
        )
    return tango_type, text


def _extra(extra: Any, where: str) -> dict[str, Any]:
    if not isinstance(extra, collections.abc.Mapping):
        _wrong(
            f"Wrong data type in command information for {where}\n"
            "Command information (third element in sequence), when given, must be a dictionary"
        )
    found: dict[str, Any] = {}
    for key, value in extra.items():
        lower = key.lower()
        try:
            if lower == "display level":
                found[lower] = DispLevel(int(value))
            elif lower == "polling period":
                found[lower] = int(value)
            elif lower == "default command":
                found[lower] = value.lower() == "true"
            elif lower == "is allowed":
                found[lower] = value
            elif lower == "is allowed green_mode":
                found[lower] = bool(value)
            else:
                _wrong(
                    f"Wrong data type in command information for {where}\n"
                    f"Command information has unknown key {key}"
                )
        except (TypeError, ValueError, AttributeError):
            _wrong(
                f"Wrong data type in command information for {where}\n"
                f"Command information for {lower} has a wrong value: {value!r}"
            )
    return found
