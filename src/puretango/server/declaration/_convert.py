"""Device and class properties: from the database's texts to Python values."""

from __future__ import annotations

import collections.abc
import copy
from typing import TYPE_CHECKING, Any, Protocol

from puretango.values import CmdArgType, is_array_type, seqStr_2_obj

if TYPE_CHECKING:
    from puretango.server.base._ports import Host

_TYPE, _DOC, _VALUE, _MANDATORY = range(4)


class PropertyClass(Protocol):
    """A class of devices, as the code of properties sees it."""

    class_property_list: dict[str, Any]
    device_property_list: dict[str, Any]

    def get_name(self) -> str: ...
    def add_wiz_class_prop(self, name: str, desc: str, default: str = "") -> None: ...
    def add_wiz_dev_prop(self, name: str, desc: str, default: str = "") -> None: ...


class WithProperties(Protocol):
    """The parts of a device, as the code of properties sees them."""

    @property
    def properties(self) -> dict[str, Any]: ...


class PropertyOwner(Protocol):
    """A device, as the code of properties sees it."""

    device_property_list: dict[str, Any]

    @property
    def _tango(self) -> WithProperties: ...
    def get_name(self) -> str: ...


def convert(texts: Any, tango_type: CmdArgType, name: str, where: str | None) -> Any:
    """A property's texts as a value of its type; a text that does not fit raises ValueError."""
    try:
        return seqStr_2_obj(texts, tango_type)
    except Exception as error:
        context = f" of {where}" if where else ""
        raise ValueError(
            f"Failed to convert property '{name}'{context} (value={texts!r}) "
            f"to type {tango_type}: {error}"
        ) from error


def _is_sequence(value: Any) -> bool:
    return isinstance(value, collections.abc.Sequence)


def _is_empty(value: Any) -> bool:
    return _is_sequence(value) and not len(value)


def as_text(value: Any) -> str:
    """A default value as QueryWizard…Property shows it: one line for each item."""
    if value is None:
        return ""
    if isinstance(value, str) or not _is_sequence(value):
        return str(value)
    return "\n".join(str(item) for item in value)


class PropUtil:
    """Reads the properties of the classes and devices of one server."""

    def __init__(self, server: Host) -> None:
        self._server = server

    @property
    def db(self) -> Any:
        """The database, or None."""
        return self._server.database

    def value_of(self, entry: Any, name: str) -> Any:
        """The value of an entry ``[type, doc, value]``, of its type."""
        tango_type = entry[_TYPE] if entry[_TYPE] is not None else CmdArgType.DevVoid
        value = entry[_VALUE] if len(entry) > _VALUE else []
        if isinstance(value, str):
            value = convert(value, tango_type, name, None)
        if is_array_type(tango_type) or _is_empty(value):
            return value
        if _is_sequence(value) and not isinstance(value, str):
            return value[0]
        return value

    def describe_properties(self, device_class: PropertyClass) -> None:
        """Register the properties for tools, which ask for them by QueryWizard…Property."""
        for name, entry in device_class.class_property_list.items():
            text = as_text(self.value_of(entry, name))
            device_class.add_wiz_class_prop(name, entry[_DOC], text)
        for name, entry in device_class.device_property_list.items():
            text = as_text(self.value_of(entry, name))
            device_class.add_wiz_dev_prop(name, entry[_DOC], text)

    def read_class_properties(self, device_class: PropertyClass) -> None:
        """Replace the defaults of the class properties by the database's values."""
        entries = device_class.class_property_list
        if not entries:
            return
        name = device_class.get_name()
        texts = self._server.store.class_properties(name, list(entries))
        for prop_name, entry in entries.items():
            if texts.get(prop_name):
                entry[_VALUE] = convert(
                    texts[prop_name], entry[_TYPE], prop_name, f"class '{name}'"
                )

    def read_device_properties(self, device: PropertyOwner, device_class: PropertyClass) -> Any:
        """The entries of a device's properties; values: database, else class property, else default."""
        entries = copy.deepcopy(device_class.device_property_list)
        if not entries:
            return entries
        where = f"device '{device.get_name()}'"
        texts = self._server.store.device_properties(device.get_name(), list(entries))
        for name, entry in entries.items():
            value: Any = []
            if texts.get(name):
                value = convert(texts[name], entry[_TYPE], name, where)
            if _is_empty(value) and name in device_class.class_property_list:
                class_entry = device_class.class_property_list[name]
                value = self.value_of(class_entry, name)
            if not _is_empty(value) and value is not None:
                entry[_VALUE] = value
        return entries

    def apply(self, device: PropertyOwner, device_class: PropertyClass, as_members: bool) -> None:
        """Give a device its properties; ``as_members`` is the low-level style."""
        entries = self.read_device_properties(device, device_class)
        device.device_property_list = entries

        def store(name: str, value: Any) -> None:
            if as_members:
                setattr(device, name, value)
            else:
                device._tango.properties[name] = value

        for name, entry in device_class.class_property_list.items():
            store(name, self.value_of(entry, name))
        for name, entry in entries.items():
            value = self.value_of(entry, name)
            store(name, value)
            if not as_members and entry[_MANDATORY] and value is None:
                raise Exception(f"Device property {name} is mandatory ")
