"""Tango's data types beside Python's and numpy's: the tables that both sides use."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from puretango.cdr import (
    BOOLEAN,
    DOUBLE,
    FLOAT,
    LONG,
    LONGLONG,
    OCTET,
    SHORT,
    STRING,
    ULONG,
    ULONGLONG,
    USHORT,
    VOID,
    Codec,
)
from puretango.idl import (
    AttributeDataType,
    CmdArgType,
    DevEncoded,
    DevState,
    DevVarBooleanArray,
    DevVarCharArray,
    DevVarDoubleArray,
    DevVarDoubleStringArray,
    DevVarEncodedArray,
    DevVarFloatArray,
    DevVarLong64Array,
    DevVarLongArray,
    DevVarLongStringArray,
    DevVarShortArray,
    DevVarStateArray,
    DevVarStringArray,
    DevVarULong64Array,
    DevVarULongArray,
    DevVarUShortArray,
)

T = CmdArgType
D = AttributeDataType


class ScalarType(NamedTuple):
    """The facts about one scalar data type."""

    tango: CmdArgType
    array: CmdArgType
    """The command type of its arrays; Unknown if there is none."""
    union: AttributeDataType
    """The member of the union that holds its attribute values."""
    dtype: Any
    """numpy's type; None for strings and encoded."""
    char: str
    """struct's letter; empty for strings and encoded."""
    low: int
    high: int
    """The limits of integers; both 0 for anything else."""


def _integer(
    tango: CmdArgType, array: CmdArgType, union: AttributeDataType, dtype: Any, char: str
) -> ScalarType:
    limits = np.iinfo(dtype)
    return ScalarType(tango, array, union, np.dtype(dtype), char, int(limits.min), int(limits.max))


SCALARS: dict[int, ScalarType] = {
    each.tango: each
    for each in (
        ScalarType(T.DevBoolean, T.DevVarBooleanArray, D.ATT_BOOL, np.dtype(np.bool_), "?", 0, 1),
        _integer(T.DevUChar, T.DevVarCharArray, D.ATT_UCHAR, np.uint8, "B"),
        _integer(T.DevShort, T.DevVarShortArray, D.ATT_SHORT, np.int16, "h"),
        _integer(T.DevUShort, T.DevVarUShortArray, D.ATT_USHORT, np.uint16, "H"),
        _integer(T.DevLong, T.DevVarLongArray, D.ATT_LONG, np.int32, "i"),
        _integer(T.DevULong, T.DevVarULongArray, D.ATT_ULONG, np.uint32, "I"),
        _integer(T.DevLong64, T.DevVarLong64Array, D.ATT_LONG64, np.int64, "q"),
        _integer(T.DevULong64, T.DevVarULong64Array, D.ATT_ULONG64, np.uint64, "Q"),
        ScalarType(T.DevFloat, T.DevVarFloatArray, D.ATT_FLOAT, np.dtype(np.float32), "f", 0, 0),
        ScalarType(T.DevDouble, T.DevVarDoubleArray, D.ATT_DOUBLE, np.dtype(np.float64), "d", 0, 0),
        ScalarType(T.DevString, T.DevVarStringArray, D.ATT_STRING, None, "", 0, 0),
        ScalarType(T.DevState, T.DevVarStateArray, D.ATT_STATE, np.dtype(np.uint32), "I", 0, 13),
        _integer(T.DevEnum, T.DevVarShortArray, D.ATT_SHORT, np.int16, "h"),
        ScalarType(T.DevEncoded, T.DevVarEncodedArray, D.ATT_ENCODED, None, "", 0, 0),
    )
}
SCALARS[T.ConstDevString] = SCALARS[T.DevString]

UNION_TO_TYPE: dict[int, CmdArgType] = {
    each.union: each.tango for each in SCALARS.values() if each.tango is not T.DevEnum
}
"""The data type of an AttrValUnion's discriminator, if nothing else shows it."""
UNION_TO_TYPE[D.DEVICE_STATE] = T.DevState
UNION_TO_TYPE[D.ATT_NO_DATA] = T.DevVoid

