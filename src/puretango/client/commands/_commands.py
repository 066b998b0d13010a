"""Commands of a device."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from puretango.client.names._names import text_name
from puretango.client.session._faults import Trouble, not_allowed, raise_added
from puretango.client.session._identity import client_identity
from puretango.errors import DevFailed
from puretango.idl import OPERATIONS, Operation
from puretango.values import AccessControlType, CmdArgType, DeviceData, ExtractAs

if TYPE_CHECKING:
    from puretango.client.session._io import IO
    from puretango.client.session._session import Session

__all__ = ["call_command", "fresh_argument", "pick_command", "run_command"]

_STALE = ("API_IncompatibleCmdArgumentType", "API_CommandNotFound")
"""Reasons after which a remembered argument type may be out of date."""

_VOID = DeviceData()


def command_trouble(session: Session, command: str, what: str = "command_inout") -> Trouble:
    """What the errors of a command say."""
    return Trouble(
        what,
        f"Connection::{what}()",
        f", command {command}",
        (
            "API_CommandFailed",
            f"Failed to execute {what} on device {session.device_name}, command {command}",
        ),
        added_on_server_error=True,
    )


def pick_command(session: Session, command: str, argin: Any) -> Any:
    """The operation that runs a command, for each IDL version."""

    def pick(version: int) -> tuple[Operation, tuple[Any, ...]]:
        if version >= 4:
            identity = client_identity(version)
            return OPERATIONS["command_inout_4"], (command, argin, session.source, identity)
        if version >= 2:
            return OPERATIONS["command_inout_2"], (command, argin, session.source)
        return OPERATIONS["command_inout"], (command, argin)

    return pick


async def call_command(
    io: IO,
    session: Session,
    command: str,
    argin: Any,
    what: str = "command_inout",
    then: Callable[[Any], Any] | None = None,
) -> Any:
    """Run a command with an Any, giving an Any, or what ``then`` makes of it."""
    trouble = command_trouble(session, command, what)
    return await session.request(io, pick_command(session, command, argin), trouble, then=then)


async def command_in_type(io: IO, session: Session, command: str) -> CmdArgType:
    """The type of a command's argument, asked once per connection."""
    key = command.lower()
    known = session.known.arguments.get(key)
    if known is None:
        asked: CmdArgType = await session.request(
            io,
            pick_query(command),
            query_trouble("command_query"),
            then=lambda info: CmdArgType(info.in_type),
        )
        known = session.known.arguments[key] = asked
    return known


def pick_query(command: str) -> Callable[[int], tuple[Operation, tuple[Any, ...]]]:
    """The operation that describes a command, for each IDL version."""

    def pick(version: int) -> tuple[Operation, tuple[Any, ...]]:
        name = "command_query_2" if version >= 2 else "command_query"
        return OPERATIONS[name], (command,)

    return pick


def query_trouble(name: str) -> Trouble:
    """What the errors of a question about the device say."""
    return Trouble(name, f"DeviceProxy::{name}()")


def inserted(command: str, in_type: CmdArgType, value: Any) -> DeviceData:
    """A DeviceData with the value; a value of the wrong type is a TypeError that says so."""
    data = DeviceData()
    try:
        if in_type == CmdArgType.DevVoid:
            raise TypeError("the command has no argument")
        data.insert(in_type, value)
    except (TypeError, ValueError) as exc:
        if isinstance(exc, (OverflowError, UnicodeError)):
            raise
        raise TypeError(
            f"Invalid input argument for command {command}: "
            f"{value!r} cannot be converted to type {in_type}"
        ) from exc
    return data


Allowed = Callable[["IO", str], Awaitable[bool]]
"""Whether a command may be run with read access."""


async def command_argument(io: IO, session: Session, name: str, value: Any) -> DeviceData:
    """A command's argument in the form in which it travels."""
    if value is None:
        return _VOID
    if isinstance(value, DeviceData):
        return value
    before = session.known.arguments.get(name.lower())
    try:
        return inserted(name, await command_in_type(io, session, name), value)
    except (TypeError, ValueError, OverflowError):
        if before is None:
            raise
        forget_command(session, name)  # its type may have changed
        in_type = await command_in_type(io, session, name)
        if in_type == before:
            raise
    return inserted(name, in_type, value)


def forget_command(session: Session, name: str) -> None:
    """Forget the type of a command's argument, and how the command is run with one."""
    session.known.arguments.pop(name.lower(), None)
    session.known.commands.pop((name,), None)
    session.known.commands.pop(("group", name, False), None)


async def is_refused(io: IO, session: Session, name: str, allowed: Allowed) -> bool:
    """True for a command that this client's read access does not include."""
    return session.access == AccessControlType.ACCESS_READ and not await allowed(io, name)


async def run_command(
    io: IO, session: Session, name: str, value: Any, allowed: Allowed
) -> DeviceData:
    """Run a command; the type of its argument is asked for again if it seems to have changed."""
    name = text_name(name)
    if not isinstance(name, str):
        raise TypeError(f"a command's name is text, not {type(name).__name__}")
    if await is_refused(io, session, name, allowed):
        desc = f"Command {name} on device {session.device_name} is not authorized"
        trouble = command_trouble(session, name)
        assert trouble.added is not None
        raise_added(not_allowed(desc, trouble.origin), *trouble.added, trouble.origin)
    refused = io.refused
    before = session.known.arguments.get(name.lower())
    if refused is None:
        argument = await command_argument(io, session, name, value)
        try:
            any_out = await call_command(io, session, name, argument.any)
        except DevFailed as failed:
            stale = failed.args and failed.args[0].reason in _STALE
            if before is None or not stale or value is None or isinstance(value, DeviceData):
                raise
            refused = failed
        else:
            return DeviceData.from_any(any_out, name)
    argument = await fresh_argument(io, session, name, value, refused)
    any_out = await call_command(io, session, name, argument.any)
    return DeviceData.from_any(any_out, name)


async def fresh_argument(
    io: IO, session: Session, name: str, value: Any, refused: DevFailed
) -> DeviceData:
    """The argument in the form of the type that the command has now.

    Raises the refusal if that is the same as before: it was not its reason.
    """
    arguments = session.known.arguments
    before = arguments.get(name.lower())
    forget_command(session, name)
    argument = await command_argument(io, session, name, value)
    if arguments.get(name.lower()) == before:
        raise refused
    return argument


def extracted(data: DeviceData, extract_as: ExtractAs) -> Any:
    """The value of a command's result; None if the command gives none."""
    if data.is_empty():
        return None
    return data.extract(extract_as)
