"""Codecs of sequences, fixed arrays and typedefs.

Sequences of numbers decode to a typed :class:`memoryview` of the received bytes (no copy in
the native byte order) and encode from anything with a fitting buffer, or from any iterable of
numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from struct import Struct
from typing import Any, TypeVar, cast

from puretango.cdr._codec import ENCODE_ERRORS, Codec, DecodeEmitter, EncodeEmitter
from puretango.cdr._numbers import number_decoder, number_encoder
from puretango.cdr._primitive import EnumCodec, Primitive, StringCodec
from puretango.cdr._stream import PADS, ULONGS, CdrReader, CdrWriter
from puretango.cdr._strings import counted, string_decoder, string_encoder
from puretango.cdr._typecode import TCKind, TypeCode
from puretango.errors import MarshalError

T = TypeVar("T")


class Sequence(Codec[T]):
    """sequence<element>, bounded if ``bound`` is not 0."""

    min_size = 4

    def __init__(self, element: Codec[Any], bound: int = 0) -> None:
        super().__init__()
        self.element = element
        self.bound = bound
        self._typecode: TypeCode | None = None

    @property
    def typecode(self) -> TypeCode:
        """tk_sequence of the element's TypeCode."""
        if self._typecode is None:
            self._typecode = TypeCode(
                TCKind.SEQUENCE, content=self.element.typecode, length=self.bound
            )
        return self._typecode

    @property
    def what(self) -> str:
        """The IDL text of the type."""
        return f"sequence<{self.element.what}>"

    def default(self) -> T:
        """The empty sequence."""
        return cast(T, [])

    def emit_encode(self, emitter: EncodeEmitter, value: str) -> None:
        """A call: sequences have loops of their own."""
        emitter.call(self.encoder(emitter.little), value)

    def emit_decode(self, emitter: DecodeEmitter) -> str:
        """A call: sequences have loops of their own."""
        return emitter.call(self.decoder(emitter.little))

    def make_decoder(self, little: bool) -> Callable[[CdrReader], T]:
        """The loop that suits the element."""
        element = _resolve(self.element)
        if isinstance(element, Primitive) and element.char != "c":
            return cast(
                Callable[[CdrReader], T],
                number_decoder(element.char, element.size, self.bound, self.what, little),
            )
        if isinstance(element, StringCodec):
            return cast(Callable[[CdrReader], T], string_decoder(self, element.encoding, little))
        one = element.decoder(little)
        min_size, bound, what = element.min_size, self.bound, self.what

        def run(reader: CdrReader) -> Any:
            return [one(reader) for _ in range(counted(reader, min_size, bound, what))]

        return run

    def make_encoder(self, little: bool) -> Callable[[CdrWriter, T], None]:
        """The loop that suits the element."""
        element = _resolve(self.element)
        if isinstance(element, Primitive) and element.char != "c":
            return number_encoder(element.char, element.size, self.bound, self.what, little)
        if isinstance(element, EnumCodec):
            return _enum_encoder(element, self, little)
        if isinstance(element, StringCodec):
            return cast(
                Callable[[CdrWriter, T], None], string_encoder(self, element.encoding, little)
            )
        one = element.encoder(little)
        pack, bound, what = ULONGS[little].pack, self.bound, self.what

        def run(writer: CdrWriter, value: Any) -> None:
            try:
                count = len(value)
            except TypeError as exc:
                raise MarshalError(f"{what}: {exc}") from exc
            if bound and count > bound:
                raise MarshalError(f"{what}: {count} elements, at most {bound} allowed")
            if isinstance(value, str):
                raise MarshalError(f"{what}: one string where a sequence is wanted")
            writer.buf += PADS[-(writer.shift + len(writer.buf)) & 3] + pack(count)
            for item in value:
                one(writer, item)

        return run


def _resolve(codec: Codec[Any]) -> Codec[Any]:
    while isinstance(codec, Alias):
        codec = codec.content
    return codec


