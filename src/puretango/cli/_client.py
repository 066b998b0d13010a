"""The everyday client work: ls, info, write, call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from puretango.cli._failure import USAGE, Failure
from puretango.cli._output import fields, print_json, say, table
from puretango.cli._values import for_people, parse_value
from puretango.errors import DevFailed

if TYPE_CHECKING:
    from puretango.client import DeviceProxy

__all__ = ["Json", "NAME_HELP", "proxy", "register", "split_name"]

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
NAME_HELP = "domain/family/member/NAME, or alias/NAME; tango://HOST:PORT/… and …#dbase=no too."


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("ls")(ls)
    app.command()(info)
    app.command(context_settings=NUMBERS)(write)
    app.command(context_settings=NUMBERS)(call)


NUMBERS = {"ignore_unknown_options": True}
"""So that a negative number is a value and not an option."""


def split_name(name: str) -> tuple[str, str]:
    """Device, and attribute or command, of a name."""
    head, mark, modifier = name.partition("#")
    device, slash, member = head.rpartition("/")
    if not slash or not member or not device:
        raise Failure(f"{name!r} is not of the form DEVICE/NAME, as in a/b/c/name", USAGE)
    return device + mark + modifier, member


def proxy(name: str) -> DeviceProxy:
    """The device with this name."""
    from puretango.client import DeviceProxy

    return DeviceProxy(name)


def ls(
    pattern: Annotated[
        str, typer.Argument(help="Devices (* is a wildcard), or one device for what it has.")
    ] = "*",
    servers: Annotated[bool, typer.Option("--servers", help="List servers instead.")] = False,
    as_json: Json = False,
) -> None:
    """List devices, or servers, or the attributes and commands of one device."""
    if servers:
        _list_servers(pattern, as_json)
    elif "*" in pattern:
        _list_devices(pattern, as_json)
    else:
        _list_members(pattern, as_json)


def _list_devices(pattern: str, as_json: bool) -> None:
    from puretango.client import Database

    database = Database()
    names = [str(name) for name in database.get_device_name("*", "*")]
    wanted = [name for name in names if _fits(name, pattern)]
    if pattern == "*":
        wanted = [name for name in wanted if not name.lower().startswith("dserver/")]
    found = []
    for name in wanted:
        about = database.get_device_info(name)
        found.append(
            {
                "name": name,
                "class": about.class_name,
                "server": about.ds_full_name,
                "exported": bool(about.exported),
            }
        )
    if as_json:
        print_json(found)
        return
    rows = [
        (
            str(each["name"]),
            str(each["class"]),
            str(each["server"]),
            "yes" if each["exported"] else "-",
        )
        for each in found
    ]
    table(("DEVICE", "CLASS", "SERVER", "EXPORTED"), rows)


def _fits(name: str, pattern: str) -> bool:
    from fnmatch import translate
    from re import IGNORECASE, match

    literal = pattern.replace("[", "[[]").replace("?", "[?]")
    return match(translate(literal), name, IGNORECASE) is not None


def _list_servers(pattern: str, as_json: bool) -> None:
    from puretango.client import Database

    database = Database()
    found: list[dict[str, Any]] = []
    for name in database.get_server_list(pattern):
        try:
            admin = database.get_device_info(f"dserver/{name}")
        except DevFailed:  # a server whose admin device was never defined
            found.append({"name": str(name), "exported": False, "pid": 0})
            continue
        found.append({"name": str(name), "exported": bool(admin.exported), "pid": admin.pid})
    if as_json:
        print_json(found)
        return
    rows = [(each["name"], "yes" if each["exported"] else "-", str(each["pid"])) for each in found]
    table(("SERVER", "EXPORTED", "PID"), rows)


def _list_members(name: str, as_json: bool) -> None:
    device = proxy(name)
    attributes = device.get_attribute_config(["All attributes_3"])
    commands = device.command_list_query()
    if as_json:
        print_json(
            {
                "attributes": [
                    {
                        "name": each.name,
                        "type": _type_name(each.data_type),
                        "format": each.data_format.name,
                        "writable": each.writable.name,
                        "unit": each.unit,
                        "label": each.label,
                        "description": each.description,
                    }
                    for each in attributes
                ],
                "commands": [
                    {
                        "name": each.cmd_name,
                        "in": _type_name(each.in_type),
                        "out": _type_name(each.out_type),
                        "in_desc": each.in_type_desc,
                        "out_desc": each.out_type_desc,
                    }
                    for each in commands
                ],
            }
        )
        return
    rows = [
        (
            each.name,
            _type_name(each.data_type),
            each.data_format.name,
            each.writable.name,
            each.unit,
        )
        for each in attributes
    ]
    table(("ATTRIBUTE", "TYPE", "FORMAT", "ACCESS", "UNIT"), rows)
    say()
    rows_of_commands = [
        (each.cmd_name, _type_name(each.in_type), _type_name(each.out_type)) for each in commands
    ]
    table(("COMMAND", "IN", "OUT"), rows_of_commands)


def _type_name(number: Any) -> str:
    from puretango.values import CmdArgType

    return CmdArgType(int(number)).name


def info(
    device: Annotated[
        str | None, typer.Argument(help="A device; the database itself if left out.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Tell about a device: state, class, server, host; or about the database."""
    if device is None:
        from puretango.client import Database

        lines = Database().get_info().splitlines()
        if as_json:
            print_json(lines)
        else:
            for line in lines:
                say(line)
        return
    target = proxy(device)
    about = target.info()
    found = {
        "name": target.dev_name(),
        "class": about.dev_class,
        "state": target.state().name,
        "status": target.status(),
        "server": about.server_id,
        "host": about.server_host,
        "idl": about.server_version,
        "admin": target.adm_name(),
        "doc": about.doc_url,
    }
    if "connections" in about.version_info:  # an admin device of ours
        found["connections"] = about.version_info["connections"]
    if as_json:
        print_json(found)
    else:
        fields((key, str(value)) for key, value in found.items())


