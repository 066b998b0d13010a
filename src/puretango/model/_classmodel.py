"""ClassModel: the interface of a device class as plain data.

It holds the same facts whatever its origin: a Python source, an imported class, a Pogo file, a
running device. Numbers in an attribute's configuration are texts, as in Tango; an empty
text means that nothing was given.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from puretango.model._place import NOWHERE, Place

__all__ = [
    "STANDARD_COMMANDS",
    "ArgumentModel",
    "AttributeModel",
    "ClassModel",
    "CommandModel",
    "Identification",
    "Inheritance",
    "PipeModel",
    "PropertyModel",
    "StateModel",
]

STANDARD_COMMANDS = ("state", "status", "init")
"""Commands that every device has, in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeModel:
    """One attribute: static and modifiable properties by Tango's names.

    ``data_type`` is the name of a CmdArgType (``DevDouble``), ``data_format`` SCALAR, SPECTRUM or
    IMAGE, ``access`` READ, WRITE, READ_WRITE or READ_WITH_WRITE; ``polling_period``,
    ``delta_t``, ``period`` and ``archive_period`` are in milliseconds.
    """

    name: str
    data_type: str = "DevDouble"
    data_format: str = "SCALAR"
    access: str = "READ"
    max_dim_x: int = 1
    max_dim_y: int = 0
    display_level: str = "OPERATOR"
    description: str = ""
    label: str = ""
    unit: str = ""
    standard_unit: str = ""
    display_unit: str = ""
    format: str = ""
    min_value: str = ""
    max_value: str = ""
    min_alarm: str = ""
    max_alarm: str = ""
    min_warning: str = ""
    max_warning: str = ""
    delta_val: str = ""
    delta_t: str = ""
    abs_change: str = ""
    rel_change: str = ""
    period: str = ""
    archive_abs_change: str = ""
    archive_rel_change: str = ""
    archive_period: str = ""
    polling_period: int = 0
    memorized: bool = False
    hw_memorized: bool = False
    enum_labels: tuple[str, ...] = ()
    writable_attr_name: str = ""
    forwarded: bool = False
    dynamic: bool = False
    change_event: tuple[bool, bool] = (False, True)
    """Pushed by the device's code; and if so, checked by the library."""
    archive_event: tuple[bool, bool] = (False, True)
    data_ready_event: bool = False
    read_excluded_states: tuple[str, ...] = ()
    write_excluded_states: tuple[str, ...] = ()
    read_method: str = ""
    write_method: str = ""
    is_allowed_method: str = ""
    unknown: frozenset[str] = frozenset()
    """Names of fields whose values are expressions that would have to be run."""
    given: frozenset[str] = frozenset()
    """Names of fields that the declaration gives, if the origin of the model shows that."""
    place: Place = NOWHERE

    @property
    def is_writable(self) -> bool:
        """True if clients can write it."""
        return self.access in ("WRITE", "READ_WRITE", "READ_WITH_WRITE")

    @property
    def is_float(self) -> bool:
        """True for DevFloat and DevDouble."""
        return self.data_type in ("DevFloat", "DevDouble")

    @property
    def is_integer(self) -> bool:
        """True for the integer types."""
        return self.data_type in INTEGERS

    @property
    def is_numeric(self) -> bool:
        """True for integer and floating point types."""
        return self.is_float or self.is_integer


INTEGERS = frozenset(
    ("DevShort", "DevLong", "DevLong64", "DevUShort", "DevULong", "DevULong64", "DevUChar")
)


@dataclass(frozen=True, slots=True)
class ArgumentModel:
    """A command's argument or result: type by CmdArgType's name, and its description."""

    data_type: str = "DevVoid"
    description: str = ""


NOTHING = ArgumentModel()
"""No argument, no result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandModel:
    """One command."""

    name: str
    argin: ArgumentModel = NOTHING
    argout: ArgumentModel = NOTHING
    description: str = ""
    display_level: str = "OPERATOR"
    polling_period: int = 0
    excluded_states: tuple[str, ...] = ()
    method: str = ""
    is_allowed_method: str = ""
    dynamic: bool = False
    unknown: frozenset[str] = frozenset()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyModel:
    """A device or class property; ``default`` has one text per line, None if none is given."""

    name: str
    data_type: str = "DevString"
    description: str = ""
    default: tuple[str, ...] | None = None
    mandatory: bool = False
    unknown: frozenset[str] = frozenset()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class StateModel:
    """A state that the class uses, and what it means."""

    name: str
    description: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class PipeModel:
    """A pipe."""

    name: str
    description: str = ""
    label: str = ""
    access: str = "READ"
    display_level: str = "OPERATOR"
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Identification:
    """Pogo's class identification (PogoDsl ClassIdentification)."""

    contact: str = ""
    author: str = ""
    email_domain: str = ""
    class_family: str = ""
    site_specific: str = ""
    platform: str = ""
    bus: str = ""
    manufacturer: str = ""
    reference: str = ""
    key_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Inheritance:
    """A base class: its name, and for Pogo the folder of its file."""

    class_name: str
    source_path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassModel:
    """The interface of one device class.

    ``origin`` is ``source``, ``import``, ``xmi`` or ``live``. ``complete`` is False if a base
    class could not be found, so that more may be declared than is here.
    """

    name: str
    description: str = ""
    title: str = ""
    language: str = "PythonHL"
    license: str = ""
    copyright: str = ""
    bases: tuple[Inheritance, ...] = ()
    identification: Identification = field(default_factory=Identification)
    class_properties: tuple[PropertyModel, ...] = ()
    device_properties: tuple[PropertyModel, ...] = ()
    commands: tuple[CommandModel, ...] = ()
    attributes: tuple[AttributeModel, ...] = ()
    pipes: tuple[PipeModel, ...] = ()
    states: tuple[StateModel, ...] = ()
    transitions: tuple[tuple[str, str, str], ...] = ()
    """(from, to, by): from is ``*`` for any state."""
    library: str = ""
    """``puretango``, ``pytango`` or a library's version as the device reports it."""
    origin: str = "source"
    complete: bool = True
    place: Place = NOWHERE

    def attribute(self, name: str) -> AttributeModel | None:
        """The attribute of that name, whatever its case."""
        return _named(self.attributes, name)

    def command(self, name: str) -> CommandModel | None:
        """The command of that name, whatever its case."""
        return _named(self.commands, name)

    def device_property(self, name: str) -> PropertyModel | None:
        """The device property of that name, whatever its case."""
        return _named(self.device_properties, name)

    def own_commands(self) -> Iterator[CommandModel]:
        """The commands except State, Status and Init."""
        return (one for one in self.commands if one.name.lower() not in STANDARD_COMMANDS)

    def own_attributes(self) -> Iterator[AttributeModel]:
        """The attributes except State and Status."""
        return (one for one in self.attributes if one.name.lower() not in ("state", "status"))


_Member = TypeVar("_Member", AttributeModel, CommandModel, PropertyModel)


def _named(members: tuple[_Member, ...], name: str) -> _Member | None:
    lowered = name.lower()
    return next((one for one in members if one.name.lower() == lowered), None)
