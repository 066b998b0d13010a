"""What the commands print: tables for people, JSON for programs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from puretango.cli._values import for_programs

__all__ = ["ReaderGone", "complain", "fields", "print_json", "say", "table"]


class ReaderGone(SystemExit):
    """The reader of the output has closed it: the command ends, and nothing has failed."""


def say(text: str = "") -> None:
    """Print one line on the standard output at once; ReaderGone if it has been closed."""
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # The rest of the buffer must be written somewhere when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise ReaderGone(0) from None


def complain(text: str) -> None:
    """Print one line on the standard error, after earlier output."""
    sys.stdout.flush()
    sys.stderr.write(f"puretango: {text}\n")


def print_json(value: Any, *, one_line: bool = False) -> None:
    """A value as JSON."""
    say(json.dumps(for_programs(value), ensure_ascii=False, indent=None if one_line else 2))


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table: formatted by rich on a terminal, plain columns elsewhere."""
    rows = list(rows)
    if not sys.stdout.isatty():
        _plain_table(columns, rows)
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        drawn.add_column(column, overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(cell) for cell in row))
    Console().print(drawn)


def _plain_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    every = [list(columns), *rows]
    widths = [max(len(row[at]) for row in every) for at in range(len(columns))]
    for row in every:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        say(line.rstrip())


def fields(pairs: Iterable[tuple[str, str]]) -> None:
    """Names and values, one under the other."""
    pairs = list(pairs)
    width = max((len(name) for name, _ in pairs), default=0)
    for name, value in pairs:
        lines = value.split("\n")
        say(f"{name.ljust(width)}  {lines[0]}".rstrip())
        for line in lines[1:]:
            say(f"{' ' * width}  {line}".rstrip())
