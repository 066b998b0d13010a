"""Which events a device pushes by itself: said by its class, and changed for one attribute."""

from __future__ import annotations

_NOT_PUSHED = (False, True)


class PushedEvents:
    """The part of an attribute, of a class or of a device, that says which events are pushed."""

    events: dict[str, tuple[bool, bool]]
    """Kind of event → pushed by the device, and then compared with the criteria."""
    data_ready_event: bool

    def set_change_event(self, implemented: bool, detect: bool = True) -> None:
        """The device pushes change events by itself; with ``detect``, only those that meet the criteria are sent."""
        self.events["change"] = (implemented, detect)

    def set_archive_event(self, implemented: bool, detect: bool = True) -> None:
        """The device pushes archive events by itself; with ``detect``, only those that meet the criteria are sent."""
        self.events["archive"] = (implemented, detect)

    def set_alarm_event(self, implemented: bool, detect: bool = True) -> None:
        """The device pushes alarm events by itself; with ``detect``, only where the quality changes."""
        self.events["alarm"] = (implemented, detect)

    def set_data_ready_event(self, implemented: bool) -> None:
        """The device pushes data ready events."""
        self.data_ready_event = implemented

    def is_change_event(self) -> bool:
        """True if the device pushes change events by itself."""
        return self.events.get("change", _NOT_PUSHED)[0]

    def is_archive_event(self) -> bool:
        """True if the device pushes archive events by itself."""
        return self.events.get("archive", _NOT_PUSHED)[0]

    def is_alarm_event(self) -> bool:
        """True if the device pushes alarm events by itself."""
        return self.events.get("alarm", _NOT_PUSHED)[0]

    def is_data_ready_event(self) -> bool:
        """True if the device pushes data ready events."""
        return self.data_ready_event

    def is_check_change_criteria(self) -> bool:
        """True if pushed change events are compared with the criteria."""
        return self.events.get("change", _NOT_PUSHED)[1]

    def is_check_archive_criteria(self) -> bool:
        """True if pushed archive events are compared with the criteria."""
        return self.events.get("archive", _NOT_PUSHED)[1]

    def is_check_alarm_criteria(self) -> bool:
        """True if pushed alarm events are compared with the criteria."""
        return self.events.get("alarm", _NOT_PUSHED)[1]
