"""The typedefs and small data structs of the interface, and the unions made of them.

Each typedef is a codec; the annotations of structs use the ``…s`` names beside them, which say
what Python type a member has.
"""

from typing import Annotated, Any, TypeAlias

from puretango.cdr import (
    BOOLEAN,
    DOUBLE,
    FLOAT,
    LONG,
    LONGLONG,
    OCTET,
    SHORT,
    ULONG,
    ULONGLONG,
    USHORT,
    Alias,
    Array,
    Codec,
    Sequence,
    StructCodec,
    UnionCodec,
    register_codec,
)
from puretango.errors import DevError, ErrSeverity
from puretango.idl._enum import AttributeDataType, DevState, LockerLanguage, TraceContextVersion
from puretango.idl._struct import Struct
from puretango.idl._text import TEXT, VALUE, VALUES, Text, Value, Values


def _typedef(name: str, content: Codec[Any]) -> Alias[Any]:
    return Alias(f"IDL:Tango/{name}:1.0", name, content)


DevBoolean = _typedef("DevBoolean", BOOLEAN)
DevDouble = _typedef("DevDouble", DOUBLE)
DevFloat = _typedef("DevFloat", FLOAT)
DevShort = _typedef("DevShort", SHORT)
DevLong = _typedef("DevLong", LONG)
DevLong64 = _typedef("DevLong64", LONGLONG)
DevString = VALUE
DevUChar = _typedef("DevUChar", OCTET)
DevUShort = _typedef("DevUShort", USHORT)
DevULong = _typedef("DevULong", ULONG)
DevULong64 = _typedef("DevULong64", ULONGLONG)

DevVarBooleanArray = _typedef("DevVarBooleanArray", Sequence(BOOLEAN))
DevVarDoubleArray = _typedef("DevVarDoubleArray", Sequence(DOUBLE))
DevVarFloatArray = _typedef("DevVarFloatArray", Sequence(FLOAT))
DevVarShortArray = _typedef("DevVarShortArray", Sequence(SHORT))
DevVarLongArray = _typedef("DevVarLongArray", Sequence(LONG))
DevVarLong64Array = _typedef("DevVarLong64Array", Sequence(LONGLONG))
DevVarCharArray = _typedef("DevVarCharArray", Sequence(OCTET))
DevVarStringArray = VALUES
DevVarUShortArray = _typedef("DevVarUShortArray", Sequence(USHORT))
DevVarULongArray = _typedef("DevVarULongArray", Sequence(ULONG))
DevVarULong64Array = _typedef("DevVarULong64Array", Sequence(ULONGLONG))
DevVarStateArray = _typedef("DevVarStateArray", Sequence(DevState.codec))

# What the members of structs are in Python.
Numbers: TypeAlias = Any
"""A typed memoryview when decoded; any buffer or iterable of numbers to encode."""
Bool: TypeAlias = Annotated[bool, BOOLEAN]
Long: TypeAlias = Annotated[int, LONG]
ULong: TypeAlias = Annotated[int, ULONG]
Longs: TypeAlias = Annotated[Numbers, DevVarLongArray]
Doubles: TypeAlias = Annotated[Numbers, DevVarDoubleArray]
Octets: TypeAlias = Annotated[Numbers, DevVarCharArray]


class DevVarLongStringArray(Struct):
    """Numbers and strings together."""

    lvalue: Longs
    svalue: Values


class DevVarDoubleStringArray(Struct):
    """Numbers and strings together."""

    dvalue: Doubles
    svalue: Values


class DevEncoded(Struct):
    """Bytes and the name of the format that they are in."""

    encoded_format: Value
    encoded_data: Octets


DevVarEncodedArray = _typedef("DevVarEncodedArray", Sequence(DevEncoded.codec))

JavaUUID = _typedef("JavaUUID", Array(ULONGLONG, 2))
CppClntIdent = _typedef("CppClntIdent", ULONG)


class JavaClntIdent(Struct):
    """A Java client: its main class and the identity of its machine."""

    MainClass: Text
    uuid: Annotated[tuple[int, int], JavaUUID]


class TraceContextW3C(Struct):
    """The two headers of W3C's trace context; empty without telemetry."""

    trace_parent: Text
    trace_state: Text


