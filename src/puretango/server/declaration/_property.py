"""``device_property`` and ``class_property``: how a device author declares properties."""

from __future__ import annotations

from typing import Any

from puretango.server.declaration._typehint import (
    command_type,
    get_tango_type_format,
    parse_type_hint,
)
from puretango.server.declaration._where import tells_where
from puretango.values import CmdArgType


class _BaseProperty:
    """A property whose value the device instance keeps."""

    @tells_where("property")
    def __init__(
        self, dtype: Any = None, doc: str = "", default_value: Any = None, update_db: bool = False
    ) -> None:
        self.name = ""
        self.dtype = command_type(*get_tango_type_format(dtype)) if dtype else None
        self.doc = doc
        self.default_value = default_value
        self.update_db = update_db
        self.__doc__ = f"{doc or 'TANGO property'}\n\n{self._facts()}"

    def _facts(self) -> str:
        """What help() and editors show besides the description."""
        told = [] if self.dtype is None else [CmdArgType(self.dtype).name]
        if self.default_value is not None:
            told.append(f"default {self.default_value!r}")
        return "; ".join(told)

    def resolve_hint(self, annotation: Any) -> None:
        """Take the type from the class body's annotation where no keyword gives it."""
        if self.dtype is None and annotation is not None:
            dtype = parse_type_hint(annotation, caller="property").dtype
            self.dtype = command_type(*get_tango_type_format(dtype))

    def __get__(self, obj: Any, objtype: Any = None) -> Any:
        if obj is None:
            return self
        return obj._tango.properties.get(self.name)

    def __set__(self, obj: Any, value: Any) -> None:
        obj._tango.properties[self.name] = value
        if self.update_db:
            obj.put_property(self.name, value)

    def __delete__(self, obj: Any) -> None:
        del obj._tango.properties[self.name]


class device_property(_BaseProperty):
    """Declares a property of a device: ``port = device_property(dtype=int, mandatory=True)``.

    The value comes from the database, or is ``default_value``; the initialisation of a device
    that lacks a ``mandatory`` one fails. With ``update_db``, assigning writes the database.
    """

    @tells_where("device property")
    def __init__(
        self,
        dtype: Any = None,
        doc: str = "",
        mandatory: bool = False,
        default_value: Any = None,
        update_db: bool = False,
    ) -> None:
        super().__init__(dtype, doc, default_value, update_db)
        self.mandatory = mandatory
        if mandatory and default_value is not None:
            raise ValueError(
                "Invalid arguments: 'mandatory' is True, so 'default_value' must be None. "
                "A mandatory device property value must be defined in the Tango Database "
                "so it cannot have a default."
            )


class class_property(_BaseProperty):
    """Declares a property of a device class: ``port = class_property(dtype=int)``."""
