"""Codec of unions: a discriminator, then the member that it selects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from puretango.cdr._codec import ENCODE_ERRORS, Codec, DecodeEmitter, EncodeEmitter
from puretango.cdr._primitive import EnumCodec
from puretango.cdr._stream import PADS, ULONGS, CdrReader, CdrWriter
from puretango.cdr._typecode import TCKind, TypeCode
from puretango.errors import MarshalError


class UnionCodec(Codec[tuple[Any, Any]]):
    """A union: its value is the pair (discriminator, member's value).

    ``arms`` maps each discriminator to (member name, codec).
    """

    def __init__(
        self,
        repo_id: str,
        name: str,
        discriminator: Codec[Any],
        arms: Mapping[Any, tuple[str, Codec[Any]]],
    ) -> None:
        super().__init__()
        self.name = name
        self.discriminator = discriminator
        self.arms = dict(arms)
        self.min_size = discriminator.min_size
        self._repo_id = repo_id
        self._typecode: TypeCode | None = None

    @property
    def typecode(self) -> TypeCode:
        """tk_union with labels, names and TypeCodes of the members."""
        if self._typecode is None:
            self._typecode = TypeCode(
                TCKind.UNION,
                self._repo_id,
                self.name,
                content=self.discriminator.typecode,
                members=tuple((name, codec.typecode) for name, codec in self.arms.values()),
                labels=tuple(int(label) for label in self.arms),
            )
        return self._typecode

    @property
    def what(self) -> str:
        """The union's name."""
        return self.name

    def default(self) -> tuple[Any, Any]:
        """The first member at its default."""
        label, (_, codec) = next(iter(self.arms.items()))
        return label, codec.default()

    def emit_encode(self, emitter: EncodeEmitter, value: str) -> None:
        """A call: which member follows is known only at run time."""
        emitter.call(self.encoder(emitter.little), value)

    def emit_decode(self, emitter: DecodeEmitter) -> str:
        """A call: which member follows is known only at run time."""
        return emitter.call(self.decoder(emitter.little))

    def make_encoder(self, little: bool) -> Callable[[CdrWriter, tuple[Any, Any]], None]:
        """Discriminator, then the selected member."""
        head = self.discriminator.encoder(little)
        arms = {label: codec for label, (_, codec) in self.arms.items()}
        ready: dict[Any, Callable[[CdrWriter, Any], None]] = {}
        name = self.name
        pack = ULONGS[little].pack
        is_enum = isinstance(self.discriminator, EnumCodec)

        def run(writer: CdrWriter, value: tuple[Any, Any]) -> None:
            try:
                label, member = value
                encode = ready.get(label)
                if encode is None:
                    encode = ready[label] = arms[label].encoder(little)
            except ENCODE_ERRORS as exc:
                raise MarshalError(f"{name}: not a (discriminator, value) pair: {exc!r}") from exc
            if is_enum:
                buf = writer.buf
                buf += PADS[-(writer.shift + len(buf)) & 3] + pack(label)
            else:
                head(writer, label)
            encode(writer, member)

        return run

    def make_decoder(self, little: bool) -> Callable[[CdrReader], tuple[Any, Any]]:
        """Discriminator, then the selected member."""
        head = self.discriminator.decoder(little)
        arms = {label: codec for label, (_, codec) in self.arms.items()}
        ready: dict[Any, Callable[[CdrReader], Any]] = {}
        name = self.name

        def run(reader: CdrReader) -> tuple[Any, Any]:
            label = head(reader)
            decode = ready.get(label)
            if decode is None:
                codec = arms.get(label)
                if codec is None:
                    raise MarshalError(f"{name}: no member for {label!r}")
                decode = ready[label] = codec.decoder(little)
            return label, decode(reader)

        return run
