"""Which texts of the interface are UTF-8, and which are values in Latin-1."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from puretango.cdr import CdrReader, CdrWriter, StructCodec, UnionCodec
from puretango.cdr._primitive import StringCodec
from puretango.errors import MarshalError
from puretango.idl import (
    OPERATIONS,
    TEXT,
    TEXTS,
    VALUE,
    VALUES,
    AttDataReady,
    AttributeConfig_5,
    AttributeValue_5,
    DevErrorList,
    DevIntrChange,
    DevPipeData,
    DevVarDoubleStringArray,
    DevVarLongStringArray,
    status_in_value,
    text_in_value,
    text_of_value,
    texts_in_value,
    texts_of_value,
)

PAYLOADS = {
    "change": AttributeValue_5.codec,
    "attr_conf": AttributeConfig_5.codec,
    "data_ready": AttDataReady.codec,
    "intr_change": DevIntrChange.codec,
    "pipe": DevPipeData.codec,
    "error": DevErrorList,
    "longs and strings": DevVarLongStringArray.codec,
    "doubles and strings": DevVarDoubleStringArray.codec,
}
IN_LATIN_1 = ("string_att_value", "encoded_format", "svalue")
"""What the paths of values end in."""


def strings_of(codec: Any, path: str, seen: tuple[int, ...] = ()) -> Iterator[tuple[str, str]]:
    """(path, encoding) of each string in a type."""
    if id(codec) in seen:
        return
    seen = (*seen, id(codec))
    if isinstance(codec, StringCodec):
        yield path, codec.encoding
    for name in ("element", "content"):
        inner = getattr(codec, name, None)
        if inner is not None:
            yield from strings_of(inner, path, seen)
    if hasattr(codec, "_target"):
        yield from strings_of(codec._target(), path, seen)
    for name, member in codec.members if isinstance(codec, StructCodec) else ():
        yield from strings_of(member, f"{path}.{name}", seen)
    if isinstance(codec, UnionCodec):
        for name, arm in codec.arms.values():
            yield from strings_of(arm, f"{path}.{name}", seen)


def all_strings() -> list[tuple[str, str]]:
    found = []
    for operation in OPERATIONS.values():
        for name, codec in operation.params:
            found += strings_of(codec, f"{operation.name}({name})")
        found += strings_of(operation.result, f"{operation.name}()")
    for name, codec in PAYLOADS.items():
        found += strings_of(codec, name)
    return found


def test_values_are_latin_1_and_all_else_is_utf_8() -> None:
    found = all_strings()
    assert len(found) > 400
    wrong = [
        (path, encoding)
        for path, encoding in found
        if encoding != ("latin-1" if path.endswith(IN_LATIN_1) else "utf-8")
    ]
    assert wrong == []
    assert {path.rpartition(".")[2] for path, encoding in found if encoding == "latin-1"} == {
        *IN_LATIN_1
    }


@pytest.mark.parametrize("little", [True, False])
@pytest.mark.parametrize("text", ["", "plain", "21 \xb0C", "caf\xe9", "k\u03a9", "\U0001f525"])
def test_texts_travel_as_utf_8(text: str, little: bool) -> None:
    for codec, value in ((TEXT, text), (TEXTS, [text, "x", text])):
        data = codec.to_bytes(value, little)
        assert text.encode() + b"\0" in data
        assert codec.from_bytes(data, little) == value


@pytest.mark.parametrize("little", [True, False])
def test_values_travel_as_latin_1(little: bool) -> None:
    for codec, value in ((VALUE, "caf\xe9"), (VALUES, ["caf\xe9", "x"])):
        data = codec.to_bytes(value, little)
        assert b"caf\xe9\0" in data
        assert codec.from_bytes(data, little) == value
        with pytest.raises(MarshalError):
            codec.to_bytes("\u03a9" if codec is VALUE else ["\u03a9"], little)


@pytest.mark.parametrize("little", [True, False])
@pytest.mark.parametrize("raw", [b"caf\xe9", b"\xff\xfe", b"\xc3", b"\xed\xa0\x80"])
def test_bytes_that_are_no_utf_8_are_read_as_latin_1(raw: bytes, little: bool) -> None:
    writer = CdrWriter(little)
    writer.ulong(1)
    writer.ulong(len(raw) + 1)
    writer.raw(raw + b"\0")
    data = writer.getvalue()
    assert TEXTS.from_bytes(data, little) == [raw.decode("latin-1")]
    assert TEXT.decode(CdrReader(data, little, 4)) == raw.decode("latin-1")


def test_a_lone_surrogate_is_no_text() -> None:
    with pytest.raises(MarshalError):
        TEXT.to_bytes("\ud800")


@pytest.mark.parametrize("text", ["plain", "caf\xe9", "k\u03a9", "\xc3\xa9", "\U0001f525"])
def test_texts_within_values(text: str) -> None:
    assert text_in_value(text).encode("latin-1") == text.encode()
    assert text_of_value(text_in_value(text)) == text
    assert text_of_value(status_in_value(text)) == text
    for value in (text, [text, "x"], ([1, 2], [text])):
        assert texts_of_value(texts_in_value(value)) == value


def test_a_latin_1_text_within_a_value_is_understood() -> None:
    assert text_of_value("\xb5m") == "\xb5m"
    assert text_of_value("k\u03a9") == "k\u03a9"


def test_what_is_no_text_stays_as_it_is() -> None:
    for value in (None, 1, [1, 2], [], ([1], [])):
        assert texts_in_value(value) == value
