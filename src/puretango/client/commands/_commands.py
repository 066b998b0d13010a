"""Commands of a device."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from puretango.client.green._green import green_core
from puretango.client.session._faults import Trouble, not_allowed
from puretango.client.session._identity import client_identity
from puretango.client.session._io import BLOCKING, drive
from puretango.errors import DevFailed
from puretango.idl import OPERATIONS, Operation
from puretango.values import AccessControlType, CmdArgType, DeviceData, ExtractAs, GreenMode

if TYPE_CHECKING:
    from puretango.client.session._io import IO
    from puretango.client.session._session import Session

__all__ = ["Commands", "call_command", "pick_command"]

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
    io: IO, session: Session, command: str, argin: Any, what: str = "command_inout"
) -> Any:
    """Run a command with an Any, giving an Any."""
    return await session.request(
        io, pick_command(session, command, argin), command_trouble(session, command, what)
    )


async def command_in_type(io: IO, session: Session, command: str) -> CmdArgType:
    """The type of a command's argument, asked once per connection."""
    key = ("in_type", command.lower())
    known = session.prepared.get(key)
    if known is None:

        def pick(version: int) -> tuple[Operation, tuple[Any, ...]]:
            name = "command_query_2" if version >= 2 else "command_query"
            return OPERATIONS[name], (command,)

        info = await session.request(io, pick, query_trouble("command_query"))
        known = session.prepared[key] = CmdArgType(info.in_type)
    return known


def query_trouble(name: str) -> Trouble:
    """What the errors of a question about the device say."""
    return Trouble(name, f"DeviceProxy::{name}()")


def inserted(command: str, in_type: CmdArgType, value: Any) -> DeviceData:
    """A DeviceData with the value; a value of the wrong type is a TypeError that says so."""
    data = DeviceData()
    try:
        data.insert(in_type, value)
    except (TypeError, ValueError) as exc:
        if isinstance(exc, (OverflowError, UnicodeError)):
            raise
        raise TypeError(
            f"Invalid input argument for command {command}: "
            f"{value!r} cannot be converted to type {in_type}"
        ) from exc
    return data


class Commands:
    """The synchronous and asyncio calls of commands."""

    _session: Session
    defaultCommandExtractAs: ClassVar[ExtractAs] = ExtractAs.Numpy

    async def _command_argument(self, io: IO, name: str, value: Any) -> DeviceData:
        if value is None:
            return _VOID
        if isinstance(value, DeviceData):
            return value
        return inserted(name, await command_in_type(io, self._session, name), value)

    async def _check_command(self, io: IO, name: str) -> None:
        """Refuse a command that this client's read access does not include."""
        session = self._session
        if session.access != AccessControlType.ACCESS_READ:
            return
        if not await self._is_command_allowed(io, name):
            desc = f"Command {name} on device {session.device_name} is not authorized"
            raise not_allowed(desc, "Connection::command_inout()")

    async def _is_command_allowed(self, io: IO, name: str) -> bool:
        """True for what may be run with read access."""
        return name.lower() in ("state", "status")

    async def _command_raw(self, io: IO, name: str, value: Any) -> DeviceData:
        session = self._session
        if not isinstance(name, str):
            raise TypeError(f"a command's name is text, not {type(name).__name__}")
        await self._check_command(io, name)
        guessed = ("in_type", name.lower()) in session.prepared
        argument = await self._command_argument(io, name, value)
        try:
            any_out = await call_command(io, session, name, argument.any)
        except DevFailed as failed:
            stale = failed.args and failed.args[0].reason in _STALE
            if not (guessed and stale) or value is None or isinstance(value, DeviceData):
                raise
            session.prepared.pop(("in_type", name.lower()), None)
            argument = await self._command_argument(io, name, value)
            any_out = await call_command(io, session, name, argument.any)
        return DeviceData.from_any(any_out, name)

    @green_core
    async def _command_inout(self, io: IO, name: str, cmd_param: Any = None) -> Any:
        data = await self._command_raw(io, name, cmd_param)
        return extracted(data, self.defaultCommandExtractAs)

    def command_inout(
        self,
        name: str,
        cmd_param: Any = None,
        *,
        green_mode: GreenMode | None = None,
        wait: bool | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Run a command; its argument is converted to the type that the device declares."""
        return self._command_inout(
            name, cmd_param, green_mode=green_mode, wait=wait, timeout=timeout
        )

    def command_inout_raw(self, cmd_name: str, cmd_param: Any = None) -> DeviceData:
        """Run a command; the result comes as DeviceData."""
        return drive(self._command_raw(BLOCKING, cmd_name, cmd_param))


def extracted(data: DeviceData, extract_as: ExtractAs) -> Any:
    """The value of a command's result; None if the command gives none."""
    if data.is_empty():
        return None
    return data.extract(extract_as)
