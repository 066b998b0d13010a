"""The pipe operations of release 5 of the interface."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from puretango.errors import DevFailed
from puretango.server.base._failure import throw, to_dev_failed
from puretango.server.base._visit import COMMANDS, ORDERS, QUESTIONS, inside
from puretango.server.dispatch._table import operation
from puretango.server.pipe._pipe import find_pipe
from puretango.values import PipeWriteType

if TYPE_CHECKING:
    from puretango.server.device._deviceimpl import DeviceImpl

ALL_PIPES = "All pipes"


@operation("get_pipe_config_5")
async def _get_configs(device: DeviceImpl, names: list[str]) -> list[Any]:
    if len(names) == 1 and names[0] == ALL_PIPES:
        return [pipe.config() for pipe in device._tango.pipes.values()]
    return [find_pipe(device, name).config() for name in names]


@operation("set_pipe_config_5", ORDERS)
async def _set_configs(device: DeviceImpl, configs: list[Any]) -> None:
    if not device._tango.pipes:
        raise throw(
            "API_PipeNotFound",
            "The device does not have any pipe",
            "Device_5Impl::set_pipe_config_5",
        )
    for place, config in enumerate(configs):
        pipe = find_pipe(device, config.name)
        try:
            await device._tango.blocking(partial(pipe.configure, device, config))
        except DevFailed as failed:
            raise _told_of_others(failed, place, len(configs) - place - 1) from failed


def _told_of_others(failed: DevFailed, before: int, after: int) -> DevFailed:
    """The failure of one configuration; its text also says what became of the others in the request."""
    first = failed.args[0]
    if before:
        first.desc += "\nAll previous pipe(s) have been successfully updated"
    if after:
        first.desc += "\nAll remaining pipe(s) have not been updated"
    return failed


async def _read(device: DeviceImpl, name: str) -> Any:
    return await inside(device, _in_hook, device, find_pipe(device, name).read, device, name)


async def _write(device: DeviceImpl, value: Any) -> None:
    pipe = find_pipe(device, value.name)
    if pipe.writable != PipeWriteType.PIPE_READ_WRITE:
        raise throw(
            "API_PipeNotWritable",
            f"Pipe {value.name} is not writable",
            "Device_5Impl::write_pipe_5",
        )
    await inside(device, _in_hook, device, pipe.write, device, value)


async def _in_hook(device: DeviceImpl, work: Callable[..., Any], *arguments: Any) -> Any:
    try:
        if device._tango.has_hook:
            await device._tango.call(device.always_executed_hook)
        return await work(*arguments)
    except Exception as error:
        raise to_dev_failed(error) from error


def _name(_device: DeviceImpl, name: str) -> tuple[Any, ...]:
    return (name,)


def _name_of(_device: DeviceImpl, value: Any) -> tuple[Any, ...]:
    return (value.name,)


# An unknown pipe is reported before the request waits for the device.
operation("read_pipe_5", QUESTIONS, _name)(_read)
operation("write_pipe_5", ORDERS, _name_of)(_write)


@operation("write_read_pipe_5", COMMANDS, _name_of)
async def _write_read(device: DeviceImpl, value: Any) -> Any:
    await _write(device, value)
    return await _read(device, value.name)
