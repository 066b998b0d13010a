"""Plans for commands: the same command with the same argument, byte for byte, once more.

As with attributes (see _readplan) a plan does what the general way does and nothing else: the
argument is decoded, the command looked up and its method bound only once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from puretango.cdr import ANY, CdrWriter
from puretango.errors import DevFailed
from puretango.server.base._calling import drive
from puretango.server.base._failure import throw, to_dev_failed
from puretango.server.base._hooks import HOOKS
from puretango.server.base._peer import Client, client_with
from puretango.server.command._command import Command, StateCommand, StatusCommand
from puretango.server.dispatch._reply import NO_EXCEPTION, body_of, user_exception
from puretango.values import (
    CmdArgType,
    DevSource,
    decode_command_argument,
    encode_command_value,
)

if TYPE_CHECKING:
    from puretango.net import Peer
    from puretango.server.device._deviceimpl import DeviceImpl

Plan = Callable[["Peer"], Any]

_UNPLANNED = {
    CmdArgType.DevVarLongStringArray,
    CmdArgType.DevVarDoubleStringArray,
    CmdArgType.DevVarEncodedArray,
    CmdArgType.DevEncoded,
}
"""Arguments that an author's method might change, and the next call would see it."""

_PLANNED = (Command, StateCommand, StatusCommand)

_time_ns = time.time_ns


def _body(out_type: int, result: Any) -> Any:
    writer = CdrWriter()
    ANY.encode(writer, encode_command_value(out_type, result))
    return body_of(writer)


_VOID = _body(CmdArgType.DevVoid, None)


def make_command_plan(device: DeviceImpl, arguments: tuple[Any, ...]) -> Plan | None:
    """The plan for a command_inout_4, if it is of the kind that has one."""
    name, argument, source, ident = arguments
    if source == DevSource.CACHE or (source != DevSource.DEV and _is_polled(device, name.lower())):
        return None
    command = device._tango_find_command(name)
    # Init has a way of its own, and a default command serves any name.
    if type(command) not in _PLANNED or command is None:
        return None
    if command.is_default or command.in_type in _UNPLANNED:
        return None
    run = _runner(device, command, argument)
    if run is None:
        return None
    return _plan(device, command, name, int(source), ident, run)


def _is_polled(device: DeviceImpl, lower: str) -> bool:
    """True if the answer may come out of the cache; State and Status are polled as attributes."""
    polled = device._tango_polled
    return bool(polled) and (("command", lower) in polled or ("attribute", lower) in polled)


def _runner(device: DeviceImpl, command: Command, argument: Any) -> Callable[[], Any] | None:
    """What calls the author's method, each time with an argument of its own."""
    method = command.method
    if type(command) is not Command:
        return lambda: drive(command.execute(device, None))

    def bound(*words: Any) -> Any:
        # Looked up again each time: the device may have been given another.
        if isinstance(method, str):
            return getattr(device, method)(*words)
        return method(device, *words)

    in_type = command.in_type
    if in_type == CmdArgType.DevVoid:
        return bound
    try:
        first = decode_command_argument(in_type, argument)
    except DevFailed:
        return None
    if isinstance(first, (bool, int, float, str)):
        return lambda: bound(first)
    if type(first) is list:
        return lambda: bound(first.copy())
    # Numbers: decoding a small message gives a new array each time.
    return lambda: bound(decode_command_argument(in_type, argument))


def _plan(
    device: DeviceImpl,
    command: Command,
    name: str,
    source: int,
    ident: Any,
    run: Callable[[], Any],
) -> Plan:
    stamp = device._tango_stamp
    monitor = device._tango_monitor
    acquire, release = monitor.acquire, monitor.release
    note = device._tango_black_box.add
    hooked, own = HOOKS[0] in device._tango_own_hooks, vars(device)
    visits = device._tango_server.subdevices.visits
    enter, leave = visits.enter, visits.leave
    who = Client("", ident).key()
    allowed = command.allowed
    out_type = command.out_type
    is_void = out_type == CmdArgType.DevVoid
    from_device = source == DevSource.DEV
    commands, local = device._tango_device_class.commands, device._tango_local_commands
    lower = command.lower_name
    # What State and Status raise is told as it is.
    failed = Command.failed if type(command) is Command else to_dev_failed

    def plan(peer: Peer) -> Any:
        if device._tango_stamp is not stamp or device._tango_lock is not None:
            return None
        if (commands.get(lower) or local.get(lower)) is not command:
            return None
        if not from_device and _is_polled(device, lower):
            return None
        client = client_with(peer, ident, who)
        note((_time_ns() * 1e-9, "command_inout_4", name, source, client))
        try:
            acquire()
        except DevFailed as error:
            return user_exception(error)
        before = enter(device, client)
        try:
            if hooked or HOOKS[0] in own:
                device.always_executed_hook()
            if allowed is not None and not drive(command.is_allowed(device)):
                raise throw(
                    "API_CommandNotAllowed",
                    f"Command {name} not allowed when the device is in "
                    f"{device._tango_state_value} state",
                    "DeviceClass::command_handler",
                )
            try:
                result = run()
            except BaseException as error:
                raise failed(error) from error
            try:
                return NO_EXCEPTION, _VOID if is_void else _body(out_type, result)
            except BaseException as error:
                raise Command.unsendable(error) from error
        except BaseException as error:
            return user_exception(to_dev_failed(error))
        finally:
            leave(before)
            release()

    return plan
