"""Sequences of strings: a thousand at once, with few calls for each."""

from __future__ import annotations

import sys
from collections.abc import Callable
from struct import error as struct_error
from typing import Any, Final, Protocol

from puretango.cdr._codec import ENCODE_ERRORS, Codec
from puretango.cdr._stream import PADS, ULONGS, CdrReader, CdrWriter
from puretango.errors import MarshalError

_SHORT: Final = 256
_MANY: Final = 16
_EACH: Final = 256
#: How many strings have their lengths compared at once, at first.
_SOME: Final = 64
#: The octets in front of a short string, by its length: the length with the NUL.
_HEADS: Final = tuple(
    tuple(ULONGS[little].pack(size + 1) for size in range(_SHORT)) for little in (False, True)
)
#: The octets after a string, by the last two bits of its length: NUL, and padding up to the next one.
_TAILS: Final = tuple(bytes(1 + (-(size + 1) & 3)) for size in range(4))
#: Both as characters, by the length of a short string.
_HEADS_AS_TEXT: Final = tuple([str(head, "latin-1") for head in heads] for heads in _HEADS)
_TAILS_AS_TEXT: Final = [str(_TAILS[size & 3], "latin-1") for size in range(_SHORT)]


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
    """A function that writes the strings of a list."""
    pack = ULONGS[little].pack
    bound, what = sequence.bound, sequence.what
    heads = _HEADS[little]
    head_of, tail_of = _HEADS_AS_TEXT[little].__getitem__, _TAILS_AS_TEXT.__getitem__

    def at_once(texts: list[str]) -> bytes | None:
        """Many short strings of one byte a character, built as one; None for others."""
        try:
            sizes = list(map(len, texts))
            whole = "".join(texts)
            if max(sizes) >= _SHORT or "\0" in whole or not whole.isascii():
                return None
            parts = [""] * (3 * len(texts))
            parts[0::3] = map(head_of, sizes)
            parts[1::3] = texts
            parts[2::3] = map(tail_of, sizes)
            parts[-1] = "\0"  # nothing follows that would have to be aligned
            return "".join(parts).encode("latin-1")
        except ENCODE_ERRORS:
            return None  # the long way raises the right error

    def run(writer: CdrWriter, value: Any) -> None:
        if isinstance(value, str):
            raise MarshalError(f"{what}: one string where a sequence is wanted")
        if type(value) is list and len(value) >= _MANY and not bound:
            body = at_once(value)
            if body is not None:
                buf = writer.buf
                buf += PADS[-(writer.shift + len(buf)) & 3] + pack(len(value)) + body
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


def latin_strings(data: bytes, count: int, little: bool, what: str) -> tuple[list[str], int]:
    """``count`` strings of single octets from the beginning of ``data``, and where they end.

    Strings of one length that follow each other, as in images, are cut apart together. Raises
    MarshalError if a length is wrong or a string has no NUL at its end.
    """
    whole = str(data, "latin-1")
    words: Any = ULONGS[little].unpack_from
    native = little is (sys.byteorder == "little")
    if native:
        words = memoryview(data[: len(data) & ~3]).cast("I")
    found: list[str] = []
    add = found.append
    pos = end = 0
    #: One more than the last run of equal lengths: rows of an image are alike.
    usual: dict[int, int] = {}
    try:
        while len(found) < count:
            left = count - len(found)
            if left >= _MANY:
                length = words[pos >> 2] if native else words(data, pos)[0]
                alike = _leading(data, pos, _stride(length), left, usual.get(length, _SOME))
                usual[length] = alike + 1
                texts = _cut_alike(data, pos, length, alike) if alike >= _MANY else []
                if texts:
                    found += texts
                    end = pos + (len(texts) - 1) * _stride(length) + 4 + length
                    pos = end + (-end & 3)
                    continue
                left = max(_MANY, alike)
            for _ in range(left):
                length = words[pos >> 2] if native else words(data, pos)[0]
                end = pos + 4 + length
                if not length or data[end - 1]:
                    raise MarshalError(f"{what}: a wrong length or no NUL at a string's end")
                add(whole[pos + 4 : end - 1])
                pos = end + (-end & 3)
    except (struct_error, IndexError):
        raise MarshalError(f"{what}: the bytes end inside") from None
    return found, end


def _stride(length: int) -> int:
    """Octets from a string of this length, with its NUL, to the next one."""
    return (length + 7) & ~3


def _cut_alike(data: bytes, pos: int, length: int, count: int) -> list[str]:
    """``count`` strings from ``pos`` on, all of this length, cut apart at once.

    None if their lengths differ. The octets between two of them are made the same everywhere: a NUL,
    padding, which may hold anything (omniORB's does), and the next one's length.
    """
    stride = _stride(length)
    strings = bytearray(data[pos + 4 : pos + 4 + (count - 1) * stride + length])
    if not length or len(strings) < (count - 1) * stride + length:
        return []
    nuls = bytes(count)
    if strings[length - 1 :: stride] != nuls:
        return []
    for padding in range(length, stride - 4):
        strings[padding::stride] = nuls[1:]
    between = "\0" * (stride - 3 - length) + str(data[pos : pos + 4], "latin-1")
    texts = str(memoryview(strings)[:-1], "latin-1").split(between)
    return texts if len(texts) == count else []


def _leading(data: bytes, pos: int, stride: int, most: int, some: int) -> int:
    """How many of the lengths from ``pos`` on, ``stride`` octets apart, equal the first one.

    ``some`` of them are compared at first.
    """
    some = min(some, most)
    while True:
        count = some
        for start in range(pos, pos + 4):
            column = data[start : pos + count * stride : stride]
            if column.count(column[:1]) < count:
                count = len(column) - len(column.lstrip(column[:1]))
        if count < some or some == most:
            return count
        some = min(8 * some, most)


def string_decoder(
    sequence: StringSequence, encoding: str, little: bool
) -> Callable[[CdrReader], list[str]]:
    """A function that reads strings; each length is checked before anything is cut out."""
    unpack = ULONGS[little].unpack_from
    bound, what = sequence.bound, sequence.what

    def run(reader: CdrReader) -> list[str]:
        count = counted(reader, 8, bound, what)
        start = reader.pos  # after the count, and so a multiple of 4
        data = reader.data
        # All characters are decoded at once if each is one byte, as nearly always. The amount
        # copied for that is in proportion to the strings, whatever else the message holds.
        if count >= _MANY and len(data) - start <= _EACH * count:
            data = bytes(data[start:])
            if encoding == "latin-1" or data.isascii():
                texts, end = latin_strings(data, count, little, what)
            else:
                texts, end = several(data, 0, count)
            reader.pos = start + end
        else:
            texts, reader.pos = several(data, start, count)
        return texts

    def several(data: Any, pos: int, count: int) -> tuple[list[str], int]:
        """``count`` strings from ``pos`` on, and where they end."""
        size, end = len(data), pos
        result: list[str] = []
        try:
            for _ in range(count):
                length = unpack(data, pos)[0]
                end = pos + 4 + length
                if end > size or not length or data[end - 1]:
                    raise MarshalError(f"{what}: a wrong length or no NUL at a string's end")
                result.append(decoded(data[pos + 4 : end - 1]))
                pos = end + (-end & 3)
        except struct_error:
            raise MarshalError(f"{what}: the bytes end inside") from None
        return result, end

    def decoded(text: Any) -> str:
        try:
            return str(text, encoding)
        except UnicodeDecodeError:
            return str(text, "latin-1")

    return run
