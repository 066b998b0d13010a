"""The operations of Device … Device_6 about commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puretango import idl
from puretango.server.base._visit import ORDERS
from puretango.server.command._info import command_info_2
from puretango.server.command._running import run_command, unknown_command
from puretango.server.dispatch._table import operation
from puretango.values import DevSource

if TYPE_CHECKING:
    from puretango.server.device._deviceimpl import DeviceImpl


@operation("command_list_query")
async def _command_list(device: DeviceImpl) -> list[Any]:
    return [_command_info(command) for command in device._tango.commands.every()]


@operation("command_list_query_2")
async def _command_list_2(device: DeviceImpl) -> list[Any]:
    return [command_info_2(command) for command in device._tango.commands.every()]


@operation("command_query")
async def _command_query(device: DeviceImpl, name: str) -> Any:
    return _command_info(_known(device, name, "DeviceImpl::command_query"))


@operation("command_query_2")
async def _command_query_2(device: DeviceImpl, name: str) -> Any:
    return command_info_2(_known(device, name, "Device_2Impl::command_query_2"))


def _known(device: DeviceImpl, name: str, origin: str) -> Any:
    command = device._tango.commands.find(name)
    if command is None:
        raise unknown_command(name, origin)
    return command


def _command_info(command: Any) -> Any:
    return idl.DevCmdInfo(
        command.name,
        int(command.disp_level),  # before there was a field for the level, cmd_tag held it
        int(command.in_type),
        int(command.out_type),
        command.in_desc,
        command.out_desc,
    )


def _line(
    _device: DeviceImpl, name: str, _argument: Any, source: int = DevSource.DEV
) -> tuple[Any, ...]:
    return name, source, name


# A result may come out of the cache: what has to be run waits for the monitor by itself.
@operation("command_inout", ORDERS, _line)
async def _command_inout(device: DeviceImpl, name: str, argument: Any) -> Any:
    return await run_command(device, name, argument, DevSource.DEV)


@operation("command_inout_2", ORDERS, _line)
async def _command_inout_2(device: DeviceImpl, name: str, argument: Any, source: int) -> Any:
    return await run_command(device, name, argument, source)


@operation("command_inout_4", ORDERS, _line)
async def _command_inout_4(device: DeviceImpl, name: str, argument: Any, source: int) -> Any:
    return await run_command(device, name, argument, source)
