"""New packages: green, lint-clean, and never over what is there."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from puretango.authoring import find_model, markdown_of, page_of
from puretango.authoring.package import (
    TEMPLATES,
    Author,
    ExistsAlready,
    is_class_name,
    package_name,
    plain_template,
    project_files,
    write_files,
)
from puretango.lint import Settings, lint_paths
from puretango.model import compare_models, read_xmi

POGO = Path(__file__).parents[2] / "data" / "xmi"


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, check=False,
        timeout=100,
    )  # fmt: skip


def check(folder: Path) -> None:
    """The package's own tests pass, and the linter has nothing to say."""
    tests = run(folder, "pytest", "-q", "-p", "no:cacheprovider")
    assert tests.returncode == 0, tests.stdout
    report = lint_paths([folder / "src"], Settings(profile="guidelines"))
    assert not report.findings, [f"{one.rule} {one.message}" for one in report.findings]
    style = run(folder, "ruff", "check", "--isolated", "src", "tests")
    assert style.returncode == 0, style.stdout


KINDS = [
    pytest.param(kind, marks=[] if kind == "motor" else pytest.mark.slow) for kind in TEMPLATES
]


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(TEMPLATES))
def test_its_types_are_right(kind: str, tmp_path: Path) -> None:
    write_files(tmp_path, project_files(TEMPLATES[kind], Author()))
    types = run(tmp_path, "mypy", "--strict", "src")
    assert types.returncode == 0, types.stdout


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.slow
def test_a_template_is_green_from_its_first_minute(kind: str, tmp_path: Path) -> None:
    template = TEMPLATES[kind]
    write_files(tmp_path, project_files(template, Author()))
    check(tmp_path)
    # What was written is the model that it was written from.
    package = package_name(template.model.name)
    read = find_model(str(tmp_path / "src" / package / "device.py"))
    names = [one.name for one in template.model.attributes]
    assert [one.name for one in read.own_attributes() if one.name != "log"] == names
    told = [
        one
        for one in compare_models(template.model, read)
        if one.member.startswith("attribute ") and one.member != "attribute log"
    ]
    excluded = {"read_excluded_states", "write_excluded_states"}
    assert [one for one in told if one.field not in excluded] == []


@pytest.mark.parametrize("kind", list(TEMPLATES))
def test_its_page_is_that_of_its_source(kind: str, tmp_path: Path) -> None:
    files = project_files(TEMPLATES[kind], Author())
    name = TEMPLATES[kind].model.name
    source = tmp_path / "device.py"
    source.write_text(files[f"src/{package_name(name)}/device.py"])
    read = find_model(str(source))
    assert files[f"docs/{name}.md"] == markdown_of(page_of(read))
    assert read.transitions == TEMPLATES[kind].model.transitions
    assert read.identification.key_words == ("simulated",)


@pytest.mark.slow
def test_a_class_out_of_a_pogo_file(tmp_path: Path) -> None:
    model = read_xmi(POGO / "HeatingUnit.xmi").models[0]
    write_files(tmp_path, project_files(plain_template(model), Author()))
    tests = run(tmp_path, "pytest", "-q", "-p", "no:cacheprovider")
    assert tests.returncode == 0, tests.stdout


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    files = project_files(TEMPLATES["valve"], Author())
    (tmp_path / "README.md").write_text("mine")
    with pytest.raises(ExistsAlready, match=r"README\.md"):
        write_files(tmp_path, files)
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]
    assert (tmp_path / "README.md").read_text() == "mine"


@pytest.mark.parametrize(
    "name", ["power_supply", "supply", "Power-Supply", "1Power", "", "Ä", "None"]
)
def test_names_that_are_none(name: str) -> None:
    assert not is_class_name(name)


@pytest.mark.slow
def test_the_author_s_words_are_data(tmp_path: Path) -> None:
    model = replace(TEMPLATES["gauge"].model, description='A "gauge" \\ of {braces}\nand ünicode.')
    template = replace(TEMPLATES["gauge"], model=model)
    write_files(tmp_path, project_files(template, Author(name="Åse")))
    tests = run(tmp_path, "pytest", "-q", "-p", "no:cacheprovider")
    assert tests.returncode == 0, tests.stdout
