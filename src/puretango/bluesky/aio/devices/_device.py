"""Tango devices for ophyd-async: annotated, or with the structure that the server gives."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ophyd_async.core import (
    Command,
    Device,
    DeviceConnector,
    DeviceFiller,
    DeviceVector,
    NotConnectedError,
    Signal,
    SignalR,
    SignalRW,
    SignalW,
    TriggerableCommand,
    wait_for_connection,
)

from puretango.bluesky.aio.signals import (
    TangoCommandBackend,
    TangoSignalBackend,
    connect_known,
    fresh,
    read_afresh,
    signature_of,
)
from puretango.bluesky.aio.transport import AsyncLink, Deadband
from puretango.bluesky.attributes import (
    AttributeFacts,
    AttributeFailed,
    OnFailure,
    OnFailures,
    Policies,
    description_of,
    joiner,
    key_of,
)
from puretango.bluesky.devices import check_names
from puretango.errors import DevFailed
from puretango.idl import AttrWriteType

_ACCESS: dict[AttrWriteType, Any] = {
    AttrWriteType.READ: SignalR,
    AttrWriteType.READ_WITH_WRITE: SignalR,
    AttrWriteType.WRITE: SignalRW,
    AttrWriteType.READ_WRITE: SignalRW,
}


@dataclass(frozen=True)
class TangoName:
    """In an annotation: the member's name on the Tango device, where it differs."""

    name: str


@dataclass(frozen=True)
class TangoPolling:
    """In an annotation: how an attribute is monitored if the device sends no events.

    It is read each ``ophyd_polling_period`` seconds, and a change is reported if it is larger than
    ``abs_change`` (in the attribute's unit) or ``rel_change`` (a fraction of the last value reported);
    without either, every change is reported. ``events`` False polls even where the device would send events;
    None leaves that to the device's ``support_events``.
    """

    ophyd_polling_period: float = 0.1
    abs_change: float | None = None
    rel_change: float | None = None
    events: bool | None = None


