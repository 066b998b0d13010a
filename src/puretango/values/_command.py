"""Command arguments and results: users' values ↔ Any, and PyTango's DeviceData."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from puretango.cdr import Any as CdrAny
from puretango.cdr import TCKind, TypeCode
from puretango.errors import DevError, DevFailed, ErrSeverity
from puretango.idl import (
    CmdArgType,
    DevEncoded,
    DevState,
    DevVarDoubleStringArray,
    DevVarLongStringArray,
    text_of_value,
)
from puretango.values._convert import (
    SCALAR_TO_WIRE,
    _encoded,
    _fail,
    array_argument,
    array_to_wire,
)
from puretango.values._enums import ExtractAs
from puretango.values._printable import Printable
from puretango.values._time import TimeVal
from puretango.values._types import ARRAY_TO_SCALAR, COMMAND_CODECS, SCALARS

T = CmdArgType
Value: TypeAlias = Any

EMPTY = CdrAny(TypeCode(TCKind.NULL), None)
"""The Any for a void argument or result."""


def _pair(value: Any) -> tuple[Any, Any]:
    if isinstance(value, str) or not hasattr(value, "__len__") or len(value) != 2:
        raise _fail(
            # PyTango gives the same error for both types.
            "PyDs_WrongPythonDataTypeForLongStringArray",
            "Converter from python object to DevVarLongStringArray needs a python "
            "sequence<sequence<int>, sequence<str>>",
            "fast_convert2array",
        )
    return value[0], value[1]


def _to_long_strings(value: Any) -> DevVarLongStringArray:
    if isinstance(value, DevVarLongStringArray):
        return value
    numbers, strings = _pair(value)
    return DevVarLongStringArray(
        array_to_wire(T.DevLong, numbers)[0], array_to_wire(T.DevString, strings)[0]
    )


def _to_double_strings(value: Any) -> DevVarDoubleStringArray:
    if isinstance(value, DevVarDoubleStringArray):
        return value
    numbers, strings = _pair(value)
    return DevVarDoubleStringArray(
        array_to_wire(T.DevDouble, numbers)[0], array_to_wire(T.DevString, strings)[0]
    )


def _to_encoded_array(value: Any) -> list[DevEncoded]:
    return [_encoded(item) for item in value]


def _inserter(cmd_type: CmdArgType) -> Callable[[Any], Any]:
    if cmd_type in SCALARS:
        return SCALAR_TO_WIRE[cmd_type]
    if cmd_type == T.DevVarLongStringArray:
        return _to_long_strings
    if cmd_type == T.DevVarDoubleStringArray:
        return _to_double_strings
    if cmd_type == T.DevVarEncodedArray:
        return _to_encoded_array

    def convert(value: Any) -> Any:
        return array_argument(cmd_type, value)

    return convert


_TO_WIRE: dict[int, tuple[TypeCode, Callable[[Any], Any]]] = {
    cmd_type: (codec.typecode, _inserter(CmdArgType(cmd_type)))
    for cmd_type, codec in COMMAND_CODECS.items()
    if cmd_type != T.DevVoid
}


def encode_command_value(cmd_type: int, value: Any) -> CdrAny:
    """A user's argument or result of a command as an Any.

    Wrong Python types raise TypeError, numbers out of range OverflowError, wrong shapes
    DevFailed, as in PyTango.
    """
    if cmd_type == T.DevVoid:
        return EMPTY
    entry = _TO_WIRE.get(cmd_type)
    if entry is None:
        raise TypeError(f"{CmdArgType.values.get(cmd_type, cmd_type)} not supported!")
    return CdrAny(entry[0], entry[1](value))


def is_status(name: str) -> bool:
    """True for the attribute and the command whose value is a text."""
    return len(name) == 6 and name.lower() == "status"


_DTYPES = {
    kind.char: kind.dtype for kind in SCALARS.values() if kind.char and kind.tango != T.DevState
}


def numbers(view: Any) -> np.ndarray[Any, Any]:
    """A numpy array over received numbers; small read-only ones are copied to be writable."""
    if type(view) is memoryview and view.nbytes:
        result = np.frombuffer(view, _DTYPES[view.format])
        return result.copy() if view.readonly else result
    result = np.asarray(view)
    if not result.flags.writeable:
        result = result.copy()
    return result


#: glibc hands the memory of each long message back to the system, and takes every page of the next one as a fault
#: again (4 MiB: some 1,000 faults, longer than the call itself), until a block of that length was freed once:
#: mallopt(3), "dynamic mmap threshold". This one is the longest that counts; it is never touched. Harmless elsewhere.
np.empty((32 << 20) - (64 << 10), np.uint8)


def unzeroed(size: int) -> memoryview:
    """Memory for a long message, which need not be cleared before it is received."""
    return np.empty(size, np.uint8).data


def _same(value: Any) -> Any:
    return value


def _from_encoded(value: DevEncoded) -> tuple[str, bytes]:
    return value.encoded_format, bytes(value.encoded_data)


_FROM_WIRE: dict[int, Callable[[Any], Any]] = {
    **dict.fromkeys(SCALARS, _same),
    **dict.fromkeys(ARRAY_TO_SCALAR, numbers),
    T.DevVoid: _same,
    T.DevEncoded: _from_encoded,
    T.DevVarStringArray: _same,
    T.DevVarStateArray: _same,
    T.DevVarEncodedArray: lambda value: [_from_encoded(item) for item in value],
    T.DevVarLongStringArray: lambda value: [numbers(value.lvalue), value.svalue],
    T.DevVarDoubleStringArray: lambda value: [numbers(value.dvalue), value.svalue],
}


_KIND_TO_TYPE: dict[int, CmdArgType] = {
    TCKind.NULL: T.DevVoid,
    TCKind.VOID: T.DevVoid,
    TCKind.BOOLEAN: T.DevBoolean,
    TCKind.SHORT: T.DevShort,
    TCKind.LONG: T.DevLong,
    TCKind.USHORT: T.DevUShort,
    TCKind.ULONG: T.DevULong,
    TCKind.FLOAT: T.DevFloat,
    TCKind.DOUBLE: T.DevDouble,
    TCKind.STRING: T.DevString,
    TCKind.OCTET: T.DevUChar,
    TCKind.LONGLONG: T.DevLong64,
    TCKind.ULONGLONG: T.DevULong64,
}
_BY_TYPECODE: dict[TypeCode, CmdArgType] = {}
for _number, _codec in COMMAND_CODECS.items():
    if _number not in (T.DevEnum, T.ConstDevString):
        _BY_TYPECODE[_codec.typecode] = CmdArgType(_number)
        _BY_TYPECODE.setdefault(_codec.typecode.unaliased, CmdArgType(_number))


def type_of_any(value: CdrAny) -> CmdArgType:
    """The command type of an Any's value; Unknown if it is not one."""
    kind = _KIND_TO_TYPE.get(value.typecode.kind)
    if kind is not None:
        return kind
    known = _BY_TYPECODE.get(value.typecode)
    if known is None:
        known = _BY_TYPECODE.get(value.typecode.unaliased, T.Unknown)
    return known


