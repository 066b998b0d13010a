"""Codecs of the fixed-size types, strings and enums."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, TypeVar

from puretango.cdr._codec import Codec, DecodeEmitter, EncodeEmitter
from puretango.cdr._typecode import TCKind, TypeCode

T = TypeVar("T")
E = TypeVar("E", bound=IntEnum)


class Primitive(Codec[T]):
    """A fixed-size type that :mod:`struct` knows."""

    def __init__(self, name: str, kind: TCKind, char: str, size: int, zero: T) -> None:
        super().__init__()
        self.name = name
        self.char = char
        self.size = self.min_size = size
        self._zero = zero
        self._typecode = TypeCode(kind)

    @property
    def typecode(self) -> TypeCode:
        """The TypeCode of the kind."""
        return self._typecode

    @property
    def what(self) -> str:
        """The IDL name of the type."""
        return self.name

    def default(self) -> T:
        """Zero."""
        return self._zero

    def emit_encode(self, emitter: EncodeEmitter, value: str) -> None:
        """Join the run of fixed-size neighbours."""
        emitter.fixed(self.char, self.size, value)

    def emit_decode(self, emitter: DecodeEmitter) -> str:
        """Join the run of fixed-size neighbours."""
        name = emitter.var()
        emitter.fixed(self.char, self.size, name)
        return name


class CharCodec(Primitive[str]):
    """One Latin-1 character."""

    def emit_encode(self, emitter: EncodeEmitter, value: str) -> None:
        """The character's byte."""
        emitter.fixed("c", 1, f"{value}.encode('latin-1')")

    def emit_decode(self, emitter: DecodeEmitter) -> str:
        """The byte's character."""
        name = emitter.var()
        emitter.fixed("c", 1, name)
        return f"{name}.decode('latin-1')"


class StringCodec(Codec[str]):
    """A string: its length with the final NUL, its bytes, the NUL.

    To CORBA both are the same type: the encoding of characters is decided by the declaration of the string.
    Bytes that are not UTF-8 although UTF-8 is declared are read as Latin-1, in which every byte is a
    character.
    """

    min_size = 5
    _typecode = TypeCode(TCKind.STRING)

    def __init__(self, encoding: str = "latin-1") -> None:
        super().__init__()
        self.encoding = encoding

    @property
    def typecode(self) -> TypeCode:
        """An unbounded string's TypeCode."""
        return self._typecode

    @property
    def what(self) -> str:
        """The IDL name of the type."""
        return "string"

    def default(self) -> str:
        """The empty string."""
        return ""

    def emit_encode(self, emitter: EncodeEmitter, value: str) -> None:
        """Length, bytes, NUL."""
        emitter.flush()
        emitter.lines += [
            f"t = {value}.encode({self.encoding!r})",
            "if 0 in t: raise ValueError('a string holds a NUL character')",
            "b += PADS[-(s + len(b)) & 3] + P4(len(t) + 1) + t",
            "b.append(0)",
        ]

    def emit_decode(self, emitter: DecodeEmitter) -> str:
        """The length is checked against what is left before anything is sliced."""
        emitter.flush()
        name = emitter.var()
        emitter.lines += [
            "p += -p & 3",
            "q = p + 4 + U4(d, p)[0]",
            "if q > n or q < p + 5 or d[q - 1]:",
            "    raise MarshalError('a string with a wrong length or no NUL at its end')",
            *self._read(name),
            "p = q",
        ]
        return name

    def _read(self, name: str) -> list[str]:
        latin = f"{name} = str(d[p + 4 : q - 1], 'latin-1')"
        if self.encoding == "latin-1":
            return [latin]
        return [
            "try:",
            f"    {name} = str(d[p + 4 : q - 1], {self.encoding!r})",
            "except UnicodeDecodeError:",
            f"    {latin}",
        ]


class VoidCodec(Codec[None]):
    """No value at all: no bytes."""

    min_size = 0
    _typecode = TypeCode(TCKind.VOID)

    @property
    def typecode(self) -> TypeCode:
        """tk_void."""
        return self._typecode

    def default(self) -> None:
        """None, the only value."""

    def emit_encode(self, emitter: EncodeEmitter, value: str) -> None:
        """Nothing to emit."""

    def emit_decode(self, emitter: DecodeEmitter) -> str:
        """Nothing to read."""
        return "None"


class EnumCodec(Codec[E]):
    """An IDL enum: an unsigned long whose values are an IntEnum's members 0, 1, 2, …"""

    min_size = size = 4

    def __init__(self, repo_id: str, enum: type[E]) -> None:
        super().__init__()
        self.enum = enum
        self.members: tuple[E, ...] = tuple(enum)
        self._repo_id = repo_id
        self._typecode: TypeCode | None = None

    @property
    def typecode(self) -> TypeCode:
        """tk_enum with the members' names."""
        if self._typecode is None:
            self._typecode = TypeCode(
                TCKind.ENUM,
                self._repo_id,
                self.enum.__name__,
                members=tuple((member.name, None) for member in self.members),
            )
        return self._typecode

    @property
    def what(self) -> str:
        """The enum's name."""
        return self.enum.__name__

    def default(self) -> E:
        """The first member."""
        return self.members[0]

    def emit_encode(self, emitter: EncodeEmitter, value: str) -> None:
        """Indexing the members refuses any other number."""
        emitter.fixed("I", 4, f"{emitter.bind(self.members)}[{value}]")

    def emit_decode(self, emitter: DecodeEmitter) -> str:
        """The member with the received number; IndexError if there is none."""
        name = emitter.var()
        emitter.fixed("I", 4, name)
        return f"{emitter.bind(self.members)}[{name}]"


OCTET: Primitive[int] = Primitive("octet", TCKind.OCTET, "B", 1, 0)
BOOLEAN: Primitive[bool] = Primitive("boolean", TCKind.BOOLEAN, "?", 1, False)
CHAR: Primitive[str] = CharCodec("char", TCKind.CHAR, "c", 1, "\0")
SHORT: Primitive[int] = Primitive("short", TCKind.SHORT, "h", 2, 0)
USHORT: Primitive[int] = Primitive("unsigned short", TCKind.USHORT, "H", 2, 0)
LONG: Primitive[int] = Primitive("long", TCKind.LONG, "i", 4, 0)
ULONG: Primitive[int] = Primitive("unsigned long", TCKind.ULONG, "I", 4, 0)
LONGLONG: Primitive[int] = Primitive("long long", TCKind.LONGLONG, "q", 8, 0)
ULONGLONG: Primitive[int] = Primitive("unsigned long long", TCKind.ULONGLONG, "Q", 8, 0)
FLOAT: Primitive[float] = Primitive("float", TCKind.FLOAT, "f", 4, 0.0)
DOUBLE: Primitive[float] = Primitive("double", TCKind.DOUBLE, "d", 8, 0.0)
STRING: Codec[str] = StringCodec()
"""A string in Latin-1."""
UTF8_STRING: Codec[str] = StringCodec("utf-8")
"""A string in UTF-8."""
VOID: Codec[Any] = VoidCodec()
