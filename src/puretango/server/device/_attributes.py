"""The attributes of one device: made, added, removed, called, configured."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from puretango.errors import Except
from puretango.server.access._memorized import restore
from puretango.server.attribute._config import config_of, take_config
from puretango.server.attribute._standard import StateAttribute, StatusAttribute
from puretango.server.base._besideloop import beside_loop, of_class
from puretango.server.base._failure import throw, to_dev_failed
from puretango.server.declaration._attr import Attr
from puretango.server.declaration._attrdata import AttrData
from puretango.server.declaration._attribute import attribute
from puretango.server.declaration._settings import Settings, Sources, resolve_settings
from puretango.server.device._core import DeviceCore
from puretango.values import AttReqType, AttrQuality, AttrWriteType

if TYPE_CHECKING:
    from puretango.server.attribute._attribute import Attribute

_READS = (AttrWriteType.READ, AttrWriteType.READ_WRITE, AttrWriteType.READ_WITH_WRITE)
_WRITES = (AttrWriteType.WRITE, AttrWriteType.READ_WRITE, AttrWriteType.READ_WITH_WRITE)


class DeviceAttributes(DeviceCore):
    """The part of a device that has attributes."""

    # -- configuration ------------------------------------------------------------------------

    def _tango_attribute_sources(self, spec: Attr) -> Sources:
        """Where the configuration of an attribute comes from, below the device itself."""
        class_name = self._tango_device_class.get_name()
        return self._tango_server.store.attribute_sources(class_name, spec)

    def _tango_settings_for(self, spec: Attr, ignore_device: bool = False) -> Settings:
        """The configuration that an attribute starts with."""
        own = (
            {}
            if ignore_device
            else self._tango_server.store.attribute_properties(self._tango_name, spec.name)
        )
        if not own:
            return self._tango_server.store.shared_settings(self, spec)
        return resolve_settings(self._tango_attribute_sources(spec), own, self._tango_name)

    def _tango_attribute_kind(self, spec: Attr) -> Any:
        """The class of the attribute's object; None for the usual ones."""
        if spec.forwarded:
            from puretango.server.forwarding._forwarded import ForwardedAttribute

            return ForwardedAttribute
        return {"state": StateAttribute, "status": StatusAttribute}.get(spec.lower_name)

    def _tango_configuration_changed(self, _attribute: Attribute) -> None:
        """Plans made with the old configuration no longer hold."""
        self._tango_changed()

    def get_attribute_config(self, attr_names: Any) -> list[Any]:
        """The configurations of attributes, first release."""
        return self._tango_configs(attr_names, 1)

    def get_attribute_config_2(self, attr_names: Any) -> list[Any]:
        """The configurations of attributes, second release."""
        return self._tango_configs(attr_names, 2)

    def get_attribute_config_3(self, attr_names: Any) -> list[Any]:
        """The configurations of attributes, third release."""
        return self._tango_configs(attr_names, 3)

    def _tango_configs(self, attr_names: Any, release: int) -> list[Any]:
        names = [attr_names] if isinstance(attr_names, str) else list(attr_names)
        if len(names) == 1 and names[0].lower() in ("all attributes", "all attributes_3"):
            return [config_of(found, release) for found in self._tango_attributes]
        return [config_of(self._tango_attributes.get(name), release) for name in names]

    def set_attribute_config(self, new_conf: Any) -> None:
        """Change the configurations of attributes."""
        for config in new_conf:
            take_config(self._tango_attributes.get(config.name), config)

    def set_attribute_config_3(self, new_conf: Any) -> None:
        """Change the configurations of attributes."""
        self.set_attribute_config(new_conf)

    # -- dynamic attributes -----------------------------------------------------------------------

    def add_attribute(
        self,
        attr: Any,
        r_meth: Callable[..., Any] | None = None,
        w_meth: Callable[..., Any] | None = None,
        is_allo_meth: Callable[..., Any] | None = None,
    ) -> Attr:
        """Add an attribute, also while clients are connected.

        The methods take the Attribute object: ``read_x(attr)`` bound to the device, or
        ``read_x(device, attr)``.
        """
        data = attr if isinstance(attr, AttrData) else None
        name = data.attr_name if data is not None else attr.get_name()
        read = r_meth or self._tango_method_of(data, "fget", "read_method_name", f"read_{name}")
        write = w_meth or self._tango_method_of(data, "fset", "write_method_name", f"write_{name}")
        rule = is_allo_meth or self._tango_method_of(
            data, "fisallowed", "is_allowed_name", f"is_{name}_allowed"
        )
        spec = self._tango_spec_of(data, read, write) if data is not None else attr
        writable = spec.get_writable()
        if not spec.forwarded:
            self._tango_need(
                read, writable in _READS and type(spec).read is Attr.read, name, "read"
            )
            self._tango_need(
                write, writable in _WRITES[:2] and type(spec).write is Attr.write, name, "write"
            )
        spec.set_cl_name(self._tango_device_class.get_name())
        spec.passes_attribute = True
        for member, method, flag in (
            ("read_method", read, "read_green_mode"),
            ("write_method", write, "write_green_mode"),
            ("allowed_method", rule, "isallowed_green_mode"),
        ):
            taking = _taking_device(self, of_class(type(self), method))
            green = getattr(data, flag, True)
            setattr(spec, member, beside_loop(type(self), taking, green))
        self._tango_install(spec)
        return spec

    async def async_add_attribute(
        self,
        attr: Any,
        r_meth: Any = None,
        w_meth: Any = None,
        is_allo_meth: Any = None,
    ) -> Attr:
        """add_attribute, to be awaited."""
        return self.add_attribute(attr, r_meth, w_meth, is_allo_meth)

    def _tango_method_of(self, data: Any, member: str, named: str, default: str) -> Any:
        given = getattr(data, member, None)
        if callable(given):
            return given
        name = (getattr(data, named, None) if data is not None else None) or default
        return getattr(self, name, None)

    def _tango_need(self, method: Any, needed: bool, name: str, kind: str) -> None:
        if needed and method is None:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{kind}_{name}'")

    def _tango_spec_of(self, data: AttrData, read: Any, write: Any) -> Attr:
        if isinstance(data, attribute) and not data.has_dtype_kword:
            data.fget, data.fset = data.fget or read, data.fset or write
            data.resolve_hint(None, self)
        return data.to_attr()

    def _tango_install(self, spec: Attr) -> None:
        known = self._tango_attributes.find(spec.lower_name)
        if known is not None:
            same = (known.data_type, known.data_format, known.writable) == (
                spec.type,
                spec.format,
                spec.writable,
            )
            if not same:
                Except.throw_exception(
                    "API_AttrNotFound",
                    f"Device {self._tango_name} -> Attribute {spec.name} already exists for your device "
                    "but with other definition\n(data type, data format or data write type)",
                    "DeviceImpl::add_attribute",
                )
        self._tango_attributes.add(spec)
        self._tango_server.poller.appeared(self, "attribute", spec.lower_name, spec.polling_period)
        self._tango_interface_changed()

    def remove_attribute(
        self, attr_name: str, free_it: bool = False, clean_db: bool = True
    ) -> None:
        """Remove an attribute, also while clients are connected."""
        found = self._tango_attributes.find(attr_name)
        if found is None or found.lower_name in ("state", "status"):
            raise throw(
                "API_AttrOptProp",
                f"Attribute {attr_name} not found in class attribute(s)",
                "MultiClassAttribute::get_attr",
            ).add(
                "API_AttrNotFound",
                f"Attribute {attr_name} is not defined as attribute for your device.\n"
                "Can't remove it",
                "DeviceImpl::remove_attribute",
            )
        if found.is_polled():
            self._tango_server.poller.remove(self, "attribute", found.lower_name, forget=clean_db)
        self._tango_attributes.remove(found.lower_name)
        if found.forwarded:
            found.close()  # type: ignore[attr-defined]  # a forwarded attribute, as asked before
        if clean_db:
            self._tango_server.store.delete_attribute(self._tango_name, found.name)
        self._tango_interface_changed()

    async def async_remove_attribute(
        self, attr_name: str, free_it: bool = False, clean_db: bool = True
    ) -> None:
        """remove_attribute, to be awaited."""
        self.remove_attribute(attr_name, free_it, clean_db)

    # -- the author's methods of an attribute ----------------------------------------------------

    async def _tango_ask_allowed(self, found: Attribute, kind: AttReqType) -> bool:
        """Ask whether an attribute may be read or written now."""
        spec = found.spec
        if type(spec).is_allowed is not Attr.is_allowed:
            return bool(await self._tango_call(spec.is_allowed, self, kind))
        rule = spec.allowed_method
        if rule is None:
            return True
        try:
            if isinstance(rule, str):
                method = getattr(self, rule, None)
                return method is None or bool(await self._tango_call(method, kind))
            return bool(await self._tango_call(rule, self, kind))
        except Exception as error:
            raise to_dev_failed(error) from error

    async def _tango_call_read(self, found: Attribute) -> None:
        """Run the read method and give its value to the attribute."""
        spec = found.spec
        found.has_value = False
        found.quality = AttrQuality.ATTR_VALID
        found.when = 0
        if type(spec).read is not Attr.read:
            await self._tango_call(spec.read, self, found)
            return
        method = spec.read_method
        if isinstance(method, str):
            bound = getattr(self, method, None)
            if bound is None:
                Except.throw_exception(
                    "PyTango_ReadAttributeMethodNotFound",
                    f"{method} method not found for {found.name}",
                    "PyTango::Attr::read",
                )
            value = await (
                self._tango_call(bound, found) if spec.passes_attribute else self._tango_call(bound)
            )
        elif spec.passes_attribute:
            value = await self._tango_call(method, self, found)
        else:
            value = await self._tango_call(method, self)
        if value is not None and not found.has_value:
            found.set_complex_value(value)

    async def _tango_call_write(self, found: Any) -> None:
        """Run the write method for the value that the attribute has been asked to take."""
        spec = found.spec
        if type(spec).write is not Attr.write:
            await self._tango_call(spec.write, self, found)
            return
        method = spec.write_method
        argument = found if spec.passes_attribute else found.get_write_value()
        if isinstance(method, str):
            bound = getattr(self, method, None)
            if bound is None:
                Except.throw_exception(
                    "PyTango_WriteAttributeMethodNotFound",
                    f"{method} method not found for {found.name}",
                    "PyTango::Attr::write",
                )
            await self._tango_call(bound, argument)
        else:
            await self._tango_call(method, self, argument)

    async def _tango_restore_memorized(self) -> None:
        """Write the memorized set values to the device, where they are to be written."""
        await restore(self)


def _taking_device(device: Any, method: Any) -> Any:
    """A function that takes the device first, whatever kind of callable the author gave."""
    if method is None or getattr(method, "__self__", None) is not device:
        return method

    @functools.wraps(method)
    def call_bound(_device: Any, *args: Any) -> Any:
        return method(*args)

    return call_bound
