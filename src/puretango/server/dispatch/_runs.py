"""The work of commands in plans; their arguments may change from request to request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from puretango.cdr import ANY, CdrWriter
from puretango.server.base._peer import trace_of
from puretango.server.base._visit import COMMANDS, Visit
from puretango.server.command._command import Command
from puretango.server.command._runner import Runner, make_awaited_runner, make_runner
from puretango.server.dispatch._plan import Task
from puretango.server.dispatch._reply import NO_EXCEPTION, body_of
from puretango.values import (
    CmdArgType,
    DevSource,
    argument_parser,
    encode_command_value,
    result_body,
    type_of_any,
)

if TYPE_CHECKING:
    from puretango.giop import Invocation
    from puretango.net import Answer
    from puretango.server.device._deviceimpl import DeviceImpl


def command_task(
    device: DeviceImpl, request: Invocation, operation: str, arguments: tuple[Any, ...]
) -> Task | None:
    """The task of a command_inout_4 that goes to the device; None for another one."""
    name, argument, source, identity = arguments
    if trace_of(identity) is not None or device._tango.spans is not None:
        return None  # each traced request has bytes of its own
    if source == DevSource.CACHE or (source != DevSource.DEV and _is_polled(device, name.lower())):
        return None
    command = device._tango.commands.find(name)
    if command is None or type_of_any(argument) != command.in_type:
        return None
    work = _work_of(device, command, name)
    if work is None:
        return None
    visit = Visit(device, COMMANDS, operation, name, int(source), name)
    if command.in_type == CmdArgType.DevVoid:
        return Task(visit, lambda: work(None), identity)
    data = request.data
    if type(data) is not bytes:
        return None
    parse, span = argument_parser(command.in_type, data, request.body_start, request.little)
    return Task(visit, work, identity, span=span, parse=parse)


def _is_polled(device: DeviceImpl, lower: str) -> bool:
    """True if the answer may come from the cache; State and Status are polled as attributes."""
    polled = device._tango.polled
    return ("command", lower) in polled or ("attribute", lower) in polled


def _work_of(device: DeviceImpl, command: Command, name: str) -> Callable[[Any], Any] | None:
    """A function that runs the command and gives the answer; None if the command cannot be prepared."""
    if device._tango.is_asyncio:
        awaited = make_awaited_runner(device, command, name)
        return None if awaited is None else _awaited_work(awaited, command.out_type)
    runner = make_runner(device, command, name)
    return None if runner is None else _work(runner, command.out_type)


def _awaited_work(
    runner: Callable[[Any], Awaitable[Any]], out_type: int
) -> Callable[[Any], Awaitable[Answer]]:
    body = _body_maker(out_type)

    async def ask(argument: Any) -> Answer:
        result = await runner(argument)
        try:
            return NO_EXCEPTION, body(result)
        except BaseException as error:
            raise Command.unsendable(error) from error

    return ask


def _work(runner: Runner, out_type: int) -> Callable[[Any], Answer]:
    """A function that runs the command and gives the answer."""
    if out_type == CmdArgType.DevVoid:

        def run(argument: Any) -> Answer:
            runner(argument)
            return _VOID

        return run
    body = _body_maker(out_type)

    def ask(argument: Any) -> Answer:
        result = runner(argument)
        try:
            return NO_EXCEPTION, body(result)
        except BaseException as error:
            raise Command.unsendable(error) from error

    return ask


def _body_maker(out_type: int) -> Callable[[Any], Any]:
    """A function that makes the reply's body from a result."""

    def long_way(result: Any) -> Any:
        return _body(out_type, result)

    return result_body(out_type, long_way)


def _body(out_type: int, result: Any) -> Any:
    writer = CdrWriter()
    ANY.encode(writer, encode_command_value(out_type, result))
    return body_of(writer)


_VOID = NO_EXCEPTION, _body(CmdArgType.DevVoid, None)
