"""The contents of events: PyTango's event data classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puretango.errors import DevError, DevFailed
from puretango.values import (
    AttributeInfoListEx,
    CommandInfoList,
    EventReason,
    Printable,
    TimeVal,
)

if TYPE_CHECKING:
    from puretango.client.events.delivery._source import Source

__all__ = [
    "AttrConfEventData",
    "DataReadyEventData",
    "DevIntrChangeEventData",
    "EventData",
    "PipeEventData",
]


class _Event(Printable):
    """What all events have: the device, the kind of event, errors, and when it came."""

    __slots__ = (
        "_errors",
        "device",
        "err",
        "event",
        "event_reason",
        "reception_date",
    )

    device: Source | None
    event: str
    err: bool
    event_reason: EventReason
    reception_date: TimeVal

    @property
    def errors(self) -> tuple[DevError, ...]:
        """Why the event has no data; empty if it has."""
        return self._errors

    @errors.setter
    def errors(self, errors: Any) -> None:
        self._errors: tuple[DevError, ...] = tuple(
            errors.args if isinstance(errors, DevFailed) else errors or ()
        )

    def _fill(
        self,
        device_proxy: Any,
        event_name: str | None,
        errors: Any,
        event_reason: EventReason | None,
    ) -> None:
        self.device = device_proxy
        self.event = event_name or ""
        self.errors = tuple(errors or ())
        self.err = bool(self.errors)
        self.event_reason = EventReason.Update if event_reason is None else event_reason
        self.reception_date = TimeVal.now()

    def _copy(self, other: Any) -> None:
        for cls in type(self).__mro__:
            for name in getattr(cls, "__slots__", ()):
                setattr(self, name, getattr(other, name))

    def get_date(self) -> TimeVal:
        """When the event came."""
        return self.reception_date


class EventData(_Event):
    """A change, alarm, periodic, archive or user event: the attribute's value."""

    __slots__ = ("attr_name", "attr_value")

    def __init__(
        self,
        event: EventData | None = None,
        *,
        device_proxy: Any = None,
        attr_name: str | None = None,
        event_name: str | None = None,
        attr_value: Any = None,
        errors: Any = (),
        event_reason: EventReason | None = None,
    ) -> None:
        if event is not None:
            self._copy(event)
            return
        self._fill(device_proxy, event_name, errors, event_reason)
        self.attr_name = attr_name or ""
        self.attr_value = attr_value


class AttrConfEventData(_Event):
    """A configuration event: the attribute's configuration."""

    __slots__ = ("attr_conf", "attr_name")

    def __init__(
        self,
        event: AttrConfEventData | None = None,
        *,
        device_proxy: Any = None,
        attr_name: str | None = None,
        event_name: str | None = None,
        attr_conf: Any = None,
        errors: Any = (),
        event_reason: EventReason | None = None,
    ) -> None:
        if event is not None:
            self._copy(event)
            return
        self._fill(device_proxy, event_name, errors, event_reason)
        self.attr_name = attr_name or ""
        self.attr_conf = attr_conf


class DataReadyEventData(_Event):
    """A data-ready event: the attribute's type and a counter of the server's."""

    __slots__ = ("attr_data_type", "attr_name", "ctr")

    def __init__(
        self,
        event: DataReadyEventData | None = None,
        *,
        device_proxy: Any = None,
        attr_data_ready: Any = None,
        event_name: str | None = None,
        errors: Any = (),
        event_reason: EventReason | None = None,
        attr_name: str | None = None,
    ) -> None:
        if event is not None:
            self._copy(event)
            return
        self._fill(device_proxy, event_name, errors, event_reason)
        self.attr_name = attr_name or "Unknown"
        self.attr_data_type = -1
        self.ctr = -1
        if attr_data_ready is not None:
            self.attr_name = attr_name or attr_data_ready.name
            self.attr_data_type = attr_data_ready.data_type
            self.ctr = attr_data_ready.ctr


class DevIntrChangeEventData(_Event):
    """An interface-change event: the device's commands and attributes."""

    __slots__ = ("att_list", "cmd_list", "dev_started", "device_name")

    def __init__(
        self,
        event: DevIntrChangeEventData | None = None,
        *,
        device_proxy: Any = None,
        event_name: str | None = None,
        device_name: str | None = None,
        cmd_list: Any = None,
        att_list: Any = None,
        dev_started: bool = False,
        errors: Any = (),
        event_reason: EventReason | None = None,
    ) -> None:
        if event is not None:
            self._copy(event)
            return
        self._fill(device_proxy, event_name, errors, event_reason)
        self.device_name = device_name or ""
        self.cmd_list = CommandInfoList() if cmd_list is None else cmd_list
        self.att_list = AttributeInfoListEx() if att_list is None else att_list
        self.dev_started = dev_started


class PipeEventData(_Event):
    """A pipe event: the pipe's value, a DevicePipe."""

    __slots__ = ("pipe_name", "pipe_value")

    def __init__(
        self,
        event: PipeEventData | None = None,
        *,
        device_proxy: Any = None,
        pipe_name: str | None = None,
        event_name: str | None = None,
        pipe_value: Any = None,
        errors: Any = (),
        event_reason: EventReason | None = None,
    ) -> None:
        if event is not None:
            self._copy(event)
            return
        self._fill(device_proxy, event_name, errors, event_reason)
        self.pipe_name = pipe_name or ""
        self.pipe_value = pipe_value
