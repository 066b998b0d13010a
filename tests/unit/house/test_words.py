"""Words that English readers stumble over do not come back: in comments, docstrings and pages."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

# Software is no "he"; a clause about whoever asks does not begin with a bare "who".
STUMBLES = re.compile(
    r"\banew\b|\bheld against\b|\bof no use\b|\bhe\b|\bhimself\b|\bhis\b"
    r"|\b(so that|that|when|if|because|then|as|,|;) who "
    r"(asks|calls|waits|watches|lost|subscribes|comes|sets|writes|reads)\b"
)


def texts(file: Path) -> Iterator[tuple[int, str]]:
    """Line and text of each comment and docstring."""
    with file.open("rb") as opened:
        for token in tokenize.tokenize(opened.readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string
    for node in ast.walk(ast.parse(file.read_bytes())):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))):
                yield node.lineno, text


def test_comments_and_docstrings(project_root: Path) -> None:
    found = [
        f"{file.relative_to(project_root)}:{line}: {match[0]!r}"
        for file in sorted((project_root / "src").rglob("*.py"))
        if STUMBLES.search(file.read_text("utf-8"))
        for line, text in texts(file)
        if (match := STUMBLES.search(text)) is not None
    ]
    assert found == []


def test_pages(project_root: Path) -> None:
    pages = [*project_root.glob("*.md"), *(project_root / "docs").glob("*.md")]
    found = [
        f"{page.name}:{number}: {match[0]!r}"
        for page in sorted(pages)
        for number, line in enumerate(page.read_text("utf-8").splitlines(), 1)
        if (match := STUMBLES.search(line)) is not None
    ]
    assert found == []
