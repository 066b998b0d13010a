"""Attribute data types: what authors' values become on the wire, and back.

A value in wire form is a flat sequence: a numpy array of the type's dtype, or a list.
"""

from __future__ import annotations

import enum
import operator
from typing import Any

import numpy as np

from puretango.errors import Except
from puretango.idl import AttributeDataType, DevEncoded
from puretango.values import AttrDataFormat, CmdArgType, DevState

_ADVICE = (
    " type, but it is not. If you use a numpy type instead of python core types, "
    "then it must exactly match (ex: numpy.int32 for PyTango.DevLong)"
)


class WireType:
    """One attribute data type."""

    dtype: np.dtype[Any] | None = None
    default: Any = 0

    def __init__(self, data_type: CmdArgType, discriminator: AttributeDataType) -> None:
        self.data_type = data_type
        self.discriminator = discriminator

    def scalar(self, value: Any) -> Any:
        """An author's scalar as the wire wants it, or TypeError, OverflowError."""
        raise NotImplementedError

    def flat(self, rows: Any, image: bool) -> Any:
        """An author's sequence as a flat list."""
        if image:
            return [self.scalar(item) for row in rows for item in row]
        return [self.scalar(item) for item in rows]

    def array(self, value: Any, image: bool, function: str) -> tuple[Any, int, int]:
        """An author's spectrum or image: its flat form, dim_x and dim_y."""
        if isinstance(value, np.ndarray):
            return self._from_ndarray(value, image, function)
        if isinstance(value, str) or not hasattr(value, "__getitem__"):
            _wrong_sequence("PyDs_WrongParameters", image, function)
        count = len(value)
        if not image:
            return self.flat(value, False), count, 0
        if count == 0:
            return self.flat((), False), 0, 0
        if isinstance(value[0], str) or not hasattr(value[0], "__getitem__"):
            _wrong_sequence("PyDs_WrongParameters", image, function)
        width = len(value[0])
        flat = self.flat(value, True)
        if len(flat) != width * count:
            raise IndexError("all rows of an image must have the same length")
        return flat, width, count

    def _from_ndarray(self, value: Any, image: bool, function: str) -> tuple[Any, int, int]:
        if value.size == 0 and value.ndim <= 2:
            return self.flat((), False), 0, 0
        if value.ndim != (2 if image else 1):
            _wrong_sequence("PyDs_WrongNumpyArrayDimensions", image, function)
        flat = self._cast(value)
        if image:
            return flat, value.shape[1], value.shape[0]
        return flat, value.shape[0], 0

    def _cast(self, value: Any) -> Any:
        return [self.scalar(item) for item in value.ravel().tolist()]

    def to_user(self, flat: Any, data_format: AttrDataFormat, dim_x: int, dim_y: int) -> Any:
        """Wire form to what a write method takes."""
        if data_format == AttrDataFormat.SCALAR:
            return self.scalar_to_user(flat[0])
        items = tuple(self.scalar_to_user(item) for item in flat)
        if data_format == AttrDataFormat.SPECTRUM:
            return items
        return tuple(items[row * dim_x : (row + 1) * dim_x] for row in range(dim_y))

    def scalar_to_user(self, value: Any) -> Any:
        """One wire value to what a write method takes."""
        return value

    def size_of(self, flat: Any) -> int:
        """How many values there are."""
        return len(flat)


def _wrong_sequence(reason: str, image: bool, function: str) -> None:
    text = (
        "Expecting a sequence of sequences (IMAGE attribute)."
        if image
        else "Expecting a sequence (SPECTRUM attribute)."
    )
    Except.throw_exception(reason, text, f"{function}()")


class _Number(WireType):
    def __init__(
        self, data_type: CmdArgType, discriminator: AttributeDataType, dtype: str, kind: str
    ) -> None:
        super().__init__(data_type, discriminator)
        self.dtype: np.dtype[Any] = np.dtype(dtype)
        self.kind = kind

    def mismatch(self) -> TypeError:
        """The error of a value of another type."""
        return TypeError(f"Expecting a {self.kind}{_ADVICE}")

    def _cast(self, value: Any) -> Any:
        return np.ascontiguousarray(value, dtype=self.dtype).reshape(-1)

    def flat(self, rows: Any, image: bool) -> Any:
        if isinstance(rows, (bytes, bytearray)) and self.dtype.itemsize == 1:
            return np.frombuffer(bytes(rows), dtype=self.dtype)
        array = np.asarray(rows if len(rows) else (), dtype=None if len(rows) else self.dtype)
        if array.size == 0:
            return np.empty(0, self.dtype)
        if array.dtype.kind == "O":
            array = self._from_objects(array)
        self.check(array)
        return np.ascontiguousarray(array, dtype=self.dtype).reshape(-1)

    def _from_objects(self, array: Any) -> Any:
        return np.array([self.scalar(item) for item in array.ravel()], dtype=self.dtype)

    def check(self, array: Any) -> None:
        """Raise if the values of the array do not fit."""

    def to_user(self, flat: Any, data_format: AttrDataFormat, dim_x: int, dim_y: int) -> Any:
        if data_format == AttrDataFormat.SCALAR:
            return self.scalar_to_user(flat[0])
        array = np.array(flat, dtype=self.dtype)
        if data_format == AttrDataFormat.IMAGE:
            return array.reshape(dim_y, dim_x)
        return array


