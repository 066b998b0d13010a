"""Classes started and provoked in a child process: each of these breaks one rule."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from puretango.lint import Settings, lint_imported

PROVOKED = Path(__file__).resolve().parents[2] / "data" / "lint" / "provoked"
CLASSES = sorted(PROVOKED.glob("*.py"))


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_each_class_breaks_its_rule() -> None:
    found = lint_imported(map(str, CLASSES), [], Settings(), True, False, 6.0)
    told: dict[str, set[str]] = defaultdict(set)
    for one in found:
        told[one.subject.partition(".")[0]].add(one.rule)
    names = re.findall(
        r"^class (T[A-Z]\d{3})\(", "".join(one.read_text() for one in CLASSES), re.MULTILINE
    )
    assert len(names) >= 40
    assert {name for name in names if name not in told[name]} == set()
    assert told["Fine"] == set()
    assert told["Calm"] == set()
    assert {family for name in names if (family := name[:2]) in ("TI", "TF", "TS", "TT", "TL")} == {
        "TI",
        "TF",
        "TS",
        "TT",
        "TL",
    }


@pytest.mark.slow
def test_what_is_provoked_is_told_at_its_line(tmp_path: Path) -> None:
    path = tmp_path / "supply.py"
    path.write_text(
        "from tango.server import Device, attribute, command\n"
        "class Supply(Device):\n"
        "    @attribute\n"
        "    def current(self) -> float:\n"
        "        raise ValueError('not now')\n"
        "    @command\n"
        "    def On(self):\n"
        "        raise OSError('no answer')  \n"
    )
    found = lint_imported([str(path)], [], Settings(select=("TE004",)), True, False, 20.0)
    assert {(one.subject, one.place.line) for one in found} == {
        ("Supply.current", 4),
        ("Supply.On", 7),
    }
    path.write_text(path.read_text().replace("float:", "float:  # noqa: TE004"))
    found = lint_imported([str(path)], [], Settings(select=("TE004",)), True, False, 20.0)
    assert {one.subject for one in found} == {"Supply.On"}
