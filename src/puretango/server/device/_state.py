"""State and Status of a device, and its initialisation."""

from __future__ import annotations

import asyncio
from typing import Any

from puretango.server.access._single import read_one
from puretango.server.base._failure import AUTHORS_ERRORS, first_text, to_dev_failed
from puretango.server.declaration._settings import STATUS_NOT_SET
from puretango.server.device._core import DeviceCore
from puretango.values import DevState


def _listed(names: list[str]) -> str:
    """The names after a noun, with its plural, and the verb."""
    if len(names) == 1:
        return f" {names[0]} has"
    return f"s {', '.join(names)} have"


_WITH_ALARMS = (DevState.ON, DevState.ALARM)


class DeviceState(DeviceCore):
    """The part of a device that knows how it is."""

    _tango_init_error: BaseException | None = None
    _tango_init_task: asyncio.Task[None] | None = None

    def _tango_take_state(self, state: DevState, status: str) -> None:
        self._tango_state_value = DevState(state)
        self._tango_previous_state = DevState.UNKNOWN
        self._tango_status_text = status
        self._tango_alarm_by_kernel = False
        self._tango_already_read: frozenset[str] | None = None
        """The attributes that a request for the attribute State has read; None in other requests."""

    # -- authors' methods ------------------------------------------------------------------------

    def get_state(self) -> DevState:
        """The state last set."""
        return self._tango_state_value

    def get_prev_state(self) -> DevState:
        """The state before the one last set."""
        return self._tango_previous_state

    def set_state(self, new_state: DevState) -> None:
        """Set the state."""
        try:
            new_state = DevState(new_state)
        except ValueError:
            raise TypeError(f"set_state(): a DevState is wanted, not {new_state!r}") from None
        self._tango_previous_state = self._tango_state_value
        self._tango_state_value = new_state
        self._tango_alarm_by_kernel = False

    def get_status(self) -> str:
        """The status last set."""
        return self._tango_status_text

    def set_status(self, new_status: str) -> None:
        """Set the status."""
        if not isinstance(new_status, str):
            raise TypeError(f"set_status(): a string is wanted, not {new_status!r}")
        self._tango_status_text = str(new_status)

    def append_status(self, status: str, new_line: bool = False) -> None:
        """Add to the status."""
        self._tango_status_text += f"\n{status}" if new_line else str(status)

    def dev_state(self) -> Any:
        """The state that clients see: ON becomes ALARM when an attribute is in alarm.

        Overridden by authors; in an asyncio device, to be awaited.
        """
        return self._tango_ready_or_awaitable(self._tango_library_state())

    def dev_status(self) -> Any:
        """The status that clients see; overridden by authors."""
        return self._tango_ready_or_awaitable(self._tango_library_status())

    # -- what the library makes of it ---------------------------------------------------------------

    async def _tango_library_state(self) -> DevState:
        """The state with the attributes' alarms in it."""
        fresh, self._tango_already_read = self._tango_already_read, None
        if self._tango_attributes.has_forwarded:
            await self._tango_look_for_roots()
        if self._tango_state_value != DevState.FAULT and self._tango_wrong_attributes():
            return DevState.ALARM
        if self._tango_state_value not in _WITH_ALARMS:
            return self._tango_state_value
        alarmed = self._tango_attributes.alarmed()
        stale = [a for a in alarmed if a.lower_name not in (fresh or ()) and not a.is_polled()]
        if stale and self._tango_has_hardware_read and fresh is None:
            indexes = [self._tango_attributes.index_of(a.name) for a in stale]
            await self._tango_call(self.read_attr_hardware, indexes)
        for attribute in stale:
            await read_one(self, attribute)
        in_alarm = [a.check_alarm() for a in alarmed if a.has_value or a in stale]
        if any(in_alarm) or self._tango_attributes.is_quality_alarmed():
            if self._tango_state_value != DevState.ALARM:
                self._tango_state_value = DevState.ALARM
                self._tango_alarm_by_kernel = True
        elif self._tango_alarm_by_kernel:
            self._tango_state_value = DevState.ON
            self._tango_alarm_by_kernel = False
        return self._tango_state_value

    async def _tango_library_status(self) -> str:
        """The status with the attributes' alarms in it."""
        if self._tango_attributes.has_forwarded:
            await self._tango_look_for_roots()
        wrong = self._tango_wrong_attributes()
        if wrong and self._tango_state_value != DevState.FAULT:
            return "\n".join(["The device is in ALARM state.", *wrong])
        text = self._tango_status_text
        if text == STATUS_NOT_SET:
            text = f"The device is in {self._tango_state_value} state."
        if self._tango_state_value == DevState.ALARM:
            text = self._tango_attributes.read_alarm(text)
        return text

    async def _tango_look_for_roots(self) -> None:
        """Try to reach the roots of forwarded attributes that nobody has reached yet."""
        for each in self._tango_attributes.forwarded():
            if not each.root.known:
                await self._tango_blocking(each.refresh)

    def _tango_wrong_attributes(self) -> list[str]:
        """Lines about attributes that did not start as they should."""
        made = self._tango_attributes.made()
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
        lines += [
            each.root.describe() for each in self._tango_attributes.forwarded() if each.root.problem
        ]
        return lines

    async def _tango_current_state(self, fresh: frozenset[str] | None = None) -> DevState:
        """The state that a client sees; ``fresh`` are attributes read in the same request."""
        if self._tango_init_error is not None and self._tango_state_value == DevState.FAULT:
            return DevState.FAULT
        self._tango_already_read = fresh
        return DevState(await self._tango_call(self.dev_state))

    async def _tango_current_status(self) -> str:
        """The status that a client sees."""
        if self._tango_init_error is not None and self._tango_state_value == DevState.FAULT:
            return self._tango_status_text
        return str(await self._tango_call(self.dev_status))

    # -- initialisation -----------------------------------------------------------------------------

    async def _tango_initialise(self) -> None:
        """Run init_device; if it fails, the device is in FAULT and says why."""
        self._tango_init_error = None
        try:
            with self._tango_server.subdevices.acting(self):
                await self._tango_call(self.init_device)
        except (*AUTHORS_ERRORS, asyncio.CancelledError) as error:
            self._tango_note_init_error(error)
            raise

    def _tango_note_init_error(self, error: BaseException) -> None:
        """The device is in FAULT, with the first cause first in its Status."""
        self._tango_init_error = error
        self.set_state(DevState.FAULT)
        self.set_status(f"The device is in FAULT state.\n{first_text(error)}")

    async def _tango_reinitialise(self) -> None:
        """The command Init: goes on to its end even if the client that wanted it leaves."""
        if self._tango_is_asyncio:
            task = self._tango_init_task = asyncio.create_task(self._tango_begin_apart())
            await asyncio.shield(task)
        else:
            await self._tango_begin_anew()

    async def _tango_begin_apart(self) -> None:
        try:
            await self._tango_begin_anew()
        except SystemExit as error:  # out of a task it would end the loop
            raise to_dev_failed(error) from error

    async def _tango_begin_anew(self) -> None:
        await self._tango_call(self.delete_device)
        if self._tango_is_asyncio:
            await self._tango_server.store.prefetch(self)
        if self._tango_init_error is not None:
            self.set_state(DevState.UNKNOWN)
            self.set_status(STATUS_NOT_SET)
        await self._tango_initialise()
        await self._tango_restore_memorized()
