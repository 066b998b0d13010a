"""Runners: how one command of a blocking device is run, prepared once for many requests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from puretango.server.base._calling import HOOKS, drive
from puretango.server.base._failure import to_dev_failed
from puretango.server.command._command import Command, StateCommand, StatusCommand
from puretango.server.command._running import ask, not_allowed
from puretango.values import CmdArgType

if TYPE_CHECKING:
    from puretango.server.command._ports import CommandOwner

Runner = Callable[[Any], Any]
_PREPARED = (Command, StateCommand, StatusCommand)
"""The classes of commands that can be prepared: Init needs the long way."""


def make_runner(device: CommandOwner, command: Command, name: str) -> Runner | None:
    """A function that runs the command inside the device's monitor; None if it cannot be prepared.

    It takes the argument (which is ignored for a command without one) and returns the result; it raises
    what the request fails with. ``name`` is how the client writes the command.
    """
    # A default command serves any name.
    if type(command) not in _PREPARED or command.is_default:
        return None
    hooked, own = HOOKS[0] in device._tango.own_hooks, vars(device)
    allowed = command.allowed
    call = _caller(device, command)
    # The client sees what State and Status raise as it is.
    failed = Command.failed if type(command) is Command else to_dev_failed

    def run(argument: Any) -> Any:
        if hooked or HOOKS[0] in own:
            device.always_executed_hook()
        if allowed is not None and not drive(command.is_allowed(device)):
            raise not_allowed(device, name)
        try:
            return call(argument)
        except BaseException as error:
            raise failed(error) from error

    return run


def make_awaited_runner(
    device: CommandOwner, command: Command, name: str
) -> Callable[[Any], Awaitable[Any]] | None:
    """The runner of a command of a device on a loop."""
    if type(command) not in _PREPARED or command.is_default:
        return None

    async def run(argument: Any) -> Any:
        await ask(device, command, name)
        return await command.execute(device, argument)

    return run


def _caller(device: CommandOwner, command: Command) -> Runner:
    """A function that calls the author's method."""
    if type(command) is not Command:
        return lambda _argument: drive(command.execute(device, None))
    method = command.method
    if isinstance(method, str):
        # Looked up each time: the device may have been given another.
        if command.in_type == CmdArgType.DevVoid:
            return lambda _argument: getattr(device, method)()
        return lambda argument: getattr(device, method)(argument)
    if command.in_type == CmdArgType.DevVoid:
        return lambda _argument: method(device)
    return lambda argument: method(device, argument)
