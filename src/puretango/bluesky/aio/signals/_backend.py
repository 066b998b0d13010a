"""Tango attributes and commands behind ophyd-async's signals and commands."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

from ophyd_async.core import CommandBackend, NotConnectedError, SignalBackend

from puretango.bluesky.attributes import (
    AttributeFacts,
    AttributeFailed,
    Sample,
    equal_values,
    sample,
    split,
    telling,
    to_tango,
)
from puretango.errors import DevFailed
from puretango.idl import CmdArgType

from ._datatypes import check, command_type, from_reading, infer, to_write
from ._link import AsyncLink, logger


class TangoSignalBackend(SignalBackend[Any]):
    """One attribute to read and watch, and the same or another to write.

    Watching goes by the device's events, and where it sends none by reading in turn, each
    ``polling_period`` seconds; there is always a first value. ``patience`` is how many seconds a
    request may wait for a server that is away. Backends with one ``link`` to a device travel
    together.
    """

    def __init__(
        self,
        datatype: Any,
        read_trl: str = "",
        write_trl: str = "",
        *,
        polling_period: float = 0.2,
        events: bool = True,
        patience: float = 0.0,
        link: AsyncLink | None = None,
    ) -> None:
        super().__init__(datatype)
        self.polling_period = polling_period
        self.events = events
        self._patience = patience
        self._facts: AttributeFacts | None = None
        self._write_facts: AttributeFacts | None = None
        self._convert: Callable[[Any], Any] = lambda value: value
        self._watch: _Watch | None = None
        self._read_trl = self._write_trl = ""
        if read_trl or write_trl:
            self.set_trl(read_trl or write_trl, write_trl or read_trl, link=link)

    def set_trl(
        self,
        read_trl: str,
        write_trl: str = "",
        *,
        link: AsyncLink | None = None,
        facts: AttributeFacts | None = None,
    ) -> None:
        """Name the attributes; a device that knows them already gives its link and the facts."""
        self._read_trl, self._write_trl = read_trl, write_trl or read_trl
        reader, writer = split(read_trl), split(self._write_trl)
        self._read_name, self._write_name = reader.member, writer.member
        self._reader = link or AsyncLink(reader.device, patience=self._patience)
        same = reader.device == writer.device
        self._writer = self._reader if same else AsyncLink(writer.device, patience=self._patience)
        self._facts = facts
        self._write_facts = facts if self._read_trl == self._write_trl else None

    def source(self, name: str, read: bool) -> str:
        """The locator of the attribute."""
        trl = self._read_trl if read else self._write_trl
        return trl if "://" in trl else f"tango://{trl}"

    async def connect(self, timeout: float) -> None:
        """Learn what the attributes are and check that they are what is expected."""
        if not self._read_trl:
            raise NotConnectedError("no Tango attribute has been named")
        try:
            await asyncio.wait_for(self._learn(), timeout)
        except TimeoutError as exc:
            raise NotConnectedError(self.source("", read=True)) from exc
        except DevFailed as failure:
            raise NotConnectedError(f"{self._read_trl}: {_reason(failure)}") from failure

    async def _learn(self) -> None:
        if self._facts is None:
            self._facts = await self._reader.facts(self._read_name)
        if self._write_facts is None:
            same = self._read_trl == self._write_trl
            self._write_facts = self._facts if same else await self._writer.facts(self._write_name)
        check(self._facts, self.datatype, self._read_trl)
        check(self._write_facts, self.datatype, self._write_trl)
        if self.datatype is None:
            self.datatype = infer(self._facts)
        self._convert = from_reading(self.datatype)

    @property
    def facts(self) -> AttributeFacts:
        """What the attribute that is read is."""
        if self._facts is None:
            raise NotConnectedError(self._read_trl or "no Tango attribute has been named")
        return self._facts

    async def put(self, value: Any) -> None:
        """Write; done when the server has taken the value. None writes the present setpoint."""
        facts = self._write_facts or self.facts
        if value is None:
            value = await self.get_setpoint()
        value = to_tango(facts, to_write(value))
        try:
            await self._writer.write(self._write_name, value)
        except DevFailed as failure:
            raise AttributeFailed.from_failure(self._write_trl, failure) from failure

    async def get_datakey(self, source: str) -> Any:
        """The DataKey, from the attribute's configuration and its present shape."""
        facts = self.facts
        value = None
        if not facts.scalar or facts.dtype == "string":
            value = (await self._sample()).value
        return facts.data_key(source, value)

    async def get_reading(self) -> Any:
        """Value, timestamp and alarm severity, read now."""
        return self.reading_of(await self._sample())

    async def get_value(self) -> Any:
        """The value, read now."""
        return self._convert((await self._sample()).value)

    async def get_setpoint(self) -> Any:
        """The last value written, as the server knows it."""
        if self._read_trl == self._write_trl:
            found = await self._sample()
        else:
            answer = await self._answer(self._writer, self._write_name, self._write_trl)
            found = sample(self._write_facts or self.facts, self._write_trl, answer)
        return self._convert(found.value if found.setpoint is None else found.setpoint)

    async def _sample(self) -> Sample:
        answer = await self._answer(self._reader, self._read_name, self._read_trl)
        return sample(self.facts, self._read_trl, answer)

    async def _answer(self, link: AsyncLink, name: str, trl: str) -> Any:
        try:
            return await link.read(name)
        except DevFailed as failure:
            raise AttributeFailed.from_failure(trl, failure) from failure

    def reading_of(self, found: Sample) -> dict[str, Any]:
        """A sample as a reading of this signal's datatype."""
        return {**found.reading(), "value": self._convert(found.value)}

    def set_callback(self, callback: Callable[[Any], None] | None) -> None:
        """Watch the attribute, or with None no longer."""
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.stop()
        if callback is not None:
            self._watch = _Watch(self, callback)


