"""command_inout: lock, cache or device, hooks, types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puretango.errors import DevFailed
from puretango.server.base._failure import throw, to_dev_failed
from puretango.server.base._visit import inside
from puretango.server.command._command import Command
from puretango.values import DevSource, decode_command_argument, encode_command_value

if TYPE_CHECKING:
    from puretango.server.command._ports import CommandOwner

_HANDLER = "DeviceClass::command_handler"


async def run_command(
    device: CommandOwner, name: str, argument: Any, source: int = DevSource.DEV
) -> Any:
    """Run a command for a client: Any in, Any out."""
    if source == DevSource.CACHE or (source != DevSource.DEV and device._tango.polled):
        try:
            return device._tango.server.poller.cached_result(device, name)
        except DevFailed:
            if source == DevSource.CACHE:
                raise
    return await inside(device, _run, device, name, argument)


async def _run(device: CommandOwner, name: str, argument: Any) -> Any:
    command = find_command(device, name)
    await ask(device, command, name)
    value = decode_command_argument(command.in_type, argument)
    result = await command.execute(device, value)
    try:
        return encode_command_value(command.out_type, result)
    except Exception as error:
        raise Command.unsendable(error) from error


async def ask(device: CommandOwner, command: Command, name: str) -> None:
    """Call the author's hook, and raise unless the command may run now."""
    if device._tango.has_hook:
        try:
            await device._tango.call(device.always_executed_hook)
        except Exception as error:
            raise to_dev_failed(error) from error
    if command.allowed is not None and not await command.is_allowed(device):
        raise not_allowed(device, name)


def not_allowed(device: CommandOwner, name: str) -> DevFailed:
    """The failure of a command that the device does not allow now."""
    return throw(
        "API_CommandNotAllowed",
        f"Command {name} not allowed when the device is in {device._tango.state.value} state",
        _HANDLER,
    )


def find_command(device: CommandOwner, name: str) -> Command:
    """The command of that name, or the class's default one, or API_CommandNotFound."""
    command = device._tango.commands.find(name) or device._tango.device_class.default_command
    if command is None:
        raise unknown_command(name, _HANDLER)
    return command


def unknown_command(name: str, origin: str) -> DevFailed:
    """The failure of a request for a command that the device does not have."""
    return throw("API_CommandNotFound", f"Command {name} not found", origin)


async def execute(device: CommandOwner, command: Command) -> Any:
    """Run a command without argument for the poller, in the device's frame: the Any of its result."""
    await ask(device, command, command.name)
    return encode_command_value(command.out_type, await command.execute(device, None))
