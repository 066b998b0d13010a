"""Every rule of the catalogue has a fixture that breaks it, in each way that it says it is checked.

Those that keep it: each good example of the catalogue, `Fine` and `Calm` of provoked/life.py, and the
device, the database and the package that the other tests begin with.
"""

from __future__ import annotations

import re
from pathlib import Path

from puretango.lint import Rule, all_rules, is_source
from tests.unit.lint import test_bad_input, test_database, test_live, test_packages

PROVOKED = Path(__file__).resolve().parents[2] / "data" / "lint" / "provoked"
STARTED = {
    name
    for file in PROVOKED.glob("*.py")
    for name in re.findall(r"^class (T[A-Z]\d{3})\(", file.read_text(), re.MULTILINE)
}

NOT_SHOWN = {
    ("TT006", "L"): "a running device does not tell its proxies' timeouts",
    ("TM004", "B"): "a Tango database keeps no history of memorized values",
    (
        "TP005",
        "D",
    ): "what is stored is not in a declaration: it is held against it with the database",
}
"""What the catalogue of the seeds has and this one does not claim, with the reason."""


def _lacks(rule: Rule) -> set[str]:
    """The ways of checking that no fixture shows."""
    how = set(rule.how.split())
    shown: set[str] = set()
    if is_source(rule.bad) or rule.id in test_packages.BROKEN or rule.id in test_packages.OF_MODELS:
        shown |= {"A", "D"}
    if rule.id in STARTED:
        shown.add("R")
    if rule.id in test_live.BROKEN:
        shown |= {"L", "T"}
    if rule.id in test_database.BROKEN:
        shown.add("B")
        if rule.family == "TX":
            shown.add("L")  # looking at a database asks the devices that it says are there
    return how - shown


def test_every_rule_is_broken_by_a_fixture_in_each_way_that_it_is_checked() -> None:
    own = dict(test_bad_input.SHOWN.items())
    lacking = {
        rule.id: sorted(_lacks(rule) - set(own.get(rule.id, ""))) for rule in all_rules().values()
    }
    assert {rule: ways for rule, ways in lacking.items() if ways} == {}


def test_every_rule_that_is_found_in_a_source_has_an_example_that_keeps_it() -> None:
    for rule in all_rules().values():
        if is_source(rule.bad):
            assert is_source(rule.good), rule.id


def test_what_is_not_claimed_is_not_shown() -> None:
    for rule, way in NOT_SHOWN:
        assert way not in all_rules()[rule].how.split()
