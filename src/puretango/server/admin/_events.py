"""The admin device's commands about events."""

from __future__ import annotations

import re
from typing import Any

from puretango.server.admin._base import AdminBase
from puretango.server.base._failure import throw
from puretango.server.publishing._publisher import RELEASE
from puretango.server.publishing._subscription import check_subscription

_IDL_PREFIX = re.compile(r"^idl\d+_")


def _event_name(text: str) -> str:
    """The event that is meant: a client that subscribes again after a restart sends `idl5_change`."""
    return _IDL_PREFIX.sub("", text.lower())


class AdminEvents(AdminBase):
    """ZmqEventSubscriptionChange, EventConfirmSubscription, QueryEventSystem …"""

    def ZmqEventSubscriptionChange(self, argin: list[str]) -> Any:
        """A client wants events."""
        origin = "DServer::zmq_event_subscription_change"
        publisher = self._tango.server.publisher
        if len(argin) == 1 and argin[0].lower() == "info":
            return publisher.info()
        if len(argin) < 4:
            few = len(argin) > 1
            raise throw(
                "API_WrongNumberOfArgs",
                f"Not enough input arguments, needs {'at least ' if few else ''}4 i.e. "
                "device name, attribute/pipe name, action, event name"
                + (", <Tango lib release>" if few else ""),
                origin,
            )
        name, target, _action, event = argin[:4]
        release = int(argin[4]) if len(argin) > 4 and argin[4].isdigit() else 0
        device = self.known(name, origin, twice=True)
        return publisher.subscribe(device, target, _event_name(event), release)

    def EventConfirmSubscription(self, argin: list[str]) -> None:
        """A client still wants events: triples of device, attribute, event."""
        if len(argin) == 0 or len(argin) % 3:
            raise throw(
                "API_WrongNumberOfArgs",
                "Wrong number of input arguments: 3 needed per event: "
                "device name, attribute/pipe name and event name\n",
                "DServer::event_confirm_subscription",
            )
        for place in range(0, len(argin), 3):
            name, target, event = argin[place : place + 3]
            device = self.known(name, "DServer::event_confirm_subscription", twice=True)
            self._tango.server.publisher.confirm(device, target, _event_name(event))

    def EventSubscriptionChange(self, argin: list[str]) -> int:
        """A client of the time before ZMQ: checked, and told the release; nothing goes by notifd."""
        origin = "DServer::event_subscription_change"
        if len(argin) < 4:
            raise throw(
                "API_WrongNumberOfArgs",
                "Not enough input arguments, needs 4 i.e. device name, attribute name, action, "
                "event name",
                origin,
            )
        name, target, _action, event = argin[:4]
        check_subscription(self.known(name, origin, twice=True), target, _event_name(event))
        return RELEASE

    def QueryEventSystem(self) -> str:
        """How the events go, as JSON."""
        return self._tango.server.publisher.describe()

    def EnableEventSystemPerfMon(self, enabled: bool) -> None:
        """Take samples of the events' timing, or do not."""
        self._tango.server.publisher.monitor_performance(bool(enabled))
