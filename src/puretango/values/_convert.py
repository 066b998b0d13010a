"""Users' values → wire values, with PyTango's conversions and errors."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence, Set
from itertools import chain
from struct import error as struct_error
from struct import pack
from typing import Any

import numpy as np

from puretango.cdr import Joined
from puretango.errors import DevError, DevFailed, ErrSeverity
from puretango.idl import AttrDataFormat, CmdArgType, DevEncoded, DevState
from puretango.values._types import ARRAY_TO_SCALAR, SCALARS, ScalarType

T = CmdArgType
INSERT = "array_python_data_to_cpp"
"""The origin that PyTango gives in errors about command arguments."""


def _fail(reason: str, desc: str, origin: str) -> DevFailed:
    return DevFailed(DevError(reason, ErrSeverity.ERR, desc, f"{origin}()"))


def _mismatch(word: str) -> TypeError:
    return TypeError(
        f"Expecting a {word} type, but it is not. If you use a numpy type instead of python "
        "core types, then it must exactly match (ex: numpy.int32 for PyTango.DevLong)"
    )


def text(value: Any) -> str:
    """A string as it can be sent: Latin-1, cut at the first NUL as C's strings are."""
    if isinstance(value, str):
        if not value.isascii():
            try:
                value.encode("latin-1")
            except UnicodeEncodeError as exc:
                shown = value.encode("latin-1", "replace").decode("latin-1")
                raise UnicodeError(
                    f"Can't encode '{shown}' Unicode string as Latin-1 (bad chars replaced with ?)"
                ) from exc
    elif isinstance(value, (bytes, bytearray)):
        value = bytes(value).decode("latin-1")
    else:
        raise TypeError("can't translate python object to C char*")
    found: str = value if type(value) is str else str(value)
    return found[: found.index("\0")] if "\0" in found else found


def _boolean(value: Any) -> bool:
    if value is True or value is False:
        return bool(value)
    if isinstance(value, np.bool_):
        return bool(value)
    try:
        number = operator.index(value)
    except TypeError:
        raise _mismatch("bool") from None
    if not -(2**63) <= number < 2**63:
        raise _mismatch("bool")
    if number > 1:
        raise OverflowError("Value is too large.")
    if number < 0:
        raise OverflowError("Value is too small.")
    return bool(number)


def _integer(low: int, high: int) -> Callable[[Any], int]:
    # For numbers beyond C's long (or unsigned long), PyTango reports a wrong type.
    hard_low, hard_high = (0, 2**64) if low == 0 else (-(2**63), 2**63)

    def convert(value: Any) -> int:
        try:
            number = operator.index(value)
        except TypeError:
            raise _mismatch("integer") from None
        if low <= number <= high:
            return number
        if not hard_low <= number < hard_high:
            raise _mismatch("integer")
        raise OverflowError("Value is too large." if number > high else "Value is too small.")

    return convert


def _double(value: Any) -> float:
    if type(value) is float:
        return value
    if isinstance(value, (str, bytes, bytearray)):
        raise _mismatch("numeric")
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise _mismatch("numeric") from None


def _single(value: Any) -> float:
    number = _double(value)
    try:
        pack("<f", number)
    except (OverflowError, struct_error):
        return float("inf") if number > 0 else float("-inf")
    return number


def _state(value: Any) -> DevState:
    number = operator.index(value)
    try:
        return DevState(number)
    except ValueError as exc:
        raise OverflowError(str(exc)) from None


def _octets(value: Any) -> bytes | bytearray | memoryview:
    if isinstance(value, str):
        return value.encode("utf-8")
    if isinstance(value, (bytes, bytearray)):
        return value
    if isinstance(value, np.ndarray):
        return value.tobytes()
    if isinstance(value, memoryview):
        return value.cast("B")
    raise TypeError("Encoded_data can be str, bytes or bytearray")


def _encoded(value: Any) -> DevEncoded:
    if isinstance(value, DevEncoded):
        return value
    if isinstance(value, (str, bytes)) or not _is_sequence(value) or len(value) != 2:
        raise TypeError("Expected a sequence of length 2 for DEV_ENCODED")
    return DevEncoded(text(value[0]), _octets(value[1]))


def _is_sequence(value: Any) -> bool:
    return isinstance(value, (Sequence, bytearray, memoryview)) or (
        hasattr(value, "__getitem__")
        and hasattr(value, "__len__")
        and not isinstance(value, (Mapping, Set))
    )


