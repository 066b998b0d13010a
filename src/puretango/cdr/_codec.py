"""The base of every codec, and the small compiler that turns codecs into straight-line Python.

A codec *emits* its part of a function; a struct lets its members emit theirs one after the
other, so that fixed-size neighbours share one ``struct.Struct`` call.  Functions are compiled
on first use, one per direction and byte order.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct
from struct import error as struct_error
from typing import Any, Generic, TypeVar

from puretango.cdr._stream import MAX_DEPTH, PADS, Buffer, CdrReader, CdrWriter
from puretango.cdr._typecode import TypeCode
from puretango.errors import MarshalError

T = TypeVar("T")

ENCODE_ERRORS = (
    struct_error,
    TypeError,
    ValueError,
    AttributeError,
    LookupError,
    ArithmeticError,
)
"""What Python raises when a value does not fit its wire type; UnicodeError is a ValueError."""


class Emitter:
    """The source text of one function under construction, with the objects that it names."""

    def __init__(self, little: bool) -> None:
        self.little = little
        self.order = "<" if little else ">"
        self.lines: list[str] = []
        self.tail: list[str] = []
        self.names: dict[str, Any] = {
            "MarshalError": MarshalError,
            "struct_error": struct_error,
            "ENCODE_ERRORS": ENCODE_ERRORS,
            "PADS": PADS,
            "new": object.__new__,
            "U4": Struct(self.order + "I").unpack_from,
            "P4": Struct(self.order + "I").pack,
        }
        self._run: list[tuple[str, int, str]] = []
        self._count = 0

    def var(self) -> str:
        """A fresh local name."""
        self._count += 1
        return f"v{self._count}"

    def bind(self, value: Any) -> str:
        """A name by which the function can use an object."""
        name = f"g{len(self.names)}"
        self.names[name] = value
        return name

    def fixed(self, char: str, size: int, text: str) -> None:
        """Add a fixed-size item to the run of neighbours."""
        # The padding inside a run is only known if the run starts at its widest alignment.
        if self._run and size > self._run[0][1]:
            self.flush()
        self._run.append((char, size, text))

    def flush(self) -> None:
        """Emit the pending run as one Struct call."""
        if not self._run:
            return
        layout, place = "", 0
        for char, size, _ in self._run:
            pad = -place % size
            layout += "x" * pad + char
            place += pad + size
        packer = Struct(self.order + layout)
        items = ", ".join(text for _, _, text in self._run)
        mask = self._run[0][1] - 1
        self._emit_run(packer, items, mask, place)
        self._run = []

    def _emit_run(self, packer: Struct, items: str, mask: int, size: int) -> None:
        raise NotImplementedError

    def compile(self, head: list[str], body_indent: str, foot: list[str]) -> Callable[..., Any]:
        """Compile head + lines + tail + foot; the function must be named ``run``."""
        self.flush()
        lines = head + [body_indent + line for line in (*self.lines, *self.tail)] + foot
        namespace = dict(self.names)
        # The text is our own, built from the interface: nothing that a peer sent (such as the names in
        # a TypeCode) may get into it other than by bind().
        exec("\n".join(lines), namespace)
        function: Callable[..., Any] = namespace["run"]
        return function


class DecodeEmitter(Emitter):
    """Builds ``run(r) -> value``; locals: d the data, p the position, n the end."""

    def _emit_run(self, packer: Struct, items: str, mask: int, size: int) -> None:
        if mask:
            self.lines.append(f"p += -p & {mask}")
        self.lines.append(f"{items}, = {self.bind(packer.unpack_from)}(d, p)")
        self.lines.append(f"p += {size}")

    def call(self, function: Callable[[CdrReader], Any]) -> str:
        """Emit a call of another decoder; the name of its result."""
        self.flush()
        name = self.var()
        self.lines += ["r.pos = p", f"{name} = {self.bind(function)}(r)", "p = r.pos"]
        return name

    def finish(self, result: str, what: str) -> Callable[[CdrReader], Any]:
        """The compiled decoder that returns the expression ``result``."""
        head = ["def run(r):", "    d = r.data", "    p = r.pos", "    n = len(d)", "    try:"]
        message = self.bind(f"{what}: bytes that do not decode")
        foot = [
            f"        result = {result}",
            "    except (struct_error, IndexError):",
            f"        raise MarshalError({message}) from None",
            "    r.pos = p",
            "    return result",
        ]
        return self.compile(head, "        ", foot)


class EncodeEmitter(Emitter):
    """Builds ``run(w, value)``; locals: b the buffer, s the shift."""

    def _emit_run(self, packer: Struct, items: str, mask: int, size: int) -> None:
        if mask:
            self.lines.append(f"b += PADS[-(s + len(b)) & {mask}]")
        self.lines.append(f"b += {self.bind(packer.pack)}({items})")

    def call(self, function: Callable[[CdrWriter, Any], None], value: str) -> None:
        """Emit a call of another encoder."""
        self.flush()
        self.lines.append(f"{self.bind(function)}(w, {value})")
        self.lines += ["b = w.buf", "s = w.shift"]

    def finish(self, what: str) -> Callable[[CdrWriter, Any], None]:
        """The compiled encoder."""
        head = ["def run(w, value):", "    b = w.buf", "    s = w.shift", "    try:"]
        foot = [
            "    except ENCODE_ERRORS as exc:",
            f"        raise MarshalError({self.bind(what)} + f': {{exc}}') from exc",
        ]
        return self.compile(
            head, "        ", foot if self.lines or self._run else ["        return", *foot]
        )


class Codec(Generic[T]):
    """One IDL type: how its values become bytes and come back."""

    min_size: int = 1
    """The least size of a value in bytes, which bounds a hostile sequence length."""

    def __init__(self) -> None:
        self._encoders: list[Callable[[CdrWriter, T], None] | None] = [None, None]
        self._decoders: list[Callable[[CdrReader], T] | None] = [None, None]

    @property
    def codec(self) -> Codec[T]:
        """The codec itself: typedefs and classes alike are asked for their ``codec``."""
        return self

    @property
    def typecode(self) -> TypeCode:
        """The TypeCode that describes the type inside an Any."""
        raise NotImplementedError

    @property
    def what(self) -> str:
        """The type's name, for messages."""
        return type(self).__name__

    def default(self) -> T:
        """A neutral value of the type."""
        raise NotImplementedError

    def emit_encode(self, emitter: EncodeEmitter, value: str) -> None:
        """Emit the encoding of the expression ``value``."""
        emitter.call(self.encoder(emitter.little), value)

    def emit_decode(self, emitter: DecodeEmitter) -> str:
        """Emit the decoding; returns an expression for the value, valid at the function's end."""
        return emitter.call(self.decoder(emitter.little))

    def make_encoder(self, little: bool) -> Callable[[CdrWriter, T], None]:
        """Build the encoding function of one byte order."""
        emitter = EncodeEmitter(little)
        self.emit_encode(emitter, "value")
        return emitter.finish(self.what)

    def make_decoder(self, little: bool) -> Callable[[CdrReader], T]:
        """Build the decoding function of one byte order."""
        emitter = DecodeEmitter(little)
        return emitter.finish(self.emit_decode(emitter), self.what)

    def encoder(self, little: bool) -> Callable[[CdrWriter, T], None]:
        """The encoding function of one byte order, built on first use."""
        function = self._encoders[little]
        if function is None:
            function = self._encoders[little] = self.make_encoder(little)
        return function

    def decoder(self, little: bool) -> Callable[[CdrReader], T]:
        """The decoding function of one byte order, built on first use."""
        function = self._decoders[little]
        if function is None:
            function = self._decoders[little] = self.make_decoder(little)
        return function

    def encode(self, writer: CdrWriter, value: T) -> None:
        """Append a value to a writer."""
        (self._encoders[writer.little] or self.encoder(writer.little))(writer, value)

    def decode(self, reader: CdrReader) -> T:
        """Read a value from a reader."""
        return (self._decoders[reader.little] or self.decoder(reader.little))(reader)

    def to_bytes(self, value: T, little: bool = True, offset: int = 0) -> bytes:
        """A value's bytes."""
        writer = CdrWriter(little, offset)
        self.encode(writer, value)
        return writer.getvalue()

    def from_bytes(self, data: Buffer, little: bool = True, pos: int = 0) -> T:
        """The value at ``pos`` of some bytes."""
        return self.decode(CdrReader(data, little, pos))


class Lazy(Codec[T]):
    """Stands for a codec that is not defined yet, as in a recursive type."""

    def __init__(self, target: Callable[[], Codec[T]], min_size: int = 1) -> None:
        super().__init__()
        self._target = target
        self.min_size = min_size

    @property
    def typecode(self) -> TypeCode:
        """The TypeCode of the codec that this one stands for."""
        return self._target().typecode

    def default(self) -> T:
        """The default of the codec that this one stands for."""
        return self._target().default()

    def make_encoder(self, little: bool) -> Callable[[CdrWriter, T], None]:
        """An encoder that looks its target up when first called."""

        def run(writer: CdrWriter, value: T) -> None:
            writer.depth += 1
            if writer.depth > MAX_DEPTH:
                raise MarshalError("a value nested too deeply")
            self._target().encode(writer, value)
            writer.depth -= 1

        return run

    def make_decoder(self, little: bool) -> Callable[[CdrReader], T]:
        """A decoder that looks its target up when first called."""

        def run(reader: CdrReader) -> T:
            reader.depth += 1
            if reader.depth > MAX_DEPTH:
                raise MarshalError("a value nested too deeply")
            value = self._target().decode(reader)
            reader.depth -= 1
            return value

        return run
