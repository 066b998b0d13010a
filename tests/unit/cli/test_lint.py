"""`puretango lint` from the shell's side."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from puretango.cli import main

BAD = (
    "from puretango.server import Device, attribute\nclass Supply(Device):\n"
    "    current = attribute(dtype=float)\n    def read_current(self):\n        print(1)\n"
    "        return 1.0\n"
)


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "supply.py"
    path.write_text(BAD)
    return path


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["puretango", "lint", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0), capsys.readouterr().out

    return call


def test_errors_end_with_one(run: Run, bad: Path) -> None:
    code, output = run(str(bad))
    assert code == 1
    assert f"{bad}:3:5: TA004 error: attribute current has no unit" in output
    assert "can be mended with --fix" in output


def test_nothing_that_matters_ends_with_zero(run: Run, bad: Path) -> None:
    assert run(str(bad), "--select", "TN") == (0, "All checks passed.\n")
    assert run(str(bad), "--select", "TA003")[0] == 0
    assert run(str(bad), "--select", "TA003", "--strict")[0] == 1
    assert run(str(bad), "--exit-zero")[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nothing.py"],
        ["x.py", "--select", "QQ"],
        ["--explain", "TA999"],
        ["--live", "a/b/c", "--fix"],
    ],
)
def test_wrong_usage_ends_with_two(run: Run, arguments: list[str]) -> None:
    assert run(*arguments)[0] == 2


def test_fix_mends_in_place(run: Run, bad: Path) -> None:
    code, output = run(str(bad), "--fix")
    assert "Mended" in output
    assert "print(" not in bad.read_text()
    assert 'label="Current"' in bad.read_text()
    assert code == 1  # what has to be written by people is left


def test_a_rule_is_explained(run: Run) -> None:
    code, output = run("--explain", "ta004")
    assert code == 0
    assert "in the general case, the programmer knows the unit" in output
    assert "Bad:" in output
    assert "Good:" in output


def test_the_checklist_shows_answers(run: Run, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.puretango.lint.checklist]\nH01 = "nothing like it in the catalogue"\n'
    )
    code, output = run(str(tmp_path), "--checklist")
    assert code == 0
    assert "[x] H01" in output
    assert "nothing like it in the catalogue" in output
    assert "[ ] H02" in output


def test_json_is_for_programs(run: Run, bad: Path) -> None:
    _, output = run(str(bad), "--output-format", "json")
    assert {one["code"] for one in json.loads(output)} >= {"TA004", "TL001"}


def test_statistics_count(run: Run, bad: Path) -> None:
    _, output = run(str(bad), "--select", "TA004,TL001", "--statistics")
    assert output.splitlines()[0].split()[:2] == ["1", "TA004"]


def test_a_module_is_imported_by_name(run: Run) -> None:
    code, output = run("puretango.errors", "--select", "TN")
    assert (code, output) == (0, "All checks passed.\n")