COMMAND_CODECS: dict[int, Codec[Any]] = {
    T.DevVoid: VOID,
    T.DevBoolean: BOOLEAN,
    T.DevShort: SHORT,
    T.DevLong: LONG,
    T.DevFloat: FLOAT,
    T.DevDouble: DOUBLE,
    T.DevUShort: USHORT,
    T.DevULong: ULONG,
    T.DevString: STRING,
    T.ConstDevString: STRING,
    T.DevUChar: OCTET,
    T.DevLong64: LONGLONG,
    T.DevULong64: ULONGLONG,
    T.DevEnum: SHORT,
    T.DevState: DevState.codec,
    T.DevEncoded: DevEncoded.codec,
    T.DevVarBooleanArray: DevVarBooleanArray,
    T.DevVarCharArray: DevVarCharArray,
    T.DevVarShortArray: DevVarShortArray,
    T.DevVarLongArray: DevVarLongArray,
    T.DevVarFloatArray: DevVarFloatArray,
    T.DevVarDoubleArray: DevVarDoubleArray,
    T.DevVarUShortArray: DevVarUShortArray,
    T.DevVarULongArray: DevVarULongArray,
    T.DevVarStringArray: DevVarStringArray,
    T.DevVarLong64Array: DevVarLong64Array,
    T.DevVarULong64Array: DevVarULong64Array,
    T.DevVarStateArray: DevVarStateArray,
    T.DevVarEncodedArray: DevVarEncodedArray,
    T.DevVarLongStringArray: DevVarLongStringArray.codec,
    T.DevVarDoubleStringArray: DevVarDoubleStringArray.codec,
}
"""The codec inside the Any of a command's argument or result."""

ARRAY_TO_SCALAR: dict[int, CmdArgType] = {
    each.array: each.tango
    for each in SCALARS.values()
    if each.tango not in (T.DevEnum, T.ConstDevString)
}

FROM_TANGO_TO_NUMPY_TYPE: dict[Any, Any] = {
    T.DevBoolean: np.bool_,
    T.DevUChar: np.ubyte,
    T.DevShort: np.short,
    T.DevUShort: np.ushort,
    T.DevLong: np.int32,
    T.DevULong: np.uint32,
    T.DevLong64: np.int64,
    T.DevULong64: np.uint64,
    T.DevString: str,
    T.DevDouble: np.float64,
    T.DevFloat: np.float32,
}

TO_TANGO_TYPE: dict[Any, CmdArgType] = {
    int: T.DevLong64,
    str: T.DevString,
    bool: T.DevBoolean,
    bytearray: T.DevEncoded,
    float: T.DevDouble,
    chr: T.DevUChar,
    None: T.DevVoid,
    "int": T.DevLong64,
    "int16": T.DevShort,
    "int32": T.DevLong,
    "int64": T.DevLong64,
    "uint": T.DevULong64,
    "uint8": T.DevUChar,
    "uint16": T.DevUShort,
    "uint32": T.DevULong,
    "uint64": T.DevULong64,
    "str": T.DevString,
    "string": T.DevString,
    "text": T.DevString,
    "bool": T.DevBoolean,
    "boolean": T.DevBoolean,
    "bytes": T.DevEncoded,
    "bytearray": T.DevEncoded,
    "float": T.DevDouble,
    "float32": T.DevFloat,
    "float64": T.DevDouble,
    "double": T.DevDouble,
    "byte": T.DevUChar,
    "chr": T.DevUChar,
    "char": T.DevUChar,
    "None": T.DevVoid,
    "state": T.DevState,
    "enum": T.DevEnum,
}
"""Everything that names a data type (Python and numpy types, names) → the data type."""
for _member in CmdArgType:
    if _member.name.startswith("Dev"):
        TO_TANGO_TYPE[_member.name] = TO_TANGO_TYPE[_member] = _member
