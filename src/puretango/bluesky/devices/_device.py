"""Whole Tango devices as ophyd devices that take their structure from the server."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict, namedtuple
from collections.abc import Iterable, Iterator
from typing import Any

from ophyd import Component, Device, Kind
from ophyd.device import DEFAULT_CONNECTION_TIMEOUT

from puretango.bluesky.attributes import (
    AttributeFacts,
    AttributeFailed,
    device_path,
    join,
    locate,
    sample,
    telling,
    unreachable,
)
from puretango.bluesky.signals import Link, TangoCommand, TangoSignal
from puretango.bluesky.statuses import FinishedStatus
from puretango.errors import DevFailed

from ._kinds import Kinds, chosen_kinds, component_names, default_kind
from ._listing import used_devices

_logger = logging.getLogger("puretango.bluesky")


class TangoDevice(Device):
    """Any Tango device, by name or alias: ``TangoDevice("sys/tg_test/1")``.

    Each attribute of the device becomes a :class:`TangoSignal` and each command a
    :class:`TangoCommand`, under their own names; a name that ophyd reserves gets an underscore
    behind (``position_``; ``renamed`` lists them). All attributes that an event needs are read
    in one request.

    Parameters
    ----------
    prefix
        The device's name, alias or locator, or a DeviceProxy.
    name
        The begin of the keys of its readings; made of the device's name where none is given.
    kinds
        Which attributes are read: one Kind for all, or ``{attribute: kind}`` where ``"*"`` is
        all others. Without a choice, see ``default_kind``; an attribute that fails when the
        device connects is left out, and ``failing`` tells why.
    polling_period, events, patience, timeout
        As for TangoSignal, for all attributes.

    Construction connects if the server is there. If not, the device connects when it is used,
    or in ``wait_for_connection``.
    """

    def __init__(
        self,
        prefix: Any,
        *,
        name: str | None = None,
        kind: Any = None,
        kinds: Kinds | None = None,
        read_attrs: Iterable[str] | None = None,
        configuration_attrs: Iterable[str] | None = None,
        parent: Any = None,
        polling_period: float = 0.5,
        events: bool = True,
        patience: float = 0.0,
        timeout: float | None = None,
        **kwargs: Any,
    ) -> None:
        prefix = locate(prefix)
        self._link = Link(prefix, patience=patience, timeout=timeout)
        self._structure_lock = threading.RLock()
        self._structured = False
        self._chosen = chosen_kinds(type(self), kinds)
        self._signal_options: dict[str, Any] = {"polling_period": polling_period, "events": events}
        self._members: dict[str, str] = {}
        #: Python name -> Tango name, where they differ.
        self.renamed: dict[str, str] = {}
        #: What could not be read when the device connected: attribute -> why.
        self.failing: dict[str, DevFailed] = {}
        if name is None:
            name = device_path(prefix).replace("/", "_").replace("-", "_").replace(".", "_")
        super().__init__(prefix, name=name, kind=kind, parent=parent, **kwargs)
        self._late_attrs = (read_attrs, configuration_attrs)
        try:
            self._connect()
        except DevFailed as failure:
            _logger.warning("%s: not connected yet: %s", self.name, _brief(failure))

    # -- structure

    def _connect(self) -> None:
        with self._structure_lock:
            if self._structured:
                return
            facts = self._link.all_facts()
            commands = self._link.commands()
            answers = self._link.read_many([fact.name for fact in facts])
            self._build(facts, commands)
            self._structured = True
            self._first_readings(facts, answers)
            read_attrs, configuration_attrs = self._late_attrs
            if read_attrs is not None:
                self.read_attrs = list(read_attrs)
            if configuration_attrs is not None:
                self.configuration_attrs = list(configuration_attrs)

    def _build(self, facts: list[AttributeFacts], commands: list[Any]) -> None:
        attributes = [fact.name for fact in facts]
        lower = {attribute.lower() for attribute in attributes}
        commands = [info for info in commands if info.cmd_name.lower() not in lower]
        names = component_names(self, [*attributes, *(c.cmd_name for c in commands)])
        self._members = {name: member for member, name in names.items()}
        self.renamed = {name: member for member, name in names.items() if name != member}
        static: dict[str, Any] = dict(vars(type(self)).get("_sig_attrs", {}))
        parts: OrderedDict[str, Any] = OrderedDict(static)
        kinds: dict[str, Kind] = {name: part.kind for name, part in static.items()}
        for fact in facts:
            name = names[fact.name]
            kinds[name] = self._kind_of(fact)
            parts[name] = self._component(name, TangoSignal, fact.name, kinds[name])
            self._signals[name] = TangoSignal(
                join(self.prefix, fact.name),
                name=self._key(fact.name),
                parent=self,
                kind=kinds[name],
                attr_name=name,
                link=self._link,
                facts=fact,
                **self._signal_options,
            )
        for info in commands:
            name = names[info.cmd_name]
            kinds[name] = Kind.omitted
            parts[name] = self._component(name, TangoCommand, info.cmd_name, Kind.omitted)
            self._signals[name] = TangoCommand(
                join(self.prefix, info.cmd_name),
                name=self._key(info.cmd_name),
                parent=self,
                attr_name=name,
                link=self._link,
                info=info,
            )
        self._sig_attrs = parts
        self._component_kinds = kinds
        self.component_names = tuple(parts)
        fields = [name for name in attributes_of(parts) if not name.startswith("_")]
        self._device_tuple: Any = namedtuple(f"{type(self).__name__}Tuple", fields)  # type: ignore[misc]

    def _component(self, name: str, cls: type, member: str, kind: Kind) -> Any:
        part = Component(cls, f"/{member}", kind=kind)
        part.attr = name
        return part

    def _key(self, member: str) -> str:
        return f"{self.name}{self._child_name_separator}{member}"

    def _kind_of(self, fact: AttributeFacts) -> Kind:
        rest, chosen = self._chosen
        explicit = chosen.get(fact.name.lower(), rest)
        return default_kind(fact) if explicit is None else explicit

    def _first_readings(self, facts: list[AttributeFacts], answers: list[Any]) -> None:
        self.failing = {}
        for fact, answer in zip(facts, answers):
            signal = self.attribute(fact.name)
            try:
                signal.accept(sample(fact, signal.trl, answer))
            except AttributeFailed as failure:
                self.failing[fact.name] = failure
                if self._leave_out(fact):
                    signal.kind = Kind.omitted
        if self.failing:
            _logger.info("%s: left out, as they fail: %s", self.name, ", ".join(self.failing))

    def _leave_out(self, fact: AttributeFacts) -> bool:
        """Whether an attribute that fails as the device connects is left out of the readings."""
        return fact.name.lower() not in self._chosen[1]

    def attribute(self, name: str) -> TangoSignal:
        """The signal of an attribute, by its Tango name."""
        found: TangoSignal = self._member(name, TangoSignal)
        return found

    def command(self, name: str) -> TangoCommand:
        """The command of this Tango name."""
        found: TangoCommand = self._member(name, TangoCommand)
        return found

    def _member(self, name: str, cls: type) -> Any:
        self._connect()
        for python_name, member in self._members.items():
            if member.lower() == name.lower() and isinstance(self._signals[python_name], cls):
                return self._signals[python_name]
        raise KeyError(f"{self.prefix} has no such {cls.__name__[5:].lower()}: {name}")

    @property
    def attributes(self) -> dict[str, TangoSignal]:
        """All attributes' signals by their Tango names."""
        return dict(self._by_class(TangoSignal))

    @property
    def commands(self) -> dict[str, TangoCommand]:
        """All commands by their Tango names."""
        return dict(self._by_class(TangoCommand))

    def _by_class(self, cls: type) -> Iterator[tuple[str, Any]]:
        self._connect()
        for python_name, member in self._members.items():
            signal = self._signals[python_name]
            if isinstance(signal, cls):
                yield member, signal

    def __getattr__(self, name: str) -> Any:
        # Reached for what is no ordinary attribute: a member of the Tango device.
        if name.startswith("__") or "_structured" not in self.__dict__:
            raise AttributeError(name)
        if "." in name:
            return super().__getattr__(name)
        if not self._structured and not name.startswith("_"):
            try:
                self._connect()
            except DevFailed as failure:
                raise AttributeError(
                    f"{name}: {self.name} is not connected: {failure}"
                ) from failure
        try:
            return self._signals[name]
        except KeyError:
            raise AttributeError(f"{type(self).__name__} {self.name} has no {name!r}") from None

    def __dir__(self) -> Iterable[str]:
        return [*super().__dir__(), *self._members]

    # -- connection

    @property
    def connected(self) -> bool:
        """Whether the structure is known and every signal in use is connected."""
        return self._structured and all(
            signal.connected for signal in self._signals.values() if signal.kind
        )

    def wait_for_connection(
        self, all_signals: bool = False, timeout: Any = DEFAULT_CONNECTION_TIMEOUT
    ) -> None:
        """Connect; TimeoutError, with Tango's reason, where that does not succeed in time."""
        if timeout is DEFAULT_CONNECTION_TIMEOUT:
            timeout = self.connection_timeout
        before, self._link.patience = self._link.patience, max(self._link.patience, timeout or 0.0)
        try:
            self._connect()
        except DevFailed as failure:
            raise TimeoutError(f"{self.name}: cannot connect: {_brief(failure)}") from failure
        finally:
            self._link.patience = before

    # -- bluesky

    def trigger(self) -> Any:
        """Nothing to do, unless a subclass has components with a trigger value."""
        return super().trigger() if self.trigger_signals else FinishedStatus()

    def read(self) -> dict[str, dict[str, Any]]:
        """All attributes of kind normal or hinted, from one request."""
        return self._read(Kind.normal, "read")

    def read_configuration(self) -> dict[str, dict[str, Any]]:
        """All attributes of kind config, from one request."""
        return self._read(Kind.config, "read_configuration")

    def _read(self, kind: Kind, verb: str) -> dict[str, dict[str, Any]]:
        self._connect()
        parts = [part for _, part in self._get_components_of_kind(kind)]
        signals = [part for part in parts if type(part) is TangoSignal]
        self.refresh(signals)
        readings: dict[str, dict[str, Any]] = OrderedDict()
        for part in parts:
            readings.update(part.latest() if type(part) is TangoSignal else getattr(part, verb)())
        return readings

    def refresh(self, signals: list[TangoSignal]) -> None:
        """Read these attributes in one request; AttributeFailed names the first that fails."""
        try:
            answers = self._link.read_many([signal.attribute for signal in signals])
        except DevFailed as failure:
            if unreachable(failure):
                for signal in signals:
                    signal._set_connected(False)
            raise AttributeFailed.from_failure(self.prefix, failure) from failure
        for signal, answer in zip(signals, answers):
            signal.accept(sample(signal.facts, signal.trl, answer))

    def describe(self) -> dict[str, dict[str, Any]]:
        """The DataKeys of everything that ``read`` gives."""
        self._connect()
        found: dict[str, dict[str, Any]] = super().describe()
        return found

    def describe_configuration(self) -> dict[str, dict[str, Any]]:
        """The DataKeys of everything that ``read_configuration`` gives."""
        self._connect()
        found: dict[str, dict[str, Any]] = super().describe_configuration()
        return found

    @property
    def hints(self) -> dict[str, Any]:
        """The attributes of kind hinted."""
        fields: list[str] = []
        for _, part in self._get_components_of_kind(Kind.normal):
            if type(part) is not TangoSignal or Kind.hinted in part.kind:
                fields.extend(part.hints.get("fields", []))
        return {"fields": fields}

    def get(self, **kwargs: Any) -> Any:
        """The values of all attributes that can be read, from one request; None for the rest."""
        self._connect()
        signals = {name: self._signals[name] for name in self._device_tuple._fields}
        answers = self._link.read_many([signal.attribute for signal in signals.values()])
        values = {}
        for (name, signal), answer in zip(signals.items(), answers):
            try:
                values[name] = signal.accept(sample(signal.facts, signal.trl, answer)).value
            except AttributeFailed:
                values[name] = None
        return self._device_tuple(**values)

    def sub_devices(self) -> list[str]:
        """The names of the devices that this device says it uses."""
        return used_devices(self._link)


def attributes_of(parts: dict[str, Any]) -> list[str]:
    """The components that are attributes."""
    return [name for name, part in parts.items() if part.cls is TangoSignal]


def _brief(failure: DevFailed) -> str:
    told = telling(failure) if failure.args else failure
    return str(getattr(told, "desc", told)).strip().replace("\n", " ")
