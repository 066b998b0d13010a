"""Why no events arrive: what the book knows, in words."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from puretango.errors import DevFailed
from puretango.events._channel import ChannelState
from puretango.events._subscriber import Subscription


class Cause(Enum):
    """The causes that can be told apart."""

    RECEIVING = "events arrive"
    UNCHANGED = "connected, and the server has had nothing to send"
    NOT_POLLED = "the attribute is neither polled nor pushed by its server's code"
    NO_CRITERIA = "the attribute has no criteria for the event"
    NO_ATTRIBUTE = "the device has no such attribute"
    REFUSED = "the server refused the subscription"
    UNREACHABLE = "the server cannot be reached"
    NO_HEARTBEAT = "the server sends no heartbeat"
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
    "API_CantConnectToDevice": Cause.UNREACHABLE,
    "API_ServerNotRunning": Cause.UNREACHABLE,
    "API_DeviceNotExported": Cause.UNREACHABLE,
    "API_DeviceTimedOut": Cause.UNREACHABLE,
    "API_CorbaException": Cause.UNREACHABLE,
    "API_CantConnectToDatabase": Cause.UNREACHABLE,
}


def diagnose(subscription: Subscription, now: float) -> Diagnosis:
    """Why a subscription has no events, as far as its client can know."""
    channel = subscription.channel
    if channel is None:
        error = subscription.error
        if error is None:
            return Diagnosis(Cause.PENDING, "")
        return _from_error(error)
    if channel.state is ChannelState.SILENT:
        quiet = f"none for {now - channel.heartbeat:.0f} s"
        if channel.last_error is not None:
            return Diagnosis(
                Cause.SERVER_GONE,
                f"{quiet}; {channel.attempts} attempts to subscribe again failed, "
                f"the last: {_text(channel.last_error)}",
            )
        return Diagnosis(Cause.NO_HEARTBEAT, quiet)
    if subscription.seen is not None:
        counts = subscription.counts
        detail = f"the last {now - subscription.seen:.1f} s ago, {counts.received} in all"
        if counts.missed:
            detail += f", {counts.missed} missed"
        if counts.coalesced:
            detail += f", {counts.coalesced} replaced by newer ones"
        return Diagnosis(Cause.RECEIVING, detail)
    since = subscription.since if subscription.since is not None else now
    return Diagnosis(Cause.UNCHANGED, f"for {now - since:.0f} s")


def _from_error(error: BaseException) -> Diagnosis:
    if isinstance(error, DevFailed):
        for each in error.errors:
            cause = _BY_REASON.get(each.reason)
            if cause is not None:
                return Diagnosis(cause, each.desc)
    return Diagnosis(Cause.REFUSED, _text(error))


def _text(error: BaseException) -> str:
    if isinstance(error, DevFailed) and error.args:
        return error.errors[0].desc
    return str(error)
