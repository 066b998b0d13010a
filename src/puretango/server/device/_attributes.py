"""The attributes of one device: made, added, removed, called, configured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from puretango.server.attribute._config import take_config
from puretango.server.base._calling import beside_loop, of_class
from puretango.server.base._failure import throw
from puretango.server.declaration._attr import Attr
from puretango.server.declaration._attrdata import AttrData
from puretango.server.device._core import DeviceCore
from puretango.server.device.parts._access import taking_device
from puretango.values import AttrWriteType

_READS = (AttrWriteType.READ, AttrWriteType.READ_WRITE, AttrWriteType.READ_WITH_WRITE)
_WRITES = (AttrWriteType.WRITE, AttrWriteType.READ_WRITE, AttrWriteType.READ_WITH_WRITE)


class DeviceAttributes(DeviceCore):
    """The part of a device that has attributes."""

    # -- configuration ------------------------------------------------------------------------

    def get_attribute_config(self, attr_names: Any) -> list[Any]:
        """The configurations of attributes, first release."""
        return self._tango.access.configs(attr_names, 1)

    def get_attribute_config_2(self, attr_names: Any) -> list[Any]:
        """The configurations of attributes, second release."""
        return self._tango.access.configs(attr_names, 2)

    def get_attribute_config_3(self, attr_names: Any) -> list[Any]:
        """The configurations of attributes, third release."""
        return self._tango.access.configs(attr_names, 3)

    def set_attribute_config(self, new_conf: Any) -> None:
        """Change the configurations of attributes."""
        for config in new_conf:
            take_config(self._tango.attributes.get(config.name), config)

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
        read = r_meth or self._tango.access.method_of(
            data, "fget", "read_method_name", f"read_{name}"
        )
        write = w_meth or self._tango.access.method_of(
            data, "fset", "write_method_name", f"write_{name}"
        )
        rule = is_allo_meth or self._tango.access.method_of(
            data, "fisallowed", "is_allowed_name", f"is_{name}_allowed"
        )
        spec = self._tango.access.spec_of(data, read, write) if data is not None else attr
        writable = spec.get_writable()
        if not spec.forwarded:
            self._tango.access.need(
                read, writable in _READS and type(spec).read is Attr.read, name, "read"
            )
            self._tango.access.need(
                write, writable in _WRITES[:2] and type(spec).write is Attr.write, name, "write"
            )
        spec.set_cl_name(self._tango.device_class.get_name())
        spec.passes_attribute = True
        for member, method, flag in (
            ("read_method", read, "read_green_mode"),
            ("write_method", write, "write_green_mode"),
            ("allowed_method", rule, "isallowed_green_mode"),
        ):
            taking = taking_device(self, of_class(type(self), method))
            green = getattr(data, flag, True)
            setattr(spec, member, beside_loop(type(self), taking, green))
        self._tango.access.install(spec)
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

    def remove_attribute(
        self, attr_name: str, free_it: bool = False, clean_db: bool = True
    ) -> None:
        """Remove an attribute, also while clients are connected."""
        found = self._tango.attributes.find(attr_name)
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
            self._tango.polling.stop("attribute", found.lower_name, clean_db)
        self._tango.attributes.remove(found.lower_name)
        if found.forwarded:
            found.close()  # type: ignore[attr-defined]  # a forwarded attribute, as asked before
        if clean_db:
            self._tango.server.store.delete_attribute(self._tango.name, found.name)
        self._tango.interface_changed()

    async def async_remove_attribute(
        self, attr_name: str, free_it: bool = False, clean_db: bool = True
    ) -> None:
        """remove_attribute, to be awaited."""
        self.remove_attribute(attr_name, free_it, clean_db)