class _Watch:
    """The watch over one attribute, by events or by reading in turn."""

    def __init__(self, backend: TangoSignalBackend, callback: Callable[[Any], None]) -> None:
        self._backend = backend
        self._callback = callback
        self._last: dict[str, Any] | None = None
        self._failed = ""
        self._stop_events: Callable[[], None] | None = None
        self._stop_polling: Callable[[], None] | None = None
        self._stopped = False
        self._task = asyncio.get_running_loop().create_task(self._start())

    async def _start(self) -> None:
        backend, link = self._backend, self._backend._reader
        if backend.events:
            try:
                self._stop_events = await link.subscribe(backend._read_name, self._on_event)
            except DevFailed as failure:
                logger.debug("%s sends no events: %s", backend._read_trl, _reason(failure))
            else:
                if self._stopped:
                    self._stop_events()
                return
        if not self._stopped:
            watcher = (self._on_answer, self._on_failure)
            self._stop_polling = link.poll(backend._read_name, backend.polling_period, watcher)

    def stop(self) -> None:
        self._stopped = True
        if self._stop_polling is not None:
            self._stop_polling()
        if self._stop_events is not None:
            self._stop_events()

    def _on_event(self, event: Any) -> None:
        try:
            if event.err:
                self._on_failure(DevFailed(*event.errors))
            else:
                self._tell(event.attr_value, always=True)
        except Exception:  # noqa: BLE001
            # One subscriber's mistake must not keep the events from all the others.
            logger.exception("a subscriber to %s failed", self._backend._read_trl)

    def _on_answer(self, answer: Any) -> None:
        self._tell(answer, always=False)

    def _tell(self, answer: Any, *, always: bool) -> None:
        if self._stopped:
            return
        try:
            found = sample(self._backend.facts, self._backend._read_trl, answer)
        except DevFailed as failure:
            self._on_failure(failure)
            return
        reading = self._backend.reading_of(found)
        if always or self._failed or not _alike(reading, self._last):
            self._failed, self._last = "", reading
            self._callback(reading)

    def _on_failure(self, failure: DevFailed) -> None:
        reason = _reason(failure)
        if self._stopped or reason == self._failed:
            return
        self._failed = reason
        logger.warning("watching %s: %s", self._backend._read_trl, reason)
        if self._last is not None:
            # The last value with an unknown severity: watchers see that it is old.
            self._callback({**self._last, "alarm_severity": -1, "message": reason})


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
            raise NotConnectedError(f"{self._trl}: {_reason(failure)}") from failure
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
        return result


def signature_of(info: Any) -> inspect.Signature:
    """The Python signature of a command."""
    taken = command_type(info.in_type)
    parameters = (
        []
        if taken is None
        else [inspect.Parameter("arg0", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=taken)]
    )
    return inspect.Signature(parameters, return_annotation=command_type(info.out_type))


def _alike(one: dict[str, Any], other: dict[str, Any] | None) -> bool:
    if other is None or one["alarm_severity"] != other["alarm_severity"]:
        return False
    # Of arrays not merely ==: that fails, or says yes, where one has become longer.
    return equal_values(one["value"], other["value"])


def _reason(failure: DevFailed) -> str:
    told = telling(failure) if failure.args else failure
    return f"{getattr(told, 'desc', told)} ({getattr(told, 'reason', '')})".replace("\n", " ")
