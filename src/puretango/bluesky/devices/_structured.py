"""ophyd devices that take their structure from a Tango server."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict, namedtuple
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ophyd import Component, Device, Kind
from ophyd.device import DEFAULT_CONNECTION_TIMEOUT

from puretango.bluesky.attributes import (
    AttributeFacts,
    AttributeFailed,
    OnFailure,
    OnFailures,
    Policies,
    description_of,
    device_path,
    join,
    key_of,
    locate,
    sample,
)
from puretango.bluesky.signals import (
    FakeLink,
    Link,
    TangoCommand,
    TangoSignal,
    fake_of,
    register_fake,
)
from puretango.errors import DevFailed

from ._kinds import Kinds, annotated_names, check_names, chosen_kinds, component_names, default_kind

_logger = logging.getLogger("puretango.bluesky")


class StructuredDevice(Device):
    """The part of a TangoDevice that makes its components from the server's structure."""

    _link_class: type[Link] = Link
    _signal_class: type[TangoSignal] = TangoSignal
    _command_class: type[TangoCommand] = TangoCommand
    _is_fake = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not cls._is_fake:
            register_fake(cls, FakeStructure)

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
        on_failure: OnFailures = OnFailure.FAIL,
        **kwargs: Any,
    ) -> None:
        prefix = locate(prefix)
        self._link = self._new_link(prefix, patience=patience, timeout=timeout)
        self._policies = Policies(on_failure)
        self._structure_lock = threading.RLock()
        self._structured = False
        self._chosen = chosen_kinds(type(self), kinds)
        self._own_kinds = (
            [name for name in kinds if name != "*"] if isinstance(kinds, Mapping) else []
        )
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
            _logger.warning("%s: not connected yet: %s", self.name, description_of(failure))

    # -- structure

    def _new_link(self, prefix: str, **options: Any) -> Link:
        link = self._link_class(prefix, **options)
        if isinstance(link, FakeLink):
            link.declare(*self.fake_members())
        return link

    def fake_members(self) -> tuple[list[str], list[str]]:
        """The attributes and the commands of a fake: annotated attributes, State and Status."""
        return [*annotated_names(type(self)), "State", "Status"], []

    def _connect(self) -> None:
        with self._structure_lock:
            if self._structured:
                return
            try:
                facts, commands = self._link.all_facts(), self._link.commands()
            except DevFailed as failure:
                raise AttributeFailed.from_failure(self._full_name, failure) from failure
            attributes = [fact.name for fact in facts]
            check_names(self._full_name, "kinds", self._own_kinds, attributes)
            check_names(self._full_name, "on_failure", self._policies.names, attributes)
            self._build(facts, commands)
            self._structured = True
            self._first_readings(facts)
            read_attrs, configuration_attrs = self._late_attrs
            if read_attrs is not None:
                self.read_attrs = list(read_attrs)
            if configuration_attrs is not None:
                self.configuration_attrs = list(configuration_attrs)

    @property
    def _full_name(self) -> str:
        return f"{self.name} ({self.prefix})"

    def refresh_configuration(self) -> None:
        """Read every attribute's configuration again: labels, units, limits, in one request.

        Attributes that came or went since the device connected are noticed only by a new object.
        """
        self._connect()
        try:
            facts = self._link.all_facts()
        except DevFailed as failure:
            raise AttributeFailed.from_failure(self._full_name, failure) from failure
        signals = {name.lower(): signal for name, signal in self.attributes.items()}
        for fact in facts:
            signal = signals.get(fact.name.lower())
            if signal is not None and signal.facts != fact:
                signal.learn(fact)

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
            self._signals[name] = self._signal_class(
                join(self.prefix, fact.name),
                name=self._key(fact.name),
                parent=self,
                kind=kinds[name],
                attr_name=name,
                link=self._link,
                facts=fact,
                on_failure=self._policies.of(fact.name),
                **self._signal_options,
            )
        for info in commands:
            name = names[info.cmd_name]
            kinds[name] = Kind.omitted
            parts[name] = self._component(name, TangoCommand, info.cmd_name, Kind.omitted)
            self._signals[name] = self._command_class(
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
        self._device_tuple: Any = namedtuple(f"{type(self).__name__}Tuple", fields)  # type: ignore[misc]  # the fields are known at run time only

    def _component(self, name: str, cls: type, member: str, kind: Kind) -> Any:
        part = Component(cls, f"/{member}", kind=kind)
        part.attr = name
        return part

    def _key(self, member: str) -> str:
        return f"{self.name}{self._child_name_separator}{key_of(member)}"

    def _kind_of(self, fact: AttributeFacts) -> Kind:
        rest, chosen = self._chosen
        explicit = chosen.get(fact.name.lower(), rest)
        return default_kind(fact) if explicit is None else explicit

    def _first_readings(self, facts: list[AttributeFacts]) -> None:
        self.failing = {}
        signals = [self.attribute(fact.name) for fact in facts]
        wanted = [
            (fact, signal)
            for fact, signal in zip(facts, signals)
            if signal.kind & (Kind.normal | Kind.config)
        ]
        try:
            answers = self._link.read_many([fact.name for fact, _ in wanted])
        except DevFailed as failure:
            raise AttributeFailed.from_failure(self._full_name, failure) from failure
        for (fact, signal), answer in zip(wanted, answers):
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
        chosen = fact.name.lower() in self._chosen[1]
        return not chosen and self._policies.of(fact.name) is OnFailure.FAIL

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
        # Called for names that are not ordinary attributes: a member of the Tango device.
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
        """Connect; TimeoutError, with Tango's reason, if that does not succeed in time."""
        if timeout is DEFAULT_CONNECTION_TIMEOUT:
            timeout = self.connection_timeout
        try:
            with self._link.patient(timeout or 0.0):
                self._connect()
        except DevFailed as failure:
            raise TimeoutError(
                f"{self.name}: cannot connect: {description_of(failure)}"
            ) from failure


def attributes_of(parts: dict[str, Any]) -> list[str]:
    """The components that are attributes."""
    return [name for name, part in parts.items() if part.cls is TangoSignal]


class FakeStructure(StructuredDevice):
    """The part of a fake device that a test uses."""

    _is_fake = True
    _link_class = FakeLink
    _link: FakeLink
    _signal_class = fake_of(TangoSignal)
    _command_class = fake_of(TangoCommand)

    def sim_put(self, attribute: str, value: Any) -> None:
        """Give an attribute, by its Tango name, this value; it is added if it does not exist yet."""
        known = {facts.name.lower() for facts in self._link.all_facts()}
        if attribute.lower() not in known:
            self._link.facts(attribute)
            self._structured = False
        self.attribute(attribute).sim_put(value)
