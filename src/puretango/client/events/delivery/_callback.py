"""A callback that prints events and keeps the last ones."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Any, TextIO

from puretango.values import EventReason

__all__ = ["AsyncEventCallback", "EventCallback"]


class EventCallback:
    """Prints each event in a format and keeps the last ``max_buf`` of them."""

    def __init__(
        self,
        format: str = "{date} {dev_name} {name} {type} {reason} {value}",
        fd: TextIO | None = None,
        max_buf: int = 100,
    ) -> None:
        self._msg = format
        self._fd = sys.stdout if fd is None else fd
        self._evts: list[Any] = []
        self._max_buf = max_buf

    def get_events(self) -> list[Any]:
        """The last events, the oldest first."""
        return self._evts

    def push_event(self, evt: Any) -> None:
        """Take an event."""
        try:
            self._push_event(evt)
        except Exception as exc:  # noqa: BLE001  # a callback must not stop the delivery of events
            print(f"Unexpected error in callback for {evt}: {exc}", file=self._fd)

    def _push_event(self, evt: Any) -> None:
        self._evts.append(evt)
        del self._evts[: -self._max_buf]
        now = datetime.now()
        name = getattr(evt, "attr_name", None)
        fields = {
            "date": _tried(lambda: _date_of(evt), now),
            "reception_date": _tried(lambda: evt.reception_date.todatetime(), now),
            "type": _tried(lambda: evt.event.upper(), "<UNKNOWN>"),
            "reason": _tried(lambda: str(evt.event_reason).upper(), "<UNKNOWN>"),
            "dev_name": _tried(lambda: evt.device.dev_name().upper(), "<UNKNOWN>"),
            "name": "<N/A>"
            if name is None
            else name.split("/")[-1].upper().removesuffix("#DBASE=NO"),
            "value": _tried(lambda: _value_of(evt), "<UNKNOWN>"),
        }
        print(self._msg.format(**fields), file=self._fd)


class AsyncEventCallback(EventCallback):
    """An EventCallback for asyncio: its ``push_event`` is a coroutine function."""

    async def push_event(self, evt: Any) -> None:  # type: ignore[override]  # a coroutine here, as PyTango's users write it
        """Take an event."""
        super().push_event(evt)


def _tried(get: Any, default: Any) -> Any:
    try:
        return get()
    except Exception:  # noqa: BLE001  # an event without that part is printed all the same
        return default


def _date_of(evt: Any) -> datetime:
    if hasattr(evt, "attr_value"):
        date: datetime = evt.attr_value.time.todatetime()
    else:
        date = evt.get_date().todatetime()
    return date


def _value_of(evt: Any) -> str:
    if evt.err:
        return f"[{evt.errors[0].reason}] {evt.errors[0].desc}"
    if hasattr(evt, "attr_value"):
        if evt.attr_value is None and evt.event_reason == EventReason.SubSuccess:
            return "<N/A>"
        return f"[{evt.attr_value.quality}] {evt.attr_value.value}"
    if hasattr(evt, "attr_conf"):
        return f"label='{evt.attr_conf.label}'; unit='{evt.attr_conf.unit}'"
    if hasattr(evt, "ctr"):
        return f"ctr={evt.ctr}"
    return f"dev_started={evt.dev_started}; {len(evt.cmd_list)} commands; {len(evt.att_list)} attrs"
