"""`puretango docs`, `new`, `stubs` and `xmi` from the shell's side."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from puretango.cli import main
from puretango.model import read_xmi

UNIT = Path(__file__).resolve().parents[2] / "data" / "xmi" / "HeatingUnit.xmi"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["puretango", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return call


def test_docs_are_written_and_checked(run: Run) -> None:
    assert run("docs", str(UNIT), "--check")[0] == 1
    assert run("docs", str(UNIT))[0] == 0
    assert run("docs", str(UNIT), "--check") == (0, "", "")
    Path("docs/HeatingUnit.md").write_text("old")
    code, output, _ = run("docs", str(UNIT), "--check")
    assert (code, output) == (1, "docs/HeatingUnit.md: is out of date\n")


def test_a_package_from_flags(run: Run) -> None:
    code, output, _ = run("new", "CoilSupply", "--template", "power-supply", "--author", "Ada")
    assert code == 0
    assert Path("coil-supply/src/coil_supply/device.py").is_file()
    assert "coil-supply/docs/CoilSupply.html" in output
    code, _, error = run("new", "CoilSupply")
    assert code == 1
    assert "nothing was written" in error
    assert run("lint", "coil-supply", "--strict")[0] == 0
    assert (
        run(
            "xmi", "coil-supply/src/coil_supply/device.py", "--check", "coil-supply/CoilSupply.xmi"
        )[0]
        == 0
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["new"],
        ["new", "coil_supply"],
        ["new", "CoilSupply", "--template", "spaceship"],
        ["new", "CoilSupply", "--template", "motor", "--from", "x.xmi"],
        ["stubs"],
    ],
)
def test_wrong_usage_ends_with_two(run: Run, arguments: list[str]) -> None:
    assert run(*arguments)[0] == 2
    assert list(Path().iterdir()) == []


def test_what_cannot_be_read_is_one_line(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.xmi"
    bad.write_text('<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>')
    code, _, error = run("docs", str(bad))
    assert code == 1
    assert "DOCTYPE" in error
    assert error.count("\n") == 1


def test_a_pogo_file_is_brought_into_line(run: Run, tmp_path: Path) -> None:
    run("new", "HeatingUnit", "--from", str(UNIT))
    device = "heating-unit/src/heating_unit/device.py"
    own = tmp_path / "HeatingUnit.xmi"
    own.write_bytes(UNIT.read_bytes())
    code, output, _ = run("xmi", device, "--check", str(own))
    assert code == 1
    assert "attribute log: only on the left" in output
    assert run("xmi", device, "--update", str(own))[0] == 0
    assert run("xmi", device, "--check", str(own)) == (0, "", "")
    assert b"overlodedPollPeriodObject" in own.read_bytes()
    assert read_xmi(own).model.attribute("log") is not None


def test_stubs_are_written_and_checked(run: Run) -> None:
    code, output, _ = run("stubs", str(UNIT), "--no-bluesky")
    assert code == 0
    assert "class HeatingUnitProxy:" in output
    assert run("stubs", str(UNIT), "-o", "units.py", "--check")[0] == 1
    assert run("stubs", str(UNIT), "-o", "units.py")[0] == 0
    assert run("stubs", str(UNIT), "-o", "units.py", "--check")[0] == 0
