"""A server's configuration; without a database, in its own tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from puretango.server.base._blackbox import DEFAULT_DEPTH
from puretango.server.declaration._attr import Attr
from puretango.server.declaration.settings._settings import Settings, Sources, resolve_settings

if TYPE_CHECKING:
    from puretango.server.base._ports import Owner

Texts = list[str]
Table = dict[str, dict[str, Texts]]
AttributeTable = dict[str, dict[str, dict[str, Texts]]]


def as_texts(value: Any) -> Texts:
    """A property's value as the database keeps it."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, Iterable):
        return [text for item in value for text in as_texts(item)]
    return [str(value)]


def _table(given: Mapping[str, Mapping[str, Any]] | None) -> Table:
    return {
        owner.lower(): {name.lower(): as_texts(value) for name, value in properties.items()}
        for owner, properties in (given or {}).items()
    }


def _attribute_table(given: Mapping[str, Mapping[str, Mapping[str, Any]]] | None) -> AttributeTable:
    return {owner.lower(): _table(attributes) for owner, attributes in (given or {}).items()}


class Store:
    """Properties in memory: those that a test gives, and those written while the server runs."""

    texts_of = staticmethod(as_texts)
    is_database = False
    lists_devices = False
    """True if it lists the devices of the server."""

    def __init__(
        self,
        properties: Mapping[str, Mapping[str, Any]] | None = None,
        class_properties: Mapping[str, Mapping[str, Any]] | None = None,
        attribute_properties: Mapping[str, Mapping[str, Mapping[str, Any]]] | None = None,
        class_attribute_properties: Mapping[str, Mapping[str, Mapping[str, Any]]] | None = None,
    ) -> None:
        self._device = _table(properties)
        self._class = _table(class_properties)
        self._attribute = _attribute_table(attribute_properties)
        self._class_attribute = _attribute_table(class_attribute_properties)
        self._pipes: AttributeTable = {}
        self._exported: set[str] = set()
        self._sources: dict[tuple[str, int], tuple[Attr, Sources]] = {}
        self._shared: dict[int, tuple[Attr, Settings]] = {}

    # -- reading, overridden by the stores that have a database behind them -------------------------

    def read_device(self, name: str) -> Mapping[str, Texts]:
        """All properties of a device, by lower-case name."""
        return self._device.get(name.lower(), {})

    def read_class(self, name: str) -> Mapping[str, Texts]:
        """All properties of a class, by lower-case name."""
        return self._class.get(name.lower(), {})

    def read_attributes(self, device: str) -> Mapping[str, Mapping[str, Texts]]:
        """The attribute properties of a device, by lower-case attribute and property name."""
        return self._attribute.get(device.lower(), {})

    def read_class_attributes(self, name: str) -> Mapping[str, Mapping[str, Texts]]:
        """The attribute properties of a class, by lower-case attribute and property name."""
        return self._class_attribute.get(name.lower(), {})

    def read_pipes(self, device: str, names: Sequence[str]) -> Mapping[str, Mapping[str, Texts]]:
        """The properties of a device's pipes, by lower-case pipe and property name."""
        return self._pipes.get(device.lower(), {})

    def read_class_pipes(
        self, name: str, names: Sequence[str]
    ) -> Mapping[str, Mapping[str, Texts]]:
        """The properties of a class's pipes, by lower-case pipe and property name."""
        return {}

    def forget_device(self, name: str) -> None:
        """Forget what was read of a device that is restarted: it may be outdated."""

    async def prefetch(self, device: Owner) -> None:
        """Read a device's properties again without holding up its loop."""

    # -- the life of the server ------------------------------------------------------------------------

    client: Any = None
    tango_host = ""

    def begin(self) -> None:
        """The server starts."""

    def complete(self) -> None:
        """All devices are exported."""

    def device_names(self, class_name: str) -> Texts:
        """The devices of a class, as the database has them."""
        return []

    def device_of_alias(self, alias: str) -> str | None:
        """The device that has an alias in the database."""
        return None

    def is_defined(self, device: str) -> bool:
        """True if the database knows the device."""
        return device.lower() in self._exported

    def define_device(self, device: str, class_name: str, alias: str | None) -> None:
        """Define a device of this server in the database."""

    def undefine_device(self, device: str) -> None:
        """Take a device from the database."""

    def export(self, device: Owner) -> None:
        """Export a device in the database."""
        self._exported.add(device._tango.lower_name)

    def unexport(self, device: Owner) -> None:
        """Unexport a device in the database."""
        self._exported.discard(device._tango.lower_name)

    def unexport_all(self) -> None:
        """Unexport the server in the database."""

    def close(self) -> None:
        """The server has stopped."""

    # -- what devices ask ---------------------------------------------------------------------------

    def device_properties(self, name: str, wanted: Sequence[str]) -> dict[str, Texts]:
        """Some properties of a device; those that are not there are left out."""
        known = self.read_device(name)
        return {each: known[each.lower()] for each in wanted if each.lower() in known}

    def class_properties(self, name: str, wanted: Sequence[str]) -> dict[str, Texts]:
        """Some properties of a class; those that are not there are left out."""
        known = self.read_class(name)
        return {each: known[each.lower()] for each in wanted if each.lower() in known}

    def control_system(self, names: Sequence[str]) -> dict[str, Texts]:
        """The free properties of CtrlSystem, which apply to all servers; none without a database."""
        return {}

    def own_property(self, device: Owner, name: str) -> Texts | None:
        """One of the library's own properties, of a device or else of its class."""
        found = self.read_device(device._tango.name).get(name)
        if found is None:
            found = self.read_class(device._tango.device_class.get_name()).get(name)
        return found

    def number(self, device: Owner, name: str, default: int) -> int:
        """One of the library's own properties, as a number."""
        texts = self.own_property(device, name)
        try:
            return int(texts[0]) if texts else default
        except ValueError:
            return default

    def black_box_depth(self, name: str) -> int:
        """How many requests the device's black box holds."""
        texts = self.read_device(name).get("blackbox_depth")
        try:
            return int(texts[0]) if texts else DEFAULT_DEPTH
        except ValueError:
            return DEFAULT_DEPTH

    def attribute_properties(self, device: str, attribute: str) -> Mapping[str, Texts]:
        """The properties of one attribute of a device."""
        attributes = self.read_attributes(device)
        return attributes.get(attribute.lower(), {}) if attributes else {}

    def attribute_sources(self, class_name: str, spec: Attr) -> Sources:
        """Where an attribute's configuration comes from, below the device."""
        key = (class_name, id(spec))
        found = self._sources.get(key)
        if found is None or found[0] is not spec:
            from_class = self.read_class_attributes(class_name).get(spec.lower_name, {})
            found = self._sources[key] = (spec, Sources(spec, from_class))
        return found[1]

    def shared_settings(self, device: Owner, spec: Attr) -> Settings:
        """The configuration shared by all devices that have none of their own."""
        found = self._shared.get(id(spec))
        if found is None or found[0] is not spec:
            sources = self.attribute_sources(device._tango.device_class.get_name(), spec)
            found = self._shared[id(spec)] = (
                spec,
                resolve_settings(sources, {}, device._tango.name),
            )
        return found[1]

    def forget_classes(self) -> None:
        """Forget the classes' properties: they are rebuilt."""
        self._sources.clear()
        self._shared.clear()

    def is_command_allowed(self, device: Owner, command: str) -> bool:
        """True if a command may run although another client has locked the device."""
        named = self.read_class(device._tango.device_class.get_name()).get("allowedaccesscmd", ())
        return command.lower() in map(str.lower, named)

    # -- writing ---------------------------------------------------------------------------------------

    def put_device_property(self, device: str, name: str, value: Any) -> None:
        """Write one property of a device."""
        self._device.setdefault(device.lower(), {})[name.lower()] = as_texts(value)

    def delete_device_property(self, device: str, name: str) -> None:
        """Delete one property of a device."""
        self._device.get(device.lower(), {}).pop(name.lower(), None)

    def put_attribute_properties(
        self,
        device: str,
        attribute: str,
        put: Mapping[str, Sequence[str]],
        delete: Sequence[str] = (),
    ) -> None:
        """Write and delete properties of an attribute."""
        _change(self._attribute, device, attribute, put, delete)

    def put_pipe_properties(
        self, device: str, pipe: str, put: Mapping[str, Sequence[str]], delete: Sequence[str] = ()
    ) -> None:
        """Write and delete properties of a pipe."""
        _change(self._pipes, device, pipe, put, delete)

    def memorize(self, device: str, texts: Mapping[str, str]) -> None:
        """Keep the set values of memorized attributes."""
        for attribute, text in texts.items():
            self.put_attribute_properties(device, attribute, {"__value": [text]})

    def delete_attribute(self, device: str, attribute: str) -> None:
        """Forget all properties of an attribute."""
        self._attribute.get(device.lower(), {}).pop(attribute.lower(), None)


def _change(
    table: AttributeTable,
    device: str,
    member: str,
    put: Mapping[str, Sequence[str]],
    delete: Sequence[str],
) -> None:
    """Write and delete properties of a device's attribute or pipe."""
    own = table.setdefault(device.lower(), {}).setdefault(member.lower(), {})
    own.update({name: list(texts) for name, texts in put.items()})
    for name in delete:
        own.pop(name, None)
