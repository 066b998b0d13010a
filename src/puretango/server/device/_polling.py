"""Polling, as a device's author sees and steers it."""

from __future__ import annotations

from typing import Any

from puretango.server.device._core import DeviceCore
from puretango.server.polling._poller import ATTRIBUTE, COMMAND, MINIMUM_PERIOD
from puretango.server.polling._table import pairs


class DevicePolling(DeviceCore):
    """The part of a device that is polled."""

    def is_polled(self) -> bool:
        """True if anything of the device is polled."""
        return bool(self._tango.polled)

    def is_attribute_polled(self, attr_name: str) -> bool:
        """True if the attribute is polled."""
        return (ATTRIBUTE, attr_name.lower()) in self._tango.polled

    def is_command_polled(self, cmd_name: str) -> bool:
        """True if the command is polled."""
        return self._tango.polling.find(COMMAND, cmd_name) is not None

    def get_attribute_poll_period(self, attr_name: str) -> int:
        """The attribute's period in milliseconds; 0 if it is not polled."""
        return self._tango.polling.period(ATTRIBUTE, attr_name)

    def get_command_poll_period(self, cmd_name: str) -> int:
        """The command's period in milliseconds; 0 if it is not polled."""
        return self._tango.polling.period(COMMAND, cmd_name)

    def poll_attribute(self, attr_name: str, period_ms: int) -> None:
        """Poll the attribute with that period."""
        self._tango.polling.start(ATTRIBUTE, attr_name, period_ms)

    def poll_command(self, cmd_name: str, period_ms: int) -> None:
        """Poll the command with that period."""
        self._tango.polling.start(COMMAND, cmd_name, period_ms)

    def stop_poll_attribute(self, attr_name: str) -> None:
        """Stop polling the attribute."""
        self._tango.polling.stop(ATTRIBUTE, attr_name)

    def stop_poll_command(self, cmd_name: str) -> None:
        """Stop polling the command."""
        self._tango.polling.stop(COMMAND, cmd_name)

    def stop_polling(self, with_db_upd: bool = True) -> None:
        """Stop polling anything of the device."""
        for kind, name in list(self._tango.polled):
            self._tango.polling.stop(kind, name, with_db_upd)

    def fill_attr_polling_buffer(self, attribute_name: str, attr_history_stack: Any) -> None:
        """Put values of the author's into an attribute's ring."""
        self._tango.server.util.fill_attr_polling_buffer(self, attribute_name, attr_history_stack)

    def fill_cmd_polling_buffer(self, command_name: str, cmd_history_stack: Any) -> None:
        """Put results of the author's into a command's ring."""
        self._tango.server.util.fill_cmd_polling_buffer(self, command_name, cmd_history_stack)

    # -- the properties ------------------------------------------------------------------------------

    def get_poll_ring_depth(self) -> int:
        """The depth of the rings; 0 for the library's default."""
        return self._tango.polling.number("poll_ring_depth", 0)

    def get_poll_old_factor(self) -> int:
        """After how many periods a value is too old."""
        return self._tango.polling.number("poll_old_factor", 4)

    def get_min_poll_period(self) -> int:
        """The shortest period."""
        return self._tango.polling.number("min_poll_period", MINIMUM_PERIOD)

    def get_attr_poll_ring_depth(self, attr_name: str) -> int:
        """The depth of an attribute's ring."""
        stored = pairs(self._tango.polling.texts("attr_poll_ring_depth"))
        return stored.get(attr_name.lower(), self.get_poll_ring_depth() or 10)

    def get_cmd_poll_ring_depth(self, cmd_name: str) -> int:
        """The depth of a command's ring."""
        stored = pairs(self._tango.polling.texts("cmd_poll_ring_depth"))
        return stored.get(cmd_name.lower(), self.get_poll_ring_depth() or 10)

    def get_attr_min_poll_period(self) -> list[str]:
        """The shortest periods of single attributes, as stored."""
        return self._tango.polling.texts("attr_min_poll_period")

    def get_cmd_min_poll_period(self) -> list[str]:
        """The shortest periods of single commands, as stored."""
        return self._tango.polling.texts("cmd_min_poll_period")

    def get_polled_attr(self) -> list[str]:
        """The polled attributes and their periods, as stored."""
        return self._tango.polling.stored(ATTRIBUTE)

    def get_polled_cmd(self) -> list[str]:
        """The polled commands and their periods, as stored."""
        return self._tango.polling.stored(COMMAND)

    def get_non_auto_polled_attr(self) -> list[str]:
        """The attributes that are not polled although their class says so."""
        return self._tango.polling.texts("non_auto_polled_attr")

    def get_non_auto_polled_cmd(self) -> list[str]:
        """The commands that are not polled although their class says so."""
        return self._tango.polling.texts("non_auto_polled_cmd")
