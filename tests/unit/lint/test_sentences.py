"""Every normative sentence of the guidelines is a rule's, or a question of the checklist.

The guidelines themselves are not in this repository: their sentences are known by line and hash.
`PURETANGO_GUIDELINES=guidelines.rst pytest tests/unit/lint/test_sentences.py` compares the list
with the text; so does a folder `shared/seeds` beside the project.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from puretango.lint import QUESTIONS, all_rules
from tests.unit.lint.sentences import fingerprint, normative

LIST = Path(__file__).resolve().parents[2] / "data" / "lint" / "sentences.tsv"
SHARED = [parent / "shared" / "seeds" for parent in Path(__file__).resolve().parents]
GUIDELINES = os.environ.get("PURETANGO_GUIDELINES") or next(
    (str(path) for folder in SHARED for path in folder.glob("002_*.txt")), ""
)
"""The guidelines' text: that of the environment, or of a folder ``shared`` beside the project."""

NO_DEMAND = {18, 21, 50, 52, 56, 157, 299, 660, 667, 750, 1219, 1253, 1417, 1420, 1443}
"""Lines with a marker word that ask nothing of a device: facts, headings, introductions."""


def _entries() -> list[tuple[int, str, list[str]]]:
    lines = LIST.read_text().splitlines()[1:]
    parts = [line.split("\t") for line in lines]
    return [(int(number), digest, targets.split()) for number, digest, targets in parts]


def test_each_sentence_has_its_rule_or_question() -> None:
    entries = _entries()
    assert len(entries) >= 170
    for number, _, targets in entries:
        if targets == ["-"]:
            assert number in NO_DEMAND, number
            continue
        for target in targets:
            assert target in all_rules() or target in QUESTIONS, (number, target)


def test_each_question_is_asked_for_by_the_catalogue() -> None:
    asked = {target for _, _, targets in _entries() for target in targets}
    assert {"H01", "H02", "H04", "H05", "H06", "H07", "H09"} <= asked


@pytest.mark.skipif(
    not GUIDELINES, reason="the guidelines are not on this machine (PURETANGO_GUIDELINES)"
)
def test_the_list_is_complete() -> None:
    found = [
        (number, fingerprint(sentence))
        for number, sentence in normative(Path(GUIDELINES).read_text())
    ]
    assert found == [(number, digest) for number, digest, _ in _entries()]


def test_sentences_are_found_over_line_ends_and_in_lists() -> None:
    text = "It is so. The state\nmust be set.\n\n- Never print\n- A list\n\n====\n\nNothing here.\n"
    assert normative(text) == [(1, "The state must be set."), (4, "- Never print")]


def test_a_fingerprint_is_of_the_words() -> None:
    assert fingerprint("**The state  must** be set.") == fingerprint("The state must be set")
    assert fingerprint("The state must be set") != fingerprint("The state may be set")
