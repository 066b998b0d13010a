"""Arrays: the reply to reading a spectrum or an image of numbers alone, packed in one step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from puretango.server.attribute._wire import now_ns
from puretango.values import ArrayReply, AttrDataFormat, AttrQuality, CmdArgType

if TYPE_CHECKING:
    from puretango.server.attribute._attribute import Attribute

_VALID = AttrQuality.ATTR_VALID
_INVALID = AttrQuality.ATTR_INVALID


def make_array_taker(
    attribute: Attribute, take_any: Callable[[Attribute, Any], Any]
) -> Callable[[Any], Any] | None:
    """A function that turns what an array's read method returns into a reply's body; None for other attributes.

    ``take_any`` makes an AttributeValue_5 of any other value.
    """
    if not ArrayReply.supports(attribute.data_type, attribute.data_format):
        return None
    pack = ArrayReply(attribute.data_type, attribute.data_format, attribute.name).pack
    store = _plain_store(attribute)
    alarmed = attribute.settings.alarmed
    dtype = attribute.wire.dtype

    def take(value: Any) -> Any:
        if attribute.has_value or value is None or not store(value):
            if value is not None and not attribute.has_value:
                attribute.set_complex_value(value)
            if not attribute.has_value or attribute.quality == _INVALID:
                return take_any(attribute, None)
        if alarmed:
            attribute.check_alarm()
        if attribute.when == 0:
            attribute.when = now_ns()
        flat = attribute.value
        if type(flat) is not np.ndarray:
            return attribute.to_wire(5)
        part = attribute.write_part()
        if part is None:
            written, w_x, w_y = None, 0, 0
        else:
            listed, w_x, w_y = part
            written = np.asarray(listed, dtype)
        seconds, rest = divmod(attribute.when, 1_000_000_000)
        dims = attribute.dim_x, attribute.dim_y, w_x, w_y
        return pack(flat, written, dims, attribute.quality, seconds, rest // 1000, rest % 1000)

    return take


def _plain_store(attribute: Attribute) -> Callable[[Any], bool]:
    """A function that stores an array which can be sent as it is; False for any other, which the attribute converts."""
    dtype, image = attribute.wire.dtype, attribute.data_format == AttrDataFormat.IMAGE
    ndim, max_x, max_y = 2 if image else 1, attribute.spec.max_x, attribute.spec.max_y
    labelled = attribute.data_type == CmdArgType.DevEnum

    def store(value: Any) -> bool:
        if (
            labelled
            or type(value) is not np.ndarray
            or value.dtype is not dtype
            or value.ndim != ndim
            or not value.size
            or not value.flags.c_contiguous
        ):
            return False
        dim_x, dim_y = (value.shape[1], value.shape[0]) if image else (value.shape[0], 0)
        if dim_x > max_x or dim_y > max_y:
            return False
        attribute.value = value.reshape(-1) if image else value
        attribute.dim_x, attribute.dim_y = dim_x, dim_y
        attribute.has_value = True
        attribute.when = now_ns()
        attribute.quality = _VALID
        attribute.alarm_flags = 0
        return True

    return store
