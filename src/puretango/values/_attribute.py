"""Attribute values: AttributeValue ↔ PyTango's DeviceAttribute."""

from __future__ import annotations

import copy
from typing import Any, ClassVar

import numpy as np

from puretango.cdr import Any as CdrAny
from puretango.errors import DevError, MarshalError
from puretango.idl import (
    AttrDataFormat,
    AttributeDataType,
    AttributeDim,
    AttributeValue,
    AttributeValue_4,
    AttrQuality,
    CmdArgType,
    DevVarEncodedArray,
    DevVarStateArray,
    DevVarStringArray,
    text_of_value,
)
from puretango.idl import TimeVal as WireTime
from puretango.values._command import is_status, numbers, type_of_any
from puretango.values._convert import to_wire
from puretango.values._enums import ExtractAs
from puretango.values._printable import Printable
from puretango.values._time import TimeVal
from puretango.values._types import ARRAY_TO_SCALAR, COMMAND_CODECS, SCALARS, UNION_TO_TYPE

T = CmdArgType
VALID, INVALID = AttrQuality.ATTR_VALID, AttrQuality.ATTR_INVALID
SCALAR, IMAGE = AttrDataFormat.SCALAR, AttrDataFormat.IMAGE
_NO_ERRORS: tuple[DevError, ...] = ()
_BINARY = (ExtractAs.ByteArray, ExtractAs.Bytes, ExtractAs.String)


class AttributeDimension(Printable):
    """The two dimensions of a value."""

    def __init__(self, other: Any = None) -> None:
        self.dim_x: int = other.dim_x if other is not None else 0
        self.dim_y: int = other.dim_y if other is not None else 0


def _dimension(dims: tuple[int, int]) -> AttributeDimension:
    result = AttributeDimension()
    result.dim_x, result.dim_y = dims
    return result


def _count(dims: tuple[int, int]) -> int:
    return dims[0] * dims[1] if dims[1] else dims[0]


class DeviceAttribute(Printable):
    """The result of reading an attribute: value, set value, quality, time and dimensions."""

    ExtractAs = ExtractAs
    value: Any
    w_value: Any
    type: CmdArgType
    is_empty: bool
    has_failed: bool
    name: str
    quality: AttrQuality
    time: TimeVal
    except_flags: ClassVar[Any] = None

    # Class-level defaults keep the hot path short: a plain scalar sets only what differs.
    _format: AttrDataFormat = SCALAR
    _read: tuple[int, int] = (1, 0)
    _written: tuple[int, int] = (0, 0)
    _errors: tuple[DevError, ...] = _NO_ERRORS
    _items: Any = ()
    """The received value, if nothing was to be extracted: EncodedAttribute decodes it later."""

    def __init__(self, da: DeviceAttribute | None = None) -> None:
        if da is None:
            self.name = "Name not set"
            self.quality = INVALID
            self.time = TimeVal()
            self._format = AttrDataFormat.FMT_UNKNOWN
            self._read = (0, 0)
            return
        self.__dict__.update(da.__dict__)
        for name in ("value", "w_value"):
            if name in da.__dict__:
                setattr(self, name, copy.deepcopy(da.__dict__[name]))

    @property
    def data_format(self) -> AttrDataFormat:
        """Scalar, spectrum or image."""
        return self._format

    @property
    def dim_x(self) -> int:
        """First dimension of the read value."""
        return self._read[0]

    @property
    def dim_y(self) -> int:
        """Second dimension of the read value; 0 unless it is an image."""
        return self._read[1]

    @property
    def w_dim_x(self) -> int:
        """First dimension of the set value."""
        return self._written[0]

    @property
    def w_dim_y(self) -> int:
        """Second dimension of the set value."""
        return self._written[1]

    @property
    def r_dimension(self) -> AttributeDimension:
        """The dimensions of the read value."""
        return _dimension(self._read)

    @property
    def w_dimension(self) -> AttributeDimension:
        """The dimensions of the set value."""
        return _dimension(self._written)

    @property
    def nb_read(self) -> int:
        """The number of elements read."""
        return _count(self._read)

    @property
    def nb_written(self) -> int:
        """The number of elements set."""
        return _count(self._written)

    def set_w_dim_x(self, val: int) -> None:
        """Set the first dimension of the set value."""
        self._written = (val, self._written[1])

    def set_w_dim_y(self, val: int) -> None:
        """Set the second dimension of the set value."""
        self._written = (self._written[0], val)

    def get_date(self) -> TimeVal:
        """When the server read the value: the same as ``time``."""
        return self.time

    def get_err_stack(self) -> tuple[DevError, ...]:
        """The errors with which reading failed."""
        return self._errors


