"""puretango's own devices keep to the guidelines, or pyproject.toml says why not."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from puretango.lint import Settings, Severity, lint_paths, read_settings

ROOT = Path(__file__).resolve().parents[3]


def test_own_devices_pass_the_profile_guidelines() -> None:
    settings = read_settings(ROOT)
    assert settings.profile == "guidelines"
    report = lint_paths([ROOT / "src"], settings)
    assert report.classes >= 10
    matters = [one for one in report.sorted() if one.severity is not Severity.ADVICE]
    assert [f"{one.place}: {one.rule} {one.message}" for one in matters] == []


def test_every_exception_has_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    section = text[text.index("[tool.puretango.lint.per-file-ignores]") :].split("\n[")[0]
    lines = section.splitlines()[1:]
    for before, line in pairwise(lines):
        if line.startswith('"src/'):
            assert before.startswith(("#", '"src/')), line


PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_of_the_pages_keep_to_the_guidelines_or_say_why_not(
    page: Path, tmp_path: Path
) -> None:
    for number, block in enumerate(re.findall(r"^```python\n(.*?)^```", page.read_text(), _MODE)):
        path = tmp_path / f"example{number}.py"
        path.write_text(block)
        found = lint_paths([path], Settings()).sorted()
        assert [str(one) for one in found if one.severity is not Severity.ADVICE] == []


_MODE = re.MULTILINE | re.DOTALL


def test_the_core_does_not_pay_for_the_linter() -> None:
    code = (
        "import sys, puretango, puretango.server\n"
        "print([m for m in sys.modules if m.startswith(('puretango.lint', 'puretango.model'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=50, check=True
    )
    assert done.stdout.strip() == "[]"
