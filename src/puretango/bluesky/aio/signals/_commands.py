"""Tango commands behind ophyd-async's commands."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

from ophyd_async.core import CommandBackend, NotConnectedError

from puretango.bluesky.attributes import AttributeFailed, split, text_of
from puretango.errors import DevFailed
from puretango.idl import CmdArgType

from ._datatypes import command_type, to_write
from ._link import AsyncLink
from ._tables import as_table

__all__ = ["TangoCommandBackend", "signature_of"]


class TangoCommandBackend(CommandBackend[Any, Any]):
    """One command of a Tango device."""

    def __init__(self, signature: inspect.Signature | None, trl: str = "") -> None:
        super().__init__(signature)
        if signature is not None and len(signature.parameters) > 1:
            raise TypeError("a Tango command takes one argument at most")
        self._trl = ""
        self._info: Any = None
        if trl:
            self.set_trl(trl)

    def set_trl(self, trl: str, *, link: AsyncLink | None = None, info: Any = None) -> None:
        """Name the command; a device that knows it already gives its link and the info."""
        self._trl = trl
        locator = split(trl)
        self._name = locator.member
        self._link = link or AsyncLink(locator.device)
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
            raise NotConnectedError(f"{self._trl}: {text_of(failure)}") from failure
        own = signature_of(self._info)
        if self.signature is None:
            self.signature = own
            return
        wanted = [parameter.annotation for parameter in self.signature.parameters.values()]
        have = [parameter.annotation for parameter in own.parameters.values()]
        if wanted != have or self.signature.return_annotation != own.return_annotation:
            raise TypeError(f"{self._trl} is {own}, not {self.signature}")

    async def execute(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command and give its result."""
        if kwargs or len(args) > 1:
            raise TypeError(f"{self._trl} takes one argument at most, without a name")
        argument = to_write(args[0]) if args else None
        try:
            result = await self._link.call(self._name, argument)
        except DevFailed as failure:
            raise AttributeFailed.from_failure(self._trl, failure) from failure
        if self._info is not None and int(self._info.out_type) == int(CmdArgType.DevState):
            return command_type(CmdArgType.DevState)(result.name)
        return result if self._info is None else as_table(self._info.out_type, result)


def signature_of(info: Any) -> inspect.Signature:
    """The Python signature of a command."""
    taken = command_type(info.in_type)
    parameters = (
        []
        if taken is None
        else [inspect.Parameter("arg0", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=taken)]
    )
    return inspect.Signature(parameters, return_annotation=command_type(info.out_type))
