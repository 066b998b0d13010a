"""Long sequences of strings, which are written and read in bulk: the same bytes, the same errors as one by one."""

from __future__ import annotations

import random
import struct

import pytest

from puretango.cdr import CdrReader, CdrWriter
from puretango.errors import MarshalError
from puretango.idl import DevVarStringArray


def _bytes_of(texts: list[str], little: bool, offset: int) -> bytes:
    """What is to be written, one string after the other (CORBA 3.3, 9.3.2.7 and 9.3.2.5)."""
    order = "<" if little else ">"
    made = b"\0" * (-offset % 4) + struct.pack(f"{order}I", len(texts))
    for text in texts:
        made += b"\0" * (-(offset + len(made)) % 4)
        made += struct.pack(f"{order}I", len(text) + 1) + text.encode("latin-1") + b"\0"
    return made


def _texts(chance: random.Random) -> list[str]:
    longest = chance.choice((0, 3, 30, 300, 3000))
    characters = [chr(each) for each in range(1, 256)]
    return [
        "".join(chance.choices(characters, k=chance.randint(0, longest)))
        for _ in range(chance.choice((0, 1, 15, 16, 17, 100)))
    ]


@pytest.mark.parametrize("seed", range(40))
def test_bytes(seed: int) -> None:
    chance = random.Random(seed)
    texts, little, offset = _texts(chance), chance.random() < 0.7, chance.randrange(8)
    expected = _bytes_of(texts, little, offset)
    for given in (texts, tuple(texts)):
        writer = CdrWriter(little, offset)
        DevVarStringArray.encode(writer, given)
        assert writer.getvalue() == expected
    data = bytes(offset) + expected
    reader = CdrReader(data, little, offset)
    assert list(DevVarStringArray.decode(reader)) == texts
    assert reader.pos == len(data)


@pytest.mark.parametrize("wrong", ["with\0NUL", "snow ☃", None, 5, b"bytes"])
@pytest.mark.parametrize("count", [1, 100])
def test_what_is_no_string_is_refused(wrong: object, count: int) -> None:
    for texts in ([wrong] * count, ["good"] * count + [wrong]):
        with pytest.raises(MarshalError):
            DevVarStringArray.encode(CdrWriter(), texts)  # type: ignore[arg-type]  # what no list of texts is


@pytest.mark.parametrize("seed", range(200))
def test_changed_bytes_give_a_value_or_the_error(seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(_bytes_of(["a text", "", "another one"] * 10, True, 0))
    for _ in range(chance.randint(1, 3)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    data = data[: chance.randint(len(data) // 2, len(data))]
    try:
        found = DevVarStringArray.decode(CdrReader(bytes(data)))
    except MarshalError:
        return
    assert all(isinstance(text, str) for text in found)