class TangoDeviceConnector(DeviceConnector):
    """Fills a device's children from the Tango device behind ``trl``.

    ``names`` gives the members' names of annotated children whose names differ, as `TangoName` does
    in an annotation; ``patience`` is that of the requests; ``on_failure`` is what an event holds
    where an attribute fails in mid-run, for all or by attribute.
    """

    def __init__(
        self,
        trl: str | None = "",
        support_events: bool = True,
        auto_fill_signals: bool = True,
        *,
        names: Mapping[str, str] | None = None,
        patience: float = 0.0,
        on_failure: OnFailures = OnFailure.FAIL,
    ) -> None:
        self.trl = trl or ""
        self.support_events = support_events
        self.auto_fill = auto_fill_signals
        self.patience = patience
        self.policies = Policies(on_failure)
        #: The signals' backends by attribute, in lower case.
        self.backends: dict[str, TangoSignalBackend] = {}
        self.link: AsyncLink | None = None
        #: What could not be read when the device connected: attribute -> why.
        self.failing: dict[str, str] = {}
        #: The commands that the device has.
        self.commands: list[str] = []
        self._names: dict[str, str] = dict(names or {})
        self._trl_of = joiner(self.trl)
        self._added: dict[str, str] = {}

    def create_children_from_annotations(self, device: Device) -> None:
        """Make the annotated children; they are filled when the device connects."""
        if hasattr(self, "filler"):
            return
        self.filler: Any = DeviceFiller(
            device=device,
            signal_backend_factory=lambda datatype: TangoSignalBackend(
                datatype, events=self.support_events
            ),
            device_connector_factory=lambda: TangoDeviceConnector("", self.support_events),
            command_backend_factory=lambda signature: TangoCommandBackend(signature),
        )
        list(self.filler.create_devices_from_annotations(filled=False))
        before = {name for name, _ in device.children()}
        for backend, extras in self.filler.create_signals_from_annotations(filled=False):
            self._take(backend, extras)
        for _, extras in self.filler.create_commands_from_annotations(filled=False):
            self._take(None, extras)
        filler: Any = self.filler
        filler.check_created()
        self._annotated = {name for name, _ in device.children()} - before
        for name in self._annotated:
            read_afresh(getattr(device, name))
        self._read_names(device)

    def _take(self, backend: TangoSignalBackend | None, extras: list[Any]) -> None:
        for extra in list(extras):
            if isinstance(extra, TangoPolling):
                extras.remove(extra)
                if backend is not None:
                    backend.polling_period = extra.ophyd_polling_period
                    backend.deadband = Deadband(extra.abs_change, extra.rel_change)
                    if extra.events is not None:
                        backend.events = extra.events
            elif isinstance(extra, OnFailure):
                extras.remove(extra)
                if backend is not None:
                    backend.on_failure = extra
            elif isinstance(extra, TangoName):
                extras.remove(extra)

    def _read_names(self, device: Device) -> None:
        for name, extras in self.filler._extras.items():
            for extra in extras:
                if isinstance(extra, TangoName):
                    self._names[str(name)] = extra.name

    async def connect_mock(self, device: Device, mock: Any) -> None:
        """Connect the annotated children as mocks."""
        if isinstance(device, DeviceVector):
            self.filler.create_device_dict_entries_to_mock([1, 2])
        device.set_name(device.name)
        await super().connect_mock(device, mock)

    async def connect_real(self, device: Device, timeout: float, force_reconnect: bool) -> None:
        """Learn the device's structure in three requests and connect the children."""
        if not self.trl:
            raise NotConnectedError("no Tango device has been named")
        if self.link is None or force_reconnect:
            self.link = AsyncLink(self.trl, patience=self.patience)
        try:
            facts = await self.link.all_facts()
            commands = await self.link.commands()
        except DevFailed as failure:
            named = f"{device.name} ({self.trl})" if device.name else self.trl
            raise NotConnectedError(f"{named}: {description_of(failure)}") from failure
        self._trl_of = joiner(self.trl)
        self.commands = [str(info.cmd_name) for info in commands]
        self._check_policies(facts)
        name = device.name
        device.set_name(
            ""
        )  # if the device had a name, each child that is added would have all of them renamed
        try:
            self._fill(device, facts, commands)
        finally:
            device.set_name(name)
        self.filler.check_filled(f"{self.trl}: {[fact.name for fact in facts]}")
        if isinstance(device, TangoDevice):
            await device._structure_known(self, facts, timeout)
        finished = asyncio.get_running_loop().create_task(_nothing())
        await finished
        await wait_for_connection(
            **{
                key: child.connect(timeout=timeout, force_reconnect=force_reconnect)
                for key, child in device.children()
                if not connect_known(child, finished)
            }
        )

    def set_trl(self, trl: str) -> None:
        """Set the Tango device's locator."""
        self.trl = trl

    def _check_policies(self, facts: list[AttributeFacts]) -> None:
        check_names(self.trl, "on_failure", self.policies.names, [fact.name for fact in facts])

    async def refresh_configuration(self) -> None:
        """Read every attribute's configuration again: labels, units, limits, in one request."""
        if self.link is None:
            return
        try:
            facts = await self.link.all_facts()
        except DevFailed as failure:
            raise AttributeFailed.from_failure(self.trl, failure) from failure
        for fact in facts:
            backend = self.backends.get(fact.name.lower())
            if backend is not None and backend.facts != fact:
                backend.learn(fact)

    def _connected_backend(self, backend: TangoSignalBackend, fact: AttributeFacts) -> None:
        backend.set_trl(self._trl_of(fact.name), link=self.link, facts=fact)
        if backend.on_failure is OnFailure.FAIL:
            backend.on_failure = self.policies.of(fact.name)
        self.backends[fact.name.lower()] = backend

    def _fill(self, device: Device, facts: list[AttributeFacts], commands: list[Any]) -> None:
        attributes = {fact.name.lower(): fact for fact in facts}
        infos = {str(info.cmd_name).lower(): info for info in commands}
        for name in sorted(self._annotated):
            child = getattr(device, name)
            member = self._names.get(name, name.rstrip("_")).lower()
            if isinstance(child, Signal) and member in attributes:
                self._fill_signal(name, child, attributes.pop(member))
            elif isinstance(child, Command) and member in infos:
                self._fill_command(name, child, infos.pop(member))
        if self.auto_fill:
            ignored = {str(name).rstrip("_").lower() for name in self.filler.ignored_signals}
            for key, fact in attributes.items():
                if key not in ignored:
                    self._add_signal(device, fact)
            for key, info in infos.items():
                if key not in attributes and key not in ignored:
                    self._add_command(device, info)

    def _fill_signal(self, name: str, child: Any, fact: AttributeFacts) -> None:
        writes = isinstance(child, (SignalW, SignalRW))
        if writes and not fact.writes:
            raise TypeError(f"{self._trl_of(fact.name)} cannot be written: {name} is a SignalR")
        backend = self.filler.fill_child_signal(name.rstrip("_"), type(child))
        self._connected_backend(backend, fact)

    def _fill_command(self, name: str, child: Any, info: Any) -> None:
        backend = self.filler.fill_child_command(name.rstrip("_"), type(child))
        backend.set_trl(self._trl_of(info.cmd_name), link=self.link, info=info)

    def _add_signal(self, device: Device, fact: AttributeFacts) -> None:
        backend = self._backend_of(device, fact.name)
        if backend is None:
            backend = TangoSignalBackend(None, events=self.support_events)
            self._add_child(device, fact.name, fresh(_ACCESS[fact.writable](backend)))
        self._connected_backend(backend, fact)

    def _add_command(self, device: Device, info: Any) -> None:
        name = str(info.cmd_name)
        backend = self._backend_of(device, name)
        if backend is None:
            signature = signature_of(info)
            backend = TangoCommandBackend(signature)
            plain = not signature.parameters and signature.return_annotation is None
            self._add_child(device, name, (TriggerableCommand if plain else Command)(backend))
        backend.set_trl(self._trl_of(name), link=self.link, info=info)

    def _backend_of(self, device: Device, member: str) -> Any:
        """The backend that an earlier connection made for a member."""
        name = self._added.get(member)
        return None if name is None else getattr(device, name)._connector._init_backend

    def added(self, device: Device) -> list[tuple[str, Any]]:
        """The children added without an annotation: (member, child)."""
        return [(member, getattr(device, name)) for member, name in self._added.items()]

    def added_signal(self, device: Device, attribute: str) -> Signal[Any] | None:
        """The signal that was added, without an annotation, for an attribute."""
        name = self._added.get(attribute)
        child = None if name is None else getattr(device, name)
        return child if isinstance(child, Signal) else None

    def _add_child(self, device: Device, member: str, child: Device) -> None:
        # ophyd-async strips underscores at both ends from its keys.
        name = key_of(member)
        while True:
            while hasattr(device, name):
                name += "_"
            try:
                setattr(device, name, child)
            except NameError:  # ophyd-async reserves the names of bluesky's verbs
                name += "_"
            else:
                self._added[member] = name
                return


