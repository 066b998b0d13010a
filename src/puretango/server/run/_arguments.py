"""The classic command line of a device server."""

from __future__ import annotations

import os
import re
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import NamedTuple

from puretango.errors import DevFailed
from puretango.server.store._database import default_database

_LEVEL = re.compile(r"-[vV]=?(\d+)$")
_ORB = re.compile(r"--?(ORB\w+)$")
_WINDOWS = ("dbg", "i", "s", "u")


class Options(NamedTuple):
    """What a command line asks for."""

    server_name: str
    instance: str
    verbose: int | None
    no_database: bool
    devices: list[str]
    file: str | None
    host: str
    port: int
    orb: dict[str, str]


def _take_level(args: list[str]) -> int | None:
    """Pop ``-v4`` or ``-v 4``: ``-vvvv`` and ``-v4`` do not go together in one parser."""
    for index, arg in enumerate(args):
        found = _LEVEL.match(arg)
        if found:
            args.pop(index)
            return int(found.group(1))
        follows = index + 1 < len(args) and args[index + 1].isdigit()
        if arg in ("-v", "-V") and follows:
            level = int(args.pop(index + 1))
            args.pop(index)
            return level
    return None


class _Parser(ArgumentParser):
    """A parser whose usage text lists the instances that the database knows."""

    def format_usage(self) -> str:
        return super().format_usage() + _known_instances(self.prog)

    def format_help(self) -> str:
        usage = super().format_usage()
        return self.format_usage() + super().format_help().removeprefix(usage)


def _known_instances(program: str) -> str:
    server_name = os.path.basename(program)
    try:
        names = list(default_database().get_instance_name_list(server_name))
    except DevFailed:
        return ""
    if not names:
        return f"\nWarning! No defined instance in database for server {server_name} found!\n"
    lines = "".join(f"\t{name}\n" for name in names)
    return f"\nInstance names defined in database for server {server_name}:\n{lines}"


def _parser(program: str, args: Sequence[str]) -> ArgumentParser:
    parser = _Parser(
        prog=program,
        usage="%(prog)s instance_name [-v[trace level]] [-host] [-port] "
        "[-file=<file_name> | -nodb [-dlist]]",
        add_help=False,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("instance_name", nargs="+", help="device server instance name")
    add("-h", "-?", "--help", action="help", help="show this help message and exit")
    add("-v", "--verbose", dest="verbose", action="count", help="the trace level, by counting")
    add("-vLEVEL", dest="level", metavar=" ", help="the trace level, as a number")
    add("-file", "--file", dest="file", metavar="PATH", help="properties from a file")
    add("-host", "--host", dest="host", default="0.0.0.0", help="the address to listen on")
    add("-port", "--port", dest="port", default="", help="the port to listen on")
    if sys.platform.startswith("win"):
        for name in _WINDOWS:
            add(f"-{name}", dest=name, action="store_true", help="Windows services only")
    add("-nodb", "--nodb", dest="nodb", action="store_true", help="run without a database")
    add("-dlist", "--dlist", dest="dlist", metavar="DEV1,DEV2", help="the devices, with -nodb")
    add(
        "-ORBendPoint",
        "--ORBendPoint",
        dest="ORBendPoint",
        metavar="giop:tcp:<host>:<port>",
        help="address and port to listen on",
    )
    for name in _orb_names(args):
        add(f"-{name}", f"--{name}", dest=name, help="an option of other servers' ORB: ignored")
    return parser


def _orb_names(args: Sequence[str]) -> list[str]:
    found = (_ORB.match(arg) for arg in args)
    names = {match.group(1) for match in found if match}
    return sorted(names - {"ORBendPoint"})


def parse_args(args: Sequence[str]) -> list[str]:
    """A command line in PyTango's normal form; SystemExit for a wrong one."""
    program = os.path.splitext(args[0])[0]
    rest = list(args[1:])
    level = _take_level(rest)
    orb_names = _orb_names(rest)
    given = _parser(program, rest).parse_args(rest)
    if given.port and given.ORBendPoint is None:
        given.ORBendPoint = f"giop:tcp:{given.host}:{given.port}"
    if given.nodb and given.ORBendPoint is None:
        raise SystemExit("-nodb option should used with [-host] -port or -ORBendPoint options")
    if given.dlist is not None and not given.nodb:
        raise SystemExit("-dlist should be used only with -nodb option")
    result = [program, *given.instance_name]
    if level is None:
        level = given.verbose
    if level is not None:
        result.append(f"-v{level}")
    if given.file is not None:
        result.append(f"-file={given.file}")
    result += [f"-{name}" for name in _WINDOWS if getattr(given, name, False)]
    if given.nodb:
        result.append("-nodb")
    for name in ("dlist", "ORBendPoint", *orb_names):
        value = getattr(given, name, None)
        if value is not None:
            result += [f"-{name}", value]
    return result


def _devices(text: str) -> list[str]:
    """The names of -dlist."""
    names = [_device(name) for name in re.split("[,;]", text) if name.strip()]
    if len({name.rpartition("::")[2].lower() for name in names}) < len(names):
        raise SystemExit("Each device must have different name")
    return names


def _device(text: str) -> str:
    """One name of -dlist."""
    name = text.strip()
    if not re.fullmatch(r"(?:[^/:]+::)?[^/]+/[^/]+/[^/]+", name):
        raise SystemExit(
            f"Device name {name} does not have the correct syntax "
            "(domain/family/member or ClassName::domain/family/member)"
        )
    return name


def read_options(args: Sequence[str]) -> Options:
    """What a command line asks for."""
    normal = parse_args(args)
    program, instance, *rest = normal
    verbose: int | None = None
    file: str | None = None
    no_database = False
    devices: list[str] = []
    host, port = "0.0.0.0", 0
    orb: dict[str, str] = {}
    place = 0
    while place < len(rest):
        word = rest[place]
        if word.startswith("-file="):
            file = word[len("-file=") :]
        elif word == "-nodb":
            no_database = True
        elif _LEVEL.match(word):
            verbose = int(word[2:])
        elif word == "-dlist":
            place += 1
            devices = _devices(rest[place])
        elif word == "-ORBendPoint":
            place += 1
            host, port = _end_point(rest[place])
        elif word.startswith("-ORB"):
            place += 1
            orb[word[1:]] = rest[place]
        place += 1
    return Options(
        os.path.basename(program), instance, verbose, no_database, devices, file, host, port, orb
    )


def _end_point(text: str) -> tuple[str, int]:
    """``giop:tcp:HOST:PORT``; an empty host means all, an empty port any."""
    found = re.match(r"giop:tcp:(.*):(\d*)$", text)
    if found is None:
        raise SystemExit(f"-ORBendPoint: giop:tcp:<host>:<port> is wanted, not {text!r}")
    return found.group(1).strip("[]") or "0.0.0.0", int(found.group(2) or 0)