class DeviceAttributeHistory(DeviceAttribute):
    """One record of an attribute's history."""


def _plain_scalar(data_type: int, value: Any, extract_as: int) -> Any:
    if data_type == T.DevEncoded:
        data: Any = bytes(value.encoded_data)
        if extract_as == ExtractAs.ByteArray:
            data = bytearray(data)
        elif extract_as == ExtractAs.String:
            data = data.decode("utf-8")
        return value.encoded_format, data
    return value


def _shaped(items: Any, dims: tuple[int, int], image: bool) -> Any:
    if not image:
        return items
    return items.reshape((dims[1], dims[0]))


def _nested(items: list[Any], dims: tuple[int, int], image: bool, make: type) -> Any:
    if not image:
        return make(items)
    width, height = dims
    return make(make(items[row * width : (row + 1) * width]) for row in range(height))


def extract_part(
    data_type: int, items: Any, dims: tuple[int, int], image: bool, extract_as: int
) -> Any:
    """The read or the set part of an array attribute, in the wanted form."""
    if extract_as in _BINARY:
        if data_type == T.DevState:
            items = np.array(items, np.uint32)
        raw = numbers(items).tobytes()
        if extract_as == ExtractAs.Bytes:
            return raw
        return bytearray(raw) if extract_as == ExtractAs.ByteArray else raw.decode("utf-8")
    if data_type == T.DevString or extract_as in (
        ExtractAs.Tuple,
        ExtractAs.List,
        ExtractAs.PyTango3,
    ):
        make = list if extract_as in (ExtractAs.List, ExtractAs.PyTango3) else tuple
        plain = items if type(items) is list else items.tolist()
        return _nested(plain, dims, image, make)
    if data_type == T.DevState:
        return _shaped(np.array(items, np.uint32), dims, image)
    return _shaped(numbers(items), dims, image)


def value_from_wire(
    data_type: int,
    data_format: int,
    items: Any,
    dims: tuple[int, int],
    start: int = 0,
    extract_as: int = ExtractAs.Numpy,
) -> Any:
    """The user's value in a wire sequence, from index ``start`` on."""
    if data_format == SCALAR:
        return _plain_scalar(data_type, items[start], extract_as)
    image = data_format == IMAGE
    size = dims[0] * dims[1] if image else dims[0]
    if min(dims) < 0 or start + size > len(items):
        raise MarshalError(f"{len(items)} values do not fill the dimensions {dims}")
    return extract_part(data_type, items[start : start + size], dims, image, extract_as)


def _extract(
    result: DeviceAttribute, data_type: int, data_format: int, items: Any, extract_as: int
) -> None:
    if data_type == T.DevString and is_status(result.name):
        items = [text_of_value(item) for item in items]
    count = len(items)
    read, written = result._read, result._written
    if data_format == SCALAR:
        if count:
            result.value = _plain_scalar(data_type, items[0], extract_as)
            result.w_value = (
                _plain_scalar(data_type, items[1 if count > 1 else 0], extract_as)
                if written[0] > 0
                else None
            )
        return
    if extract_as in _BINARY and data_type == T.DevString:
        return
    image = data_format == IMAGE
    size = read[0] * read[1] if image else read[0]
    w_size = written[0] * written[1] if image else written[0]
    # A write-only attribute sends its set part once, with both dimensions: show it as both.
    start = size if size + w_size <= count else 0
    if extract_as == ExtractAs.Numpy and type(items) is memoryview:
        whole = numbers(items)
        if min(*read, *written) < 0 or max(size, start + w_size) > count:
            raise MarshalError(f"{count} values do not fill the dimensions {read}, {written}")
        result.value = _shaped(whole[:size] if size != count else whole, read, image)
        result.w_value = _shaped(whole[start : start + w_size], written, image)
        return
    result.value = value_from_wire(data_type, data_format, items, read, 0, extract_as)
    result.w_value = value_from_wire(data_type, data_format, items, written, start, extract_as)


