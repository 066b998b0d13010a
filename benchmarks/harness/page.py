"""The figures of a run as the tables of docs/benchmarks.md: what is worse than the peer comes first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.harness.row import OURS, THEIRS

BEGIN = "<!-- figures: written by `python -m benchmarks --page` -->"
END = "<!-- end of the figures -->"

Found = Mapping[str, Any]
"""A row of ``results.json``."""


def number(value: float | None) -> str:
    """A value with three digits that count."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def _wanted(row: Found) -> str:
    wanted = row["wanted"] or {}
    parts = [
        f"{sign} {wanted[key]:,g}{times}"
        for key, sign, times in (("ratio", "≥", "×"), ("most", "≤", ""), ("least", "≥", ""))
        if wanted.get(key) is not None
    ]
    return ", ".join(parts)


def _others(rows: Iterable[Found]) -> list[str]:
    return [
        s for s in dict.fromkeys(s for r in rows for s in r["values"]) if s not in (OURS, THEIRS)
    ]


def _table(rows: list[Found], group: bool) -> Iterator[str]:
    others = _others(rows)
    head = ["what", "cores", "unit", "puretango", "PyTango", *others, "times better", "wanted", ""]
    yield _line((["group"] if group else []) + head)
    yield _line(["---"] * (len(head) + group))
    for row in rows:
        sides = [number(row["values"].get(side)) for side in (OURS, THEIRS, *others)]
        ratio = "–" if row["ratio"] is None else f"{row['ratio']:.2f}"
        cells = [
            row["name"],
            row["cores"],
            row["unit"],
            *sides,
            ratio,
            _wanted(row),
            row["verdict"],
        ]
        yield _line(([row["benchmark"]] if group else []) + cells)


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def tables(results: Found) -> str:
    """All of it as Markdown."""
    rows: list[Found] = results["rows"]
    slower = [row for row in rows if row["ratio"] is not None and row["ratio"] < 1]
    short = [row for row in rows if row["verdict"] == "short" and row not in slower]
    wanted = [row for row in rows if row["verdict"]]
    met = sum(row["verdict"] == "met" for row in wanted)
    peer = "without" if results["peer without OpenTelemetry"] else "WITH"
    lines = [
        (
            f"Measured on {results['when'][:10]} with Python {results['python']}; PyTango in an environment "
            f"{peer} OpenTelemetry. {met} of {len(wanted)} wanted figures are met."
        ),
    ]
    for title, some in (
        ("Slower than PyTango", slower),
        ("Not slower, and short of what is wanted", short),
    ):
        if some:
            lines += ["", f"### {title}", "", *_table(some, True)]
    for group in dict.fromkeys(row["benchmark"] for row in rows):
        some = [row for row in rows if row["benchmark"] == group]
        lines += ["", f"### `{group}`", "", *_table(some, False)]
        lines += [f"\n{note}" for note in dict.fromkeys(row["note"] for row in some) if note]
    return "\n".join(lines)


def write(page: Path, results: Found) -> None:
    """Put the tables between the two marks of the page; ValueError if it has none."""
    text = page.read_text("utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} has no place for the figures: {BEGIN} … {END}")
    page.write_text(f"{before}{BEGIN}\n\n{tables(results)}\n\n{END}{after}", "utf-8")
