"""Rules that look at several files: each broken by one folder, and kept by another."""

from __future__ import annotations

from pathlib import Path

import pytest

from puretango.lint import Settings, lint_model, lint_paths
from puretango.model import (
    ArgumentModel,
    ClassModel,
    CommandModel,
    StateModel,
    parse_xmi,
    write_xmi,
)

SOURCE = (
    "from tango.server import Device, command\n\n\n"
    "class Supply(Device):\n"
    '    """A supply."""\n\n'
    "    @command\n"
    "    def On(self):\n"
    '        """Switch on."""\n'
)
PROJECT = (
    '[project]\nname = "supply"\nversion = "1"\nlicense = "MIT"\n'
    'authors = [{ name = "The controls group" }]\ndependencies = ["pytango"]\n'
)
WHOLE = {
    "pyproject.toml": PROJECT,
    "README.md": "# Supply",
    "supply.py": SOURCE,
    "driver.py": "import socket\n",
    "tests/test_supply.py": "from supply import Supply\n",
    "Supply.md": "# Supply\n\nCommands: On\n",
    "Supply.xmi": write_xmi(
        ClassModel(name="Supply", description="A supply.", commands=(CommandModel(name="On"),))
    ).decode(),
}
BROKEN = {
    "TD003": {"Supply.md": "# Supply\n\nCommands: Off\n"},
    "TD004": {"README.md": None},
    "TD006": {"tests/test_supply.py": "assert True\n"},
    "TK004": {"driver.py": "import tango\n"},
    "TK006": {
        "Supply.xmi": write_xmi(
            ClassModel(name="Supply", commands=(CommandModel(name="Off"),))
        ).decode()
    },
    "TK010": {"driver.py": "import serial\n"},
    "TZ001": {"driver.py": "def f(:\n"},
}


def _written(folder: Path, files: dict[str, str | None]) -> Path:
    for name, text in files.items():
        if text is not None:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    return folder


@pytest.mark.parametrize("rule", BROKEN)
def test_each_rule_is_found(rule: str, tmp_path: Path) -> None:
    _written(tmp_path, WHOLE | BROKEN[rule])
    found = lint_paths([tmp_path], Settings(select=(rule,))).sorted()
    assert {one.rule for one in found} == {rule}


def test_a_package_that_keeps_them_all(tmp_path: Path) -> None:
    _written(tmp_path, WHOLE)
    assert lint_paths([tmp_path], Settings(select=tuple(BROKEN))).sorted() == []


def _xmi(**changes: object) -> ClassModel:
    model = ClassModel(
        name="Supply",
        states=(StateModel(name="ON"),),
        commands=(CommandModel(name="On", **changes),),  # type: ignore[arg-type]  # fields by name
    )
    (read,) = parse_xmi(write_xmi(model)).models
    return read


OF_MODELS = {
    "TC102": ({"argin": ArgumentModel("DevColour", "A colour")}, {}),
    "TF001": ({}, {"excluded_states": ("FAULT",)}),
}
"""Rule: what breaks it and what keeps it, in a Pogo file."""


@pytest.mark.parametrize("rule", OF_MODELS)
def test_a_pogo_file_breaks_or_keeps_it(rule: str) -> None:
    bad, good = OF_MODELS[rule]
    settings = Settings(select=(rule,))
    model = _xmi(**good)
    assert lint_model(model, settings) == []
    broken = (
        _xmi() if not bad else ClassModel(name="Supply", commands=(CommandModel(name="On", **bad),))
    )  # type: ignore[arg-type]  # fields by name
    assert [one.rule for one in lint_model(broken, settings)] == [rule]