class TangoDevice(Device):
    """A Tango device: its attributes as signals, its commands as commands.

    Annotated children are checked when the device connects, by type, access and labels; with
    ``auto_fill_signals`` everything else that the device has is added, under its own name.

    The arguments are those of ``ophyd_async.tango.core.TangoDevice`` in their order; a text in the
    second place is the name. Events are used if the device sends any (``support_events`` False:
    never), and polling otherwise. ``auto_fill`` is another name of ``auto_fill_signals``.
    ``on_failure`` is what an event holds if an attribute fails in mid-run: one policy for all, or
    ``{attribute: policy}``, see `OnFailure`.
    """

    def __init__(
        self,
        trl: str = "",
        support_events: bool | str = True,
        name: str = "",
        auto_fill_signals: bool = True,
        connector: DeviceConnector | None = None,
        *,
        auto_fill: bool | None = None,
        patience: float = 0.0,
        on_failure: OnFailures = OnFailure.FAIL,
    ) -> None:
        if connector is not None and trl:
            raise ValueError("TangoDevice takes either `trl` or `connector`, not both")
        if isinstance(support_events, str):
            name, support_events = support_events, True
        super().__init__(
            name=name,
            connector=connector
            or TangoDeviceConnector(
                trl,
                support_events,
                auto_fill_signals if auto_fill is None else auto_fill,
                patience=patience,
                on_failure=on_failure,
            ),
        )

    def set_name(self, name: str, *, child_name_separator: str | None = None) -> None:
        """Name the device and its children; keys are made of the attributes' own names."""
        super().set_name(name, child_name_separator=child_name_separator)
        connector = self._connector
        if name and isinstance(connector, TangoDeviceConnector):
            for member, child in connector.added(self):
                child.set_name(f"{self.name}{self._child_name_separator}{key_of(member)}")

    def get_trl(self) -> str:
        """The device's locator."""
        return self.trl

    def get_proxy(self) -> Any:
        """The asynchronous DeviceProxy; None before the device has connected."""
        connector = self._connector
        link = connector.link if isinstance(connector, TangoDeviceConnector) else None
        return None if link is None else link.connected_proxy

    async def _structure_known(
        self, connector: TangoDeviceConnector, facts: list[AttributeFacts], timeout: float
    ) -> None:
        """Called once the children are made; they connect after this, within ``timeout`` seconds each."""

    @property
    def trl(self) -> str:
        """The device's locator."""
        connector = self._connector
        return connector.trl if isinstance(connector, TangoDeviceConnector) else ""


async def _nothing() -> None:
    """The connection of a child whose attribute is known: there is nothing to do."""
