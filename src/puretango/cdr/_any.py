"""Any: a TypeCode and a value of the type that it describes."""

from __future__ import annotations

import typing
from collections.abc import Callable

from puretango.cdr import _primitive as prim
from puretango.cdr._codec import Codec
from puretango.cdr._sequence import Alias, Array, Sequence
from puretango.cdr._stream import MAX_DEPTH, PADS, CdrReader, CdrWriter
from puretango.cdr._struct import ForeignStructCodec
from puretango.cdr._typecode import TCKind, TypeCode
from puretango.cdr._union import UnionCodec
from puretango.errors import MarshalError


class Any:
    """A value with a description of its type."""

    __slots__ = ("typecode", "value")

    def __init__(self, typecode: TypeCode, value: typing.Any = None) -> None:
        self.typecode = typecode
        self.value = value

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Any):
            return NotImplemented
        return self.typecode == other.typecode and bool(self.value == other.value)

    __hash__ = None  # type: ignore[assignment]  # the value may be mutable

    def __repr__(self) -> str:
        return f"Any({self.typecode!r}, {self.value!r})"


_KNOWN: dict[str, Callable[[], Codec[typing.Any]]] = {}


def register_codec(repo_id: str, codec: Callable[[], Codec[typing.Any]]) -> None:
    """Let Anys with this repository id decode with the codec that the function returns."""
    _KNOWN[repo_id] = codec


def codec_of(typecode: TypeCode) -> Codec[typing.Any]:
    """The codec of the type that a TypeCode describes."""
    codec: Codec[typing.Any] | None = typecode.codec
    if codec is None:
        codec = typecode.codec = _find(typecode)
    return codec


def _find(typecode: TypeCode) -> Codec[typing.Any]:
    known = _KNOWN.get(typecode.repo_id)
    if known is not None:
        codec = known()
        # A peer may give a name we know to another type: then only its TypeCode counts.
        if codec.typecode.unaliased == typecode.unaliased:
            return codec
    return _build(typecode)


_SIMPLE: dict[int, Codec[typing.Any]] = {
    TCKind.NULL: prim.VOID,
    TCKind.VOID: prim.VOID,
    TCKind.SHORT: prim.SHORT,
    TCKind.LONG: prim.LONG,
    TCKind.USHORT: prim.USHORT,
    TCKind.ULONG: prim.ULONG,
    TCKind.FLOAT: prim.FLOAT,
    TCKind.DOUBLE: prim.DOUBLE,
    TCKind.BOOLEAN: prim.BOOLEAN,
    TCKind.CHAR: prim.CHAR,
    TCKind.OCTET: prim.OCTET,
    TCKind.LONGLONG: prim.LONGLONG,
    TCKind.ULONGLONG: prim.ULONGLONG,
    TCKind.STRING: prim.STRING,
}


def _build(typecode: TypeCode) -> Codec[typing.Any]:
    kind = typecode.kind
    simple = _SIMPLE.get(kind)
    if simple is not None:
        return simple
    if kind is TCKind.ANY:
        return ANY
    if kind is TCKind.TYPECODE:
        return TYPECODE
    if kind is TCKind.ENUM:
        # An enum that only the peer knows: all that can be given are its numbers.
        return prim.ULONG
    if kind is TCKind.STRUCT or kind is TCKind.EXCEPT:
        return ForeignStructCodec(
            typecode, [(name, _sized(_present(member))) for name, member in typecode.members]
        )
    if kind is TCKind.UNION:
        discriminator = codec_of(_present(typecode.content))
        arms = {
            label: (name, codec_of(_present(member)))
            for label, (name, member) in zip(typecode.labels, typecode.members, strict=True)
        }
        return UnionCodec(typecode.repo_id, typecode.name, discriminator, arms)
    if kind is TCKind.SEQUENCE:
        return Sequence(_sized(_present(typecode.content)), typecode.length)
    if kind is TCKind.ARRAY and typecode.length <= 1024:
        return Array(_sized(_present(typecode.content)), typecode.length)
    if kind is TCKind.ALIAS:
        return Alias(typecode.repo_id, typecode.name, codec_of(_present(typecode.content)))
    raise MarshalError(f"values of {typecode!r} are not supported")


def _sized(typecode: TypeCode) -> Codec[typing.Any]:
    """The codec of a member or element: one that takes no bytes could be repeated for free."""
    codec = codec_of(typecode)
    if not codec.min_size:
        raise MarshalError(f"{typecode!r}: a member without bytes")
    return codec


def _present(typecode: TypeCode | None) -> TypeCode:
    if typecode is None:
        raise MarshalError("a TypeCode lacks a member's type")
    return typecode


class TypeCodeCodec(Codec[TypeCode]):
    """A TypeCode as a value."""

    min_size = 4

    @property
    def typecode(self) -> TypeCode:
        """tk_TypeCode."""
        return TypeCode(TCKind.TYPECODE)

    def default(self) -> TypeCode:
        """tk_null."""
        return TypeCode(TCKind.NULL)

    def make_encoder(self, little: bool) -> Callable[[CdrWriter, TypeCode], None]:
        """The TypeCode's own method."""

        def run(writer: CdrWriter, value: TypeCode) -> None:
            if not isinstance(value, TypeCode):
                raise MarshalError(f"not a TypeCode: {value!r}")
            value.encode(writer)

        return run

    def make_decoder(self, little: bool) -> Callable[[CdrReader], TypeCode]:
        """The TypeCode's own method."""
        return TypeCode.decode


class AnyCodec(Codec[Any]):
    """TypeCode, then value."""

    min_size = 4

    @property
    def typecode(self) -> TypeCode:
        """tk_any."""
        return TypeCode(TCKind.ANY)

    def default(self) -> Any:
        """An empty Any."""
        return Any(TypeCode(TCKind.NULL))

    def make_encoder(self, little: bool) -> Callable[[CdrWriter, Any], None]:
        """The TypeCode's bytes, then its codec."""

        def run(writer: CdrWriter, value: Any) -> None:
            if not isinstance(value, Any):
                raise MarshalError(f"not an Any: {value!r}")
            typecode = value.typecode
            codec = codec_of(typecode)
            writer.depth += 1
            if writer.depth > MAX_DEPTH:
                raise MarshalError("Anys nested too deeply")
            buf = writer.buf
            buf += PADS[-(writer.shift + len(buf)) & 3] + typecode.wire[little]
            codec.encode(writer, value.value)
            writer.depth -= 1

        return run

    def make_decoder(self, little: bool) -> Callable[[CdrReader], Any]:
        """The TypeCode, then the value that it describes."""
        decode_typecode = TypeCode.decode

        def run(reader: CdrReader) -> Any:
            reader.depth += 1
            if reader.depth > MAX_DEPTH:
                raise MarshalError("Anys nested too deeply")
            typecode = decode_typecode(reader)
            codec = typecode.codec or codec_of(typecode)
            value = codec.decode(reader)
            reader.depth -= 1
            return Any(typecode, value)

        return run


ANY: Codec[Any] = AnyCodec()
TYPECODE: Codec[TypeCode] = TypeCodeCodec()
