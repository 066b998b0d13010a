"""CDR: bytes to and from CORBA's types, both byte orders, no I/O.

The door of the room: :class:`CdrWriter` and :class:`CdrReader` walk a message; a
:class:`Codec` knows one IDL type; :class:`TypeCode` and :class:`Any` carry self-describing
values.  Every decode gives a value or raises :class:`~puretango.errors.MarshalError`.
"""

from puretango.cdr._any import ANY, TYPECODE, Any, register_codec
from puretango.cdr._codec import Codec, Lazy
from puretango.cdr._joined import Joined
from puretango.cdr._primitive import (
    BOOLEAN,
    CHAR,
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
    UTF8_STRING,
    VOID,
    EnumCodec,
    Primitive,
)
from puretango.cdr._sequence import Alias, Array, Sequence
from puretango.cdr._stream import Buffer, CdrReader, CdrWriter
from puretango.cdr._strings import latin_strings
from puretango.cdr._struct import StructCodec
from puretango.cdr._typecode import TCKind, TypeCode
from puretango.cdr._union import UnionCodec

__all__ = [
    "ANY",
    "BOOLEAN",
    "CHAR",
    "DOUBLE",
    "FLOAT",
    "LONG",
    "LONGLONG",
    "OCTET",
    "SHORT",
    "STRING",
    "TYPECODE",
    "ULONG",
    "ULONGLONG",
    "USHORT",
    "UTF8_STRING",
    "VOID",
    "Alias",
    "Any",
    "Array",
    "Buffer",
    "CdrReader",
    "CdrWriter",
    "Codec",
    "EnumCodec",
    "Joined",
    "Lazy",
    "Primitive",
    "Sequence",
    "StructCodec",
    "TCKind",
    "TypeCode",
    "UnionCodec",
    "latin_strings",
    "register_codec",
]
