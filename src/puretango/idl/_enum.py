"""The enums of Tango's interface, with the names and values that PyTango gives them."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, ClassVar

from puretango.cdr import EnumCodec
from puretango.errors import ErrSeverity


class _Tables:
    """The tables that PyTango's enums have besides their members."""

    names: ClassVar[dict[str, Any]]
    values: ClassVar[dict[int, Any]]
    codec: ClassVar[EnumCodec[Any]]


class TangoEnum(_Tables, IntEnum):
    """An IntEnum whose text is its name, with PyTango's ``names`` and ``values`` tables."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        _complete(cls)

    def __str__(self) -> str:
        return str(self.name)

    def __format__(self, spec: str) -> str:
        if spec and spec[-1] in "bcdoxXneEfFgG%":
            return format(int(self), spec)
        return format(str(self.name), spec)


def _complete(enum: Any) -> None:
    enum.names = dict(enum.__members__)
    enum.values = {member: member for member in enum}
    # CmdArgType has gaps: it is sent as a long.
    if list(enum) == list(range(len(enum))):
        enum.codec = EnumCodec(f"IDL:Tango/{enum.__name__}:1.0", enum)


class LockerLanguage(TangoEnum):
    """The kind of client, in the identity that it sends."""

    CPP = 0
    JAVA = 1
    CPP_6 = 2
    JAVA_6 = 3


class AttrQuality(TangoEnum):
    """How far an attribute's value can be trusted."""

    ATTR_VALID = 0
    ATTR_INVALID = 1
    ATTR_ALARM = 2
    ATTR_CHANGING = 3
    ATTR_WARNING = 4


class AttrWriteType(TangoEnum):
    """What can be done with an attribute."""

    READ = 0
    READ_WITH_WRITE = 1
    WRITE = 2
    READ_WRITE = 3
    WT_UNKNOWN = 4


class AttrDataFormat(TangoEnum):
    """How many dimensions an attribute's value has."""

    SCALAR = 0
    SPECTRUM = 1
    IMAGE = 2
    FMT_UNKNOWN = 3


class DevSource(TangoEnum):
    """Where a server takes a value from: the device or its polling buffer."""

    DEV = 0
    CACHE = 1
    CACHE_DEV = 2


class DevState(TangoEnum):
    """The fourteen states of a device."""

    ON = 0
    OFF = 1
    CLOSE = 2
    OPEN = 3
    INSERT = 4
    EXTRACT = 5
    MOVING = 6
    STANDBY = 7
    FAULT = 8
    INIT = 9
    RUNNING = 10
    ALARM = 11
    DISABLE = 12
    UNKNOWN = 13


class DispLevel(TangoEnum):
    """To whom a command, attribute or pipe is shown."""

    OPERATOR = 0
    EXPERT = 1
    DL_UNKNOWN = 2


class AttributeDataType(TangoEnum):
    """The discriminator of :data:`AttrValUnion`."""

    ATT_BOOL = 0
    ATT_SHORT = 1
    ATT_LONG = 2
    ATT_LONG64 = 3
    ATT_FLOAT = 4
    ATT_DOUBLE = 5
    ATT_UCHAR = 6
    ATT_USHORT = 7
    ATT_ULONG = 8
    ATT_ULONG64 = 9
    ATT_STRING = 10
    ATT_STATE = 11
    DEVICE_STATE = 12
    ATT_ENCODED = 13
    ATT_NO_DATA = 14


class PipeWriteType(TangoEnum):
    """What can be done with a pipe."""

    PIPE_READ = 0
    PIPE_READ_WRITE = 1
    PIPE_WT_UNKNOWN = 2


class TraceContextVersion(TangoEnum):
    """The discriminator of :data:`TraceContext`."""

    W3C_TC_V0 = 0


class CmdArgType(TangoEnum):
    """Tango's data types, as command and attribute configurations number them."""

    DevVoid = 0
    DevBoolean = 1
    DevShort = 2
    DevLong = 3
    DevFloat = 4
    DevDouble = 5
    DevUShort = 6
    DevULong = 7
    DevString = 8
    DevVarCharArray = 9
    DevVarShortArray = 10
    DevVarLongArray = 11
    DevVarFloatArray = 12
    DevVarDoubleArray = 13
    DevVarUShortArray = 14
    DevVarULongArray = 15
    DevVarStringArray = 16
    DevVarLongStringArray = 17
    DevVarDoubleStringArray = 18
    DevState = 19
    ConstDevString = 20
    DevVarBooleanArray = 21
    DevUChar = 22
    DevLong64 = 23
    DevULong64 = 24
    DevVarLong64Array = 25
    DevVarULong64Array = 26
    DevEncoded = 28
    DevEnum = 29
    DevPipeBlob = 30
    DevVarStateArray = 31
    DevVarEncodedArray = 32
    Unknown = 100


_complete(ErrSeverity)