TO_TANGO_TYPE |= {_numpy: _tango for _tango, _numpy in FROM_TANGO_TO_NUMPY_TYPE.items()}

_SCALAR_TO_ARRAY: dict[Any, CmdArgType] = {
    each.tango: each.array
    for each in SCALARS.values()
    if each.tango not in (T.DevEnum, T.DevState, T.DevEncoded)
}
_SCALAR_TO_ARRAY[T.ConstDevString] = T.DevVarStringArray
for _name, _member in TO_TANGO_TYPE.items():
    if _member in _SCALAR_TO_ARRAY:
        _SCALAR_TO_ARRAY[_name] = _SCALAR_TO_ARRAY[_member]


def scalar_to_array_type(tg_type: Any) -> CmdArgType:
    """The array type of a scalar type, both as data types; arrays stay as they are."""
    if tg_type in _ARRAY_TYPES:
        return CmdArgType(tg_type)
    return _SCALAR_TO_ARRAY[tg_type]


_INT_TYPES = frozenset((T.DevShort, T.DevUShort, T.DevLong, T.DevULong, T.DevLong64, T.DevULong64))
_FLOAT_TYPES = frozenset((T.DevFloat, T.DevDouble))
_STR_TYPES = frozenset((T.DevString, T.ConstDevString))
_SCALAR_TYPES = _INT_TYPES | _FLOAT_TYPES | _STR_TYPES | {T.DevBoolean, T.DevEncoded, T.DevUChar}
_INT_ARRAYS = frozenset(_SCALAR_TO_ARRAY[each] for each in _INT_TYPES)
_FLOAT_ARRAYS = frozenset((T.DevVarFloatArray, T.DevVarDoubleArray))
_ARRAY_TYPES = (
    _INT_ARRAYS
    | _FLOAT_ARRAYS
    | {
        T.DevVarBooleanArray,
        T.DevVarStringArray,
        T.DevVarCharArray,
        T.DevVarDoubleStringArray,
        T.DevVarLongStringArray,
    }
)


def is_scalar_type(tg_type: Any) -> bool:
    """True for scalar data types."""
    return tg_type in _SCALAR_TYPES


def is_array_type(tg_type: Any) -> bool:
    """True for array data types."""
    return tg_type in _ARRAY_TYPES


def is_numerical_type(tg_type: Any, inc_array: bool = False) -> bool:
    """True for integers and floats; with ``inc_array`` for arrays of them too."""
    return is_int_type(tg_type, inc_array) or is_float_type(tg_type, inc_array)


def is_int_type(tg_type: Any, inc_array: bool = False) -> bool:
    """True for integers; with ``inc_array`` for arrays of them too."""
    return tg_type in _INT_TYPES or (inc_array and tg_type in _INT_ARRAYS)


def is_float_type(tg_type: Any, inc_array: bool = False) -> bool:
    """True for floats; with ``inc_array`` for arrays of them too."""
    return tg_type in _FLOAT_TYPES or (inc_array and tg_type in _FLOAT_ARRAYS)


def is_bool_type(tg_type: Any, inc_array: bool = False) -> bool:
    """True for booleans; with ``inc_array`` for arrays of them too."""
    return tg_type == T.DevBoolean or (inc_array and tg_type == T.DevVarBooleanArray)


def is_str_type(tg_type: Any, inc_array: bool = False) -> bool:
    """True for strings; with ``inc_array`` for arrays of them too."""
    return tg_type in _STR_TYPES or (inc_array and tg_type == T.DevVarStringArray)


def is_binary_type(tg_type: Any, inc_array: bool = False) -> bool:
    """True for encoded values and arrays of bytes."""
    return tg_type in (T.DevEncoded, T.DevVarCharArray)
