"""State and Status of a device, and its initialisation."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

from puretango.server.access._memorized import restore
from puretango.server.access._reader import StateReader, make_state_reader
from puretango.server.base._calling import drive
from puretango.server.base._failure import AUTHORS_ERRORS, first_text, to_dev_failed
from puretango.server.declaration.settings._settings import STATUS_NOT_SET
from puretango.server.device.parts._part import Part
from puretango.values import DevState

if TYPE_CHECKING:
    from puretango.server.attribute._attribute import Attribute
    from puretango.server.base._calling import Stamp
    from puretango.server.device.parts._core import Core
    from puretango.server.device.parts._ports import AuthoredDevice


def _listed(names: list[str]) -> str:
    """The names to put after a noun, with the plural's ending, and the verb."""
    if len(names) == 1:
        return f" {names[0]} has"
    return f"s {', '.join(names)} have"


_WITH_ALARMS = (DevState.ON, DevState.ALARM)
_IN_STATE = {state: f"The device is in {state} state." for state in DevState}


class StatePart(Part):
    """Works out State and Status, and initialises the device."""

    def __init__(self, core: Core, device: AuthoredDevice, state: DevState, status: str) -> None:
        super().__init__(core, device)
        self._readers_for: Stamp | None = None
        self._readers: dict[Attribute, StateReader] = {}
        self._wrong_for: tuple[Stamp, int] | None = None
        self._wrong: list[str] = []
        self.init_error: BaseException | None = None
        self.init_task: asyncio.Task[None] | None = None
        self.value = DevState(state)
        self.previous = DevState.UNKNOWN
        self.status = status
        self.alarm_by_kernel = False
        self.already_read: frozenset[str] | None = None
        """The attributes that a request for the attribute State has read; None in other requests."""

    async def library_state(self) -> DevState:
        """The state, with the attributes' alarms taken into account."""
        fresh, self.already_read = self.already_read, None
        if self.tango.attributes.has_forwarded:
            await self._look_for_roots()
        settled = self._without_alarms()
        if settled is not None:
            return settled
        stale = self._stale(fresh)
        if stale and self.tango.has_hardware_read and fresh is None:
            await self.tango.call(self.device.read_attr_hardware, self._indexes_of(stale))
        for read in stale.values():
            waiting = read()
            if waiting is not None and not isinstance(waiting, bool):
                await waiting
        return self._judged(stale)

    def library_state_now(self) -> DevState:
        """library_state() of a blocking device, where nothing is awaited."""
        fresh, self.already_read = self.already_read, None
        if self.tango.attributes.has_forwarded:
            drive(self._look_for_roots())
        settled = self._without_alarms()
        if settled is not None:
            return settled
        stale = self._stale(fresh)
        if stale and self.tango.has_hardware_read and fresh is None:
            self.tango.call_now(self.device.read_attr_hardware, self._indexes_of(stale))
        calm = 0
        for read in stale.values():
            rest = read()
            if rest is True:
                calm += 1
            elif rest:
                drive(rest)
        return self._judged(stale, calm)

    def _without_alarms(self) -> DevState | None:
        """The state where the attributes' values do not matter; None if they do."""
        if self.value != DevState.FAULT and self._wrong_attributes():
            return DevState.ALARM
        return None if self.value in _WITH_ALARMS else self.value

    def _stale(self, fresh: frozenset[str] | None) -> dict[Attribute, StateReader]:
        """Readers of the attributes with alarm levels that this request has not read yet."""
        readers = self._current_readers()
        if not fresh:
            return readers
        return {a: read for a, read in readers.items() if a.lower_name not in fresh}

    def _indexes_of(self, attributes: Iterable[Attribute]) -> list[int]:
        return [self.tango.attributes.index_of(a.name) for a in attributes]

    def _judged(self, stale: dict[Attribute, StateReader], calm: int = 0) -> DevState:
        """The state that follows from the alarms of the values read; so many are within all their levels."""
        alarmed = self.tango.attributes.alarmed()
        checked: list[bool] = []
        if calm < len(alarmed):
            checked = [a.check_alarm() for a in alarmed if a.has_value or a in stale]
        if any(checked) or self.tango.attributes.is_quality_alarmed():
            if self.value != DevState.ALARM:
                self.value = DevState.ALARM
                self.alarm_by_kernel = True
        elif self.alarm_by_kernel:
            self.value = DevState.ON
            self.alarm_by_kernel = False
        return self.value

    def _current_readers(self) -> dict[Attribute, StateReader]:
        """Readers of the attributes with levels that are not polled; prepared again only for another stamp."""
        stamp = self.tango.stamp
        if self._readers_for is not stamp:
            device, alarmed = self.device, self.tango.attributes.alarmed()
            self._readers = {a: make_state_reader(device, a) for a in alarmed if not a.is_polled()}
            self._readers_for = stamp
        return self._readers

    async def library_status(self) -> str:
        """The status, with lines about the attributes' alarms."""
        if self.tango.attributes.has_forwarded:
            await self._look_for_roots()
        return self._told()

    def library_status_now(self) -> str:
        """library_status() of a blocking device."""
        if self.tango.attributes.has_forwarded:
            drive(self._look_for_roots())
        return self._told()

    def _told(self) -> str:
        wrong = self._wrong_attributes()
        if wrong and self.value != DevState.FAULT:
            return "\n".join(["The device is in ALARM state.", *wrong])
        text = self.status
        if text == STATUS_NOT_SET:
            text = _IN_STATE[self.value]
        if self.value == DevState.ALARM:
            text = self.tango.attributes.read_alarm(text)
        return text

    async def _look_for_roots(self) -> None:
        """Try to reach the roots of forwarded attributes that have not been reached yet."""
        for each in self.tango.attributes.forwarded():
            if not each.root.known:
                await self.tango.blocking(each.refresh)

    def _wrong_attributes(self) -> list[str]:
        """Lines about attributes that did not start as they should."""
        known = self.tango.attributes.count_made()
        if self._wrong_for != (self.tango.stamp, known):
            self._wrong_for = (self.tango.stamp, known)
            self._wrong = self._wrong_own()
        if not self.tango.attributes.has_forwarded:
            return self._wrong
        roots = [each.root for each in self.tango.attributes.forwarded()]
        return [*self._wrong, *(root.describe() for root in roots if root.problem)]

    def _wrong_own(self) -> list[str]:
        """The lines about the device's own attributes; they change with its stamp, or when one more is made."""
        made = self.tango.attributes.made()
        lines = []
        wrong = [a.name for a in made if a.startup_error is not None]
        if wrong:
            lines.append(f"Attribute{_listed(wrong)} wrong configuration")
            lines.append("Try accessing the faulty attribute(s) to get more information")
        failed = [a.name for a in made if getattr(a, "memorized_error", None) is not None]
        if failed:
            lines.append(
                f"Memorized attribute{_listed(failed)} failed during device startup sequence"
            )
        return lines

    async def current(self, fresh: frozenset[str] | None = None) -> DevState:
        """The state that a client sees; ``fresh`` are attributes read in the same request."""
        if self.init_error is not None and self.value == DevState.FAULT:
            return DevState.FAULT
        self.already_read = fresh
        return DevState(await self.tango.call(self.device.dev_state))

    def current_now(self, fresh: frozenset[str] | None = None) -> DevState:
        """current() of a blocking device."""
        if self.init_error is not None and self.value == DevState.FAULT:
            return DevState.FAULT
        self.already_read = fresh
        found = self.tango.call_now(self.device.dev_state)
        return found if type(found) is DevState else DevState(found)

    async def current_status(self) -> str:
        """The status that a client sees."""
        if self.init_error is not None and self.value == DevState.FAULT:
            return self.status
        return str(await self.tango.call(self.device.dev_status))

    def current_status_now(self) -> str:
        """current_status() of a blocking device."""
        if self.init_error is not None and self.value == DevState.FAULT:
            return self.status
        return str(self.tango.call_now(self.device.dev_status))

    async def initialise(self) -> None:
        """Run init_device; if it fails, the device is in FAULT and says why."""
        self.init_error = None
        try:
            with self.tango.server.subdevices.acting(self.device):
                await self.tango.call(self.device.init_device)
        except (*AUTHORS_ERRORS, asyncio.CancelledError) as error:
            self.note_init_error(error)
            raise

    def note_init_error(self, error: BaseException) -> None:
        """The device is in FAULT, with the first cause first in its Status."""
        self.init_error = error
        self.device.set_state(DevState.FAULT)
        self.device.set_status(f"The device is in FAULT state.\n{first_text(error)}")

    async def reinitialise(self) -> None:
        """The command Init: runs to its end even if its client disconnects."""
        if self.tango.is_asyncio:
            task = self.init_task = asyncio.create_task(self._begin_apart())
            await asyncio.shield(task)
        else:
            await self._begin_anew()

    async def _begin_apart(self) -> None:
        try:
            await self._begin_anew()
        except SystemExit as error:  # raised out of a task it would end the loop
            raise to_dev_failed(error) from error

    async def _begin_anew(self) -> None:
        await self.tango.call(self.device.delete_device)
        if self.tango.is_asyncio:
            await self.tango.server.store.prefetch(self.device)
        if self.init_error is not None:
            self.device.set_state(DevState.UNKNOWN)
            self.device.set_status(STATUS_NOT_SET)
        await self.initialise()
        await restore(self.device)

    # -- results -------------------------------------------------------------------------------------
