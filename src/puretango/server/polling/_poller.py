"""Polling: what is polled, the cache that clients read, the histories."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from puretango.errors import DevError, DevFailed
from puretango.server.access._record import PlainRecord
from puretango.server.access._ring import DEFAULT_OLD_FACTOR, DEFAULT_RING, Polled, Record
from puretango.server.attribute._releases import recast
from puretango.server.base._failure import errors_of, throw
from puretango.server.polling._history import attribute_history, command_history
from puretango.server.polling._rootshistory import root_history
from puretango.server.polling._scheduler import Scheduler
from puretango.server.polling._table import PollTable
from puretango.server.polling._turn import PollingRun

if TYPE_CHECKING:
    from puretango.server.polling._ports import PolledOwner, PollingHost

MINIMUM_PERIOD = 5
ATTRIBUTE, COMMAND = "attribute", "command"


class Poller:
    """The polling of one server."""

    def __init__(self, server: PollingHost) -> None:
        self._server = server
        self.run = PollingRun(server)
        self.scheduler = Scheduler(server, self.run)
        self.table = PollTable(server)

    # -- what is polled ------------------------------------------------------------------------------

    def prepare(self, device: PolledOwner) -> None:
        """Find out what a new device polls: from the database, or else from its class."""
        for kind, name, period in self.table.initial(device):
            self._make(device, kind, name, period)

    def _make(self, device: PolledOwner, kind: str, name: str, period: int) -> Polled:
        store = self._server.store
        depth = store.number(device, "poll_ring_depth", DEFAULT_RING)
        depth = self.table.depth(device, kind, name, depth)
        factor = store.number(device, "poll_old_factor", DEFAULT_OLD_FACTOR)
        polled = Polled(kind, name, period, depth, factor)
        device._tango.polled[kind, name] = polled
        return polled

    def find(self, device: PolledOwner, kind: str, name: str) -> Polled | None:
        """The polled object, or None."""
        lower = name.lower()
        if kind == COMMAND and lower in ("state", "status"):
            kind = ATTRIBUTE  # State and Status are polled as attributes
        return device._tango.polled.get((kind, lower))

    def appeared(self, device: PolledOwner, kind: str, name: str, declared: int) -> None:
        """The device has a new attribute or command: poll it as if it had been there from the start."""
        if self.find(device, kind, name) is not None:
            return
        period = self.table.period(device, kind, name, declared)
        if period is not None:
            self._start(device, kind, name, period)

    def add(
        self, device: PolledOwner, kind: str, name: str, period: int, *, remember: bool = True
    ) -> None:
        """Start to poll."""
        shown = self._check(device, kind, name)
        if self.find(device, kind, name) is not None:
            raise throw("API_AlreadyPolled", f"{kind.capitalize()} {shown} already polled", _ORIGIN)
        self._check_period(device, kind, name, period)
        self._start(device, kind, name, period)
        if remember:
            self.table.remember(device)

    def _start(self, device: PolledOwner, kind: str, name: str, period: int) -> None:
        as_command = kind == COMMAND and name.lower() in ("state", "status")
        polled = self._make(device, ATTRIBUTE if as_command else kind, name.lower(), period)
        polled.as_command = as_command
        if kind == ATTRIBUTE:
            self._server.publisher.detector.start_anew(device, name.lower())
        device._tango.changed()
        if device._tango.exported:
            self.scheduler.add(device, polled)

    def update(
        self, device: PolledOwner, kind: str, name: str, period: int, *, remember: bool = True
    ) -> None:
        """Poll with another period."""
        polled = self._must_find(device, kind, name)
        self._check_period(device, kind, name, period)
        self.scheduler.remove(device, polled)
        polled.period = period
        if remember:
            self.table.remember(device)
        if device._tango.exported:
            self.scheduler.add(device, polled)

    def set_period(self, device: PolledOwner, kind: str, name: str, period: int) -> None:
        """Poll with that period, whether it was polled before or not."""
        if self.find(device, kind, name) is None:
            self.add(device, kind, name, period)
        else:
            self.update(device, kind, name, period)

    def remove(self, device: PolledOwner, kind: str, name: str, *, forget: bool = True) -> None:
        """Stop polling."""
        polled = self._must_be_polled(device, kind, name, "DServer::rem_obj_polling")
        self.scheduler.remove(device, polled)
        device._tango.polled.pop((polled.kind, polled.name), None)
        device._tango.changed()
        if forget:
            self.table.remember(device)
        if kind == ATTRIBUTE:
            self._server.publisher.polling_stopped(device, polled.name)

    def _must_be_polled(self, device: PolledOwner, kind: str, name: str, origin: str) -> Polled:
        if not device._tango.polled:
            raise throw("API_DeviceNotPolled", f"Device {device._tango.name} is not polled", origin)
        return self._must_find(device, kind, name.lower())

    def _must_find(self, device: PolledOwner, kind: str, name: str) -> Polled:
        polled = self.find(device, kind, name)
        if polled is None:
            raise throw(
                "API_PollObjNotFound",
                f"{name} not found in list of polled object",
                "PolledOwner::get_polled_obj_by_type_name",
            )
        return polled

    def _check(self, device: PolledOwner, kind: str, name: str) -> str:
        if kind == COMMAND:
            if name.lower() == "init":
                raise throw(
                    "API_NotSupported", "It's not possible to poll the Init command!", _ORIGIN
                )
            if name.lower() not in ("state", "status"):
                device.check_command_exists(name)
            return name
        attribute = device._tango.attributes.get(name)
        if attribute.forwarded:
            raise throw(
                "API_NotSupportedFeature",
                f"Attribute {attribute.name} is a forwarded attribute.\n"
                "It's not supported to poll a forwarded attribute.\n"
                f"Polling has to be done on the root attribute ({attribute.settings.root})",
                _ORIGIN,
            )
        return attribute.name

    def _check_period(self, device: PolledOwner, kind: str, name: str, period: int) -> None:
        if period != 0 and period < MINIMUM_PERIOD:
            raise throw(
                "API_NotSupported",
                f"{period} is below the min authorized period ({MINIMUM_PERIOD} mS)",
                _ORIGIN,
            )
        least = self._server.store.number(device, "min_poll_period", 0)
        least = max(least, self.table.least(device, kind, name))
        if period != 0 and period < least:
            raise throw(
                "API_MethodArgument",
                f"Polling period for {kind} {name} is below the min authorized ({least})",
                _ORIGIN,
            )

    def forget(self, device: PolledOwner) -> None:
        """Stop polling a device that is being removed."""
        self.scheduler.remove_device(device)
        device._tango.polled = {}

    # -- the cache -------------------------------------------------------------------------------------

    def is_filled_by_author(self, device: PolledOwner, kind: str, name: str) -> bool:
        """True for a polled object without a period: its values come from the author."""
        polled = self.find(device, kind, name)
        return polled is not None and polled.period == 0

    def cached_value(self, device: PolledOwner, name: str, release: int) -> Any:
        """The AttributeValue read last, or the reason why there is none."""
        attribute = device._tango.attributes.get(name)
        polled = self.find(device, ATTRIBUTE, name)
        origin = "Device_3Impl::read_attributes_from_cache"
        if polled is None:
            raise throw("API_AttrNotPolled", f"Attribute {attribute.name} not polled", origin)
        self._check_fresh(polled, f"attribute {attribute.name}", origin)
        return recast(polled.ring[-1].value, release)

    def cached_body(self, device: PolledOwner, name: str) -> bytes | None:
        """The body of the read_attributes_5 reply with the last value; None if the value is not kept in that form."""
        polled = self.find(device, ATTRIBUTE, name)
        if polled is None or not polled.ring or polled.is_stale:
            return None
        record = polled.ring[-1]
        return record.body if isinstance(record, PlainRecord) else None

    def cached_result(self, device: PolledOwner, name: str) -> Any:
        """The Any that a command gave last, or the reason why there is none."""
        origin = "Device_2Impl::command_inout"
        lower = name.lower()
        if lower not in ("state", "status"):
            device.check_command_exists(name)
        polled = self.find(device, COMMAND, name)
        if polled is None:
            raise throw("API_CmdNotPolled", f"Command {name} not polled", origin)
        self._check_fresh(polled, f"command {name}", origin)
        record = polled.ring[-1]
        if record.errors:
            raise DevFailed(*record.errors)
        if polled.kind == ATTRIBUTE:
            return self.run.command_result(lower, record.value)
        return record.value

    def _check_fresh(self, polled: Polled, what: str, origin: str) -> None:
        if not polled.ring:
            raise throw("API_NoDataYet", f"No data available in cache for {what}", origin)
        if polled.is_stale:
            raise throw(
                "API_NotUpdatedAnyMore", f"Data in cache for {what} not updated any more", origin
            )

    # -- histories ---------------------------------------------------------------------------------------

    def attribute_history(self, device: PolledOwner, name: str, count: int, release: int) -> Any:
        """The last records of an attribute."""
        attribute = device._tango.attributes.get(name)
        origin = f"Device_{release}Impl::read_attribute_history_{release}"
        if attribute.forwarded:
            return root_history(attribute, count, release)
        polled = self.find(device, ATTRIBUTE, name)
        if polled is None:
            raise throw("API_AttrNotPolled", f"Attribute {name.lower()} not polled", origin)
        if not polled.ring:
            raise throw(
                "API_NoDataYet",
                f"No data available in cache for attribute {name.lower()}",
                origin,
            )
        return attribute_history(attribute, _last(polled.ring, count), release)

    def command_history(self, device: PolledOwner, name: str, count: int, release: int) -> Any:
        """The last records of a command."""
        origin = f"Device_{release}Impl::command_inout_history_{release}"
        if name.lower() not in ("state", "status"):
            device.check_command_exists(name)
        polled = self.find(device, COMMAND, name)
        if polled is None:
            raise throw("API_CmdNotPolled", f"Command {name.lower()} not polled", origin)
        if not polled.ring:
            raise throw(
                "API_NoDataYet", f"No data available in cache for command {name.lower()}", origin
            )
        command = device._tango.commands.find(name)
        return command_history(command, polled, _last(polled.ring, count), release)

    # -- from outside ------------------------------------------------------------------------------------

    def trigger(self, device: PolledOwner, kind: str, name: str) -> None:
        """Poll once, now: for objects without a period."""
        origin = f"Util::trigger_{'attr' if kind == ATTRIBUTE else 'cmd'}_polling"
        polled = self._must_be_polled(device, kind, name, origin)
        if polled.period != 0:
            raise throw(
                "API_NotSupported",
                f"Polling for {kind} {name} (device {device._tango.name})  is not externally triggered.",
                origin,
            )
        self.run.poll(device, [polled])

    def fill(self, device: PolledOwner, kind: str, name: str, records: Sequence[Record]) -> None:
        """Put the author's records into the ring."""
        origin = f"Util::fill_{'attr' if kind == ATTRIBUTE else 'cmd'}_polling_buffer"
        polled = self._must_be_polled(device, kind, name, origin)
        if polled.ring.maxlen is not None and len(records) > polled.ring.maxlen:
            raise throw(
                "API_DeviceNotPolled",
                f"The polling buffer depth for {kind} {name} for device {device._tango.name} is only "
                f"{polled.ring.maxlen} which is less than {len(records)}!",
                origin,
            )
        polled.by_author = True
        for record in records:
            polled.add(record)

    def describe(self, device: PolledOwner) -> list[str]:
        """The texts of DevPollStatus."""
        texts = []
        objects = list(device._tango.polled.values())
        for polled in objects:
            # State and Status are read as attributes, and listed as attributes and commands.
            if polled.kind == COMMAND or polled.name in ("state", "status"):
                command = device._tango.commands.find(polled.name)
                shown = command.name if command else polled.name.capitalize()
                texts.append(polled.describe(COMMAND, shown, _together(device, objects, polled)))
        for polled in objects:
            if polled.kind == ATTRIBUTE:
                shown = _attribute_name(device, polled)
                texts.append(polled.describe(ATTRIBUTE, shown, _together(device, objects, polled)))
        return texts


def _attribute_name(device: PolledOwner, polled: Polled) -> str:
    attribute = device._tango.attributes.find(polled.name)
    return attribute.name if attribute else polled.name


def _together(device: PolledOwner, objects: list[Polled], polled: Polled) -> list[str]:
    """The attributes that are read in one request with that one."""
    if polled.kind == COMMAND or polled.period == 0:
        return []
    return [
        _attribute_name(device, each)
        for each in objects
        if each.kind == ATTRIBUTE and each.period == polled.period
    ]


def _last(ring: Any, count: int) -> list[Record]:
    records = list(ring)
    return records[-count:] if count > 0 else []


def error_record(error: BaseException, when: float | None = None) -> Record:
    """The record of a reading that failed."""
    errors: list[DevError] = errors_of(error)
    return Record(time.time() if when is None else when, None, errors)


_ORIGIN = "DServer::add_obj_polling"
