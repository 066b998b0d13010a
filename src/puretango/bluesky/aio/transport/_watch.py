"""The watch over one attribute, by events or by reading in turn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from puretango.bluesky.attributes import (
    AttributeFacts,
    Sample,
    equal_values,
    text_of,
)
from puretango.errors import DevFailed
from puretango.values import EventType

from ._link import AsyncLink, logger

__all__ = ["Deadband", "Watch"]


class Watched(Protocol):
    """What a monitor needs of the backend whose attribute it monitors."""

    polling_period: float
    events: bool
    deadband: Deadband
    #: Whether the server sends an event for each change of the configuration.
    configured_by_events: bool

    @property
    def reader(self) -> AsyncLink:
        """The device."""

    @property
    def read_name(self) -> str:
        """The attribute."""

    @property
    def read_trl(self) -> str:
        """Its locator."""

    def take(self, answer: Any) -> Sample:
        """Take over an answer; AttributeFailed if the read failed."""

    def reading_of(self, found: Sample) -> dict[str, Any]:
        """A sample as a reading."""

    def learn(self, facts: AttributeFacts) -> None:
        """Take over the attribute's present facts."""


class Watch:
    """The watch over one attribute, by events or by reading in turn."""

    def __init__(self, backend: Watched, callback: Callable[[Any], None]) -> None:
        self._backend = backend
        self._callback = callback
        self._last: dict[str, Any] | None = None
        self._failed = ""
        self._ends: list[Callable[[], None]] = []
        self._stopped = False
        self._task = asyncio.get_running_loop().create_task(self._start())

    async def _start(self) -> None:
        backend, link = self._backend, self._backend.reader
        if not await self._watch_by_events():
            watcher = (self._on_answer, self._on_failure)
            self._until_stopped(link.poll(backend.read_name, backend.polling_period, watcher))

    async def _watch_by_events(self) -> bool:
        backend, link = self._backend, self._backend.reader
        if not backend.events:
            return False
        try:
            self._until_stopped(await link.subscribe(backend.read_name, self._on_event))
        except DevFailed as failure:
            logger.debug("%s sends no events: %s", backend.read_trl, text_of(failure))
            return False
        finally:
            await self._watch_configuration()
        self._until_stopped(link.look_after_writes(backend.read_name, self._look))
        return True

    async def _watch_configuration(self) -> None:
        backend = self._backend
        if self._stopped:
            return
        try:
            end = await backend.reader.subscribe(
                backend.read_name, self._on_configuration, EventType.ATTR_CONF_EVENT
            )
        except DevFailed as failure:
            logger.debug("%s: no news of its configuration: %s", backend.read_trl, text_of(failure))
            return
        backend.configured_by_events = True
        self._until_stopped(end)

    def _until_stopped(self, end: Callable[[], None]) -> None:
        if self._stopped:
            end()
        else:
            self._ends.append(end)

    def stop(self) -> None:
        """End: nothing is reported after this."""
        self._stopped = True
        self._backend.configured_by_events = False
        ends, self._ends = self._ends, []
        for end in ends:
            end()

    def _on_configuration(self, event: Any) -> None:
        # A server that died sends no change of configuration; the next stage or connection reads it.
        self._backend.configured_by_events = not event.err and not self._stopped
        if not event.err and not self._stopped:
            try:
                self._backend.learn(AttributeFacts.from_configuration(event.attr_conf))
            except TypeError as changed:
                logger.warning("%s", changed)

    async def _look(self) -> None:
        """Read after a write of the attribute: its event may still be under way."""
        backend = self._backend
        try:
            self._tell((await backend.reader.read_many([backend.read_name]))[0], always=False)
        except DevFailed as failure:
            self._on_failure(failure)

    def _on_event(self, event: Any) -> None:
        try:
            if event.err:
                self._on_failure(DevFailed(*event.errors))
            else:
                self._tell(event.attr_value, always=True)
        except Exception:  # noqa: BLE001
            # One subscriber's mistake must not keep events from all the others.
            logger.exception("a subscriber to %s failed", self._backend.read_trl)

    def _on_answer(self, answer: Any) -> None:
        self._tell(answer, always=False)

    def _tell(self, answer: Any, *, always: bool) -> None:
        if self._stopped:
            return
        try:
            found = self._backend.take(answer)
        except DevFailed as failure:
            self._on_failure(failure)
            return
        reading = self._backend.reading_of(found)
        if always or self._failed or not self._alike(reading):
            self._failed, self._last = "", reading
            self._callback(reading)

    def _on_failure(self, failure: DevFailed) -> None:
        reason = text_of(failure)
        if self._stopped or reason == self._failed:
            return
        self._failed = reason
        logger.warning("watching %s: %s", self._backend.read_trl, reason)
        if self._last is not None:
            # The last value with an unknown severity: subscribers see that it is old.
            self._callback({**self._last, "alarm_severity": -1, "message": reason})

    def _alike(self, reading: dict[str, Any]) -> bool:
        last, value = self._last, reading["value"]
        if last is None or reading["alarm_severity"] != last["alarm_severity"]:
            return False
        # For arrays == is not enough: it fails, or is true, if one has become longer.
        return equal_values(value, last["value"]) or self._backend.deadband.holds(
            value, last["value"]
        )


@dataclass(frozen=True)
class Deadband:
    """Changes of a polled value that are not worth reporting, in its unit and as a fraction of it.

    A change is reported if it is larger than either of the two that is given.
    """

    absolute: float | None = None
    relative: float | None = None

    def holds(self, value: Any, last: Any) -> bool:
        """Whether ``value`` differs too little from ``last`` to be reported."""
        if self.absolute is None and self.relative is None:
            return False
        try:
            change = np.abs(np.asarray(value, float) - np.asarray(last, float))
        except (TypeError, ValueError):
            return False  # texts, and arrays that have become longer
        told = np.zeros(np.shape(change), bool)
        if self.absolute is not None:
            told |= change > self.absolute
        if self.relative is not None:
            told |= change > self.relative * np.abs(np.asarray(last, float))
        # A NaN that comes or goes is reported; equal NaNs have been handled before.
        return not bool(np.any(told | np.isnan(change)))
