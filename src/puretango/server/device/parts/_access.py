"""The attributes of one device: made, added, removed, called, configured."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from puretango.errors import Except
from puretango.server.access._memorized import restore
from puretango.server.attribute._config import config_of
from puretango.server.attribute._standard import StateAttribute, StatusAttribute
from puretango.server.base._failure import to_dev_failed
from puretango.server.declaration._attr import Attr
from puretango.server.declaration._attrdata import AttrData
from puretango.server.declaration._attribute import attribute
from puretango.server.declaration.settings._settings import Settings, Sources, resolve_settings
from puretango.server.device.parts._part import Part
from puretango.values import AttReqType, AttrQuality, AttrWriteType

if TYPE_CHECKING:
    from puretango.server.attribute._attribute import Attribute

_READS = (AttrWriteType.READ, AttrWriteType.READ_WRITE, AttrWriteType.READ_WITH_WRITE)
_WRITES = (AttrWriteType.WRITE, AttrWriteType.READ_WRITE, AttrWriteType.READ_WITH_WRITE)


class AccessPart(Part):
    """Makes attributes, and calls the author's methods of each."""

    def sources(self, spec: Attr) -> Sources:
        """Where the configuration of an attribute comes from, below the device itself."""
        class_name = self.tango.device_class.get_name()
        return self.tango.server.store.attribute_sources(class_name, spec)

    def settings_for(self, spec: Attr, ignore_device: bool = False) -> Settings:
        """The configuration that an attribute starts with."""
        own = (
            {}
            if ignore_device
            else self.tango.server.store.attribute_properties(self.tango.name, spec.name)
        )
        if not own:
            return self.tango.server.store.shared_settings(self.device, spec)
        return resolve_settings(self.sources(spec), own, self.tango.name)

    def kind_of(self, spec: Attr) -> Any:
        """The class of the attribute's object; None for the usual ones."""
        if spec.forwarded:
            from puretango.server.forwarding._forwarded import ForwardedAttribute

            return ForwardedAttribute
        return {"state": StateAttribute, "status": StatusAttribute}.get(spec.lower_name)

    def configuration_changed(self, _attribute: Attribute) -> None:
        """Plans made with the old configuration no longer hold."""
        self.tango.changed()

    def configs(self, attr_names: Any, release: int) -> list[Any]:
        """The configurations of attributes, in a release of the interface."""
        names = [attr_names] if isinstance(attr_names, str) else list(attr_names)
        if len(names) == 1 and names[0].lower() in ("all attributes", "all attributes_3"):
            return [config_of(found, release) for found in self.tango.attributes]
        return [config_of(self.tango.attributes.get(name), release) for name in names]

    def method_of(self, data: Any, member: str, named: str, default: str) -> Any:
        """A method that an attribute added later is to have: given, named, or found by its usual name."""
        given = getattr(data, member, None)
        if callable(given):
            return given
        name = (getattr(data, named, None) if data is not None else None) or default
        return getattr(self.device, name, None)

    def need(self, method: Any, needed: bool, name: str, kind: str) -> None:
        """The method; AttributeError if one is needed and there is none."""
        if needed and method is None:
            raise AttributeError(
                f"'{type(self.device).__name__}' object has no attribute '{kind}_{name}'"
            )

    def spec_of(self, data: AttrData, read: Any, write: Any) -> Attr:
        """The declaration in the form that the class holds (Attr …)."""
        if isinstance(data, attribute) and not data.has_dtype_kword:
            data.fget, data.fset = data.fget or read, data.fset or write
            data.resolve_hint(None, self.device)
        return data.to_attr()

    def install(self, spec: Attr) -> None:
        """Add an attribute to the device, or replace the one of that name."""
        known = self.tango.attributes.find(spec.lower_name)
        if known is not None:
            same = (known.data_type, known.data_format, known.writable) == (
                spec.type,
                spec.format,
                spec.writable,
            )
            if not same:
                Except.throw_exception(
                    "API_AttrNotFound",
                    f"Device {self.tango.name} -> Attribute {spec.name} already exists for your device "
                    "but with other definition\n(data type, data format or data write type)",
                    "DeviceImpl::add_attribute",
                )
        self.tango.attributes.add(spec)
        self.tango.server.poller.appeared(
            self.device, "attribute", spec.lower_name, spec.polling_period
        )
        if known is None:
            self.tango.interface_changed()
        else:  # as in cppTango, an attribute that was there already is no interface change
            self.tango.changed()

    async def ask_allowed(self, found: Attribute, kind: AttReqType) -> bool:
        """Raise unless the attribute may be read or written now."""
        spec = found.spec
        if type(spec).is_allowed is not Attr.is_allowed:
            return bool(await self.tango.call(spec.is_allowed, self.device, kind))
        rule = spec.allowed_method
        if rule is None:
            return True
        try:
            if isinstance(rule, str):
                method = getattr(self.device, rule, None)
                return method is None or bool(await self.tango.call(method, kind))
            return bool(await self.tango.call(rule, self.device, kind))
        except Exception as error:
            raise to_dev_failed(error) from error

    async def call_read(self, found: Attribute) -> None:
        """Run the read method and give its value to the attribute."""
        spec = found.spec
        found.has_value = False
        found.quality = AttrQuality.ATTR_VALID
        found.when = 0
        if type(spec).read is not Attr.read:
            await self.tango.call(spec.read, self.device, found)
            return
        method = spec.read_method
        if isinstance(method, str):
            bound = getattr(self.device, method, None)
            if bound is None:
                Except.throw_exception(
                    "PyTango_ReadAttributeMethodNotFound",
                    f"{method} method not found for {found.name}",
                    "PyTango::Attr::read",
                )
            value = await (
                self.tango.call(bound, found) if spec.passes_attribute else self.tango.call(bound)
            )
        elif spec.passes_attribute:
            value = await self.tango.call(method, self.device, found)
        else:
            value = await self.tango.call(method, self.device)
        if value is not None and not found.has_value:
            found.set_complex_value(value)

    async def call_write(self, found: Any) -> None:
        """Run the write method for the value that the attribute has been asked to take."""
        spec = found.spec
        if type(spec).write is not Attr.write:
            await self.tango.call(spec.write, self.device, found)
            return
        method = spec.write_method
        argument = found if spec.passes_attribute else found.get_write_value()
        if isinstance(method, str):
            bound = getattr(self.device, method, None)
            if bound is None:
                Except.throw_exception(
                    "PyTango_WriteAttributeMethodNotFound",
                    f"{method} method not found for {found.name}",
                    "PyTango::Attr::write",
                )
            await self.tango.call(bound, argument)
        else:
            await self.tango.call(method, self.device, argument)

    async def restore_memorized(self) -> None:
        """Write the memorized set values to the device, where they are to be written."""
        await restore(self.device)

    # -- the author's methods of an attribute ----------------------------------------------------


def taking_device(device: Any, method: Any) -> Any:
    """A function that takes the device first, whatever kind of callable the author gave."""
    if method is None or getattr(method, "__self__", None) is not device:
        return method

    @functools.wraps(method)
    def call_bound(_device: Any, *args: Any) -> Any:
        return method(*args)

    return call_bound
