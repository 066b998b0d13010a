"""Sequences of strings: a thousand at once, with few calls for each."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from struct import error as struct_error
from typing import Any, Final, Protocol

from puretango.cdr._codec import ENCODE_ERRORS, Codec
from puretango.cdr._stream import PADS, ULONGS, CdrReader, CdrWriter
from puretango.errors import MarshalError

_LITTLE: Final = sys.byteorder == "little"
_SHORT: Final = 256
_MANY: Final = 16
_EACH: Final = 256
#: What stands in front of a short string, by its length: the length with the NUL.
_HEADS: Final = tuple(
    tuple(ULONGS[little].pack(size + 1) for size in range(_SHORT)) for little in (False, True)
)
_HEAD_TEXTS: Final = tuple(tuple(str(head, "latin-1") for head in heads) for heads in _HEADS)
#: What stands behind a short string, by its length.
_TAIL_TEXTS: Final = tuple("\0" * (1 + (-(size + 1) & 3)) for size in range(_SHORT))
#: What stands behind a string, by the last two bits of its length: NUL, and up to the next one.
_TAILS: Final = tuple(bytes(1 + (-(size + 1) & 3)) for size in range(4))


class StringSequence(Protocol):
    """The codec of a sequence of strings."""

    bound: int
    element: Codec[Any]

    @property
    def what(self) -> str:
        """The IDL text of the type."""


def counted(reader: CdrReader, min_size: int, bound: int, what: str) -> int:
    """Read a sequence's length and refuse one that cannot be."""
    count = reader.ulong()
    if bound and count > bound:
        raise MarshalError(f"{what}: {count} elements, at most {bound} allowed")
    # The last element may lack the padding that the others have: hence count - 1.
    if count and (count - 1) * min_size >= len(reader.data) - reader.pos:
        raise MarshalError(f"{what}: {count} elements do not fit in the message")
    return count


def string_encoder(
    sequence: StringSequence, encoding: str, little: bool
) -> Callable[[CdrWriter, Any], None]:
    """What writes the strings of a list."""
    pack = ULONGS[little].pack
    bound, what = sequence.bound, sequence.what
    heads = _HEADS[little]

    latin = encoding == "latin-1"

    def run(writer: CdrWriter, value: Any) -> None:
        if isinstance(value, str):
            raise MarshalError(f"{what}: one string where a sequence is wanted")
        if latin and type(value) in _LISTS and len(value) >= _MANY and not 0 < bound < len(value):
            joined = short_texts(value, little)
            if joined is not None:
                writer.buf += PADS[-(writer.shift + len(writer.buf)) & 3] + pack(len(value))
                writer.buf += joined
                return
        try:
            texts = [text.encode(encoding) for text in value]
        except ENCODE_ERRORS as error:
            raise MarshalError(f"{what}: {error}") from error
        count = len(texts)
        if bound and count > bound:
            raise MarshalError(f"{what}: {count} elements, at most {bound} allowed")
        if b"\0" in b"".join(texts):
            raise MarshalError("a string holds a NUL character")
        buf = writer.buf
        buf += PADS[-(writer.shift + len(buf)) & 3] + pack(count)
        if not count:
            return
        parts: list[bytes] = []
        for text in texts:
            size = len(text)
            parts += (
                heads[size] if size < _SHORT else pack(size + 1),
                text,
                _TAILS[size & 3],
            )
        parts[-1] = b"\0"  # nothing follows that would have to be aligned
        buf += b"".join(parts)

    return run


_LISTS = (list, tuple)


def short_texts(texts: Sequence[Any], little: bool) -> bytes | None:
    """Many short texts with their lengths and padding, made with no step of Python for each; None if one is unusual."""
    if set(map(type, texts)) != {str}:
        return None
    sizes = list(map(len, texts))
    if max(sizes) >= _SHORT or "\0" in "".join(texts):
        return None
    parts = [""] * (3 * len(sizes))
    heads = _HEAD_TEXTS[little]
    parts[0::3] = [heads[size] for size in sizes]
    parts[1::3] = texts
    parts[2::3] = [_TAIL_TEXTS[size] for size in sizes]
    parts[-1] = "\0"  # nothing follows that would have to be aligned
    try:
        return "".join(parts).encode("latin-1")
    except UnicodeEncodeError:
        return None


def string_decoder(
    sequence: StringSequence, encoding: str, little: bool
) -> Callable[[CdrReader], list[str]]:
    """What reads strings; each length is checked before anything is cut out."""
    unpack = ULONGS[little].unpack_from
    bound, what = sequence.bound, sequence.what
    native = little is _LITTLE

    def run(reader: CdrReader) -> list[str]:
        count = counted(reader, 8, bound, what)
        start = reader.pos  # behind the count, and so a multiple of 4
        data = reader.data
        # All characters are decoded at once where each is one byte, as nearly always. What is
        # copied for that is in proportion to the strings, whatever else the message holds.
        if count >= _MANY and len(data) - start <= _EACH * count:
            data = bytes(data[start:])
            plain = encoding == "latin-1" or data.isascii()
            texts, end = several(data, 0, count, str(data, "latin-1") if plain else "")
            reader.pos = start + end
        else:
            texts, reader.pos = several(data, start, count, "")
        return texts

    def several(data: Any, pos: int, count: int, whole: str) -> tuple[list[str], int]:
        """The strings from there on, and where they end; ``whole`` are all characters."""
        if whole and native:
            return quick(data, count, whole)
        size, end = len(data), pos
        result: list[str] = []
        add = result.append
        try:
            for _ in range(count):
                length = unpack(data, pos)[0]
                end = pos + 4 + length
                if end > size or not length or data[end - 1]:
                    raise MarshalError(f"{what}: a wrong length or no NUL at a string's end")
                add(whole[pos + 4 : end - 1] if whole else decoded(data[pos + 4 : end - 1]))
                pos = end + (-end & 3)
        except struct_error:
            raise MarshalError(f"{what}: the bytes end inside") from None
        return result, end

    def quick(data: bytes, count: int, whole: str) -> tuple[list[str], int]:
        """The same for bytes from a multiple of four on, whose words this machine reads as they are."""
        size = len(data)
        words = memoryview(data)[: size & ~3].cast("I")
        result: list[str] = []
        add = result.append
        place, end = 0, 0
        try:
            for _ in range(count):
                length = words[place]
                start = 4 * place + 4
                end = start + length
                if end > size or not length or data[end - 1]:
                    raise MarshalError(f"{what}: a wrong length or no NUL at a string's end")
                add(whole[start : end - 1])
                place = (end + 3) >> 2
        except IndexError:
            raise MarshalError(f"{what}: the bytes end inside") from None
        return result, end

    def decoded(text: Any) -> str:
        try:
            return str(text, encoding)
        except UnicodeDecodeError:
            return str(text, "latin-1")

    return run
