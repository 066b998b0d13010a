"""Place: a position in a source."""

from __future__ import annotations

import ast
from dataclasses import dataclass

__all__ = ["NOWHERE", "Place"]


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a source: lines and columns from 1, as editors count them.

    ``path`` is a file, or the name of a device or a database; ``line`` 0 means that the whole of
    it is meant.
    """

    path: str = ""
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0

    @classmethod
    def of(cls, node: ast.AST, path: str) -> Place:
        """The place of a node of a syntax tree."""
        line = getattr(node, "lineno", 0)
        column = getattr(node, "col_offset", -1) + 1
        return cls(
            path,
            line,
            column,
            getattr(node, "end_lineno", line) or line,
            (getattr(node, "end_col_offset", column) or 0) + 1,
        )

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path


NOWHERE = Place()
"""The place of things that were not read from a source."""
