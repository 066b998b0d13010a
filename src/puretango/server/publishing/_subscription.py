"""Whether a subscription can ever bring an event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puretango.events import EVENT_NAMES
from puretango.server.base._failure import throw
from puretango.server.pipe._pipe import find_pipe
from puretango.server.publishing._criteria import has_criteria

if TYPE_CHECKING:
    from puretango.errors import DevFailed
    from puretango.server.attribute._attribute import Attribute
    from puretango.server.publishing._ports import PublishingOwner

ORIGIN = "DServer::event_subscription"
ALARM_RELEASE = 6
_WITHOUT_CHECK = ("user_event", "attr_conf")


def check_target(device: PublishingOwner, target: str, event: str) -> str:
    """The lower-case name of what an event is about; DevFailed if the device has no such thing."""
    if event == "intr_change":
        return ""
    if event == "pipe":
        return find_pipe(device, target).lower_name
    attribute = device._tango.attributes.get(target)
    return attribute.lower_name


def check_subscription(device: PublishingOwner, target: str, event: str, release: int = 6) -> str:
    """The lower-case name to subscribe to, or the reason why no event would ever come."""
    if event not in EVENT_NAMES:
        raise throw(
            "API_WrongNumberOfArgs",
            f"The event type you sent ({event}) is not  valid event type",
            ORIGIN,
        )
    if event == "alarm" and release < ALARM_RELEASE:
        raise throw(
            "API_ClientTooOld",
            f"Client library version {release} is too old to subscribe to alarm. "
            f"A client library version of at least {ALARM_RELEASE} is required",
            ORIGIN,
        )
    name = check_target(device, target, event)
    if not name or event == "pipe":
        return name
    attribute = device._tango.attributes.get(target)
    if attribute.forwarded:
        attribute.subscribe_root(event)  # type: ignore[attr-defined]  # a forwarded attribute, as asked before
        return attribute.lower_name
    if event in _WITHOUT_CHECK:
        return attribute.lower_name
    if event == "data_ready":
        if not attribute.is_data_ready_event():
            raise throw(
                "API_AttributeNotDataReadyEnabled",
                f"The attribute {attribute.name} is not data ready event enabled",
                ORIGIN,
            )
        return attribute.lower_name
    _check_value_event(device, attribute, event)
    return attribute.lower_name


def _check_value_event(device: PublishingOwner, attribute: Attribute, event: str) -> None:
    pushed, detect = attribute.events.get(event, (False, True))
    if event == "alarm" and attribute.is_change_event() and device._tango.server.auto_alarm:
        return
    if not pushed and not attribute.is_polled():
        raise throw(
            "API_AttributePollingNotStarted",
            f"The polling (necessary to send events) for the attribute {attribute.name} "
            "is not started",
            ORIGIN,
        )
    if pushed and not detect:
        return
    if event == "change" and not has_criteria(attribute.settings, attribute.data_type, ""):
        raise _no_criteria(attribute, "Event properties (abs_change or rel_change)")
    if event == "archive" and not (
        has_criteria(attribute.settings, attribute.data_type, "archive_")
        or attribute.settings.periods["archive_period"] is not None
    ):
        raise _no_criteria(
            attribute,
            "Archive event properties (archive_abs_change or archive_rel_change or archive_period)",
        )


def _no_criteria(attribute: Attribute, what: str) -> DevFailed:
    return throw(
        "API_EventPropertiesNotSet", f"{what} for attribute {attribute.name} are not set", ORIGIN
    )
