"""The catalogue: each rule's bad example breaks it, its good one does not, its fix mends it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from puretango.lint import (
    Mending,
    Rule,
    Settings,
    all_rules,
    families,
    fix_files,
    index_page,
    is_source,
    lint_paths,
    module_of,
    rule_page,
)

ROOT = Path(__file__).resolve().parents[3]
PAGES = ROOT / "docs" / "rules"

BY_SOURCE = [
    one for one in all_rules().values() if {"A", "D"} & set(one.how.split()) and is_source(one.bad)
]


def _ids(rule: Rule) -> str:
    return rule.id


@pytest.mark.parametrize("rule", BY_SOURCE, ids=_ids)
def test_the_bad_example_breaks_the_rule_and_the_good_one_does_not(
    rule: Rule, tmp_path: Path
) -> None:
    settings = Settings(select=(rule.id,))
    path = tmp_path / "device.py"
    path.write_text(module_of(rule.bad))
    broken = lint_paths([path], settings).sorted()
    assert {one.rule for one in broken} == {rule.id}
    assert all(1 <= one.place.line <= len(path.read_text().splitlines()) for one in broken)
    path.write_text(module_of(rule.good))
    assert lint_paths([path], settings).sorted() == []


@pytest.mark.parametrize(
    "rule", [one for one in BY_SOURCE if one.fix in (Mending.SAFE, Mending.UNSAFE)], ids=_ids
)
def test_the_fix_mends(rule: Rule, tmp_path: Path) -> None:
    path = tmp_path / "device.py"
    path.write_text(module_of(rule.bad))

    def look() -> list:  # type: ignore[type-arg]  # on purpose: the rule looks at it
        return lint_paths([path], Settings(select=(rule.id,))).sorted()

    fixes = [one.fix for one in look() if one.fix is not None]
    assert fixes
    assert all(one.safe == (rule.fix is Mending.SAFE) for one in fixes)
    assert all(one.safe or one.clients for one in fixes), "an unsafe fix says what clients see"
    left, mended = fix_files(look, unsafe=True)
    assert list(left) == []
    assert mended
    ast.parse(path.read_text())


def test_every_rule_of_the_catalogue_has_all_that_its_page_shows() -> None:
    assert len(all_rules()) >= 190
    for rule in all_rules().values():
        assert rule.title, rule.id
        assert rule.how.split(), rule.id
        assert set(rule.how.split()) <= set("ADRLTB"), rule.id
        assert rule.quote or rule.note, rule.id
        assert rule.bad, rule.id
        assert rule.good, rule.id
        assert rule.family in families()


def test_the_pages_are_those_of_the_catalogue() -> None:
    """`python -m puretango.lint docs/rules` writes them anew."""
    for rule in all_rules().values():
        assert (PAGES / f"{rule.id}.md").read_text() == rule_page(rule), rule.id
    assert (PAGES / "README.md").read_text() == index_page()
    assert {one.stem for one in PAGES.glob("T*.md")} == set(all_rules())


def test_safe_fixes_do_not_change_a_correct_class(tmp_path: Path) -> None:
    path = tmp_path / "device.py"
    text = module_of(all_rules()["TA001"].good)
    path.write_text(text)
    settings = Settings(ignore=("TA003", "TA008", "TL008"))
    fix_files(lambda: lint_paths([path], settings).sorted(), unsafe=False)
    assert path.read_text() == text
