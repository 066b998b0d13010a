"""Fakes: every class of signals and devices on a device that exists in memory only.

``ophyd.sim.make_fake_device`` finds them. A fake runs the real class's code, has its ``sim_…``
methods besides, and opens no socket.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from puretango.bluesky.attributes import AttributeFacts, Range, state_labels, to_tango
from puretango.errors import DevError, DevFailed, ErrSeverity
from puretango.idl import AttrDataFormat, AttrQuality, AttrWriteType, CmdArgType
from puretango.values import TimeVal

from ._connected import ConnectedSignal
from ._link import Link

__all__ = ["FakeLink", "FakeSignal"]

_FORMATS = (AttrDataFormat.SCALAR, AttrDataFormat.SPECTRUM, AttrDataFormat.IMAGE)
_TYPES: dict[str, CmdArgType] = {
    "b": CmdArgType.DevBoolean,
    "i": CmdArgType.DevLong64,
    "u": CmdArgType.DevULong64,
    "f": CmdArgType.DevDouble,
    "U": CmdArgType.DevString,
}


@dataclass
class _FakeAnswer:
    """A fake's answer, in place of a ``DeviceAttribute``."""

    value: Any
    w_value: Any
    time: TimeVal
    quality: AttrQuality = AttrQuality.ATTR_VALID
    has_failed: bool = False

    def get_err_stack(self) -> tuple[Any, ...]:
        """The empty tuple: nothing fails."""
        return ()


@dataclass
class _FakeCommand:
    """A fake's command, in place of a ``CommandInfo``."""

    cmd_name: str
    in_type: CmdArgType = CmdArgType.DevVoid
    out_type: CmdArgType = CmdArgType.DevVoid


class FakeLink(Link):
    """A device in memory. A value written is read back; an attribute comes into being when it is asked for."""

    def __init__(self, device: str, *, patience: float = 0.0, timeout: float | None = None) -> None:
        super().__init__(device, patience=patience, timeout=timeout)
        self._known: dict[str, AttributeFacts] = {}
        self._answers: dict[str, _FakeAnswer] = {}
        self._commands: list[str] = []
        #: Functions called with a written value, instead of storing it.
        self.putters: dict[str, Callable[..., Any]] = {}
        #: The results of commands; without an entry, nothing.
        self.results: dict[str, Callable[[Any], Any]] = {}

    def declare(self, attributes: Sequence[str], commands: Sequence[str] = ()) -> None:
        """The members that the device has from the start."""
        for attribute in attributes:
            self.facts(attribute)
        self._commands += [name for name in commands if name not in self._commands]

    @property
    def proxy(self) -> Any:
        """None: a fake has no proxy."""
        text = f"{self.device} is a fake: it has no server"
        raise DevFailed(DevError("API_Fake", ErrSeverity.ERR, desc=text, origin="FakeLink"))

    @property
    def seconds(self) -> float:
        """How long a request may take."""
        return 3.0

    def read(self, attribute: str) -> Any:
        """One attribute's answer."""
        self.facts(attribute)
        return self._answers[attribute.lower()]

    def read_many(self, attributes: Sequence[str]) -> list[Any]:
        """The answers of several attributes."""
        return [self.read(attribute) for attribute in attributes]

    def write(self, attribute: str, value: Any, timeout: float | None = None) -> None:
        """Take over a value."""
        putter = self.putters.get(attribute.lower())
        if putter is None:
            self.take(attribute, value)
        else:
            putter(value)
        for watch in list(self.watches):
            watch.written(attribute)

    def take(self, attribute: str, value: Any) -> None:
        """Give the attribute this value."""
        now = TimeVal(time.time())
        self._answers[attribute.lower()] = _FakeAnswer(value, value, now)

    def configure(self, attribute: str, **changes: Any) -> AttributeFacts:
        """Change an attribute's facts: fields of `AttributeFacts`."""
        facts = replace(self.facts(attribute), **changes)
        self._known[attribute.lower()] = facts
        return facts

    def call(self, command: str, argument: Any = None, timeout: float | None = None) -> Any:
        """Run a command."""
        run = self.results.get(command.lower())
        return None if run is None else run(argument)

    def facts(self, attribute: str) -> AttributeFacts:
        """The facts of one attribute; an undeclared one is a number."""
        key = attribute.lower()
        if key not in self._known:
            self._known[key], value = _first(attribute)
            self.take(attribute, value)
        return self._known[key]

    def all_facts(self) -> list[AttributeFacts]:
        """The facts of every attribute that was declared or used."""
        return list(self._known.values())

    def commands(self) -> list[Any]:
        """The info of every command."""
        return [_FakeCommand(name) for name in self._commands]

    def command(self, name: str) -> Any:
        """The info of one command."""
        return _FakeCommand(name)

    def source(self, member: str) -> str:
        """Where readings come from, for documents."""
        return f"fake://{self.device}/{member}"


class FakeSignal(ConnectedSignal):
    """The part of a fake signal that a test uses: ophyd's own names for it."""

    _is_fake = True
    _link_class = FakeLink
    _link: FakeLink

    def sim_put(self, value: Any, **_: Any) -> None:
        """Give the attribute this value; subscribers are called."""
        facts = self._link.facts(self.attribute)
        if not facts.labels:
            facts = self._link.configure(self.attribute, **_type_of(value))
        self.learn(facts)
        self._link.take(self.attribute, to_tango(facts, value))
        for watch in list(self._link.watches):
            watch.written(self.attribute)

    def sim_set_putter(self, putter: Callable[..., Any]) -> None:
        """Set a function that is called with a value that is put, instead of storing it."""
        self._link.putters[self.attribute.lower()] = putter

    def sim_set_limits(self, limits: tuple[float, float]) -> None:
        """Set the limits of writing."""
        self.learn(self._link.configure(self.attribute, control=Range(*limits)))

    def sim_set_enum_strs(self, enums: Sequence[str]) -> None:
        """Make it an enumeration of these labels, with the first for its value."""
        changes = {"type": CmdArgType.DevEnum, "labels": tuple(enums)}
        self.learn(self._link.configure(self.attribute, **changes))
        self._link.take(self.attribute, 0)


def _first(attribute: str) -> tuple[AttributeFacts, Any]:
    scalar, access = AttrDataFormat.SCALAR, AttrWriteType.READ
    if attribute.lower() == "state":
        facts = AttributeFacts("State", CmdArgType.DevState, scalar, access, labels=state_labels())
        return facts, 0
    if attribute.lower() == "status":
        return AttributeFacts("Status", CmdArgType.DevString, scalar, access), ""
    access = AttrWriteType.READ_WRITE
    return AttributeFacts(attribute, CmdArgType.DevDouble, scalar, access), 0.0


def _type_of(value: Any) -> dict[str, Any]:
    array = np.asarray(value)
    return {
        "type": _TYPES.get(array.dtype.kind, CmdArgType.DevString),
        "format": _FORMATS[min(array.ndim, 2)],
    }
