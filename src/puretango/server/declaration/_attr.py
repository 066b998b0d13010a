"""The declaration of an attribute in a device class: Attr, SpectrumAttr, ImageAttr, FwdAttr.

One such object serves all devices of a class; each device makes its own
:class:`~puretango.server.Attribute` from it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from puretango.errors import Except
from puretango.server.declaration._pushedevents import PushedEvents
from puretango.values import (
    AttrDataFormat,
    AttReqType,
    AttrWriteType,
    CmdArgType,
    DispLevel,
    Subclassed,
)

CONFIG_NAMES = (
    "label",
    "description",
    "unit",
    "standard_unit",
    "display_unit",
    "format",
    "min_value",
    "max_value",
    "min_alarm",
    "max_alarm",
    "min_warning",
    "max_warning",
    "delta_val",
    "delta_t",
    "abs_change",
    "rel_change",
    "period",
    "archive_abs_change",
    "archive_rel_change",
    "archive_period",
)
"""Every attribute property that an author or the database may set, by its database name."""


class AttrProperty:
    """One property of an attribute: its name and its text."""

    def __init__(self, name: str, value: str) -> None:
        self._name = name
        self._value = value

    def get_name(self) -> str:
        """The property's name."""
        return self._name

    def get_value(self) -> str:
        """The property's text."""
        return self._value

    def get_lg_value(self) -> int:
        """The property as a number, 0 if it is none."""
        try:
            return int(self._value)
        except ValueError:
            return 0


class UserDefaultAttrProp(Subclassed):
    """The author's defaults for an attribute's configuration; unset ones are empty."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.labels: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("set_"):
            return self._setter(name[4:])
        if name in CONFIG_NAMES:
            return self.values.get(name, "")
        raise AttributeError(name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in CONFIG_NAMES:
            if not isinstance(value, str):
                raise TypeError(f"{name} is a text, not {type(value).__name__}")
            self.values[name] = value
        else:
            super().__setattr__(name, value)

    def _setter(self, name: str) -> Callable[[Any], None]:
        if name in ("event_abs_change", "event_rel_change", "event_period"):
            name = name[6:]
        elif name.startswith("archive_event_"):
            name = "archive_" + name[14:]
        if name not in CONFIG_NAMES:
            raise AttributeError(f"set_{name}")

        def set_value(value: Any) -> None:
            self.values[name] = str(value)

        return set_value

    def set_enum_labels(self, enum_labels: Sequence[str]) -> None:
        """The labels of an enumerated attribute."""
        self.labels = [str(label) for label in enum_labels]

    @property
    def enum_labels(self) -> str:
        """The labels of an enumerated attribute, with commas between."""
        return ",".join(self.labels)

    @enum_labels.setter
    def enum_labels(self, labels: str) -> None:
        self.labels = labels.split(",")

    def set(self, name: str, value: Any) -> bool:
        """Set one property by name; False if there is no such property."""
        if name in CONFIG_NAMES:
            self.values[name] = str(value)
        elif name == "enum_labels":
            self.set_enum_labels(value)
        elif name == "delta_time":
            self.values["delta_t"] = str(value)
        else:
            return False
        return True


class UserDefaultFwdAttrProp:
    """The author's defaults for a forwarded attribute: the label."""

    def __init__(self) -> None:
        self.label = ""

    def set_label(self, label: str) -> None:
        """The label shown instead of the root attribute's."""
        self.label = label


