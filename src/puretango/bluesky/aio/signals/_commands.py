"""Tango commands behind ophyd-async's commands."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any, get_origin

import numpy as np
from ophyd_async.core import CommandBackend, NotConnectedError, StrictEnum, get_dtype

from puretango.bluesky.aio.transport import AsyncLink, as_table
from puretango.bluesky.attributes import AttributeFailed, split, text_of
from puretango.errors import DevFailed
from puretango.idl import CmdArgType, DevState

from ._datatypes import command_type, to_write
from ._missing import NoSuchMember, is_unknown

__all__ = ["TangoCommandBackend", "signature_of"]
#: The signature of a command without argument and result.
_NOTHING = inspect.Signature([], return_annotation=None)


class TangoCommandBackend(CommandBackend[Any, Any]):
    """One command of a Tango device.

    ``call_spec`` is the signature that is expected of it; None leaves that to the device.
    ``device_proxy`` is an asynchronous DeviceProxy to use instead of a new one.
    """

    def __init__(
        self, call_spec: inspect.Signature | None, trl: str = "", device_proxy: Any = None
    ) -> None:
        super().__init__(call_spec)
        if call_spec is not None:
            _check_signature(call_spec)
        self._trl = ""
        self._info: Any = None
        self._device_proxy = device_proxy
        if trl:
            self.set_trl(trl)

    def set_trl(self, trl: str, *, link: AsyncLink | None = None, info: Any = None) -> None:
        """Name the command; a device that knows it already gives its link and the info."""
        self._trl = trl
        locator = split(trl)
        self._name = locator.member
        self._link = link or AsyncLink(locator.device, proxy=self._device_proxy)
        self._info = info

    def source(self, name: str) -> str:
        """The locator of the command."""
        return self._trl if "://" in self._trl else f"tango://{self._trl}"

    async def connect(self, timeout: float) -> None:
        """Learn the command's types and check that they are what is expected."""
        if not self._trl:
            raise NotConnectedError("no Tango command has been named")
        try:
            if self._info is None:
                self._info = await asyncio.wait_for(self._link.command(self._name), timeout)
        except TimeoutError as exc:
            raise NotConnectedError(self.source("")) from exc
        except DevFailed as failure:
            if is_unknown(failure):
                raise NoSuchMember(f"{self._trl} cannot be found: {text_of(failure)}") from failure
            raise NotConnectedError(f"{self._trl}: {text_of(failure)}") from failure
        own = signature_of(self._info)
        if self.signature is None:
            # A command without argument and result is a TriggerableCommand, which asks for no signature.
            self.signature = None if own == _NOTHING else own
            return
        self._check(own)

    def _check(self, own: inspect.Signature) -> None:
        assert self.signature is not None
        wanted, have = _argument(self.signature), _argument(own)
        if wanted != have and not _enum_of(wanted, self._info.in_type):
            raise TypeError(
                f"{self._trl} has input parameter of type {have!r}, not {wanted!r}: it is {own}"
            )
        wanted, have = self.signature.return_annotation, own.return_annotation
        # None accepts whatever the device has.
        if wanted is not None and wanted != have and not _enum_of(wanted, self._info.out_type):
            raise TypeError(f"{self._trl} has type {have!r}, not {wanted!r}: it is {own}")

    async def execute(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command and return its result."""
        if kwargs or len(args) > 1:
            raise TypeError(f"{self._trl} takes one argument at most, without a name")
        argument = self._taken(args[0]) if args else None
        try:
            result = await self._link.call(self._name, argument)
        except DevFailed as failure:
            raise AttributeFailed.from_failure(self._trl, failure) from failure
        return result if self._info is None else self._given(result)

    def _taken(self, value: Any) -> Any:
        """An argument as Tango takes it."""
        wanted: Any = None if self.signature is None else _argument(self.signature)
        if self._info is not None and _enum_of(wanted, self._info.in_type):
            return [member.value for member in wanted].index(wanted(value).value)
        if isinstance(value, command_type(CmdArgType.DevState)):
            return DevState[value.name]
        return to_write(value)

    def _given(self, result: Any) -> Any:
        """A result in its datatype."""
        if int(self._info.out_type) == int(CmdArgType.DevState):
            return command_type(CmdArgType.DevState)(result.name)
        wanted: Any = None if self.signature is None else self.signature.return_annotation
        if _enum_of(wanted, self._info.out_type):
            return list(wanted)[int(result)]
        return as_table(self._info.out_type, result)


def _check_signature(signature: inspect.Signature) -> None:
    if len(signature.parameters) > 1:
        raise TypeError(
            "Commands with more than one input parameter are not supported: "
            "a Tango command takes one argument at most"
        )
    if np.dtype(np.int8) in (_element(signature.return_annotation), _element(_argument(signature))):
        raise TypeError(
            "Arrays of type np.int8 are not supported by Tango: "
            "use np.uint8 or another signed integer type"
        )


def _element(datatype: Any) -> Any:
    """The element type of an array type; None for anything else."""
    return get_dtype(datatype) if get_origin(datatype) is np.ndarray else None


def _argument(signature: inspect.Signature) -> Any:
    """The datatype of the one argument; None if there is none."""
    return next((parameter.annotation for parameter in signature.parameters.values()), None)


def _enum_of(datatype: Any, kind: Any) -> bool:
    """Whether an enumeration is expected for a command's enumeration, whose labels Tango does not give."""
    enum = isinstance(datatype, type) and issubclass(datatype, StrictEnum)
    return enum and int(kind) == int(CmdArgType.DevEnum)


def signature_of(info: Any) -> inspect.Signature:
    """The Python signature of a command."""
    taken = command_type(info.in_type)
    parameters = (
        []
        if taken is None
        else [inspect.Parameter("arg0", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=taken)]
    )
    return inspect.Signature(parameters, return_annotation=command_type(info.out_type))
