"""State and Status of a device, and its initialisation."""

from __future__ import annotations

from typing import Any

from puretango.server.device._core import DeviceCore
from puretango.values import DevState


class DeviceState(DeviceCore):
    """The part of a device that holds its State and Status."""

    # -- authors' methods ------------------------------------------------------------------------

    def get_state(self) -> DevState:
        """The state last set."""
        return self._tango.state.value

    def get_prev_state(self) -> DevState:
        """The state before the one last set."""
        return self._tango.state.previous

    def set_state(self, new_state: DevState) -> None:
        """Set the state."""
        try:
            new_state = DevState(new_state)
        except ValueError:
            raise TypeError(f"set_state(): a DevState is wanted, not {new_state!r}") from None
        self._tango.state.previous = self._tango.state.value
        self._tango.state.value = new_state
        self._tango.state.alarm_by_kernel = False

    def get_status(self) -> str:
        """The status last set."""
        return self._tango.state.status

    def set_status(self, new_status: str) -> None:
        """Set the status."""
        if not isinstance(new_status, str):
            raise TypeError(f"set_status(): a string is wanted, not {new_status!r}")
        self._tango.state.status = str(new_status)

    def append_status(self, status: str, new_line: bool = False) -> None:
        """Add to the status."""
        self._tango.state.status += f"\n{status}" if new_line else str(status)

    def dev_state(self) -> Any:
        """The state that clients see: ON becomes ALARM when an attribute is in alarm.

        Overridden by authors; in an asyncio device, to be awaited.
        """
        state = self._tango.state
        return state.library_state() if self._tango.is_asyncio else state.library_state_now()

    def dev_status(self) -> Any:
        """The status that clients see; overridden by authors."""
        state = self._tango.state
        return state.library_status() if self._tango.is_asyncio else state.library_status_now()