def decode_command_value(value: CdrAny) -> Value:
    """The value in an Any, as PyTango gives it to the user."""
    cmd_type = type_of_any(value)
    convert = _FROM_WIRE.get(cmd_type)
    if convert is None:
        raise DevFailed(
            DevError(
                "API_IncompatibleCmdArgumentType",
                ErrSeverity.ERR,
                f"Unsupported type in a command's data: {value.typecode!r}",
                "DeviceData.extract()",
            )
        )
    return convert(value.value)


def decode_command_argument(cmd_type: int, value: CdrAny) -> Value:
    """A received argument of a command that wants ``cmd_type``."""
    found = type_of_any(value)
    if found != cmd_type and not (
        (cmd_type == T.ConstDevString and found == T.DevString)
        or (cmd_type == T.DevEnum and found == T.DevShort)
    ):
        name = CmdArgType(cmd_type).name
        raise DevFailed(
            DevError(
                "API_IncompatibleCmdArgumentType",
                ErrSeverity.ERR,
                f"Incompatible argument type, expected type is : Tango::{name}",
                "decode_command_argument()",
            )
        )
    return _FROM_WIRE[cmd_type](value.value)


class DeviceData(Printable):
    """A command's argument or result, in wire form."""

    ExtractAs = ExtractAs

    def __init__(self, other: DeviceData | None = None) -> None:
        self._any: CdrAny | None = other._any if other is not None else None

    @classmethod
    def from_any(cls, value: CdrAny, command: str = "") -> DeviceData:
        """The DeviceData of an Any that a command returned."""
        data = cls()
        if is_status(command) and isinstance(value.value, str):
            value = CdrAny(value.typecode, text_of_value(value.value))
        data._any = value
        return data

    def get_any(self) -> CdrAny:
        """The Any in it."""
        return EMPTY if self._any is None else self._any

    def __getattr__(self, name: str) -> Any:
        # Not a property, so that PyTango's text form of the object stays free of it.
        if name == "any":
            return self.get_any()
        raise AttributeError(name)

    def is_empty(self) -> bool:
        """True if nothing was inserted or received."""
        return self._any is None or self._any.typecode.kind is TCKind.NULL

    def get_type(self) -> CmdArgType:
        """The data type of the value inside; raises if there is none."""
        if self.is_empty():
            raise DevFailed(
                DevError(
                    "API_EmptyDeviceData",
                    ErrSeverity.ERR,
                    "Cannot extract, no data in DeviceData object ",
                    "DeviceData::any_is_null",
                )
            )
        return type_of_any(self.get_any())

    def insert(self, data_type: Any, value: Any) -> None:
        """Put a value in, as the given data type."""
        if data_type == T.DevVoid:
            raise TypeError("Trying to insert a value in a DEV_VOID DeviceData!")
        self._any = encode_command_value(int(data_type), value)

    def extract(self, extract_as: int = ExtractAs.Numpy) -> Any:
        """The value inside, in the form of ``extract_as``."""
        if self.is_empty():
            return None
        value = decode_command_value(self.get_any())
        if extract_as == ExtractAs.Numpy:
            return value
        if isinstance(value, np.ndarray) or type(value) is list:
            if extract_as in (ExtractAs.List, ExtractAs.PyTango3):
                return _plain(value)
            if extract_as == ExtractAs.Tuple:
                return tuple(_plain(value))
            if extract_as in (ExtractAs.String, ExtractAs.Nothing):
                return None
        return value


def _plain(value: Any) -> list[Any]:
    if isinstance(value, np.ndarray):
        plain: list[Any] = value.tolist()
        return plain
    return [item.tolist() if isinstance(item, np.ndarray) else item for item in value]


class DeviceDataHistory(DeviceData):
    """One record of a command's history."""

    def __init__(self, other: DeviceDataHistory | None = None) -> None:
        super().__init__(other)
        self._time: TimeVal = other._time if other is not None else TimeVal()
        self._errors: tuple[DevError, ...] = other._errors if other is not None else ()
        self._failed: bool = other._failed if other is not None else False

    def has_failed(self) -> bool:
        """True if the command failed at that time."""
        return self._failed

    def get_date(self) -> TimeVal:
        """When the command was executed."""
        return self._time

    def get_err_stack(self) -> tuple[DevError, ...]:
        """The errors, if it failed."""
        return self._errors


def encode_state(value: Any) -> DevState:
    """A user's state as DevState."""
    state: DevState = SCALAR_TO_WIRE[T.DevState](value)
    return state
