"""The listings of the documents that this project implements, taken out of them when they are there.

They lie outside this repository: in the directory that PURETANGO_DOCUMENTS names, or in
`shared/seeds` beside the checkout or above it.
"""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path

import pytest


def seed(name: str) -> str:
    """The text of the document whose file name begins with `name`; skips the test without it."""
    for directory in _candidates():
        for path in sorted(directory.glob(f"{name}_*.txt")):
            return path.read_text("utf-8")
    pytest.skip(f"document {name} is not on this machine (PURETANGO_DOCUMENTS)")


def _candidates() -> list[Path]:
    named = os.environ.get("PURETANGO_DOCUMENTS")
    if named:
        return [Path(named)]
    return [parent / "shared" / "seeds" for parent in Path(__file__).resolve().parents]


def notebook_cells(text: str) -> dict[int, str]:
    """The code of the notebook's cells by number, without the outputs and the prose between."""
    parts = re.split(r"^In \[(\d+)\]:\n", text, flags=re.MULTILINE)
    return {
        int(number): _leading_code(body)
        for number, body in zip(parts[1::2], parts[2::2], strict=True)
    }


def _leading_code(body: str) -> str:
    """The statements at the beginning of `body`: it goes on with what they printed, then with prose."""
    code: list[str] = []
    for chunk in _chunks(body):
        try:
            statements = ast.parse(chunk).body
        except SyntaxError:
            break
        if not statements or any(_is_output(statement) for statement in statements):
            break
        code.append(chunk)
    return "\n".join(code)


def _chunks(body: str) -> list[str]:
    """Paragraphs, with those that go on indented joined to the one before."""
    chunks: list[str] = []
    for paragraph in re.split(r"\n[ \t]*\n", body.strip("\n")):
        paragraph = paragraph.strip("\n")
        if chunks and paragraph.startswith((" ", "\t")):
            chunks[-1] += "\n\n" + paragraph
        elif paragraph:
            chunks.append(paragraph)
    return chunks


def _is_output(statement: ast.stmt) -> bool:
    """A notebook prints values: a bare literal, or the repr of a status."""
    if not isinstance(statement, ast.Expr):
        return False
    value = statement.value
    if not isinstance(value, ast.Call):
        return not (isinstance(value, ast.Constant) and isinstance(value.value, str))
    return isinstance(value.func, ast.Name) and value.func.id.endswith("Status")


def code_blocks(text: str) -> list[str]:
    """The reStructuredText document's `code-block:: python` listings, dedented."""
    blocks = []
    for match in re.finditer(
        r"^( *)\.\. code-block:: python\n((?:\1 +.*\n|[ \t]*\n)+)", text, re.M
    ):
        lines = [line for line in match[2].splitlines() if not re.match(r"\s+:\w+:", line)]
        depth = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
        blocks.append("\n".join(line[depth:] for line in lines).strip("\n"))
    return blocks
