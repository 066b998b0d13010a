"""Sequences of numbers: typed views when decoded, buffers of many kinds when encoded."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable
from struct import Struct
from struct import error as struct_error
from typing import Any, cast

from puretango.cdr._codec import ENCODE_ERRORS
from puretango.cdr._joined import Joined
from puretango.cdr._stream import PADS, ULONGS, CdrReader, CdrWriter
from puretango.errors import MarshalError

NATIVE_LITTLE = sys.byteorder == "little"

# Buffer formats that mean the same as ours: numpy says 'l' or 'q' for its 64-bit integers.
_SAME = {
    "?": "?",
    "B": "B",
    "h": "h",
    "H": "H",
    "i": "il",
    "I": "IL",
    "q": "ql",
    "Q": "QL",
    "f": "f",
    "d": "d",
}
_FORMATS = {
    char: frozenset(
        prefix + each for each in same for prefix in ("", "@", "=", "<>"[not NATIVE_LITTLE])
    )
    for char, same in _SAME.items()
}
_SWAPPED = {
    char: frozenset("<>"[NATIVE_LITTLE] + each for each in same) for char, same in _SAME.items()
}


def _swap(data: Any, char: str) -> array[Any]:
    items = array("B" if char == "?" else char)
    items.frombytes(data)
    if items.itemsize > 1:
        items.byteswap()
    return items


def numbers_to_buffer(value: Any, char: str, size: int) -> memoryview | array[Any] | bytes:
    """Numbers as one contiguous native-order buffer of the wanted format."""
    kind = type(value)
    if kind is not list and kind is not tuple:
        if char == "B" and (kind is bytes or kind is bytearray):
            return memoryview(value)
        try:
            view = memoryview(value)
        except TypeError:
            value = list(value)
        else:
            if view.itemsize == size and view.format in _FORMATS[char]:
                return view if view.c_contiguous else view.tobytes()
            if view.itemsize == size and view.format in _SWAPPED[char]:
                return _swap(view.tobytes(), char)
            value = _flat(view)
    if char == "?":
        return bytes([bool(item) for item in value])
    return array(char, value)


def _flat(view: memoryview) -> list[Any]:
    items: list[Any] = cast(Any, view.tolist())
    for _ in range(view.ndim - 1):
        items = [item for row in items for item in row]
    return items


def number_decoder(
    char: str, size: int, bound: int, what: str, little: bool
) -> Callable[[CdrReader], memoryview]:
    """The decoder of a sequence of numbers: a view of the received bytes."""
    unpack = ULONGS[little].unpack_from
    empty = memoryview(b"").cast(cast(Any, char))
    mask = size - 1
    swap = size > 1 and little != NATIVE_LITTLE

    def run(reader: CdrReader) -> memoryview:
        data = reader.data
        start = reader.pos
        start += -start & 3
        try:
            count = unpack(data, start)[0]
        except struct_error:
            raise MarshalError(f"{what}: no length") from None
        start += 4
        if not count:
            reader.pos = start
            return empty
        start += -start & mask
        end = start + count * size
        if end > len(data) or (bound and count > bound):
            raise MarshalError(f"{what}: {count} elements do not fit in the message")
        reader.pos = end
        if swap:
            return memoryview(_swap(data[start:end], char))
        return memoryview(data)[start:end].cast(cast(Any, char))

    return run


def number_encoder(
    char: str, size: int, bound: int, what: str, little: bool
) -> Callable[[CdrWriter, Any], None]:
    """The encoder of a sequence of numbers: large arrays are referenced, not copied."""
    pack = ULONGS[little].pack
    mask = size - 1
    swap = size > 1 and little != NATIVE_LITTLE

    order = "<" if little else ">"
    few = tuple(Struct(f"{order}{count}{char}").pack for count in range(3))

    def run(writer: CdrWriter, value: Any) -> None:
        if type(value) is list and 0 < len(value) < 3 and not bound:
            # An attribute's scalar, alone or with its set value: not worth an array.
            try:
                data = few[len(value)](*value)
            except ENCODE_ERRORS:
                pass  # the long way raises the right error, or converts the value
            else:
                buf = writer.buf
                buf += PADS[-(writer.shift + len(buf)) & 3] + pack(len(value))
                buf += PADS[-(writer.shift + len(buf)) & mask] + data
                return
        parts = value.parts if type(value) is Joined else (value,)
        try:
            views = [memoryview(numbers_to_buffer(part, char, size)) for part in parts]
        except ENCODE_ERRORS as exc:
            raise MarshalError(f"{what}: {exc}") from exc
        count = 0
        for view in views:
            count += view.nbytes // size
        if bound and count > bound:
            raise MarshalError(f"{what}: {count} elements, at most {bound} allowed")
        buf = writer.buf
        buf += PADS[-(writer.shift + len(buf)) & 3] + pack(count)
        if not count:
            return
        buf += PADS[-(writer.shift + len(buf)) & mask]
        for view in views:
            if swap:
                writer.raw(memoryview(_swap(view.tobytes(), char)).cast("B"))
            elif view.format == "B" and view.ndim == 1:
                writer.raw(view)
            elif view.nbytes:
                writer.raw(view.cast("B"))

    return run