def _enum_encoder(
    element: EnumCodec[Any], sequence: Sequence[Any], little: bool
) -> Callable[[CdrWriter, Any], None]:
    members, what, bound = element.members, sequence.what, sequence.bound
    order = "<" if little else ">"

    def run(writer: CdrWriter, value: Any) -> None:
        try:
            items = [members[item] for item in cast(Iterable[int], value)]
        except ENCODE_ERRORS as exc:
            raise MarshalError(f"{what}: {exc}") from exc
        if bound and len(items) > bound:
            raise MarshalError(f"{what}: {len(items)} elements, at most {bound} allowed")
        buf = writer.buf
        buf += PADS[-(writer.shift + len(buf)) & 3]
        buf += Struct(f"{order}{len(items) + 1}I").pack(len(items), *items)

    return run


class Array(Codec[T]):
    """A fixed array: ``length`` elements without a count before them."""

    def __init__(self, element: Codec[Any], length: int) -> None:
        super().__init__()
        self.element = element
        self.length = length
        self.min_size = element.min_size * length

    @property
    def typecode(self) -> TypeCode:
        """tk_array of the element's TypeCode."""
        return TypeCode(TCKind.ARRAY, content=self.element.typecode, length=self.length)

    @property
    def what(self) -> str:
        """The IDL text of the type."""
        return f"{self.element.what}[{self.length}]"

    def default(self) -> T:
        """All elements at their defaults."""
        return cast(T, tuple(self.element.default() for _ in range(self.length)))

    def emit_encode(self, emitter: EncodeEmitter, value: str) -> None:
        """A call: an array's length is no reason for long functions."""
        emitter.call(self.encoder(emitter.little), value)

    def emit_decode(self, emitter: DecodeEmitter) -> str:
        """A call: an array's length is no reason for long functions."""
        return emitter.call(self.decoder(emitter.little))

    def make_encoder(self, little: bool) -> Callable[[CdrWriter, T], None]:
        """Element by element, once their number is checked."""
        one, length, what = self.element.encoder(little), self.length, self.what

        def run(writer: CdrWriter, value: Any) -> None:
            try:
                items = list(value)
            except TypeError as exc:
                raise MarshalError(f"{what}: {exc}") from exc
            if len(items) != length:
                raise MarshalError(f"{what}: {len(items)} elements")
            for item in items:
                one(writer, item)

        return run

    def make_decoder(self, little: bool) -> Callable[[CdrReader], T]:
        """A tuple of the elements."""
        one, length, size, what = (
            self.element.decoder(little),
            self.length,
            self.min_size,
            self.what,
        )

        def run(reader: CdrReader) -> T:
            if size > reader.remaining:
                raise MarshalError(f"{what} does not fit in the message")
            return cast(T, tuple([one(reader) for _ in range(length)]))

        return run


class Alias(Codec[T]):
    """A typedef: the same bytes, another TypeCode."""

    def __init__(self, repo_id: str, name: str, content: Codec[T]) -> None:
        super().__init__()
        self.content = content
        self.min_size = content.min_size
        self._name = name
        self._repo_id = repo_id
        self._typecode: TypeCode | None = None

    @property
    def typecode(self) -> TypeCode:
        """tk_alias of the content's TypeCode."""
        if self._typecode is None:
            self._typecode = TypeCode(
                TCKind.ALIAS, self._repo_id, self._name, content=self.content.typecode
            )
        return self._typecode

    @property
    def what(self) -> str:
        """The typedef's name."""
        return self._name

    def default(self) -> T:
        """The content's default."""
        return self.content.default()

    def make_encoder(self, little: bool) -> Callable[[CdrWriter, T], None]:
        """The content's encoder itself."""
        return self.content.encoder(little)

    def make_decoder(self, little: bool) -> Callable[[CdrReader], T]:
        """The content's decoder itself."""
        return self.content.decoder(little)

    def emit_encode(self, emitter: EncodeEmitter, value: str) -> None:
        """The content's."""
        self.content.emit_encode(emitter, value)

    def emit_decode(self, emitter: DecodeEmitter) -> str:
        """The content's."""
        return self.content.emit_decode(emitter)