TraceContext = UnionCodec(
    "IDL:Tango/TraceContext:1.0",
    "TraceContext",
    TraceContextVersion.codec,
    {TraceContextVersion.W3C_TC_V0: ("w3c", TraceContextW3C.codec)},
)


class CppClntIdent_6(Struct):  # the interface's name
    """A C++ or Python client of IDL 6: its process and its trace."""

    cpp_clnt: Annotated[int, CppClntIdent]
    trace_context: Annotated[tuple[TraceContextVersion, TraceContextW3C], TraceContext]


class JavaClntIdent_6(Struct):  # the interface's name
    """A Java client of IDL 6: its identity and its trace."""

    java_clnt: JavaClntIdent
    trace_context: Annotated[tuple[TraceContextVersion, TraceContextW3C], TraceContext]


ClntIdent = UnionCodec(
    "IDL:Tango/ClntIdent:1.0",
    "ClntIdent",
    LockerLanguage.codec,
    {
        LockerLanguage.CPP: ("cpp_clnt", CppClntIdent),
        LockerLanguage.JAVA: ("java_clnt", JavaClntIdent.codec),
        LockerLanguage.CPP_6: ("cpp_clnt_6", CppClntIdent_6.codec),
        LockerLanguage.JAVA_6: ("java_clnt_6", JavaClntIdent_6.codec),
    },
)


class TimeVal(Struct):
    """A time in wire form: seconds, microseconds, nanoseconds."""

    tv_sec: Long
    tv_usec: Long
    tv_nsec: Long


class AttributeDim(Struct):
    """The dimensions of a value; dim_y is 0 for anything but an image."""

    dim_x: Long
    dim_y: Long


DEV_ERROR: StructCodec[DevError] = StructCodec(
    "IDL:Tango/DevError:1.0",
    "DevError",
    DevError,
    [
        ("reason", TEXT),
        ("severity", ErrSeverity.codec),  # type: ignore[attr-defined]  # set in _enum
        ("desc", TEXT),
        ("origin", TEXT),
    ],
)
DevErrorList = _typedef("DevErrorList", Sequence(DEV_ERROR))
Errors: TypeAlias = Annotated[list[DevError], DevErrorList]

AttrValUnion = UnionCodec(
    "IDL:Tango/AttrValUnion:1.0",
    "AttrValUnion",
    AttributeDataType.codec,
    {
        AttributeDataType.ATT_BOOL: ("bool_att_value", DevVarBooleanArray),
        AttributeDataType.ATT_SHORT: ("short_att_value", DevVarShortArray),
        AttributeDataType.ATT_LONG: ("long_att_value", DevVarLongArray),
        AttributeDataType.ATT_LONG64: ("long64_att_value", DevVarLong64Array),
        AttributeDataType.ATT_FLOAT: ("float_att_value", DevVarFloatArray),
        AttributeDataType.ATT_DOUBLE: ("double_att_value", DevVarDoubleArray),
        AttributeDataType.ATT_UCHAR: ("uchar_att_value", DevVarCharArray),
        AttributeDataType.ATT_USHORT: ("ushort_att_value", DevVarUShortArray),
        AttributeDataType.ATT_ULONG: ("ulong_att_value", DevVarULongArray),
        AttributeDataType.ATT_ULONG64: ("ulong64_att_value", DevVarULong64Array),
        AttributeDataType.ATT_STRING: ("string_att_value", DevVarStringArray),
        AttributeDataType.ATT_STATE: ("state_att_value", DevVarStateArray),
        AttributeDataType.DEVICE_STATE: ("dev_state_att", DevState.codec),
        AttributeDataType.ATT_ENCODED: ("encoded_att_value", DevVarEncodedArray),
        AttributeDataType.ATT_NO_DATA: ("union_no_data", BOOLEAN),
    },
)
UnionValue: TypeAlias = Annotated[tuple[AttributeDataType, Any], AttrValUnion]

for _struct in (DevVarLongStringArray, DevVarDoubleStringArray, DevEncoded):
    register_codec(_struct.repo_id, lambda _struct=_struct: _struct.codec)  # type: ignore[misc]  # mypy infers no lambda with defaults
register_codec("IDL:Tango/DevState:1.0", lambda: DevState.codec)