def _label(value: Any) -> int:
    """An enumeration's number, which is never negative."""
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError("an integer is required") from None
    if number < 0:
        raise OverflowError("can't convert negative value to unsigned int")
    if number > _LAST_LABEL:
        raise OverflowError("Value is too large.")
    return number


_LAST_LABEL = 2**15 - 1


def _scalar_converter(kind: ScalarType) -> Callable[[Any], Any]:
    if kind.tango == T.DevBoolean:
        return _boolean
    if kind.tango == T.DevState:
        return _state
    if kind.tango == T.DevFloat:
        return _single
    if kind.tango == T.DevDouble:
        return _double
    if kind.tango == T.DevString:
        return text
    if kind.tango == T.DevEncoded:
        return _encoded
    if kind.tango == T.DevEnum:
        return _label
    return _integer(kind.low, kind.high)


SCALAR_TO_WIRE: dict[int, Callable[[Any], Any]] = {
    number: _scalar_converter(kind) for number, kind in SCALARS.items()
}
"""Data type → function from a user's scalar to what the codec takes."""


def _no_sequence(image: bool, origin: str) -> DevFailed:
    want = (
        "a sequence of sequences (IMAGE attribute)" if image else "a sequence (SPECTRUM attribute)"
    )
    return _fail("PyDs_WrongParameters", f"Expecting {want}.", origin)


def array_to_wire(
    data_type: int, value: Any, image: bool = False, origin: str = INSERT
) -> tuple[Any, int, int]:
    """A user's spectrum or image as (wire sequence, dim_x, dim_y)."""
    kind = SCALARS[data_type]
    if isinstance(value, np.ndarray) and kind.dtype is not None and value.dtype != object:
        return _ndarray_to_wire(kind, value, image, origin)
    if isinstance(value, str) or not _is_sequence(value):
        raise _no_sequence(image, origin)
    dim_y = 0
    items: Any = value
    dim_x = len(value)
    if image and dim_x:
        if not _is_sequence(value[0]):
            raise _no_sequence(image, origin)
        dim_y, dim_x = dim_x, len(value[0])
        for row in value:
            if len(row) != dim_x:
                raise IndexError("the rows of an image are of one length")
        items = list(chain.from_iterable(value))
    if type(items) is list and kind.dtype is not None:
        found = _listed_numbers(kind, items)
        if found is not None:
            return found, dim_x, dim_y
    if kind.tango is T.DevUChar and isinstance(items, (bytes, bytearray)):
        return items, dim_x, dim_y
    if type(items) is list and kind.tango is T.DevString and _are_plain(items):
        return items[:], dim_x, dim_y
    convert = SCALAR_TO_WIRE[data_type]
    if convert is text and _are_plain_texts(items):
        return list(items), dim_x, dim_y
    return [convert(item) for item in items], dim_x, dim_y


def _are_plain(items: list[Any]) -> bool:
    """True for strings of ASCII without a NUL, which are sent as they are."""
    if set(map(type, items)) != {str}:
        return False
    joined = "".join(items)
    return joined.isascii() and "\0" not in joined


_MANY = 16
"""From so many items on, a list is quicker to convert as a whole."""


def _are_plain_texts(items: Any) -> bool:
    """True for many strings that can be sent as they are: ASCII, and without NUL."""
    if len(items) < _MANY or set(map(type, items)) != {str}:
        return False
    whole = "".join(items)
    return whole.isascii() and "\0" not in whole


def _listed_numbers(kind: ScalarType, items: list[Any]) -> np.ndarray[Any, Any] | None:
    """A list of plain numbers of one type as an array; None for any other list, and if a number does not fit."""
    if len(items) < _MANY or kind.tango is T.DevState:
        return None
    types = set(map(type, items))
    if len(types) != 1:
        return None
    (found,) = types
    if found is float:
        if kind.tango is T.DevDouble:
            return np.array(items, kind.dtype)
        if kind.tango is T.DevFloat:
            with np.errstate(
                all="ignore"
            ):  # too large a number becomes infinite, as when converted alone
                return np.array(items, kind.dtype)
    elif found is bool:
        if kind.tango is T.DevBoolean:
            return np.array(items, kind.dtype)
    elif found is int and kind.tango not in _NO_INTEGERS:
        wide = np.array(items)
        if wide.dtype.kind in "iu" and kind.low <= int(wide.min()) and int(wide.max()) <= kind.high:
            return wide.astype(kind.dtype)
    return None


