"""The events of one attribute: whether anybody is subscribed, and pushing the present value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puretango.server.declaration._pushedevents import PushedEvents
from puretango.values import EventType

if TYPE_CHECKING:
    from puretango.errors import DevFailed
    from puretango.server.attribute._ports import AttributeOwner


class AttributeEvents(PushedEvents):
    """The part of an attribute that has to do with events."""

    name: str
    lower_name: str
    device: AttributeOwner

    def _subscribed(self, *names: str) -> bool:
        return self.device._tango.server.has_subscriber(self.device, self.lower_name, names)

    def is_event_subscribed(self, event_type: EventType) -> bool:
        """True if anybody wants events of that type."""
        return self.device.is_there_subscriber(self.name, event_type)

    def change_event_subscribed(self) -> bool:
        """True if anybody wants change events."""
        return self._subscribed("change")

    def alarm_event_subscribed(self) -> bool:
        """True if anybody wants alarm events."""
        return self._subscribed("alarm")

    def archive_event_subscribed(self) -> bool:
        """True if anybody wants archive events."""
        return self._subscribed("archive")

    def periodic_event_subscribed(self) -> bool:
        """True if anybody wants periodic events."""
        return self._subscribed("periodic")

    def user_event_subscribed(self) -> bool:
        """True if anybody wants user events."""
        return self._subscribed("user_event")

    def use_notifd_event(self) -> bool:
        """Always False: notifd is not supported."""
        return False

    def use_zmq_event(self) -> bool:
        """Events go by ZMQ."""
        return True

    def fire_change_event(self, exception: DevFailed | None = None) -> None:
        """Push a change event with the present value, or with an error."""
        self.device._tango.server.push(self.device, self, "change", exception)

    def fire_alarm_event(self, exception: DevFailed | None = None) -> None:
        """Push an alarm event with the present value, or with an error."""
        self.device._tango.server.push(self.device, self, "alarm", exception)
