"""The house's measures: files are short, folders are small, what is ignored is named."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from statistics import median

import puretango

ROOT = Path(puretango.__file__).parent
MOST_LINES = 450
"""Lines of a file; 400 is the aim, and a few stand a little over it."""
MOST_FILES = 15
"""Files of a folder, its door not counted."""


def test_files_are_short() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in ROOT.rglob("*.py")
        if (lines := len(path.read_text("utf-8").splitlines())) > MOST_LINES
    }
    assert not long


def test_rooms_of_the_server_are_small() -> None:
    for room in [path for path in (ROOT / "server").rglob("*") if path.is_dir()]:
        files = [path for path in room.glob("*.py") if path.name != "__init__.py"]
        assert len(files) <= MOST_FILES, room.name


def test_functions_do_one_thing() -> None:
    lengths = []
    for path in (ROOT / "server").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                last = node.body[-1].end_lineno or node.lineno
                lengths.append(last - node.body[0].lineno + 1)
    assert median(lengths) <= 6


def test_few_things_are_hidden_from_the_type_checker() -> None:
    ignored = [
        line
        for path in (ROOT / "server").rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if re.search(r"#\s*type:\s*ignore", line)
    ]
    assert len(ignored) < 25, ignored