_NO_INTEGERS = (T.DevBoolean, T.DevFloat, T.DevDouble)


def _ndarray_to_wire(
    kind: ScalarType, value: np.ndarray[Any, Any], image: bool, origin: str
) -> tuple[Any, int, int]:
    shape = value.shape
    empty = bool(shape) and shape[0] == 0 and len(shape) <= (2 if image else 1)
    if len(shape) != (2 if image else 1) and not empty:
        want = (
            "Expecting a sequence of sequences (IMAGE attribute)."
            if image
            else "Expecting a sequence (SPECTRUM attribute)."
        )
        raise _fail("PyDs_WrongNumpyArrayDimensions", want, origin)
    if value.dtype is not kind.dtype or not value.flags.c_contiguous:
        _refuse_loss(value, kind)
        with np.errstate(all="ignore"):
            value = np.ascontiguousarray(value.astype(kind.dtype, casting="unsafe", copy=False))
    if kind.tango is T.DevState:
        return [_state(item) for item in value.ravel()], *_dims(shape, image, empty)
    return value, *_dims(shape, image, empty)


def _refuse_loss(value: np.ndarray[Any, Any], kind: ScalarType) -> None:
    """TypeError or OverflowError for numbers that the wire's type cannot hold, as for lists.

    numpy would wrap or truncate them silently. Floating-point numbers may lose digits.
    """
    assert kind.dtype is not None
    if not value.size or np.can_cast(value.dtype, kind.dtype):
        return
    if value.dtype.kind in "SUV":
        if kind.dtype.kind == "b":
            raise _mismatch("bool")
        return  # numpy itself refuses values that are not numbers
    if kind.dtype.kind == "f":
        if value.dtype.kind == "c":
            raise _mismatch("numeric")
        return
    if value.dtype.kind not in "biu" and not (
        value.dtype.kind == "f" and bool((np.trunc(value) == value).all())
    ):
        raise _mismatch("integer")
    # Not compared in numpy, which turns 64-bit integers into floating-point numbers.
    low, high = (0, 1) if kind.dtype.kind == "b" else (kind.low, kind.high)
    least, most = value.min().item(), value.max().item()
    if least < low or most > high:
        raise OverflowError("Value is too large." if most > high else "Value is too small.")


def _dims(shape: tuple[int, ...], image: bool, empty: bool) -> tuple[int, int]:
    if empty:
        return 0, 0
    return (shape[1], shape[0]) if image else (shape[0], 0)


def to_wire(
    data_type: int, data_format: int, value: Any, origin: str = "Tango::DeviceAttribute::reset"
) -> tuple[Any, int, int]:
    """A user's attribute value as (wire sequence, dim_x, dim_y)."""
    if data_type not in SCALARS:
        raise _fail(
            "PyDs_WrongPythonDataTypeForAttribute",
            "Unsupported attribute type translation",
            "python_scalar_to_cpp::convert",
        )
    if data_format == AttrDataFormat.SCALAR:
        return [SCALAR_TO_WIRE[data_type](value)], 1, 0
    if data_format not in (AttrDataFormat.SPECTRUM, AttrDataFormat.IMAGE):
        raise TypeError("unsupported data_format.")
    if data_type == T.DevEncoded:
        raise _fail(
            "PyDs_WrongPythonDataTypeForAttribute",
            "DevEncoded is only supported for SCALAR attributes.",
            origin,
        )
    return array_to_wire(data_type, value, data_format == AttrDataFormat.IMAGE, origin)


def join(read: Any, written: Any) -> Any:
    """The read part and the set part of an attribute as one wire sequence.

    Large arrays are not copied together: they are encoded one after the other.
    """
    if not len(written):
        return read
    if not len(read):
        return written
    if isinstance(read, np.ndarray):
        if read.nbytes >= 8192:
            return Joined(read, written)
        return np.concatenate((read.ravel(), np.asarray(written, read.dtype).ravel()))
    return [*read, *(written.ravel().tolist() if isinstance(written, np.ndarray) else written)]


def array_argument(cmd_type: int, value: Any) -> Any:
    """A user's command argument of an array type as a wire sequence."""
    return array_to_wire(ARRAY_TO_SCALAR[cmd_type], value)[0]