class _Integer(_Number):
    def __init__(
        self, data_type: CmdArgType, discriminator: AttributeDataType, dtype: str
    ) -> None:
        super().__init__(data_type, discriminator, dtype, "integer")
        info = np.iinfo(self.dtype)
        self.low, self.high = int(info.min), int(info.max)

    def scalar(self, value: Any) -> int:
        if type(value) is not int:
            value = self._to_int(value)
        if value > self.high:
            raise OverflowError("Value is too large.")
        if value < self.low:
            raise OverflowError("Value is too small.")
        return value  # type: ignore[no-any-return]

    def _to_int(self, value: Any) -> int:
        if isinstance(value, enum.Enum) and not isinstance(value, int):
            value = value.value
        try:
            return operator.index(value)
        except TypeError:
            if isinstance(value, np.generic) and value.dtype == self.dtype:
                return int(value)
            raise self.mismatch() from None

    def check(self, array: Any) -> None:
        if array.dtype.kind not in "iub":
            raise self.mismatch()
        if array.dtype != self.dtype and array.dtype.kind != "b":
            if int(array.max()) > self.high:
                raise OverflowError("Value is too large.")
            if int(array.min()) < self.low:
                raise OverflowError("Value is too small.")


class _Float(_Number):
    default = 0.0

    def __init__(
        self, data_type: CmdArgType, discriminator: AttributeDataType, dtype: str
    ) -> None:
        super().__init__(data_type, discriminator, dtype, "numeric")

    def scalar(self, value: Any) -> float:
        if type(value) is float:
            return value
        if isinstance(value, (str, bytes, bytearray)):
            raise self.mismatch()
        try:
            return float(value)
        except (TypeError, ValueError):
            raise self.mismatch() from None

    def check(self, array: Any) -> None:
        if array.dtype.kind not in "fiub":
            raise self.mismatch()


class _Boolean(_Number):
    default = False

    def __init__(self) -> None:
        super().__init__(CmdArgType.DevBoolean, AttributeDataType.ATT_BOOL, "bool", "bool")

    def scalar(self, value: Any) -> bool:
        if type(value) is bool:
            return value
        if isinstance(value, np.bool_):
            return bool(value)
        try:
            number = operator.index(value)
        except TypeError:
            raise self.mismatch() from None
        if number > 1:
            raise OverflowError("Value is too large.")
        if number < 0:
            raise OverflowError("Value is too small.")
        return bool(number)

    def check(self, array: Any) -> None:
        if array.dtype.kind not in "biu":
            raise self.mismatch()

    def scalar_to_user(self, value: Any) -> bool:
        return bool(value)


class _String(WireType):
    default = ""

    def scalar(self, value: Any) -> str:
        if isinstance(value, str):
            value.encode("latin-1")  # an unencodable text fails here, where its author sees it
            return value
        if isinstance(value, (bytes, bytearray)):
            return bytes(value).decode("latin-1")
        raise TypeError(f"can't translate python object of type {type(value)} to C string")


class _State(WireType):
    default = DevState.UNKNOWN

    def scalar(self, value: Any) -> DevState:
        if type(value) is DevState:
            return value
        try:
            return DevState(operator.index(value))
        except (TypeError, ValueError):
            raise TypeError(f"Expecting a DevState, but it is {value!r}") from None


class _Encoded(WireType):
    default = DevEncoded("", b"")

    def scalar(self, value: Any) -> DevEncoded:
        if isinstance(value, DevEncoded):
            return value
        if hasattr(value, "encoded_pair"):
            return DevEncoded(*value.encoded_pair())
        if isinstance(value, (str, bytes)) or not hasattr(value, "__getitem__"):
            raise TypeError("Expecting a tuple of strings: encoded_format, encoded_data")
        if len(value) != 2:
            raise TypeError("Expected a sequence of length 2 for DEV_ENCODED")
        return DevEncoded(_String.scalar(self, value[0]), _octets(value[1]))  # type: ignore[arg-type]

    def scalar_to_user(self, value: DevEncoded) -> tuple[str, bytes]:
        return value.encoded_format, bytes(value.encoded_data)


def _octets(data: Any) -> Any:
    if isinstance(data, str):
        return data.encode("latin-1")
    if isinstance(data, (bytes, bytearray, memoryview)):
        return bytes(data)
    if isinstance(data, np.ndarray):
        return np.ascontiguousarray(data).view(np.uint8).reshape(-1)
    raise TypeError(f"can't translate python object of type {type(data)} to bytes")


_ATT = AttributeDataType
WIRE_TYPES: dict[CmdArgType, WireType] = {
    wire.data_type: wire
    for wire in (
        _Boolean(),
        _Integer(CmdArgType.DevShort, _ATT.ATT_SHORT, "int16"),
        _Integer(CmdArgType.DevLong, _ATT.ATT_LONG, "int32"),
        _Integer(CmdArgType.DevLong64, _ATT.ATT_LONG64, "int64"),
        _Integer(CmdArgType.DevUChar, _ATT.ATT_UCHAR, "uint8"),
        _Integer(CmdArgType.DevUShort, _ATT.ATT_USHORT, "uint16"),
        _Integer(CmdArgType.DevULong, _ATT.ATT_ULONG, "uint32"),
        _Integer(CmdArgType.DevULong64, _ATT.ATT_ULONG64, "uint64"),
        _Integer(CmdArgType.DevEnum, _ATT.ATT_SHORT, "int16"),
        _Float(CmdArgType.DevFloat, _ATT.ATT_FLOAT, "float32"),
        _Float(CmdArgType.DevDouble, _ATT.ATT_DOUBLE, "float64"),
        _String(CmdArgType.DevString, _ATT.ATT_STRING),
        _State(CmdArgType.DevState, _ATT.ATT_STATE),
        _Encoded(CmdArgType.DevEncoded, _ATT.ATT_ENCODED),
    )
}
"""The wire type of each attribute data type."""
