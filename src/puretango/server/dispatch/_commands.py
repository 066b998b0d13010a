"""The operations of Device … Device_6 about commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puretango import idl
from puretango.server.base._failure import throw
from puretango.server.command._info import command_info_2
from puretango.server.command._running import run_command
from puretango.server.dispatch._table import note, operation
from puretango.values import DevSource

if TYPE_CHECKING:
    from puretango.server.base._peer import Client
    from puretango.server.device._deviceimpl import DeviceImpl


@operation("command_list_query")
async def _command_list(device: DeviceImpl, client: Client) -> list[Any]:
    note(device, "command_list_query", client)
    return [_command_info(command) for command in device._tango_all_commands()]


@operation("command_list_query_2")
async def _command_list_2(device: DeviceImpl, client: Client) -> list[Any]:
    note(device, "command_list_query_2", client)
    return [command_info_2(command) for command in device._tango_all_commands()]


@operation("command_query")
async def _command_query(device: DeviceImpl, client: Client, name: str) -> Any:
    note(device, "command_query", client)
    return _command_info(_known(device, name, "DeviceImpl::command_query"))


@operation("command_query_2")
async def _command_query_2(device: DeviceImpl, client: Client, name: str) -> Any:
    note(device, "command_query_2", client)
    return command_info_2(_known(device, name, "Device_2Impl::command_query_2"))


def _known(device: DeviceImpl, name: str, origin: str) -> Any:
    command = device._tango_find_command(name)
    if command is None:
        raise throw("API_CommandNotFound", f"Command {name} not found", origin)
    return command


def _command_info(command: Any) -> Any:
    return idl.DevCmdInfo(
        command.name,
        int(command.disp_level),  # the tag, until there was a field for it
        int(command.in_type),
        int(command.out_type),
        command.in_desc,
        command.out_desc,
    )


async def _command(
    device: DeviceImpl, client: Client, operation_name: str, name: str, argument: Any, source: int
) -> Any:
    note(device, operation_name, client, name, source)
    if device._tango_lock is not None and name.lower() not in ("state", "status"):
        device._tango_check_lock(operation_name, client, name)
    with device._tango_serving(client):
        return await run_command(device, name, argument, source)


@operation("command_inout")
async def _command_inout(device: DeviceImpl, client: Client, name: str, argument: Any) -> Any:
    return await _command(device, client, "command_inout", name, argument, DevSource.DEV)


@operation("command_inout_2")
async def _command_inout_2(
    device: DeviceImpl, client: Client, name: str, argument: Any, source: int
) -> Any:
    return await _command(device, client, "command_inout_2", name, argument, source)


@operation("command_inout_4")
async def _command_inout_4(
    device: DeviceImpl, client: Client, name: str, argument: Any, source: int, ident: Any
) -> Any:
    client.identity = ident
    return await _command(device, client, "command_inout_4", name, argument, source)