def write(
    name: Annotated[str, typer.Argument(metavar="DEVICE/ATTRIBUTE", help=NAME_HELP)],
    values: Annotated[
        list[str],
        typer.Argument(
            metavar="VALUE...",
            help="A number, text, label or true/false; an array as JSON or as several words.",
        ),
    ],
) -> None:
    """Write an attribute."""
    from puretango.values import DevState

    device, attribute = split_name(name)
    target = proxy(device)
    about = target.get_attribute_config(attribute)
    rank = {"SCALAR": 0, "SPECTRUM": 1, "IMAGE": 2}[about.data_format.name]
    try:
        value = parse_value(
            values,
            _type_name(about.data_type),
            rank,
            list(about.enum_labels),
            list(DevState.__members__),
        )
    except Failure as error:
        raise Failure(f"{name}: {error}", USAGE) from None
    if _type_name(about.data_type) == "DevState":
        value = DevState[value] if rank == 0 else [DevState[each] for each in value]
    target.write_attribute(attribute, value)


def call(
    name: Annotated[str, typer.Argument(metavar="DEVICE/COMMAND", help=NAME_HELP)],
    values: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ARGUMENT...]", help="Like the values of write; see `puretango ls DEVICE`."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Call a command of a device and print what it answers."""
    from puretango.values import DevState

    device, command = split_name(name)
    target = proxy(device)
    about = target.command_query(command)
    kind = _type_name(about.in_type)
    try:
        argument = command_argument(values or [], kind, list(DevState.__members__))
    except Failure as error:
        described = about.in_type_desc if about.in_type_desc != "Uninitialised" else ""
        hint = f" ({kind}: {' '.join(described.split())})" if described else f" ({kind})"
        raise Failure(f"{name}: {error}{hint}", USAGE) from None
    if kind == "DevState":
        argument = DevState[argument]
    answer = target.command_inout(command, argument)
    if as_json:
        print_json(answer)
    elif _type_name(about.out_type) != "DevVoid":
        _show_answer(answer)


def command_argument(words: Sequence[str], kind: str, states: Sequence[str]) -> Any:
    """The argument of a command of this type, from ``words``."""
    if kind in ("DevVarLongStringArray", "DevVarDoubleStringArray"):
        import json

        element = "DevLong" if "Long" in kind else "DevDouble"
        try:
            numbers, texts = json.loads(words[0]) if len(words) == 1 else (None, None)
        except (ValueError, TypeError):
            numbers, texts = None, None
        if not isinstance(numbers, list) or not isinstance(texts, list):
            raise Failure('takes numbers and texts: \'[[1, 2], ["a", "b"]]\'')
        return [
            parse_value([json.dumps(numbers)], element, 1),
            parse_value([json.dumps(texts)], "DevString", 1),
        ]
    if kind == "DevVarCharArray":
        return parse_value(words, "DevUChar", 1)
    if kind.startswith("DevVar"):
        element = "Dev" + kind.removeprefix("DevVar").removesuffix("Array")
        return parse_value(words, element, 1)
    if kind == "ConstDevString":
        kind = "DevString"
    return parse_value(words, kind, 0, (), states)


def _show_answer(answer: Any) -> None:
    pair = isinstance(answer, (list, tuple)) and len(answer) == 2 and not isinstance(answer, str)
    if pair and all(hasattr(part, "__len__") and not isinstance(part, str) for part in answer):
        for part in answer:
            say(for_people(part))
        return
    if isinstance(answer, (list, tuple)) and answer and isinstance(answer[0], str):
        for line in answer:
            say(line)
        return
    say(for_people(answer))
