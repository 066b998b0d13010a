"""The admin device's commands about events."""

from __future__ import annotations

import re
from typing import Any

from puretango.server.admin._part import AdminPart
from puretango.server.admin._table import (
    BOOLEAN,
    LONG,
    LONGS_STRINGS,
    STRING,
    STRINGS,
    admin_command,
)
from puretango.server.base._failure import throw
from puretango.server.publishing._publisher import RELEASE
from puretango.server.publishing._subscription import check_subscription

_IDL_PREFIX = re.compile(r"^idl\d+_")


def _event_name(text: str) -> str:
    """The event that is meant: a client that subscribes again after a restart sends `idl5_change`."""
    return _IDL_PREFIX.sub("", text.lower())


_ZMQ_IN = (
    "Event consumer wants to subscribe to.\n"
    'device name, attribute/pipe name, action ("subscribe"), event name, '
    '<Tango client IDL version>"\n'
    "event name can take the following values:\n"
    '    "change",\n    "alarm",\n    "periodic",\n    "archive",\n    "user_event",\n'
    '    "attr_conf",\n    "data_ready",\n    "intr_change",\n    "pipe"\n'
    '"info" can also be used as single parameter to retrieve information about the heartbeat '
    "and event pub endpoints."
)
_ZMQ_OUT = (
    "Str[0] = Heartbeat pub endpoint - Str[1] = Event pub endpoint\n...\n"
    "Str[n] = Alternate Heartbeat pub endpoint - Str[n+1] = Alternate Event pub endpoint\n"
    "Str[n+1] = event name used by this server as zmq topic to send events\n"
    "Str[n+2] = channel name used by this server to send heartbeat events\n"
    "Lg[0] = Tango lib release - Lg[1] = Device IDL release\n"
    "Lg[2] = Subscriber HWM - Lg[3] = Multicast rate\n"
    "Lg[4] = Multicast IVL - Lg[5] = ZMQ release"
)


class EventCommands(AdminPart):
    """ZmqEventSubscriptionChange, EventConfirmSubscription, QueryEventSystem …"""

    @admin_command(STRINGS, _ZMQ_IN, LONGS_STRINGS, _ZMQ_OUT)
    def ZmqEventSubscriptionChange(self, argin: list[str]) -> Any:
        """A client wants events."""
        origin = "DServer::zmq_event_subscription_change"
        publisher = self._server.publisher
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

    @admin_command(
        STRINGS,
        "Str[0] = dev1 name, Str[1] = att1 name, Str[2] = event name, Str[3] = dev2 name, "
        "Str[4] = att2 name, Str[5] = event name,...",
    )
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
            self._server.publisher.confirm(device, target, _event_name(event))

    @admin_command(STRINGS, "Event consumer wants to subscribe to", LONG, "Tango lib release")
    def EventSubscriptionChange(self, argin: list[str]) -> int:
        """The subscription of a client from before ZMQ: checked, and answered with the release; notifd is not used."""
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

    @admin_command(out_type=STRING, out_text="JSON object with information about the event system")
    def QueryEventSystem(self) -> str:
        """The state of the event system, as JSON."""
        return self._server.publisher.describe()

    @admin_command(BOOLEAN, "Enable or disable the collection of performance samples for events")
    def EnableEventSystemPerfMon(self, enabled: bool) -> None:
        """Take samples of the events' timing, or do not."""
        self._server.publisher.monitor_performance(bool(enabled))
