"""Events pushed by a device's author."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from puretango.events import KINDS
from puretango.idl import AttDataReady
from puretango.server.base._failure import to_dev_failed
from puretango.server.device._core import DeviceCore
from puretango.server.pipe._pipe import find_pipe
from puretango.values import EventType, blob_to_wire

_NO_DIMS = "Note, that dim_x and dim_y arguments are no longer supported."


class DeviceEvents(DeviceCore):
    """The part of a device that pushes events, from any thread or task."""

    def set_change_event(self, attr_name: str, implemented: bool, detect: bool = True) -> None:
        """The device pushes change events by itself; with ``detect``, only those that pass."""
        self._tango.attributes.get(attr_name).set_change_event(implemented, detect)

    def set_archive_event(self, attr_name: str, implemented: bool, detect: bool = True) -> None:
        """The device pushes archive events by itself."""
        self._tango.attributes.get(attr_name).set_archive_event(implemented, detect)

    def set_alarm_event(self, attr_name: str, implemented: bool, detect: bool = True) -> None:
        """The device pushes alarm events by itself."""
        self._tango.attributes.get(attr_name).set_alarm_event(implemented, detect)

    def set_data_ready_event(self, attr_name: str, implemented: bool) -> None:
        """The device pushes data ready events."""
        self._tango.attributes.get(attr_name).set_data_ready_event(implemented)

    def is_there_subscriber(self, att_name: str, event_type: EventType) -> bool:
        """True if anybody wants those events of an attribute."""
        name = KINDS.get(EventType(event_type))
        attribute = self._tango.attributes.get(att_name)
        if name is None:
            return False
        return self._tango.events.are_wanted(attribute.lower_name, name)

    def push_change_event(self, attr_name: str, *args: Any, **kwargs: Any) -> None:
        """Push a change event: ``(name, data)``, ``(name, data, time, quality)``, ``(name, error)``."""
        self._tango.events.push(attr_name, "change", args, kwargs)

    def push_alarm_event(self, attr_name: str, *args: Any, **kwargs: Any) -> None:
        """Push an alarm event, with the arguments of push_change_event."""
        self._tango.events.push(attr_name, "alarm", args, kwargs)

    def push_archive_event(self, attr_name: str, *args: Any, **kwargs: Any) -> None:
        """Push an archive event, with the arguments of push_change_event."""
        self._tango.events.push(attr_name, "archive", args, kwargs)

    def push_event(
        self,
        attr_name: str,
        filt_names: Sequence[str],
        filt_vals: Sequence[float],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Push a user event, with the arguments of push_change_event behind the filters."""
        self._tango.events.push(attr_name, "user_event", args, kwargs)

    def push_data_ready_event(self, attr_name: str, counter: int = 0) -> None:
        """Tell that an attribute has new data."""
        attribute = self._tango.attributes.get(attr_name)
        ready = AttDataReady(attribute.name, int(attribute.data_type), int(counter))
        self._tango.events.send(attribute.lower_name, "data_ready", ready)

    def push_pipe_event(
        self,
        pipe_name: str,
        blob: Any,
        time: Any = None,
        reuse_it: bool = False,
    ) -> None:
        """Push a pipe event: ``(name, blob)``, ``(name, blob, time)`` or ``(name, error)``.

        ``reuse_it`` means nothing here: a blob is a Python value, which sending does not use up.
        """
        pipe = find_pipe(self._tango.device, pipe_name)
        if isinstance(blob, BaseException):
            self._tango.events.send(pipe.lower_name, "pipe", to_dev_failed(blob))
            return
        if isinstance(time, bool):
            time = None
        at = time.totime() if hasattr(time, "totime") else time
        value = pipe.stamped(blob_to_wire(blob), at=at)
        self._tango.events.send(pipe.lower_name, "pipe", value)

    def push_att_conf_event(self, attr: Any) -> None:
        """Tell that an attribute has a new configuration."""
        attribute = attr if hasattr(attr, "settings") else self._tango.attributes.get(str(attr))
        self._tango.events.send_configuration(attribute)
