"""An attribute of one device: its value, its quality, its configuration."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from puretango.errors import DevFailed, Except
from puretango.idl import AttributeDim
from puretango.server.attribute._alarm import AlarmChecks
from puretango.server.attribute._attributeevents import AttributeEvents
from puretango.server.attribute._config import take_config
from puretango.server.attribute._configuration import Configuration
from puretango.server.attribute._wire import NO_DATA, make_value, now_ns, wire_time
from puretango.server.base._wiretype import WIRE_TYPES
from puretango.server.declaration._attr import Attr
from puretango.server.declaration.settings._settings import Settings
from puretango.values import (
    AttrDataFormat,
    AttrQuality,
    AttrSerialModel,
    AttrWriteType,
    CmdArgType,
    DispLevel,
    Subclassed,
)

if TYPE_CHECKING:
    from puretango.server.attribute._ports import AttributeOwner

_VALID = AttrQuality.ATTR_VALID
_INVALID = AttrQuality.ATTR_INVALID
_SCALAR = AttrDataFormat.SCALAR


class Attribute(AttributeEvents, AlarmChecks, Configuration, Subclassed):
    """An attribute of one device: authors get it from ``get_device_attr()``."""

    forwarded = False
    _memorized_error: DevFailed | None = None

    def __init__(self, spec: Attr, settings: Settings, device: AttributeOwner) -> None:
        self.spec = spec
        self.device = device
        self.name = spec.name
        self.lower_name = spec.lower_name
        self.settings = settings
        self.data_type = spec.type
        self.data_format = spec.format
        self.writable = spec.writable
        self.wire = WIRE_TYPES[spec.type]
        self.value: Any = None
        self.has_value = False
        self.dim_x = 0
        self.dim_y = 0
        self.quality = _VALID
        self.when = 0
        self.alarm_flags = 0
        self.startup_error: DevFailed | None = None
        self.serial_model = AttrSerialModel.ATTR_BY_KERNEL
        self.events = dict(spec.events)
        self.data_ready_event = spec.data_ready_event
        self.polling: Any = None
        self.plan: Any = None
        self.push_plan: Any = None

    def __str__(self) -> str:
        return f"{type(self).__name__}({self.name})"

    __repr__ = __str__

    # -- what it is -----------------------------------------------------------------------

    def get_name(self) -> str:
        """The attribute's name."""
        return self.name

    def get_data_type(self) -> CmdArgType:
        """The attribute's data type."""
        return self.data_type

    def get_data_format(self) -> AttrDataFormat:
        """Scalar, spectrum or image."""
        return self.data_format

    def get_writable(self) -> AttrWriteType:
        """How clients may access the attribute."""
        return self.writable

    def get_max_dim_x(self) -> int:
        """The largest length of a row."""
        return self.spec.max_x

    def get_max_dim_y(self) -> int:
        """The largest number of rows."""
        return self.spec.max_y

    def get_disp_level(self) -> DispLevel:
        """For operators, or for experts only."""
        return self.spec.disp_level

    def get_assoc_name(self) -> str:
        """The attribute that holds the set value."""
        if self.spec.assoc:
            return self.spec.assoc
        return self.name if self.writable == AttrWriteType.READ_WRITE else "None"

    def get_assoc_ind(self) -> int:
        """The index of the attribute that holds the set value, -1 if there is none."""
        return self.device.get_device_attr().index_of(self.get_assoc_name())

    def set_assoc_ind(self, index: int) -> None:
        """Kept for PyTango's callers, without effect: the name of the associated attribute is what counts."""

    def is_write_associated(self) -> bool:
        """True if there is a set value to show beside the read one."""
        return self.get_assoc_name() != "None"

    @property
    def is_written(self) -> bool:
        """True for an attribute that clients may write."""
        return self.writable in (AttrWriteType.WRITE, AttrWriteType.READ_WRITE)

    @property
    def is_state(self) -> bool:
        """True for the attribute State of every device."""
        return False

    def set_attr_serial_model(self, ser_model: AttrSerialModel) -> None:
        """Say what protects the value against a second request; for PyTango's callers, without effect."""
        self.serial_model = ser_model

    def get_attr_serial_model(self) -> AttrSerialModel:
        """What protects the value against a second request."""
        return self.serial_model

    @property
    def memorized_error(self) -> DevFailed | None:
        """Why the memorized value could not be written when the device started."""
        return self._memorized_error

    @memorized_error.setter
    def memorized_error(self, error: DevFailed | None) -> None:
        if error is not self._memorized_error:
            self._memorized_error = error
            self.device._tango.changed()

    # -- the value ------------------------------------------------------------------------

    def set_value(self, *args: Any) -> None:
        """The value just read: ``set_value(data)``, or format and data of a DevEncoded."""
        self._check_arguments("set_value", args, 1)
        self._store(self._one(args), "set_value")

    def set_value_date_quality(self, *args: Any) -> None:
        """The value just read, with its time in seconds and its quality."""
        self._check_arguments("set_value_date_quality", args, 3)
        *data, moment, quality = args
        if not isinstance(quality, AttrQuality):
            raise TypeError(
                f"Last argument, {quality}, has the incorrect type: {type(quality)}. "
                "It must be AttrQuality. "
                "Note, that dim_x and dim_y arguments are no longer supported."
            )
        self._store(self._one(data), "set_value_date_quality")
        self.when = _nanoseconds(moment)
        self._take_quality(quality)

    def _check_arguments(self, function: str, args: tuple[Any, ...], least: int) -> None:
        if len(args) < least:
            word = {1: "one argument", 3: "three arguments"}[least]
            raise TypeError(f"{function} method must be called with at least {word}!")
        if any(arg is None for arg in args):
            raise TypeError(f"{function} method cannot be called with None!")
        most = least
        if self.data_type == CmdArgType.DevEncoded and not hasattr(args[0], "encoded_pair"):
            most += 1
        if len(args) > most:
            raise TypeError(
                "Too many arguments. Note, that dim_x and dim_y arguments are no longer supported."
            )

    def _one(self, data: Any) -> Any:
        return data[0] if len(data) == 1 else tuple(data)

    def _store(self, value: Any, function: str) -> None:
        if self.data_format == _SCALAR:
            self.value = (self.wire.scalar(value),)
            self.dim_x, self.dim_y = 1, 0
        else:
            self._store_array(value, function)
        if self.data_type == CmdArgType.DevEnum:
            self.check_labels(self.value)
        self.has_value = True
        self.when = now_ns()
        self.quality = _VALID
        self.alarm_flags = 0

    def _store_array(self, value: Any, function: str) -> None:
        if self.data_type == CmdArgType.DevEncoded:
            Except.throw_exception(
                "PyDs_WrongPythonDataTypeForAttribute",
                "DevEncoded is only supported for SCALAR attributes.",
                f"{function}()",
            )
        image = self.data_format == AttrDataFormat.IMAGE
        flat, dim_x, dim_y = self.wire.array(value, image, function)
        if dim_x > self.spec.max_x or dim_y > self.spec.max_y:
            Except.throw_exception(
                "API_AttrOptProp",
                f"Data size for attribute {self.name} [{dim_x}, {dim_y}] "
                f"exceeds given limit [{self.spec.max_x}, {self.spec.max_y}]",
                "Attribute::set_value",
            )
        self.value, self.dim_x, self.dim_y = flat, dim_x, dim_y

    def check_labels(self, values: Any) -> None:
        """API_AttrOptProp if one of an enumeration's values has no label."""
        count = len(self.settings.enum_labels)
        for place, value in enumerate(values):
            if not 0 <= value < count:
                Except.throw_exception(
                    "API_AttrOptProp",
                    f"Wrong value for attribute {self.name}. Element {place} (value = {value}) is "
                    f"negative or above the limit defined by the enum ({count - 1}).",
                    "Attribute::set_value",
                )

    def set_complex_value(self, value: Any) -> None:
        """What a read method returned: a value, (value, quality) or (value, time, quality)."""
        if type(value) is tuple:
            count = len(value)
            encoded = self.data_type == CmdArgType.DevEncoded
            if count > 2 and isinstance(value[2 + (encoded and count > 3)], AttrQuality):
                self.set_value_date_quality(*value)
                return
            if count == 2 and isinstance(value[1], AttrQuality):
                self.set_value_date_quality(value[0], time.time(), value[1])
                return
        self.set_value(value)

    def value_is_set(self) -> bool:
        """True once the running request has set the value."""
        return self.has_value

    def reset_value(self) -> None:
        """Forget the value of the last request."""
        self.value = None
        self.has_value = False
        self.quality = _VALID
        self.when = 0

    def note_failure(self) -> None:
        """Note that the value could not be read: the last value and its alarm no longer count."""
        self.has_value = False
        self.quality = AttrQuality.ATTR_INVALID
        self.alarm_flags = 0
        self.noted = (self.quality, 0)

    def get_quality(self) -> AttrQuality:
        """How far the value can be trusted."""
        return self.quality

    def set_quality(self, quality: AttrQuality, send_event: bool = False) -> None:
        """Set the quality of the value; with ``send_event``, tell the subscribers."""
        if not isinstance(quality, AttrQuality):
            raise TypeError(f"set_quality(): an AttrQuality is wanted, not {quality!r}")
        self._take_quality(quality)
        if send_event:
            self.fire_change_event()

    def get_date(self) -> Any:
        """When the value was read."""
        from puretango.values import TimeVal

        seconds, rest = divmod(self.when, 1_000_000_000)
        return TimeVal(seconds, rest // 1000, rest % 1000)

    def set_date(self, new_date: Any) -> None:
        """Say when the value was read."""
        if hasattr(new_date, "totime"):
            new_date = new_date.totime()
        self.when = _nanoseconds(new_date)

    def get_x(self) -> int:
        """The length of a row of the value."""
        return self.dim_x

    def get_y(self) -> int:
        """The number of rows of the value."""
        return self.dim_y

    def get_data_size(self) -> int:
        """How many values there are."""
        return self.dim_x * max(1, self.dim_y)

    def read_value(self) -> Any:
        """The value as an author would give it."""
        return self.wire.to_user(self.value, self.data_format, self.dim_x, self.dim_y)

    def set_upd_properties(self, attr_cfg: Any, dev_name: str = "") -> None:
        """Set all properties from an AttributeConfig structure."""
        take_config(self, attr_cfg)

    # -- the value on the wire ----------------------------------------------------------------

    def write_part(self) -> tuple[Any, int, int] | None:
        """The set value to send after the read one: flat form, dim_x, dim_y."""
        if self.spec.assoc and self.writable == AttrWriteType.READ_WITH_WRITE:
            setter = self.device.get_device_attr().find(self.spec.assoc)
            if setter is not None:
                return setter.set_part()
        return None

    def set_part(self) -> tuple[Any, int, int] | None:
        """The set value of a writable attribute."""
        return None

    def union(self) -> tuple[tuple[Any, Any], AttributeDim, AttributeDim]:
        """Read and set part in one sequence, and their dimensions."""
        read_dim = AttributeDim(self.dim_x, self.dim_y)
        both = self.value
        write_dim = AttributeDim(0, 0)
        part = self.write_part()
        if part is not None:
            flat, dim_x, dim_y = part
            write_dim = AttributeDim(dim_x, dim_y)
            if self.writable != AttrWriteType.WRITE:
                both = _join(both, flat, self.wire.dtype)
        return (self.wire.discriminator, both), read_dim, write_dim

    def to_wire(self, release: int) -> Any:
        """The value as an AttributeValue of the given release of the interface."""
        if self.when == 0:
            self.when = now_ns()
        if self.quality == _INVALID:
            union: Any = (NO_DATA, True)
            read_dim, write_dim = AttributeDim(0, 0), AttributeDim(0, 0)
        else:
            union, read_dim, write_dim = self.union()
        return make_value(
            release,
            self.name,
            union,
            self.quality,
            self.data_format,
            self.data_type,
            wire_time(self.when),
            read_dim,
            write_dim,
        )

    # -- polling ----------------------------------------------------------------------------

    def get_polling_period(self) -> int:
        """The period of polling in milliseconds; 0 for none."""
        return self.device.get_attribute_poll_period(self.name)

    def is_polled(self) -> bool:
        """True if the attribute is polled."""
        return self.device.is_attribute_polled(self.name)


def _nanoseconds(moment: Any) -> int:
    """A time in seconds, to the microsecond: a float has no more."""
    if hasattr(moment, "totime"):
        moment = moment.totime()
    return round(float(moment) * 1_000_000) * 1000


def _join(first: Any, second: Any, dtype: Any) -> Any:
    if dtype is not None and (hasattr(first, "dtype") or hasattr(second, "dtype")):
        import numpy as np

        return np.concatenate((np.asarray(first, dtype), np.asarray(second, dtype)))
    return [*first, *second]
