"""A writable attribute: its set value, the limits, the memorized value."""

from __future__ import annotations

import math
import operator
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from puretango.errors import Except
from puretango.server.attribute._attribute import Attribute
from puretango.server.declaration._attr import Attr
from puretango.server.declaration.settings._settings import Settings
from puretango.values import AttrDataFormat, AttrWriteType, CmdArgType, ExtractAs

if TYPE_CHECKING:
    from puretango.server.attribute._ports import AttributeOwner

_FLOATS = (CmdArgType.DevFloat, CmdArgType.DevDouble)
_NOT_USED, _SET = "Not used yet", "Set"
_SHORT_ROW = 8192
"""Numbers that are multiplied faster than they are looked at one by one."""


def _are_surely_finite(flat: Any) -> bool:
    """True if no number is NaN or infinite; False also for large ones, which are looked at one by one."""
    if type(flat) is not np.ndarray or not 0 < flat.size <= _SHORT_ROW:
        return False
    return math.isfinite(flat.dot(flat))


class WAttribute(Attribute):
    """A writable attribute of one device."""

    def __init__(self, spec: Attr, settings: Settings, device: AttributeOwner) -> None:
        super().__init__(spec, settings, device)
        self.written: Any = None
        """The set value in flat form; None until somebody sets it."""
        self.w_dim_x = 0
        self.w_dim_y = 0
        self.requested: Any = None
        """The value of the running write request: flat form, dim_x, dim_y."""
        self.user_set = False
        self.memorized_text: str | None = None

    # -- the running request -----------------------------------------------------------------------

    def request(self, flat: Any, dim_x: int, dim_y: int) -> None:
        """Take a client's value, checked against the limits."""
        self.check_limits(flat)
        self.requested = (flat, dim_x, dim_y)
        self.user_set = False

    def check_limits(self, flat: Any) -> None:
        """Raise unless all values are within the limits."""
        if self.data_type == CmdArgType.DevEnum:
            self._check_labels(flat)
            return
        settings = self.settings
        low, high = settings.min_value, settings.max_value
        if self.data_type in _FLOATS and not self.device._tango.server.nan_allowed:
            self._check_finite(flat)
        if low is None and high is None:
            return
        if self.data_type == CmdArgType.DevEncoded:
            flat = np.frombuffer(bytes(flat[0].encoded_data), np.uint8)
        if len(flat) == 1:
            value = flat[0]
            if low is not None and value < low:
                self._outside("below the minimum", 0)
            if high is not None and value > high:
                self._outside("above the maximum", 0)
            return
        array = np.asarray(flat)
        if low is not None and (array < low).any():
            self._outside("below the minimum", int((array < low).argmax()))
        if high is not None and (array > high).any():
            self._outside("above the maximum", int((array > high).argmax()))

    def _outside(self, what: str, index: int) -> None:
        Except.throw_exception(
            "API_WAttrOutsideLimit",
            f"Set value for attribute {self.name} is {what} authorized (at least element {index})",
            "WAttribute::check_written_value()",
        )

    def _check_finite(self, flat: Any) -> None:
        if len(flat) == 1:
            index = None if math.isfinite(flat[0]) else 0
        elif _are_surely_finite(flat):
            return
        else:
            bad = ~np.isfinite(np.asarray(flat, dtype=float))
            index = int(bad.argmax()) if bad.any() else None
        if index is not None:
            Except.throw_exception(
                "API_WAttrOutsideLimit",
                f"Set value for attribute {self.name} is a NaN or INF value "
                f"(at least element {index})",
                "WAttribute::check_written_value()",
            )

    def _check_labels(self, flat: Any) -> None:
        labels = self.settings.enum_labels
        for index, value in enumerate(flat):
            if not 0 <= int(value) < len(labels):
                Except.throw_exception(
                    "API_WAttrOutsideLimit",
                    f"Set value for attribute {self.name} is negative or above the maximun "
                    f"authorized ({len(labels)}) for at least element {index}",
                    "WAttribute::check_written_value()",
                )

    def accept(self) -> None:
        """Note that the author's write method is done: the requested value is now the set value."""
        if self.requested is not None and not self.user_set:
            self.written, self.w_dim_x, self.w_dim_y = self.requested
        self.requested = None
        if self.settings.has_rds:
            self.written_at = time.monotonic()

    def refuse(self) -> None:
        """Note that the author's write method failed: the set value stays what it was."""
        self.requested = None

    # -- authors' methods ------------------------------------------------------------------------

    def get_write_value(self, extract_as: ExtractAs = ExtractAs.Numpy) -> Any:
        """The value that a client sets, or has set last."""
        flat, dim_x, dim_y = self._current()
        user = self.wire.to_user(flat, self.data_format, dim_x, dim_y)
        if self.data_format == AttrDataFormat.SCALAR or extract_as == ExtractAs.Numpy:
            return user
        if isinstance(user, np.ndarray):
            user = user.tolist()
        if extract_as == ExtractAs.Tuple:
            return tuple(tuple(row) if isinstance(row, list) else row for row in user)
        if extract_as == ExtractAs.List:
            return [list(row) if isinstance(row, (list, tuple)) else row for row in user]
        return user

    def _current(self) -> tuple[Any, int, int]:
        if self.requested is not None:
            return self.requested  # type: ignore[no-any-return]  # a value of the attribute's own type, whatever that is
        return self.set_part()

    def get_write_value_length(self) -> int:
        """How many values the client sets."""
        return len(self._current()[0])

    def set_write_value(self, value: Any) -> None:
        """Say what the set value is, whatever a client asked for."""
        if self.data_type == CmdArgType.DevEncoded:
            Except.throw_exception(
                "PyDs_WrongPythonDataTypeForAttribute",
                "set_write_value is not supported for DEV_ENCODED attributes.",
                "set_write_value()",
            )
        flat: Any
        if self.data_format == AttrDataFormat.SCALAR:
            flat, dim_x, dim_y = [self.wire.scalar(value)], 1, 0
        else:
            image = self.data_format == AttrDataFormat.IMAGE
            flat, dim_x, dim_y = self.wire.array(value, image, "set_write_value")
            if isinstance(flat, np.ndarray):
                flat = flat.copy()
        self.check_limits(flat)
        self.written, self.w_dim_x, self.w_dim_y = flat, dim_x, dim_y
        self.user_set = True

    def set_part(self) -> tuple[Any, int, int]:
        """The set value; the type's zero before anybody set one."""
        if self.written is None:
            # An image too: before the first write C++ Tango shows one element, with dim_x 1 and dim_y 0.
            return [self.wire.default], 1, 0
        return self.written, self.w_dim_x, self.w_dim_y

    def write_part(self) -> tuple[Any, int, int] | None:
        return self.set_part()

    def show_set_value(self) -> None:
        """For a write-only attribute: what clients read is the set value."""
        flat, self.dim_x, self.dim_y = self.set_part()
        rows = self.data_format == AttrDataFormat.IMAGE
        self.value = (
            flat[: self.dim_x * self.dim_y] if rows else flat
        )  # none before the first write
        self.has_value = True
        self.when = 0

    @property
    def is_write_only(self) -> bool:
        """True if the device has no read method for the attribute."""
        return self.writable == AttrWriteType.WRITE

    # -- limits ------------------------------------------------------------------------------------

    def set_min_value(self, value: Any) -> None:
        """The least value that a client may set."""
        self._set_limit("min_value", value)

    def set_max_value(self, value: Any) -> None:
        """The largest value that a client may set."""
        self._set_limit("max_value", value)

    def get_min_value(self) -> Any:
        """The least value that a client may set."""
        return self._get_limit("min_value")

    def get_max_value(self) -> Any:
        """The largest value that a client may set."""
        return self._get_limit("max_value")

    def is_min_value(self) -> bool:
        """True if there is a least value."""
        return self.settings.min_value is not None

    def is_max_value(self) -> bool:
        """True if there is a largest value."""
        return self.settings.max_value is not None

    # -- memorized -----------------------------------------------------------------------------------

    def memorized_as_text(self) -> str:
        """The set value as the database keeps it."""
        value = self.set_part()[0][0]
        if isinstance(value, bool) or self.data_type == CmdArgType.DevBoolean:
            return "true" if value else "false"
        if self.data_type in _FLOATS:
            return repr(float(value)).removesuffix(".0")
        if self.data_type == CmdArgType.DevState:
            return str(int(value))
        if self.data_type == CmdArgType.DevString:
            return str(value)
        return str(int(value))

    def check_new_limits(self, settings: Settings) -> None:
        """API_AttrOptProp if the memorized value lies beyond them: it could never be written again."""
        if not self.spec.memorized or self.written is None:
            return
        value, text = self.written[0], self.memorized_as_text()
        for limit, beyond, where in (
            (settings.min_value, operator.lt, "below"),
            (settings.max_value, operator.gt, "above"),
        ):
            if limit is not None and beyond(value, limit):
                Except.throw_exception(
                    "API_AttrOptProp",
                    f"Device {self.device.get_name()}-> Attribute : {self.name}\n"
                    f"This attribute is memorized and the memorized value ({text}) is {where} the "
                    "new limit!!",
                    "Attribute::check_mem_value()",
                )

    def take_memorized(self, text: str) -> None:
        """The set value from the text that the database kept."""
        try:
            value: Any
            if self.data_type == CmdArgType.DevString:
                value = text
            elif self.data_type == CmdArgType.DevBoolean:
                value = {"true": True, "1": True, "false": False, "0": False}[text.strip().lower()]
            elif self.data_type in _FLOATS:
                value = float(text)
            else:
                value = int(text)
            flat = [self.wire.scalar(value)]
        except (ValueError, TypeError, OverflowError, KeyError):
            Except.throw_exception(
                "API_AttrOptProp",
                f"Device {self.device.get_name()}-> Attribute : {self.name}\n"
                f"The property __value is defined in an unsupported format: {text!r}",
                "WAttribute::set_init_value()",
            )
        self.memorized_text = text
        self.written, self.w_dim_x, self.w_dim_y = flat, 1, 0

    def forget_memorized(self) -> None:
        """Forget the set value from the database, which could not be written."""
        self.memorized_text = self.written = None
        self.w_dim_x = self.w_dim_y = 0
