"""The pipe operations of release 5 of the interface."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from puretango.errors import DevFailed
from puretango.server.base._failure import throw, to_dev_failed
from puretango.server.pipe._pipe import find_pipe
from puretango.values import PipeWriteType

if TYPE_CHECKING:
    from puretango.server.base._peer import Client
    from puretango.server.device._deviceimpl import DeviceImpl

OPERATIONS: dict[str, Callable[..., Awaitable[Any]]] = {}


ALL_PIPES = "All pipes"


async def get_pipe_config_5(device: DeviceImpl, client: Client, names: list[str]) -> list[Any]:
    """The configurations of pipes."""
    device._tango_black_box.record("get_pipe_config_5", None, None, client)
    if len(names) == 1 and names[0] == ALL_PIPES:
        return [pipe.config() for pipe in device._tango_pipes.values()]
    return [find_pipe(device, name).config() for name in names]


async def set_pipe_config_5(
    device: DeviceImpl, client: Client, configs: list[Any], ident: Any
) -> None:
    """Change label and description of pipes."""
    client.identity = ident
    device._tango_black_box.record("set_pipe_config_5", None, None, client)
    device._tango_check_lock("set_pipe_config_5", client)
    if not device._tango_pipes:
        raise throw(
            "API_PipeNotFound",
            "The device does not have any pipe",
            "Device_5Impl::set_pipe_config_5",
        )
    for place, config in enumerate(configs):
        pipe = find_pipe(device, config.name)
        try:
            await device._tango_blocking(partial(pipe.configure, device, config))
        except DevFailed as failed:
            raise _told_of_others(failed, place, len(configs) - place - 1) from failed


def _told_of_others(failed: DevFailed, before: int, after: int) -> DevFailed:
    """The failure of one configuration, with what became of the others of the request."""
    first = failed.args[0]
    if before:
        first.desc += "\nAll previous pipe(s) have been successfully updated"
    if after:
        first.desc += "\nAll remaining pipe(s) have not been updated"
    return failed


async def _read(device: DeviceImpl, name: str) -> Any:
    pipe = find_pipe(device, name)
    with device._tango_server.subdevices.acting(device), device._tango_monitor:
        try:
            if device._tango_has_hook:
                await device._tango_call(device.always_executed_hook)
            return await pipe.read(device, name)
        except Exception as error:
            raise to_dev_failed(error) from error


async def _write(device: DeviceImpl, value: Any) -> None:
    pipe = find_pipe(device, value.name)
    if pipe.writable != PipeWriteType.PIPE_READ_WRITE:
        raise throw(
            "API_PipeNotWritable",
            f"Pipe {value.name} is not writable",
            "Device_5Impl::write_pipe_5",
        )
    with device._tango_server.subdevices.acting(device), device._tango_monitor:
        try:
            if device._tango_has_hook:
                await device._tango_call(device.always_executed_hook)
            await pipe.write(device, value)
        except Exception as error:
            raise to_dev_failed(error) from error


async def read_pipe_5(device: DeviceImpl, client: Client, name: str, ident: Any) -> Any:
    """Read a pipe."""
    client.identity = ident
    device._tango_black_box.record("read_pipe_5", name, None, client)
    return await _read(device, name)


async def write_pipe_5(device: DeviceImpl, client: Client, value: Any, ident: Any) -> None:
    """Write a pipe."""
    client.identity = ident
    device._tango_black_box.record("write_pipe_5", value.name, None, client)
    device._tango_check_lock("write_pipe_5", client)
    await _write(device, value)


async def write_read_pipe_5(device: DeviceImpl, client: Client, value: Any, ident: Any) -> Any:
    """Write a pipe, then read it."""
    client.identity = ident
    device._tango_black_box.record("write_read_pipe_5", value.name, None, client)
    device._tango_check_lock("write_read_pipe_5", client)
    with device._tango_monitor:
        await _write(device, value)
        return await _read(device, value.name)


for _operation in (
    get_pipe_config_5,
    set_pipe_config_5,
    read_pipe_5,
    write_pipe_5,
    write_read_pipe_5,
):
    OPERATIONS[_operation.__name__] = _operation
