"""The normative sentences of a text: those with a word that asks for something."""

from __future__ import annotations

import hashlib
import re

__all__ = ["fingerprint", "normative"]

_ASKS = re.compile(
    r"\b(must|should|shouldn.t|shall|recommend\w*|prohibit\w*|avoid\w*|always|never|essential|"
    r"necessary|mandatory|imperative|has to|have to|cannot|can.t|do not|don.t)\b",
    re.IGNORECASE,
)
_END = re.compile(r'(?<=[.!?:;])\s+(?=[A-Z*“"(«])')
_RULE = re.compile(r"^[=~^\-#+]{4,}$")
_ITEM = re.compile(r"^([-*]|\d+[.)])\s+")


def normative(text: str) -> list[tuple[int, str]]:
    """Line and text of each sentence of a reStructuredText that asks for something."""
    found: list[tuple[int, str]] = []
    block: list[tuple[int, str]] = []

    def flush() -> None:
        joined = " ".join(line for _, line in block)
        position = 0
        for sentence in _END.split(joined) if joined else ():
            start = joined.find(sentence, position)
            position = start + len(sentence)
            found.append((_line_of(block, start), sentence.strip()))
        block.clear()

    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        directive = line.startswith(".. ") and not line.startswith(".. topic")
        if not line or _RULE.match(line) or directive:
            flush()
            continue
        if _ITEM.match(line):
            flush()
        block.append((number, line))
    flush()
    return [(number, sentence) for number, sentence in found if _ASKS.search(sentence)]


def _line_of(block: list[tuple[int, str]], start: int) -> int:
    passed = 0
    for number, line in block:
        if passed + len(line) + 1 > start:
            return number
        passed += len(line) + 1
    return block[-1][0]


def fingerprint(sentence: str) -> str:
    """Twelve hexadecimal digits of a sentence's words."""
    words = re.sub(r"[^a-z0-9]+", " ", sentence.lower()).strip()
    return hashlib.sha256(words.encode()).hexdigest()[:12]
