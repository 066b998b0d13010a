"""Settings, silences, outputs and exit codes: as of a linter that people know."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from puretango.lint import (
    BadSettings,
    Finding,
    Settings,
    Severity,
    all_rules,
    deviations,
    exit_code,
    lint_paths,
    read_settings,
    render,
)
from puretango.model import Place, read_source

HEAD = "from puretango.server import Device, attribute, command\n"
BODY = '''class Supply(Device):
    """Drives a magnet."""

    output_current = attribute(dtype=float, label="I", doc="Of the coil"){comment}
'''


def _rules(path: Path, settings: Settings) -> set[str]:
    return {one.rule for one in lint_paths([path], settings).findings}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "supply.py"
    path.write_text(HEAD + BODY.format(comment=""))
    return path


@pytest.mark.parametrize(
    ("comment", "silent", "told"),
    [
        ("", set(), {"TN102", "TA004"}),
        ("  # noqa: TN102", {"TN102"}, {"TA004"}),
        ("  # noqa: TN102, TA004", {"TN102", "TA004"}, set()),
        ("  # noqa:TN102,TA", {"TN102", "TA004"}, set()),
        ("  # noqa", {"TN102", "TA004"}, set()),
        ("  # noqa: E501", set(), {"TN102", "TA004"}),
    ],
)
def test_noqa(file: Path, comment: str, silent: set[str], told: set[str]) -> None:
    file.write_text(HEAD + BODY.format(comment=comment))
    found = _rules(file, Settings())
    assert not silent & found
    assert told <= found


def test_a_reason_in_the_description_silences_and_is_kept(file: Path) -> None:
    reason = "Of the coil. Guideline: TN102 because the old panels show this name"
    file.write_text(HEAD + BODY.format(comment="").replace("Of the coil", reason))
    assert "TN102" not in _rules(file, Settings())
    assert "TA004" in _rules(file, Settings())
    (deviation,) = deviations(read_source(file).classes[0].model)
    assert (deviation.rule, deviation.member) == ("TN102", "attribute output_current")
    assert deviation.reason == "the old panels show this name"


def test_a_reason_of_the_class_holds_for_all_its_members(file: Path) -> None:
    reason = (
        "Drives a magnet.\n\n    Guideline: TN102, TA004 because it is as old as the ring\n    "
    )
    file.write_text(HEAD + BODY.format(comment="").replace("Drives a magnet.", reason))
    assert not {"TN102", "TA004"} & _rules(file, Settings())


PROJECT = """
[tool.puretango.lint]
profile = "pytango"
select = ["TN", "TA004"]
ignore = ["TN106"]
severity = {{ TA004 = "W" }}
{more}
"""


def _project(folder: Path, more: str = "") -> Settings:
    (folder / "pyproject.toml").write_text(PROJECT.format(more=more))
    return read_settings(folder)


def test_the_nearest_pyproject_is_read(file: Path) -> None:
    settings = _project(file.parent)
    found = lint_paths([file], settings).findings
    assert {one.rule for one in found} == {"TN102", "TA004"}
    assert {one.rule: one.severity for one in found} == {
        "TN102": Severity.ADVICE,  # of the profile
        "TA004": Severity.WARNING,  # of the settings
    }


def test_per_file_ignores(file: Path) -> None:
    settings = _project(file.parent, '[tool.puretango.lint.per-file-ignores]\n"sup*.py" = ["TN"]')
    assert _rules(file, settings) == {"TA004"}


def test_excluded_folders_are_not_looked_at(file: Path) -> None:
    old = file.parent / "old"
    old.mkdir()
    (old / "x.py").write_text(file.read_text())
    settings = _project(file.parent, 'exclude = ["old"]')
    assert {one.place.path for one in lint_paths([file.parent], settings).findings} == {str(file)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[tool.puretango.lint]\nprofile = "pogo"', "profile 'pogo' is none of"),
        ('[tool.puretango.lint]\nselect = ["QQ1"]', "'QQ1' is not a rule"),
        ("[tool.puretango.lint]\nselect = 1", "select must be a list"),
        ("[tool.puretango.lint]\nselekt = []", "selekt: no such setting"),
        ('[tool.puretango.lint.severity]\nTA004 = "X"', "severity of TA004"),
        ("[tool.puretango.lint\n", "pyproject.toml"),
    ],
)
def test_wrong_settings_are_told(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(BadSettings, match=said):
        read_settings(tmp_path)


def test_the_longer_selector_wins() -> None:
    settings = Settings(select=("TN102",), ignore=("TN",))
    assert settings.wanted("TN102")
    assert not settings.wanted("TN103")


def test_outputs_say_the_same(file: Path) -> None:
    found = lint_paths([file], Settings()).sorted()
    text = render(found, "text")
    assert f"{file}:5:5: TN102 warning: attribute name output_current" in text
    plain = json.loads(render(found, "json"))
    assert len(plain) == len(found)
    assert {one["code"] for one in plain} == {one.rule for one in found}
    assert plain[0]["location"]["row"] >= 1
    sarif = json.loads(render(found, "sarif"))
    assert sarif["version"] == "2.1.0"
    run = sarif["runs"][0]
    assert len(run["results"]) == len(found)
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        region = result["locations"][0]["physicalLocation"]["region"]
        assert region["startLine"] >= 1
    github = render(found, "github").splitlines()
    assert len(github) == len(found)
    assert any(line.startswith("::warning title=TN102,file=") for line in github)


def test_sarif_has_what_its_schema_requires() -> None:
    """SARIF 2.1.0, sections 3.14 to 3.30: of a path with a space, and of a device without lines."""
    found = [
        Finding(
            "TN102", Severity.WARNING, "a name", Place("my files/supply 1%.py", 3, 5, 3, 9), "S"
        ),
        Finding("TS003", Severity.ERROR, "no reason", Place("lab/supply/1"), "Supply"),
    ]
    sarif = json.loads(render(found, "sarif"))
    assert sarif["$schema"].endswith("sarif-2.1.0.json")
    (run,) = sarif["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "puretango lint"
    for rule in driver["rules"]:
        assert rule["id"] in all_rules()
        assert rule["shortDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("none", "note", "warning", "error")
    uris = []
    for result in run["results"]:
        assert result["message"]["text"]
        assert result["level"] in ("none", "note", "warning", "error")
        (location,) = result["locations"]
        region = location["physicalLocation"]["region"]
        assert region["startLine"] >= 1
        assert region["startColumn"] >= 1
        uris.append(location["physicalLocation"]["artifactLocation"]["uri"])
    assert uris == ["my%20files/supply%201%25.py", "lab/supply/1"]


def test_exit_codes(file: Path) -> None:
    found = lint_paths([file], Settings()).sorted()
    warnings = [one for one in found if one.severity is Severity.WARNING]
    assert exit_code(found, strict=False) == 1
    assert exit_code(warnings, strict=False) == 0
    assert exit_code(warnings, strict=True) == 1
    assert exit_code([], strict=True) == 0