def _from_any(value: Any) -> tuple[int, AttrDataFormat, Any]:
    """Data type, format and items of a value that is not in a union (IDL 1 to 3)."""
    data_type = type_of_any(value.value)
    items = value.value.value
    if data_type in ARRAY_TO_SCALAR:
        data_type = ARRAY_TO_SCALAR[data_type]
    elif data_type != T.DevVoid:
        items = [items]
    dims = value.r_dim if hasattr(value, "r_dim") else value
    # Old releases do not send the format: it follows from the dimensions.
    data_format = IMAGE if dims.dim_y else AttrDataFormat(0 if dims.dim_x == 1 else 1)
    return data_type, data_format, items if items is not None else []


def decode_value(
    value: Any,
    extract_as: int = ExtractAs.Numpy,
    cls: type[DeviceAttribute] = DeviceAttribute,
) -> DeviceAttribute:
    """A received AttributeValue of any release as DeviceAttribute."""
    result = object.__new__(cls)
    result.name = value.name
    result.quality = quality = value.quality
    stamp = value.time
    result.time = time = object.__new__(TimeVal)
    time.tv_sec, time.tv_usec, time.tv_nsec = stamp.tv_sec, stamp.tv_usec, stamp.tv_nsec
    errors = getattr(value, "err_list", None)
    if errors:
        result._errors = tuple(errors)
    if hasattr(value, "r_dim"):
        result._read = (value.r_dim.dim_x, value.r_dim.dim_y)
        result._written = (value.w_dim.dim_x, value.w_dim.dim_y)
    else:
        result._read = (value.dim_x, value.dim_y)
    union = value.value
    if type(union) is CdrAny:
        data_type, data_format, items = _from_any(value)
    else:
        label, items = union
        data_format = value.data_format
        data_type = value.data_type if hasattr(value, "data_type") else UNION_TO_TYPE[label]
        if label is AttributeDataType.DEVICE_STATE:
            items = [items]
        elif label is AttributeDataType.ATT_NO_DATA:
            items = ()
        elif data_type in SCALARS and SCALARS[data_type].union != label:
            raise MarshalError(f"values of {label.name} announced as data type {data_type}")
    result._format = data_format
    result.has_failed = bool(errors)
    result.is_empty = not items
    result.type = CmdArgType.values.get(data_type, T.Unknown)
    if errors or quality is INVALID or data_type not in SCALARS:
        result.value = result.w_value = None
    elif extract_as != ExtractAs.Nothing:
        if data_format == AttrDataFormat.FMT_UNKNOWN:
            raise ValueError("Can't extract data because: self.get_data_format()=FMT_UNKNOWN")
        _extract(result, data_type, data_format, items, extract_as)
    else:
        result._items = items
    return result


def extracted_attribute(
    attribute: DeviceAttribute, extract_as: int = ExtractAs.Numpy
) -> DeviceAttribute:
    """A copy of an attribute that was received with ExtractAs.Nothing, with its value."""
    result = object.__new__(type(attribute))
    result.__dict__.update(attribute.__dict__)
    if "_items" in result.__dict__ and extract_as != ExtractAs.Nothing:
        items = result.__dict__.pop("_items")
        _extract(result, result.type, result._format, items, extract_as)
    return result


_ZERO = WireTime(0, 0, 0)
_NO_DIM = AttributeDim(0, 0)


def encode_value(name: str, value: Any, data_type: int, data_format: int) -> AttributeValue_4:
    """A user's value as the structure that writes an attribute (IDL 4 and later).

    Raises PyTango's errors: TypeError, OverflowError, or DevFailed for wrong shapes.
    """
    items, dim_x, dim_y = to_wire(data_type, data_format, value)
    return AttributeValue_4(
        (SCALARS[data_type].union, items),
        VALID,
        AttrDataFormat.FMT_UNKNOWN,
        _ZERO,
        name,
        _NO_DIM,
        AttributeDim(dim_x, dim_y),
        [],
    )


_ANY_CODECS = {
    T.DevString: DevVarStringArray,
    T.DevState: DevVarStateArray,
    T.DevEncoded: DevVarEncodedArray,
}


def to_any_value(value: AttributeValue_4, data_type: int) -> AttributeValue:
    """The value as devices of IDL 1 to 3 want it: in an Any, with one pair of dimensions."""
    kind = SCALARS[data_type]
    codec = _ANY_CODECS.get(kind.tango) or COMMAND_CODECS[kind.array]
    return AttributeValue(
        CdrAny(codec.typecode, value.value[1]),
        value.quality,
        value.time,
        value.name,
        value.w_dim.dim_x,
        value.w_dim.dim_y,
    )
