"""The attributes of one device, each made when first asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from puretango.errors import DevFailed
from puretango.server.attribute._alarm import RAISED
from puretango.server.attribute._attribute import Attribute
from puretango.server.attribute._wattribute import WAttribute
from puretango.server.base._failure import throw
from puretango.server.declaration._attr import Attr
from puretango.server.declaration.settings._meaning import DATABASE_NAMES
from puretango.server.declaration.settings._settings import CHANGE_NAMES, PERIOD_NAMES
from puretango.values import AttrQuality, AttrWriteType, CmdArgType, Subclassed

if TYPE_CHECKING:
    from puretango.server.attribute._ports import AttributeOwner

_HINT = (
    "\nSetting a valid value (also 'NaN', 'Not specified' and '' - empty string) for any property "
    "for this attribute will automatically bring the above-mentioned property to its library "
    "defaults\nHint : Check also class level attribute properties"
)
_WRITTEN = (AttrWriteType.WRITE, AttrWriteType.READ_WRITE)


class MultiAttribute(Subclassed):
    """What ``get_device_attr()`` gives: all attributes of a device.

    A server may have many thousand attributes that nobody uses: those cost nothing.
    """

    def __init__(self, device: AttributeOwner, specs: Mapping[str, Attr]) -> None:
        self._device = device
        self._specs: dict[str, Attr] = dict(specs)
        self._made: dict[str, Attribute] = {}
        self._alarmed: list[Attribute] = []
        self._alarmed_for: Any = None
        """The stamp that the device had when they were found."""
        self._raised: dict[str, Attribute] = {}
        """Those that have been of quality ALARM or WARNING at some time."""
        self._changing = threading.RLock()
        """Held while attributes come, go or are made: authors and clients do that from any thread."""
        self._note_forwarded()

    def __iter__(self) -> Iterator[Attribute]:
        return iter([one for lower in list(self._specs) if (one := self._make(lower)) is not None])

    def _make(self, lower: str) -> Attribute | None:
        """The attribute, the same object for threads that ask at once; None if it has been removed meanwhile."""
        found = self._made.get(lower)
        if found is None:
            with self._changing:
                found = self._made.get(lower)
                spec = self._specs.get(lower)
                if found is None and spec is not None:
                    found = self._made[lower] = make_attribute(self._device, spec)
        return found

    def find(self, name: str) -> Attribute | None:
        """The attribute of that name, or None."""
        found = self._made.get(name)
        if found is not None:
            return found
        lower = name.lower()
        if lower in self._specs:
            return self._make(lower)
        return None

    def get(self, name: str, origin: str = "MultiAttribute::get_attr_by_name") -> Attribute:
        """The attribute of that name, or API_AttrNotFound."""
        found = self.find(name)
        if found is None:
            raise throw("API_AttrNotFound", f"{name} attribute not found", origin)
        return found

    def add(self, spec: Attr) -> Attribute:
        """Add an attribute to this device."""
        with self._changing:
            self._specs[spec.lower_name] = spec
            self._made.pop(spec.lower_name, None)
            self._raised.pop(spec.lower_name, None)
            self._note_forwarded()
            return self.get(spec.lower_name)

    def remove(self, lower: str) -> None:
        """Take an attribute from this device."""
        with self._changing:
            self._specs.pop(lower, None)
            self._made.pop(lower, None)
            self._raised.pop(lower, None)
            self._note_forwarded()

    def _note_forwarded(self) -> None:
        self._forwarded = [spec.lower_name for spec in self._specs.values() if spec.forwarded]
        self.has_forwarded = bool(self._forwarded)

    def specs(self) -> list[Attr]:
        """What the class says of the attributes."""
        return list(self._specs.values())

    def made(self) -> list[Attribute]:
        """The attributes that have been made because somebody asked for them."""
        return list(self._made.values())

    def count_made(self) -> int:
        """How many attributes have been made."""
        return len(self._made)

    def forwarded(self) -> list[Any]:
        """The forwarded attributes."""
        made = [self._make(lower) for lower in self._forwarded]
        return [each for each in made if each is not None]

    def reachable(self) -> list[Attribute]:
        """The attributes that clients see: all except forwarded ones whose root is not known."""
        return [
            attribute
            for attribute in self
            if not attribute.forwarded or attribute.root.known  # type: ignore[attr-defined]  # a forwarded attribute, as asked before
        ]

    def check_configuration(self) -> None:
        """Make the attributes that are configured in the database, so that wrong configurations are found."""
        store = self._device._tango.server.store
        cls = self._device._tango.device_class.get_name()
        own = store.read_attributes(self._device._tango.name)
        for lower, spec in list(self._specs.items()):
            nameless = spec.type == CmdArgType.DevEnum and not spec.defaults.labels
            if nameless or lower in own or store.attribute_sources(cls, spec).class_texts:
                self._make(lower)

    def names(self) -> list[str]:
        """All names."""
        return [spec.name for spec in self.specs()]

    def index_of(self, name: str) -> int:
        """The place of an attribute in the list, -1 if it is not there."""
        lower = name.lower()
        for index, known in enumerate(list(self._specs)):
            if known == lower:
                return index
        return -1

    # -- PyTango's methods --------------------------------------------------------------------------

    def get_attr_by_name(self, attr_name: str) -> Attribute:
        """The attribute of that name."""
        return self.get(attr_name)

    def get_attr_by_ind(self, ind: int) -> Attribute:
        """The attribute at that place."""
        return self.get(list(self._specs)[ind])

    def get_attr_ind_by_name(self, attr_name: str) -> int:
        """The place of the attribute of that name."""
        index = self.index_of(attr_name)
        if index < 0:
            raise throw(
                "API_AttrNotFound",
                f"{attr_name} attribute not found",
                "MultiAttribute::get_attr_ind_by_name",
            )
        return index

    def get_w_attr_by_name(self, attr_name: str) -> WAttribute:
        """The writable attribute of that name."""
        found = self.find(attr_name)
        if not isinstance(found, WAttribute):
            raise throw(
                "API_AttrNotFound",
                f"{attr_name} writable attribute not found",
                "MultiAttribute::get_w_attr_by_name",
            )
        return found

    def get_w_attr_by_ind(self, ind: int) -> WAttribute:
        """The writable attribute at that place."""
        found = self.get_attr_by_ind(ind)
        if not isinstance(found, WAttribute):
            raise throw(
                "API_AttrNotFound",
                f"{found.name} writable attribute not found",
                "MultiAttribute::get_w_attr_by_ind",
            )
        return found

    def get_attr_nb(self) -> int:
        """How many attributes there are."""
        return len(self._specs)

    def get_attribute_list(self) -> tuple[Attribute, ...]:
        """All attributes."""
        return tuple(self)

    def get_alarm_list(self) -> list[int]:
        """The places of the attributes with alarm levels."""
        return [index for index, attribute in enumerate(self) if attribute.settings.alarmed]

    def alarmed(self) -> list[Attribute]:
        """The attributes with alarm levels; found again only when the device has another stamp."""
        stamp = self._device._tango.stamp
        if self._alarmed_for is not stamp:
            self._alarmed = [
                attribute
                for lower in list(self._specs)
                if self._may_alarm(lower)
                and (attribute := self._make(lower)) is not None
                and attribute.settings.alarmed
            ]
            self._alarmed_for = stamp
        return self._alarmed

    def _may_alarm(self, lower: str) -> bool:
        made = self._made.get(lower)
        if made is not None:
            return made.settings.alarmed
        spec = self._specs.get(lower)
        return spec is not None and self._device._tango.access.settings_for(spec).alarmed

    def check_alarm(self, attr_name: str | int | None = None) -> bool:
        """Check the levels of one attribute, or of all that have some."""
        if attr_name is None:
            return any(attribute.check_alarm() for attribute in self.alarmed())
        if isinstance(attr_name, int):
            return self.get_attr_by_ind(attr_name).check_alarm()
        return self.get(attr_name).check_alarm()

    def read_alarm(self, status: str) -> str:
        """The status with a line for each alarm."""
        return "\n".join([status, *self.alarm_texts()])

    def alarm_texts(self) -> list[str]:
        """A line for each attribute in alarm or warning, those beyond a level first."""
        levels: list[str] = []
        lines: list[str] = []
        for attribute in self.made():
            told = attribute.describe_alarm()
            levels += told
            if told or attribute.settings.alarmed:
                continue
            if attribute.quality == AttrQuality.ATTR_ALARM:
                label = attribute.get_label()
                lines.append(f"Alarm : Quality factor set to ALARM for attribute {label}")
            elif attribute.quality == AttrQuality.ATTR_WARNING:
                label = attribute.get_label()
                lines.append(f"Warning : Quality factor set to WARNING for attribute {label}")
        return [*levels, *lines]

    def is_quality_alarmed(self) -> bool:
        """True if the last value of any attribute was of quality ALARM or WARNING."""
        raised = self._raised
        return bool(raised) and any(each.quality in RAISED for each in list(raised.values()))

    def note_raised(self, attribute: Attribute) -> None:
        """The attribute may be of quality ALARM or WARNING from now on: the others need not be asked."""
        if self._made.get(attribute.lower_name) is attribute:
            self._raised[attribute.lower_name] = attribute


def _wrongly_configured(device: AttributeOwner, spec: Attr, failure: DevFailed) -> DevFailed:
    """The error that every request gets for an attribute whose configuration in the database is wrong."""
    told = failure.errors[0]
    where = f"\nDevice {device._tango.name}-> Attribute : {spec.name}\n"
    text = f"{where}{told.desc.removeprefix(where[1:])}"
    names = (DATABASE_NAMES.get(name, name) for name in (*CHANGE_NAMES, *PERIOD_NAMES))
    if any(f"The property {name}" in text for name in names):
        text += _HINT
    return throw("API_AttrConfig", text, told.origin)


def _without_labels(spec: Attr) -> DevFailed:
    return throw(
        "API_AttrOptProp",
        f"The attribute {spec.name} has the DEV_ENUM data type but there is no enumeration "
        "label(s) defined",
        "Attribute::build_check_enum_labels",
    )


def make_attribute(device: AttributeOwner, spec: Attr) -> Any:
    """The attribute object of a device for what the class says."""
    kind = device._tango.access.kind_of(spec)
    if kind is None:
        kind = WAttribute if spec.writable in _WRITTEN else Attribute
    settings = device._tango.access.settings_for(spec)
    problem = settings.problem
    if problem is None and spec.type == CmdArgType.DevEnum and not settings.enum_labels:
        problem = _without_labels(spec)
    attribute = kind(spec, settings, device)
    if problem is not None:
        attribute.startup_error = _wrongly_configured(device, spec, problem)
    return attribute
