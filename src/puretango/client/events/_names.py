"""Names and failures of event subscriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puretango.errors import (
    CommunicationFailed,
    ConnectionFailed,
    DevError,
    DevFailed,
    ErrSeverity,
)
from puretango.events import KINDS, Subscription
from puretango.values import EventType

if TYPE_CHECKING:
    from puretango.client.events.delivery._source import Source

__all__ = [
    "event_name",
    "full_attribute_name",
    "full_device_name",
    "missed_count",
    "missed_events",
    "subscription_failure",
]

MISSED = "API_MissedEvents"
_MISSED_TEXT = "Missed some events! "


def event_name(event_type: EventType) -> str:
    """The name of an event type on the wire."""
    name = KINDS.get(event_type)
    if name is None:
        raise DevFailed.make(
            "API_UnsupportedFeature",
            f"Events of type {event_type} are not supported",
            "EventConsumer::subscribe_event()",
        )
    return name


def full_device_name(proxy: Source) -> str:
    """A device's name with its database or server, in lower case."""
    name = proxy._name
    device = proxy.dev_name()
    if not name.database:
        return f"tango://{name.host}:{name.port}/{device}#dbase=no".lower()
    return f"tango://{proxy.get_db_host()}:{proxy.get_db_port()}/{device}".lower()


def full_attribute_name(device: str, attribute: str) -> str:
    """The full name of a device's attribute."""
    base, hash_sign, modifier = device.partition("#")
    return f"{base}/{attribute}{hash_sign}{modifier}"


def subscription_failure(exc: BaseException, entry: Subscription) -> DevFailed:
    """Why subscribing failed, as the error that the user gets."""
    origin = "EventConsumer::subscribe_event()"
    if isinstance(exc, DevFailed) and _is_unreachable(exc):
        return DevFailed.make(
            "API_CantConnectToDevice",
            f"Can't subscribe to event for device {entry.device}\n"
            "Check that device server is running...",
            "EventConsumer::connect_event()",
        )
    if isinstance(exc, DevFailed):
        top = DevError(
            "API_DSFailedRegisteringEvent",
            ErrSeverity.ERR,
            "Device server send exception while trying to register event",
            origin,
        )
        return type(exc)(*exc.args, top)
    return DevFailed.make(
        "API_BadConfigurationProperty",
        f"Can't subscribe to event for device {entry.device}: {exc}",
        origin,
    )


def _is_unreachable(error: DevFailed) -> bool:
    """True if the server has not answered; False if it has, with a refusal."""
    absent = "API_DeviceNotExported"
    return isinstance(error, (ConnectionFailed, CommunicationFailed)) or any(
        each.reason == absent for each in error.errors
    )


def missed_events(count: int) -> tuple[DevError, ...]:
    """The error that a subscriber gets about events that never arrived."""
    return (
        DevError(
            MISSED,
            ErrSeverity.ERR,
            f"{_MISSED_TEXT}{count} event(s) did not arrive "
            "(the client or the network is too slow)",
            "EventConsumer::push_zmq_event()",
        ),
    )


def missed_count(reason: str, text: str) -> int:
    """The number of missed events that an error reports; 0 for other errors, or if it gives none."""
    word = text.removeprefix(_MISSED_TEXT).partition(" ")[0]
    return int(word) if reason == MISSED and word.isdecimal() else 0
