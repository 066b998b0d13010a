"""Which attributes and commands a device polls, as the database keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from puretango.values import CmdArgType

if TYPE_CHECKING:
    from puretango.server.polling._ports import PolledOwner, PollingHost

_PROPERTIES = {"attribute": "polled_attr", "command": "polled_cmd"}
_NOT_POLLED = {"attribute": "non_auto_polled_attr", "command": "non_auto_polled_cmd"}
_DEPTHS = {"attribute": "attr_poll_ring_depth", "command": "cmd_poll_ring_depth"}
_LEAST = {"attribute": "attr_min_poll_period", "command": "cmd_min_poll_period"}


def pairs(texts: list[str] | None) -> dict[str, int]:
    """name, number, name, number … as a table."""
    found: dict[str, int] = {}
    items = list(texts or ())
    for name, number in zip(items[::2], items[1::2], strict=False):
        try:
            found[name.lower()] = int(number)
        except ValueError:
            continue
    return found


class PollTable:
    """The polling properties of the devices of one server."""

    def __init__(self, server: PollingHost) -> None:
        self._server = server

    def initial(self, device: PolledOwner) -> Iterator[tuple[str, str, int]]:
        """What a new device polls: kind, lower-case name, period."""
        for kind in ("command", "attribute"):
            stored, excluded = self._kept(device, kind)
            for name, period in stored.items():
                if self._exists(device, kind, name):
                    yield kind, name, period
            for name, period in self._declared(device, kind):
                if name not in stored and name not in excluded:
                    yield kind, name, period

    def period(self, device: PolledOwner, kind: str, name: str, declared: int) -> int | None:
        """The period for an object that the device has only now; None if it is not polled.

        What clients have configured, which the database keeps, comes before the author's wish.
        """
        stored, excluded = self._kept(device, kind)
        if name in stored:
            return stored[name]
        return declared if declared > 0 and name not in excluded else None

    def _kept(self, device: PolledOwner, kind: str) -> tuple[dict[str, int], set[str]]:
        """What the database holds: the periods, and the objects that are not to be polled."""
        store = self._server.store
        stored = pairs(store.own_property(device, _PROPERTIES[kind]))
        excluded = store.own_property(device, _NOT_POLLED[kind]) or ()
        return stored, {name.lower() for name in excluded}

    def _exists(self, device: PolledOwner, kind: str, name: str) -> bool:
        if kind == "command":
            return device._tango.commands.find(name) is not None
        return any(spec.lower_name == name for spec in device._tango.attributes.specs())

    def _declared(self, device: PolledOwner, kind: str) -> Iterator[tuple[str, int]]:
        if kind == "command":
            for command in device._tango.device_class.commands.values():
                if command.polling_period > 0 and command.in_type == CmdArgType.DevVoid:
                    yield command.lower_name, command.polling_period
        else:
            for spec in device._tango.attributes.specs():
                if spec.polling_period > 0:
                    yield spec.lower_name, spec.polling_period

    def depth(self, device: PolledOwner, kind: str, name: str, default: int) -> int:
        """How many records an object's ring holds."""
        return pairs(self._server.store.own_property(device, _DEPTHS[kind])).get(name, default)

    def least(self, device: PolledOwner, kind: str, name: str) -> int:
        """The shortest period that the database allows; 0 if it gives none."""
        stored = self._server.store.own_property(device, _LEAST[kind])
        return pairs(stored).get(name.lower(), 0)

    def remember_first(self, device: PolledOwner) -> None:
        """Write the periods that the author wants, where the database has none yet."""
        store = self._server.store
        if not store.is_database or not device._tango.polled:
            return
        for kind, property_name in _PROPERTIES.items():
            stored = pairs(store.own_property(device, property_name))
            mine = {polled.name for polled in device._tango.polled.values() if polled.kind == kind}
            if mine - set(stored):
                self.remember(device)
                return

    def remember(self, device: PolledOwner) -> None:
        """Write what the device polls now."""
        store = self._server.store
        for kind, property_name in _PROPERTIES.items():
            stored, excluded = self._kept(device, kind)
            texts: list[str] = []
            for name, period in stored.items():
                if not self._exists(device, kind, name):
                    texts += [name, str(period)]  # the device may still add it
            for polled in device._tango.polled.values():
                if polled.kind == kind:
                    texts += [polled.name, str(polled.period)]
            declared = {name for name, _ in self._declared(device, kind)}
            stopped = [name for name in declared if (kind, name) not in device._tango.polled]
            stopped += [name for name in excluded if not self._exists(device, kind, name)]
            if texts:
                store.put_device_property(device._tango.name, property_name, texts)
            else:
                store.delete_device_property(device._tango.name, property_name)
            if stopped:
                store.put_device_property(device._tango.name, _NOT_POLLED[kind], stopped)
            elif declared:
                store.delete_device_property(device._tango.name, _NOT_POLLED[kind])
