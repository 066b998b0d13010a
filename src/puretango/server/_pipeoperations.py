"""The pipe operations of release 5 of the interface."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from puretango.server._failure import throw, to_dev_failed

if TYPE_CHECKING:
    from puretango.server._deviceimpl import DeviceImpl
    from puretango.server._peer import Client

OPERATIONS: dict[str, Callable[..., Awaitable[Any]]] = {}


def _find(device: DeviceImpl, name: str) -> Any:
    pipe = device._tango_device_class.pipes.get(name.lower())
    if pipe is None:
        raise throw("API_PipeNotFound", f"Pipe {name} not found", "DeviceClass::get_pipe_by_name")
    return pipe


async def get_pipe_config_5(device: DeviceImpl, client: Client, names: list[str]) -> list[Any]:
    """The configurations of pipes."""
    device._tango_black_box.record("get_pipe_config_5", None, None, client)
    if len(names) == 1 and names[0].lower() == "all pipes":
        return [pipe.config(device) for pipe in device._tango_device_class.pipes.values()]
    return [_find(device, name).config(device) for name in names]


async def set_pipe_config_5(
    device: DeviceImpl, client: Client, configs: list[Any], ident: Any
) -> None:
    """Change label and description of pipes."""
    client.identity = ident
    device._tango_black_box.record("set_pipe_config_5", None, None, client)
    device._tango_check_lock("set_pipe_config_5", client)
    for config in configs:
        _find(device, config.name).configure(device, config)


async def _read(device: DeviceImpl, name: str) -> Any:
    pipe = _find(device, name)
    with device._tango_server.subdevices.acting(device), device._tango_monitor:
        try:
            if device._tango_has_hook:
                await device._tango_call(device.always_executed_hook)
            return await pipe.read(device)
        except Exception as error:
            raise to_dev_failed(error) from error


async def _write(device: DeviceImpl, value: Any) -> None:
    pipe = _find(device, value.name)
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
