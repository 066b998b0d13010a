"""The types of attributes and commands, by functions with the names of ``ophyd_async.tango``."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from ophyd_async.core import Command, SignalR, SignalRW, SignalW, TriggerableCommand

from puretango.asyncio import DeviceProxy
from puretango.bluesky.attributes import AttributeFacts, join, labels_of, split
from puretango.errors import DevFailed
from puretango.idl import AttrDataFormat, AttrWriteType, CmdArgType

from ._backend import TangoSignalBackend
from ._datatypes import command_type, described

F = TypeVar("F", bound=Callable[..., Any])

__all__ = [
    "ensure_proper_executor",
    "get_device_trl_and_attr",
    "get_full_attr_trl",
    "get_python_type",
    "infer_python_type",
    "infer_signal_type",
    "make_backend",
    "sig_from_types",
]


def make_backend(datatype: Any, read_trl: str = "", write_trl: str = "") -> TangoSignalBackend:
    """The backend of a signal."""
    return TangoSignalBackend(datatype, read_trl, write_trl)


def get_full_attr_trl(device_trl: str, attr_name: str) -> str:
    """The locator of a member of a device."""
    return join(device_trl, attr_name)


def get_device_trl_and_attr(name: str) -> tuple[str, str]:
    """The device and its member that a locator names; ValueError if it names none."""
    found = split(name)
    return found.device, found.member


#: Types that a command can have and an attribute cannot.
_WHOLE = frozenset(
    {
        CmdArgType.DevVoid,
        CmdArgType.DevVarLongStringArray,
        CmdArgType.DevVarDoubleStringArray,
    }
)
#: The array types of commands, and the types of their elements.
_ELEMENTS = {
    CmdArgType.ConstDevString: CmdArgType.DevString,
    CmdArgType.DevVarBooleanArray: CmdArgType.DevBoolean,
    CmdArgType.DevVarCharArray: CmdArgType.DevUChar,
    CmdArgType.DevVarShortArray: CmdArgType.DevShort,
    CmdArgType.DevVarLongArray: CmdArgType.DevLong,
    CmdArgType.DevVarLong64Array: CmdArgType.DevLong64,
    CmdArgType.DevVarFloatArray: CmdArgType.DevFloat,
    CmdArgType.DevVarDoubleArray: CmdArgType.DevDouble,
    CmdArgType.DevVarUShortArray: CmdArgType.DevUShort,
    CmdArgType.DevVarULongArray: CmdArgType.DevULong,
    CmdArgType.DevVarULong64Array: CmdArgType.DevULong64,
    CmdArgType.DevVarStringArray: CmdArgType.DevString,
}


def get_python_type(config: Any, return_input_type: bool = False) -> Any:
    """The datatype of an ``AttributeInfoEx``, or of a ``CommandInfo``'s result or argument.

    For an attribute, its type, format and labels count; TypeError if the format is unknown.
    """
    if hasattr(config, "in_type"):
        return command_type(config.in_type if return_input_type else config.out_type)
    kind = CmdArgType(int(config.data_type))
    try:
        data_format = AttrDataFormat(int(config.data_format))
    except ValueError:
        raise TypeError(f"Unknown Tango format {config.data_format!r}") from None
    if kind in _WHOLE:
        return command_type(kind)
    facts = AttributeFacts(
        name=str(getattr(config, "name", "")),
        type=_ELEMENTS.get(kind, kind),
        format=data_format,
        writable=AttrWriteType.READ,
        labels=labels_of(config),
    )
    return described(facts)


async def infer_python_type(trl: str = "", proxy: Any = None) -> tuple[Any, Any]:
    """(the argument's datatype, the result's or value's datatype) of a command or attribute.

    RuntimeError if the device has no such member.
    """
    config = await _configuration(trl, proxy)
    taken = get_python_type(config, return_input_type=True) if hasattr(config, "in_type") else None
    return taken, get_python_type(config)


async def infer_signal_type(trl: str, proxy: Any = None) -> type:
    """SignalR, SignalRW or SignalW for an attribute; TriggerableCommand or Command for a command."""
    config = await _configuration(trl, proxy)
    if hasattr(config, "in_type"):
        kinds = {int(config.in_type), int(config.out_type)}
        return TriggerableCommand if kinds == {int(CmdArgType.DevVoid)} else Command
    writable = AttrWriteType(int(config.writable))
    if writable in (AttrWriteType.READ_WRITE, AttrWriteType.READ_WITH_WRITE):
        return SignalRW
    return SignalW if writable is AttrWriteType.WRITE else SignalR


def sig_from_types(in_type: Any, out_type: Any) -> inspect.Signature:
    """The signature of a command from its datatypes."""
    parameters = []
    if in_type not in (None, type(None)):
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        parameters.append(inspect.Parameter("arg", kind, annotation=in_type))
    return inspect.Signature(parameters, return_annotation=out_type)


def ensure_proper_executor(func: F) -> F:
    """The function unchanged: every request runs on asyncio's own loop, without an executor."""
    return func


async def _configuration(trl: str, proxy: Any) -> Any:
    where = split(trl)
    if proxy is None:
        proxy = await DeviceProxy(where.device)
    try:
        return await proxy.get_attribute_config(where.member)
    except DevFailed:
        pass
    try:
        return await proxy.get_command_config(where.member)
    except DevFailed as failure:
        raise RuntimeError(f"Cannot find {where.member} in {where.device}") from failure
