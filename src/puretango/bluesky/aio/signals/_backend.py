"""Tango attributes and commands behind ophyd-async's signals and commands."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import numpy as np
from ophyd_async.core import NotConnectedError, SignalBackend, StrictEnum

from puretango.bluesky.aio.transport import (
    AsyncLink,
    AttributeProxy,
    Deadband,
    Watch,
    logger,
)
from puretango.bluesky.attributes import (
    AttributeFacts,
    AttributeFailed,
    OnFailure,
    Sample,
    is_label_of,
    sample,
    sample_or_stand_in,
    split,
    text_of,
    to_tango,
    tolerant_key,
)
from puretango.errors import DevFailed

from ._datatypes import by_names, check, from_reading, infer, is_enum, to_write
from ._missing import NoSuchMember, is_unknown


class TangoSignalBackend(SignalBackend[Any]):
    """One attribute to read and monitor, and the same or another one to write.

    It is monitored by the device's events, or, if it sends none, by polling every
    ``polling_period`` seconds; there is always a first value. ``patience`` is how many seconds a
    request may wait for a server that does not answer, ``on_failure`` what an event holds if the
    attribute cannot be read: see `OnFailure`. Backends that share a ``link`` share its requests
    to the device; ``device_proxy`` is an asynchronous DeviceProxy to use instead of a new one.
    """

    def __init__(
        self,
        datatype: Any,
        read_trl: str = "",
        write_trl: str = "",
        device_proxy: Any = None,
        *,
        polling_period: float = 0.2,
        events: bool = True,
        patience: float = 0.0,
        on_failure: OnFailure | str = OnFailure.FAIL,
        link: AsyncLink | None = None,
    ) -> None:
        super().__init__(datatype)
        self.on_failure = OnFailure(on_failure)
        self.deadband = Deadband()
        self.configured_by_events = False
        self._good: Sample | None = None
        self._inferred = datatype is None
        self.polling_period = polling_period
        self.events = events
        self._patience = patience
        self._facts: AttributeFacts | None = None
        self._write_facts: AttributeFacts | None = None
        self._convert: Callable[[Any], Any] = lambda value: value
        self._watch: Watch | None = None
        self._read_trl = self._write_trl = ""
        self._device_proxy = device_proxy
        self._polling_allowed = True
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
        self._facts = facts
        self._write_facts = facts if self._read_trl == self._write_trl else None
        if link is not None and self._write_facts is not None:
            self._read_name = self._write_name = self._write_facts.name
            self._reader = self._writer = link
            return
        reader, writer = split(read_trl), split(self._write_trl)
        self._read_name, self._write_name = reader.member, writer.member
        self._reader = link or self._link_to(reader.device)
        same = reader.device == writer.device
        self._writer = self._reader if same else self._link_to(writer.device)

    def _link_to(self, device: str) -> AsyncLink:
        return AsyncLink(device, patience=self._patience, proxy=self._device_proxy)

    @classmethod
    def datatype_allowed(cls, dtype: Any) -> bool:
        """Whether a signal may have this plain type."""
        return dtype in (bool, int, float, str, np.ndarray, StrictEnum)

    @property
    def support_events(self) -> bool:
        """Whether events are used if the device sends them."""
        return self.events

    def allow_events(self, allow: bool = True) -> None:
        """Use events if the device sends them, or poll."""
        self.events = allow

    def set_polling(
        self,
        allow_polling: bool = True,
        polling_period: float = 0.1,
        abs_change: float | None = None,
        rel_change: float | None = 0.1,
    ) -> None:
        """Whether the attribute is polled if there are no events, how often, and which changes are reported."""
        self._polling_allowed = allow_polling
        self.polling_period = polling_period
        self.deadband = Deadband(abs_change, rel_change)

    @property
    def proxies(self) -> dict[str, AttributeProxy | None]:
        """The attributes by locator, once there is a connection."""
        found: dict[str, AttributeProxy | None] = {}
        for trl, link in ((self._read_trl, self._reader), (self._write_trl, self._writer)):
            proxy = link.connected_proxy
            found[trl] = None if proxy is None else AttributeProxy(proxy, split(trl).member)
        return found

    def source(self, name: str, read: bool) -> str:
        """The locator of the attribute."""
        trl = self._read_trl if read else self._write_trl
        return trl if "://" in trl else f"tango://{trl}"

    async def connect(self, timeout: float) -> None:
        """Read the attributes' configurations and check that they are as expected."""
        if not self._read_trl:
            raise NoSuchMember("trl not set: no Tango attribute has been named")
        try:
            if not self.connect_known():
                await asyncio.wait_for(self._learn(), timeout)
        except TimeoutError as exc:
            raise NotConnectedError(self.source("", read=True)) from exc
        except DevFailed as failure:
            if is_unknown(failure):
                raise NoSuchMember(
                    f"{self._read_trl} cannot be found: {text_of(failure)}"
                ) from failure
            raise NotConnectedError(f"{self._read_trl}: {text_of(failure)}") from failure

    def connect_known(self) -> bool:
        """Take over the facts that a device has given; False if there are none, or they do not suit."""
        if self._facts is None or self._write_facts is None:
            return False
        try:
            check(self._write_facts, self.datatype, self._write_trl)
            self.learn(self._facts)
        except TypeError:
            return False
        return True

    async def _learn(self) -> None:
        if self._facts is None:
            self._facts = await self._reader.facts(self._read_name)
        if self._write_facts is None:
            same = self._read_trl == self._write_trl
            self._write_facts = self._facts if same else await self._writer.facts(self._write_name)
        check(self._write_facts, self.datatype, self._write_trl)
        self.learn(self._facts)

    def learn(self, facts: AttributeFacts) -> None:
        """Take over the attribute's present facts; TypeError if they are not as expected."""
        if self._inferred:
            self.datatype = infer(facts)
        else:
            check(facts, self.datatype, self._read_trl)
        if self._read_trl == self._write_trl:
            self._write_facts = facts
        self._facts = facts
        self._convert = from_reading(self.datatype, facts)

    async def refresh_configuration(self) -> None:
        """Read the attribute's configuration again; if the server does not answer, the last known one is kept."""
        try:
            facts = await self._reader.facts(self._read_name)
        except DevFailed as failure:
            logger.debug("%s: no configuration: %s", self._read_trl, text_of(failure))
            return
        if facts != self._facts:
            self.learn(facts)
        if self._read_trl != self._write_trl:
            with contextlib.suppress(DevFailed):
                self._write_facts = await self._writer.facts(self._write_name)

    @property
    def reader(self) -> AsyncLink:
        """The device whose attribute is read."""
        return self._reader

    @property
    def read_name(self) -> str:
        """The attribute that is read."""
        return self._read_name

    @property
    def read_trl(self) -> str:
        """The locator of the attribute that is read."""
        return self._read_trl

    @read_trl.setter
    def read_trl(self, trl: str) -> None:
        if trl:
            self.set_trl(trl, self._write_trl)
        self._read_trl = trl

    @property
    def facts(self) -> AttributeFacts:
        """The facts of the attribute that is read."""
        if self._facts is None:
            raise NotConnectedError(f"Not connected to {self._read_trl or 'any attribute'}")
        return self._facts

    async def put(self, value: Any) -> None:
        """Write; done when the server has taken the value. None writes the present setpoint."""
        facts = self._write_facts or self.facts
        if value is None:
            value = await self.get_setpoint()
        if is_enum(self.datatype) and not isinstance(value, str):
            raise TypeError(f"{self._write_trl}: {value!r} is not a label")
        if isinstance(value, str) and by_names(facts, self.datatype):
            value = self._datatype(value)
        value = to_write(value, facts.labels)
        if is_label_of(facts, value) and not self.configured_by_events:
            # A label must be one of the server's present labels, not an outdated one.
            await self.refresh_configuration()
            facts = self._write_facts or self.facts
        value = to_tango(facts, value)
        try:
            await self._writer.write(self._write_name, value)
        except DevFailed as failure:
            raise AttributeFailed.from_failure(self._write_trl, failure) from failure

    async def get_datakey(self, source: str) -> Any:
        """The DataKey, from the attribute's configuration and its present shape."""
        _ = self.facts  # raises NotConnectedError if there are none
        await self.refresh_configuration()
        facts = self.facts
        value = None
        if not facts.scalar or facts.dtype == "string":
            value = (await self._sample()).value
        return self.key_of(source, value)

    def key_of(self, source: str, value: Any) -> dict[str, Any]:
        """The DataKey; ``value`` gives an array's present shape."""
        key = tolerant_key(self.facts, self.on_failure, self.facts.data_key(source, value))
        if by_names(self.facts, self.datatype):
            key["choices"] = [str(self._datatype[label].value) for label in self.facts.labels]
        return key

    @property
    def _datatype(self) -> Any:
        return self.datatype

    async def get_reading(self) -> Any:
        """Value, timestamp and alarm severity, read now."""
        return self.reading_of(await self._sample())

    async def get_value(self) -> Any:
        """The value, read now."""
        return self._converted(await self._sample())

    async def get_setpoint(self) -> Any:
        """The last value written, as the server knows it."""
        if self._read_trl == self._write_trl:
            found = await self._sample()
        else:
            try:
                answer = await self._writer.read(self._write_name)
            except DevFailed as failure:
                raise AttributeFailed.from_failure(self._write_trl, failure) from failure
            found = sample(self._write_facts or self.facts, self._write_trl, answer)
        return self._convert(found.value if found.setpoint is None else found.setpoint)

    async def _sample(self) -> Sample:
        answer: Any
        try:
            answer = await self._reader.read(self._read_name)
        except DevFailed as failure:
            answer = failure
        return self.take(answer)

    def take(self, answer: Any) -> Sample:
        """Take over an answer, or a failure according to ``on_failure``."""
        found = sample_or_stand_in(self.facts, self._read_trl, answer, self.on_failure, self._good)
        if found.severity >= 0:
            self._good = found
        return found

    def _converted(self, found: Sample) -> Any:
        if found.severity < 0 and self.on_failure is OnFailure.NAN:
            return found.value  # a NaN is not an integer, and no label is empty
        return self._convert(found.value)

    def reading_of(self, found: Sample) -> dict[str, Any]:
        """A sample as a reading of this signal's datatype."""
        return {**found.reading(), "value": self._converted(found)}

    def set_callback(self, callback: Callable[[Any], None] | None) -> None:
        """Monitor the attribute, or stop if it is None."""
        if callback is not None:
            self._check_watchable(callback)
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.stop()
        if callback is not None:
            self._watch = Watch(self, callback)

    def _check_watchable(self, callback: Any) -> None:
        where = f"Cannot set event for {self._read_trl}"
        if not callable(callback):
            raise RuntimeError(f"{where}. Callback must be a callable")
        if self._watch is not None:
            raise RuntimeError(f"{where}. Cannot set a callback when one is already set")
        if not self.events and not self._polling_allowed:
            raise RuntimeError(f"{where}. Neither events nor polling are allowed")