class Attr(PushedEvents, Subclassed):
    """A scalar attribute of a device class."""

    format = AttrDataFormat.SCALAR

    def __init__(
        self,
        name: str,
        data_type: CmdArgType | int,
        w_type: AttrWriteType = AttrWriteType.READ,
        assoc: str | None = None,
    ) -> None:
        self.name = name
        self.lower_name = name.lower()
        self.type = CmdArgType(int(data_type))
        self.writable = AttrWriteType(int(w_type))
        self.assoc = assoc or ""
        self.max_x = 1
        self.max_y = 0
        self.disp_level = DispLevel.OPERATOR
        self.polling_period = 0
        self.memorized = False
        self.memorized_init = False
        self.defaults = UserDefaultAttrProp()
        self.class_properties: list[Any] = []
        self.class_name = ""
        self.events = {}
        self.data_ready_event = False
        self.read_method: Any = None
        self.write_method: Any = None
        self.allowed_method: Any = None
        self.passes_attribute = True
        self.forwarded = False
        self.check_type()

    def __str__(self) -> str:
        return f"{type(self).__name__}({self.name})"

    __repr__ = __str__

    def check_type(self) -> None:
        """Only some of Tango's types are types of attributes."""
        if self.type not in ATTRIBUTE_TYPES:
            Except.throw_exception(
                "API_AttrWrongDefined",
                f"Attribute : {self.name}, Data type is not supported",
                "Attr::check_type",
            )

    def get_name(self) -> str:
        """The attribute's name."""
        return self.name

    def get_format(self) -> AttrDataFormat:
        """Scalar, spectrum or image."""
        return self.format

    def get_type(self) -> CmdArgType:
        """The attribute's data type."""
        return self.type

    def get_writable(self) -> AttrWriteType:
        """How clients may access the attribute."""
        return self.writable

    def get_assoc(self) -> str:
        """The attribute whose set value a READ_WITH_WRITE attribute shows."""
        return self.assoc

    def is_assoc(self) -> bool:
        """True if another attribute holds the set value."""
        return bool(self.assoc)

    def set_default_properties(self, attr_prop: UserDefaultAttrProp) -> None:
        """The author's defaults of the configuration."""
        self.defaults = attr_prop

    def get_user_default_properties(self) -> UserDefaultAttrProp:
        """The author's defaults of the configuration."""
        return self.defaults

    def set_class_properties(self, properties: list[Any]) -> None:
        """The configuration that the database holds for the class."""
        self.class_properties = properties

    def get_class_properties(self) -> list[Any]:
        """The configuration that the database holds for the class."""
        return self.class_properties

    def set_disp_level(self, disp_level: DispLevel) -> None:
        """For operators, or for experts only."""
        self.disp_level = disp_level

    def get_disp_level(self) -> DispLevel:
        """For operators, or for experts only."""
        return self.disp_level

    def set_polling_period(self, period_ms: int) -> None:
        """Poll every so many milliseconds, unless the database says otherwise."""
        self.polling_period = period_ms

    def get_polling_period(self) -> int:
        """The period of polling in milliseconds; 0 for none."""
        return self.polling_period

    def set_memorized(self) -> None:
        """Keep the set value in the database; API_AttrWrongDefined for types that Tango does not keep."""
        reason = ""
        if self.format != AttrDataFormat.SCALAR:
            reason = "is not scalar and can not be memorized"
        elif self.type in (CmdArgType.DevState, CmdArgType.DevEncoded):
            reason = "can not be memorized"
        elif self.writable == AttrWriteType.READ:
            reason = "is not writable and therefore can not be memorized"
        if reason:
            text = f"Attribute : {self.name} {reason}"
            Except.throw_exception("API_AttrWrongDefined", text, "Attr::set_memorized()")
        self.memorized = True
        self.memorized_init = True

    def get_memorized(self) -> bool:
        """True if the set value is kept in the database."""
        return self.memorized

    def set_memorized_init(self, write_on_init: bool) -> None:
        """Whether the kept set value is written to the device at its start."""
        self.memorized_init = write_on_init

    def get_memorized_init(self) -> bool:
        """Whether the kept set value is written to the device at its start."""
        return self.memorized_init

    def set_cl_name(self, cl_name: str) -> None:
        """The class that declares the attribute."""
        self.class_name = cl_name

    def get_cl_name(self) -> str:
        """The class that declares the attribute."""
        return self.class_name

    def read(self, dev: Any, att: Any) -> None:
        """Overridden by authors of attribute classes; the default calls the device's method."""
        dev.call_read_method(self, att)

    def write(self, dev: Any, att: Any) -> None:
        """Overridden by authors of attribute classes; the default calls the device's method."""
        dev.call_write_method(self, att)

    def is_allowed(self, dev: Any, req_type: AttReqType) -> bool:
        """Overridden by authors of attribute classes; the default calls the device's method."""
        return bool(dev.call_allowed_method(self, req_type))


class SpectrumAttr(Attr):
    """A one-dimensional attribute of a device class."""

    format = AttrDataFormat.SPECTRUM

    def __init__(
        self,
        name: str,
        data_type: CmdArgType | int,
        w_type: AttrWriteType = AttrWriteType.READ,
        max_x: int = 1,
    ) -> None:
        super().__init__(name, data_type, w_type)
        self.max_x = self._size(max_x, "x")

    def _size(self, value: int, side: str) -> int:
        size = int(value)
        if size <= 0:
            Except.throw_exception(
                "API_AttrWrongDefined",
                f"Attribute : {self.name}:  Maximum {side} dim. wrongly defined",
                f"{type(self).__name__}::{type(self).__name__}",
            )
        return size

    def get_max_x(self) -> int:
        """The largest length."""
        return self.max_x


class ImageAttr(SpectrumAttr):
    """A two-dimensional attribute of a device class."""

    format = AttrDataFormat.IMAGE

    def __init__(
        self,
        name: str,
        data_type: CmdArgType | int,
        w_type: AttrWriteType = AttrWriteType.READ,
        max_x: int = 1,
        max_y: int = 1,
    ) -> None:
        super().__init__(name, data_type, w_type, max_x)
        self.max_y = self._size(max_y, "y")

    def get_max_y(self) -> int:
        """The largest number of rows."""
        return self.max_y


class FwdAttr(Attr):
    """A forwarded attribute: it shows an attribute of another device, its root attribute."""

    def __init__(self, name: str, root_attribute: str = "") -> None:
        super().__init__(name, CmdArgType.DevDouble, AttrWriteType.READ)
        self.root_attribute = root_attribute
        self.forwarded = True


ATTRIBUTE_TYPES = frozenset(
    {
        CmdArgType.DevBoolean,
        CmdArgType.DevShort,
        CmdArgType.DevLong,
        CmdArgType.DevFloat,
        CmdArgType.DevDouble,
        CmdArgType.DevUShort,
        CmdArgType.DevULong,
        CmdArgType.DevString,
        CmdArgType.DevState,
        CmdArgType.DevUChar,
        CmdArgType.DevLong64,
        CmdArgType.DevULong64,
        CmdArgType.DevEncoded,
        CmdArgType.DevEnum,
    }
)

NUMERIC_TYPES = frozenset(
    ATTRIBUTE_TYPES
    - {
        CmdArgType.DevBoolean,
        CmdArgType.DevString,
        CmdArgType.DevState,
        CmdArgType.DevEncoded,
        CmdArgType.DevEnum,
    }
)
"""The types that have limits and alarms (DevEncoded's own limits are on its bytes)."""
