"""Texts of a model in generated code: as literals and docstrings with exactly the same contents."""

from __future__ import annotations

__all__ = ["docstring", "quoted", "sentence"]


def quoted(text: str) -> str:
    """A text as a Python literal on one line."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + plain.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'


def sentence(text: str) -> str:
    """A text on one line, without characters that end or escape a docstring."""
    return " ".join(text.replace("\\", "/").replace('"', "'").split())


def docstring(text: str) -> str:
    """A text as a docstring of one line: its lines are joined by spaces, no character is changed."""
    plain = " ".join(text.split()).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if plain.endswith('"'):
        plain = plain[:-1] + '\\"'
    return f'"""{plain}"""'
