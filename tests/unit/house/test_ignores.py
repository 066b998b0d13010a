"""Every `type: ignore` names its rule and says why."""

from __future__ import annotations

import re
import tokenize
from pathlib import Path

import pytest

IGNORE = re.compile(r"# type: ignore")
GOOD = re.compile(r"# type: ignore\[[a-z, -]+\]\s+(#|-) ?(?!noqa)\w.{8,}")


@pytest.mark.parametrize("room", ["src", "tests", "benchmarks", "examples"])
def test_every_ignored_type_says_why(room: str, project_root: Path) -> None:
    silent = []
    for file in sorted((project_root / room).rglob("*.py")):
        text = file.read_bytes()
        if b"type: ignore" not in text or "data" in file.parts:
            continue
        with file.open("rb") as opened:
            silent += [
                f"{file.relative_to(project_root)}:{token.start[0]}: {token.string}"
                for token in tokenize.tokenize(opened.readline)
                if token.type == tokenize.COMMENT
                and IGNORE.search(token.string)
                and not GOOD.search(token.string)
            ]
    assert silent == []
