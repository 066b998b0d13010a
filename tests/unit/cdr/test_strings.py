"""Sequences of strings of every kind, whose lengths repeat or not, with any padding, either byte order."""

from __future__ import annotations

import random

import pytest

from puretango.cdr import STRING, CdrReader, Sequence, latin_strings
from puretango.errors import MarshalError

TEXTS = Sequence(STRING)


def encoded(texts: list[str], order: str, padding: random.Random) -> bytes:
    """The sequence as CORBA has it; what pads is by chance, as omniORB leaves it."""
    data = bytearray(len(texts).to_bytes(4, order))  # type: ignore[arg-type]  # one of the two orders
    for text in texts:
        data += bytes(padding.randrange(256) for _ in range(-len(data) & 3))
        octets = text.encode("latin-1") + b"\0"
        data += len(octets).to_bytes(4, order) + octets  # type: ignore[arg-type]  # one of the two orders
    return bytes(data)


def some_texts(chance: random.Random) -> list[str]:
    """Runs of strings of one length, short and long, some of them empty."""
    texts: list[str] = []
    for _ in range(chance.randrange(8)):
        size, signs = chance.choice([0, 1, 2, 3, 4, 27, 300]), "aé\x1c~"
        texts += [
            "".join(chance.choice(signs) for _ in range(size))
            for _ in range(chance.choice([1, 2, 15, 16, 17, 64, 65, 130]))
        ]
    return texts


@pytest.mark.parametrize("order", ["little", "big"])
@pytest.mark.parametrize("seed", range(12))
def test_every_text_comes_back(order: str, seed: int) -> None:
    chance = random.Random(seed)
    texts = some_texts(chance)
    data = encoded(texts, order, chance)
    reader = CdrReader(data + b"behind", order == "little")
    assert TEXTS.decode(reader) == texts
    assert reader.pos == len(data)
    found, end = latin_strings(data[4:] + b"behind", len(texts), order == "little", "texts")
    assert (found, end) == (texts, len(data) - 4)


@pytest.mark.parametrize("seed", range(12))
def test_what_is_mutilated_is_a_value_or_one_error(seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(encoded(["alike" * 5] * 100 + some_texts(chance), "little", chance))
    for _ in range(60):
        wrong = bytearray(data)
        for _ in range(chance.randrange(3)):
            wrong[chance.randrange(4, len(wrong))] = chance.randrange(256)
        end = chance.choice([len(wrong), chance.randrange(4, len(wrong))])
        try:
            found = TEXTS.decode(CdrReader(bytes(wrong[:end]), True))
        except MarshalError:
            continue
        assert sum(map(len, found)) <= end


@pytest.mark.parametrize("number", [0, 15, 63, 99])
def test_a_missing_nul_is_refused(number: int) -> None:
    data = bytearray(encoded(["x" * 22] * 100, "little", random.Random(1))[4:])
    nul = number * 28 + 26  # each has 4 octets of length, 22 of text, the NUL, and one of padding
    assert data[nul] == 0
    data[nul] = 1
    with pytest.raises(MarshalError, match="NUL"):
        latin_strings(bytes(data), 100, True, "texts")
