"""Bad input: one clear line each, and the other findings stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from puretango.lint import Settings, lint_device, lint_imported, lint_paths

SHOWN = {"TZ001": "A", "TZ002": "A", "TZ003": "D", "TZ004": "LB", "TZ005": "R"}
"""Rules that the tests here break and keep, by the ways in which they are checked."""
GOOD = "from puretango.server import Device\nclass supply(Device):\n    pass\n"


def test_what_cannot_be_read_is_told_beside_the_rest(tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text(GOOD)
    (tmp_path / "bad.py").write_text("def f(:\n")
    (tmp_path / "entities.xmi").write_text('<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>')
    (tmp_path / "other.xmi").write_text("<a/>")
    found = lint_paths([tmp_path, tmp_path / "none.py"], Settings()).sorted()
    unread = {Path(one.place.path).name: one.message for one in found if one.rule == "TZ001"}
    assert set(unread) == {"bad.py", "entities.xmi", "other.xmi", "none.py"}
    assert "DOCTYPE" in unread["entities.xmi"]
    assert all("\n" not in text for text in unread.values())
    assert any(one.rule == "TN001" for one in found)


def test_cyclic_inheritance_is_one_finding_a_class(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        "from tango.server import attribute\nclass A(B):\n    x = attribute()\n"
        "class B(A):\n    y = attribute()\n"
    )
    found = [one for one in lint_paths([tmp_path], Settings()).sorted() if one.rule == "TZ002"]
    assert [one.subject for one in found] == ["A", "B"]
    assert "A inherits from itself: A → B" in found[0].message


def test_a_module_that_cannot_be_imported(tmp_path: Path) -> None:
    path = tmp_path / "supply.py"
    path.write_text(GOOD + "raise RuntimeError('no board')\n")
    (found,) = lint_imported([str(path)], [], Settings(), False, True, 20.0)
    assert found.rule == "TZ003"
    assert "RuntimeError: no board" in found.message


@pytest.mark.slow
def test_a_class_that_hangs_is_told_and_the_rest_stays(tmp_path: Path) -> None:
    path = tmp_path / "supply.py"
    path.write_text(
        "import threading\nfrom puretango.server import Device\n"
        "class Quick(Device):\n    pass\n"
        "class Stuck(Device):\n    def init_device(self):\n        threading.Event().wait()\n"
    )
    found = lint_imported([str(path)], [], Settings(), True, False, 5.0)
    assert ("TS001", "Quick") in {(one.rule, one.subject) for one in found}
    (stuck,) = [one for one in found if one.rule == "TZ005"]
    assert (stuck.subject, stuck.place.line) == ("Stuck", 5)
    assert "did not end within" in stuck.message


def test_a_device_that_does_not_answer() -> None:
    (found,) = lint_device("tango://127.0.0.1:9/a/b/c#dbase=no", Settings(), timeout=1.0)
    assert found.rule == "TZ004"
    assert "\n" not in found.message
