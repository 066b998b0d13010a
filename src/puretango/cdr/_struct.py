"""Codec of structs and exceptions: one object, its members one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from puretango.cdr._codec import Codec, DecodeEmitter, EncodeEmitter
from puretango.cdr._stream import CdrReader, CdrWriter
from puretango.cdr._typecode import TCKind, TypeCode
from puretango.errors import MarshalError

T = TypeVar("T")


class StructCodec(Codec[T]):
    """A struct: ``cls`` is made without calling its ``__init__`` and its members are set."""

    def __init__(
        self, repo_id: str, name: str, cls: type[T], members: Iterable[tuple[str, Codec[Any]]]
    ) -> None:
        super().__init__()
        self.cls = cls
        self.name = name
        self.members = tuple(members)
        self.min_size = sum(codec.min_size for _, codec in self.members)
        self._repo_id = repo_id
        self._typecode: TypeCode | None = None

    @property
    def typecode(self) -> TypeCode:
        """tk_struct with the members' names and TypeCodes."""
        if self._typecode is None:
            self._typecode = TypeCode(
                TCKind.STRUCT,
                self._repo_id,
                self.name,
                members=tuple((name, codec.typecode) for name, codec in self.members),
            )
        return self._typecode

    @property
    def what(self) -> str:
        """The struct's name."""
        return self.name

    def default(self) -> T:
        """Every member at its default."""
        value = object.__new__(self.cls)
        for name, codec in self.members:
            setattr(value, name, codec.default())
        return value

    def emit_encode(self, emitter: EncodeEmitter, value: str) -> None:
        """The members in order; nested structs are flattened into the same function."""
        if "." in value or "[" in value:
            # A local name for a nested struct: its members are fetched several times.
            emitter.flush()
            name = emitter.var()
            emitter.lines.append(f"{name} = {value}")
            value = name
        for name, codec in self.members:
            codec.emit_encode(emitter, f"{value}.{name}")

    def emit_decode(self, emitter: DecodeEmitter) -> str:
        """The members in order; the object is made once all are read."""
        values = [(name, codec.emit_decode(emitter)) for name, codec in self.members]
        result = emitter.var()
        emitter.tail.append(f"{result} = new({emitter.bind(self.cls)})")
        emitter.tail += [f"{result}.{name} = {text}" for name, text in values]
        return result


class TupleStructCodec(StructCodec[tuple[Any, ...]]):
    """A struct without a class: its value is the tuple of its members."""

    def __init__(self, typecode: TypeCode, members: Iterable[tuple[str, Codec[Any]]]) -> None:
        super().__init__(typecode.repo_id, typecode.name, tuple, members)
        self._typecode = typecode

    def default(self) -> tuple[Any, ...]:
        """Every member at its default."""
        return tuple(codec.default() for _, codec in self.members)

    def emit_encode(self, emitter: EncodeEmitter, value: str) -> None:
        """The members by their index."""
        for index, (_, codec) in enumerate(self.members):
            codec.emit_encode(emitter, f"{value}[{index}]")

    def emit_decode(self, emitter: DecodeEmitter) -> str:
        """The tuple of the members."""
        items = [codec.emit_decode(emitter) for _, codec in self.members]
        return f"({''.join(item + ', ' for item in items)})"


class ForeignStructCodec(TupleStructCodec):
    """A struct that only a peer's TypeCode describes: walked, not compiled.

    Compiling is worth its time for the interface's own structs; for types that a peer makes up
    it would be work that the peer could cause at will.
    """

    def emit_encode(self, emitter: EncodeEmitter, value: str) -> None:
        """A call."""
        emitter.call(self.encoder(emitter.little), value)

    def emit_decode(self, emitter: DecodeEmitter) -> str:
        """A call."""
        return emitter.call(self.decoder(emitter.little))

    def make_encoder(self, little: bool) -> Callable[[CdrWriter, tuple[Any, ...]], None]:
        """Member by member."""
        codecs = [codec for _, codec in self.members]

        def run(writer: CdrWriter, value: tuple[Any, ...]) -> None:
            if len(value) != len(codecs):
                raise MarshalError(f"{self.name}: {len(codecs)} members are wanted")
            for codec, item in zip(codecs, value, strict=True):
                codec.encode(writer, item)

        return run

    def make_decoder(self, little: bool) -> Callable[[CdrReader], tuple[Any, ...]]:
        """Member by member."""
        codecs = [codec for _, codec in self.members]

        def run(reader: CdrReader) -> tuple[Any, ...]:
            return tuple([codec.decode(reader) for codec in codecs])

        return run
