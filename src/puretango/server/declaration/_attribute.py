"""``attribute``: how a device author declares an attribute."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from puretango.server.declaration._attrdata import AttrData
from puretango.server.declaration._typehint import get_attribute_type_format, parse_type_hint
from puretango.server.declaration._where import tells_where
from puretango.values import AttrDataFormat, AttrWriteType

_READABLE = (AttrWriteType.READ, AttrWriteType.READ_WRITE, AttrWriteType.READ_WITH_WRITE)
_WRITABLE = (AttrWriteType.WRITE, AttrWriteType.READ_WRITE)


_TOLD = ("unit", "min_value", "max_value", "min_alarm", "max_alarm", "min_warning", "max_warning")
"""What help() and editors show of an attribute besides its description."""


def facts_of(declared: Mapping[str, Any]) -> str:
    """Type, unit and limits of a declaration, for people: ``DevDouble; unit V; max_value 30``."""
    dtype = declared.get("dtype")
    told = [] if dtype is None else [getattr(dtype, "name", str(dtype))]
    told += [f"{name} {declared[name]}" for name in _TOLD if declared.get(name) not in (None, "")]
    return "; ".join(told)


class attribute(AttrData):
    """Declares an attribute of a :class:`Device`, as a decorator or by assignment.

    ::

        class PowerSupply(Device):
            voltage = attribute(unit="V")          # read by read_voltage

            def read_voltage(self) -> float:
                return 12.5

            @attribute(unit="mA", min_value=0)     # read and written by what it decorates
            def current(self) -> float:
                return self._current

            @current.write
            def current(self, value: float) -> None:
                self._current = value

    Keywords are those of PyTango: ``name dtype dformat max_dim_x max_dim_y enum_labels access
    fget/fread fset/fwrite fisallowed doc/description label display_level unit standard_unit
    display_unit format min_value max_value min_alarm max_alarm min_warning max_warning
    abs_change rel_change period archive_abs_change archive_rel_change archive_period delta_val
    delta_t polling_period memorized hw_memorized forwarded green_mode read_green_mode
    write_green_mode isallowed_green_mode`` and ``{alarm,change,archive}_event_{implemented,
    detect}``, ``data_ready_event_implemented``; and one more, ``associated``: the attribute
    whose set value a READ_WITH_WRITE attribute shows.

    A read method returns the value, ``(value, quality)`` or ``(value, time, quality)``.
    """

    @tells_where("attribute")
    def __init__(self, fget: Any = None, **kwargs: Any) -> None:
        self._kwargs = dict(kwargs)
        self.name = kwargs.pop("name", None)
        class_name = kwargs.pop("class_name", None)
        self.read_green_mode = self.write_green_mode = self.isallowed_green_mode = True
        if kwargs.get("forwarded", False):
            if set(kwargs) - {"label", "forwarded"}:
                raise TypeError("Forwarded attributes only support 'label' and 'name' arguments")
        else:
            self._take_callables(fget, kwargs)
        super().__init__(self.name, class_name)
        doc = kwargs.get("doc", kwargs.get("description", "TANGO attribute"))
        if "dtype" in kwargs:
            dtype, dformat, labels = get_attribute_type_format(
                kwargs["dtype"], kwargs.get("dformat"), kwargs.get("enum_labels")
            )
            kwargs["dtype"], kwargs["dformat"] = dtype, dformat
            if labels:
                kwargs["enum_labels"] = labels
        self.__doc__ = "\n\n".join(filter(None, (doc, facts_of(kwargs))))
        self.build_from_dict(kwargs)

    def _take_callables(self, fget: Any, kwargs: dict[str, Any]) -> None:
        green_mode = kwargs.pop("green_mode", True)
        self.read_green_mode = kwargs.pop("read_green_mode", green_mode)
        self.write_green_mode = kwargs.pop("write_green_mode", green_mode)
        self.isallowed_green_mode = kwargs.pop("isallowed_green_mode", green_mode)
        fget = fget or kwargs.pop("fread", None)
        if fget:
            if callable(fget):
                self.fget = fget
                if not {"doc", "description"} & set(kwargs) and fget.__doc__ is not None:
                    kwargs["doc"] = fget.__doc__
            kwargs["fget"] = fget
        fset = kwargs.pop("fwrite", None) or kwargs.pop("fset", None)
        if fset:
            if callable(fset):
                self.fset = fset
            kwargs["fset"] = fset
        fisallowed = kwargs.pop("fisallowed", None)
        if fisallowed:
            if callable(fisallowed):
                self.fisallowed = fisallowed
            kwargs["fisallowed"] = fisallowed

    def resolve_hint(self, type_hint: Any = None, owner: Any = None) -> None:
        """Take type, format and size from a hint where no keyword gives them.

        The hint is the class body's annotation, or that of the read or write method.
        """
        if self.has_dtype_kword:
            return
        hint = type_hint or self._method_hint(owner)
        if not hint:
            return
        parsed = parse_type_hint(hint, caller="attribute")
        dformat = parsed.format
        if dformat is None:
            if self.attr_format == AttrDataFormat.SCALAR:
                raise RuntimeError("For numpy.ndarrays AttrDataFormat has to be specified")
            dformat = self.attr_format
        dtype, dformat, labels = get_attribute_type_format(parsed.dtype, dformat, None)
        self.attr_type, self.attr_format = dtype, dformat
        if labels:
            self.set_enum_labels_to_attr_prop(labels)
        if not self.has_size_kword:
            self.dim_x = parsed.max_x or self.dim_x
            self.dim_y = parsed.max_y or self.dim_y

    def _method_hint(self, owner: Any) -> Any:
        if self.attr_write in _READABLE:
            method = self.fget or getattr(owner, self.read_method_name or "", None)
            hint = getattr(method, "__annotations__", {}).get("return")
            if hint:
                return hint
        if self.attr_write in _WRITABLE:
            method = self.fset or getattr(owner, self.write_method_name or "", None)
            hints = dict(getattr(method, "__annotations__", {}))
            hints.pop("return", None)
            if hints:
                return list(hints.values())[-1]
        return None

    def get_attribute(self, obj: Any) -> Any:
        """The device's own attribute object."""
        return obj.get_device_attr().get_attr_by_name(self.attr_name)

    def __get__(self, obj: Any, objtype: Any = None) -> Any:
        if obj is None:
            return self
        return self.get_attribute(obj)

    def __set__(self, obj: Any, value: Any) -> None:
        self.get_attribute(obj).set_complex_value(value)

    def __delete__(self, obj: Any) -> None:
        obj.remove_attribute(self.attr_name)

    def setter(self, fset: Callable[..., Any]) -> attribute:
        """Decorator: the method that writes the attribute."""
        self.fset = fset
        if self.attr_write == AttrWriteType.READ:
            has_read = self.fget is not None
            self.attr_write = AttrWriteType.READ_WRITE if has_read else AttrWriteType.WRITE
        return self

    def write(self, fset: Callable[..., Any]) -> attribute:
        """Decorator: the method that writes the attribute."""
        return self.setter(fset)

    def getter(self, fget: Callable[..., Any]) -> attribute:
        """Decorator: the method that reads the attribute."""
        self.fget = fget
        if self.attr_write == AttrWriteType.WRITE:
            has_write = self.fset is not None
            self.attr_write = AttrWriteType.READ_WRITE if has_write else AttrWriteType.READ
        return self

    def read(self, fget: Callable[..., Any]) -> attribute:
        """Decorator: the method that reads the attribute."""
        return self.getter(fget)

    def is_allowed(self, fisallowed: Callable[..., Any]) -> attribute:
        """Decorator: the method that says whether the request may be done now."""
        self.fisallowed = fisallowed
        return self

    def __call__(self, fget: Callable[..., Any]) -> attribute:
        return type(self)(fget=fget, **self._kwargs)
