"""Why no events arrive: what the book knows, in words."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from puretango.errors import DevFailed
from puretango.events._channel import Channel, ChannelState
from puretango.events._subscription import Subscription


class Cause(Enum):
    """The causes that can be told apart."""

    RECEIVING = "events arrive"
    UNCHANGED = "connected, and the server has had nothing to send"
    NOT_POLLED = "the attribute is neither polled nor pushed by its server's code"
    NO_CRITERIA = "the attribute has no criteria for the event"
    NO_ATTRIBUTE = "the device has no such attribute"
    NO_DEVICE = "there is no such device"
    REFUSED = "the server refused the subscription"
    UNREACHABLE = "the server cannot be reached"
    NOT_RUNNING = "the server does not run"
    NO_DATABASE = "the database cannot be reached"
    NO_HEARTBEAT = "the server answers, but sends no heartbeat"
    NO_EVENT_PORT = "the server answers, but the port of its events cannot be reached"
    SERVER_GONE = "the server sent heartbeats, and stopped"
    PENDING = "the subscription has not been tried yet"


class Diagnosis(NamedTuple):
    """A cause, and what is known about it."""

    cause: Cause
    detail: str

    def __str__(self) -> str:
        return f"{self.cause.value}: {self.detail}" if self.detail else self.cause.value


_BY_REASON = {
    "API_AttributePollingNotStarted": Cause.NOT_POLLED,
    "API_EventPropertiesNotSet": Cause.NO_CRITERIA,
    "API_AttributeNotDataReadyEnabled": Cause.NO_CRITERIA,
    "API_AttrNotFound": Cause.NO_ATTRIBUTE,
    "API_PipeNotFound": Cause.NO_ATTRIBUTE,
    "API_DeviceNotFound": Cause.NO_DEVICE,
    "API_DeviceNotDefined": Cause.NO_DEVICE,
    "DB_DeviceNotDefined": Cause.NO_DEVICE,
    "API_CantConnectToDatabase": Cause.NO_DATABASE,
    "API_DatabaseConnection": Cause.NO_DATABASE,
    "API_DeviceNotExported": Cause.NOT_RUNNING,
    "API_ServerNotRunning": Cause.NOT_RUNNING,
    "API_CantConnectToDevice": Cause.UNREACHABLE,
    "API_DeviceTimedOut": Cause.UNREACHABLE,
    "API_CorbaException": Cause.UNREACHABLE,
}


def diagnose(subscription: Subscription, now: float) -> Diagnosis:
    """Why a subscription has no events, as far as its client can know."""
    channel = subscription.channel
    if channel is None:
        error = subscription.error
        if error is None:
            return Diagnosis(Cause.PENDING, "")
        return cause_of(error)
    if channel.state is ChannelState.SILENT:
        return _silent(channel, now)
    if subscription.seen is not None:
        counts = subscription.counts
        detail = f"the last {now - subscription.seen:.1f} s ago, {counts.received} in all"
        if counts.missed:
            detail += f", {counts.missed} missed"
        if counts.coalesced:
            detail += f", {counts.coalesced} replaced by newer ones"
        return Diagnosis(Cause.RECEIVING, detail)
    if channel.silences:
        # Subscribed again, and still nothing.
        return Diagnosis(Cause.NO_HEARTBEAT, f"overdue {channel.silences} times in a row")
    since = subscription.since if subscription.since is not None else now
    return Diagnosis(Cause.UNCHANGED, f"for {now - since:.0f} s")


def _silent(channel: Channel, now: float) -> Diagnosis:
    quiet = f"none for {now - channel.heartbeat:.0f} s"
    error = channel.last_error
    if error is None:
        return Diagnosis(Cause.NO_HEARTBEAT, quiet)
    cause = cause_of(error).cause
    return Diagnosis(
        Cause.NO_DATABASE if cause is Cause.NO_DATABASE else Cause.SERVER_GONE,
        f"{quiet}; {channel.attempts} attempts to subscribe again failed, the last: {_text(error)}",
    )


def cause_of(error: BaseException) -> Diagnosis:
    """The cause that an error of subscribing shows."""
    if isinstance(error, DevFailed):
        # A client's own first error is about the network; the one from server or database says more.
        found = [
            (_BY_REASON[each.reason], each.desc)
            for each in error.errors
            if each.reason in _BY_REASON
        ]
        found.sort(key=lambda each: each[0] is Cause.UNREACHABLE)
        if found:
            return Diagnosis(*found[0])
    return Diagnosis(Cause.REFUSED, _text(error))


def _text(error: BaseException) -> str:
    if isinstance(error, DevFailed) and error.args:
        return error.errors[0].desc
    return str(error)
