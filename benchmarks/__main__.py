"""``python -m benchmarks [NAME …]``: measure, print a table, write JSON."""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import platform
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

import benchmarks
from benchmarks.harness.environment import is_plain, peer_python
from benchmarks.harness.page import number, write
from benchmarks.harness.row import OURS, THEIRS, Row
from benchmarks.harness.settings import Settings
from benchmarks.harness.tangorc import FILE, hide
from benchmarks.harness.wanted import judged

ROOMS = ("requests", "events", "archives", "programs")


def places() -> dict[str, str]:
    """Every benchmark there is, and its module."""
    found = {}
    for room in ROOMS:
        path = [f"{folder}/{room}" for folder in benchmarks.__path__]
        found |= {m.name: f"benchmarks.{room}.{m.name}" for m in pkgutil.iter_modules(path)}
    return dict(sorted(found.items()))


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(places())}")
    parser.add_argument("--json", type=Path, default=Path("benchmarks/results.json"))
    parser.add_argument("--seconds", type=float, default=0.3, help="of each turn")
    parser.add_argument("--rounds", type=int, default=9, help="turns of each side")
    parser.add_argument("--quick", action="store_true", help="a look: 3 turns of 0.1 s")
    parser.add_argument("--page", type=Path, help="a page whose tables are to be of this run")
    parser.add_argument("--cores", choices=["one", "two", "both"], default="both")
    return parser.parse_args(arguments)


def figure(row: Row, side: str) -> str:
    """A value with three digits that count."""
    return number(row.values.get(side))


_COLOURED = {"": "", "met": "[green]met[/green]", "short": "[red]short[/red]"}


def show(console: Console, title: str, rows: list[Row]) -> None:
    """One table."""
    others = [
        s for s in dict.fromkeys(s for r in rows for s in r.values) if s not in {OURS, THEIRS}
    ]
    table = Table(title=title, title_justify="left")
    table.add_column("")
    table.add_column("cores")
    table.add_column("unit")
    for side in (OURS, THEIRS):
        table.add_column(side, justify="right")
    table.add_column("times better", justify="right", style="bold")
    table.add_column("wanted", justify="right")
    table.add_column("")
    for side in others:
        table.add_column(side, justify="right")
    for row in rows:
        ratio = "–" if row.ratio is None else f"{row.ratio:.2f}"
        table.add_row(
            row.name,
            row.cores,
            row.unit,
            figure(row, OURS),
            figure(row, THEIRS),
            ratio,
            str(row.wanted or ""),
            _COLOURED[row.verdict],
            *(figure(row, side) for side in others),
        )
    console.print(table)
    for note in dict.fromkeys(row.note for row in rows if row.note):
        console.print(f"[red]{note}[/red]")


def main(arguments: list[str]) -> int:
    """Measure."""
    options = parse(arguments)
    known = places()
    unknown = set(options.names) - set(known)
    if unknown:
        print(f"no such benchmark: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    code = hide(arguments)
    if code is not None:
        return code
    settings = Settings(options.seconds, options.rounds)
    if options.quick:
        settings.seconds, settings.rounds = 0.1, 3
    if options.cores != "both":
        settings.placements = (f"{options.cores} core{'s' if options.cores == 'two' else ''}",)
    console = Console(width=None if sys.stdout.isatty() else 140)
    peer = peer_python()
    plain = is_plain(peer)
    console.print(
        f"PyTango runs in {peer}" + ("" if plain else ", [red]slowed by OpenTelemetry[/red]")
    )
    results: dict[str, Any] = {
        "when": time.strftime("%Y-%m-%dT%H:%M:%S"),
        "machine": platform.platform(),
        "python": platform.python_version(),
        "tangorc": FILE.exists(),
        "peer": peer,
        "peer without OpenTelemetry": plain,
        "rows": [],
    }
    started = time.monotonic()
    for name in options.names or known:
        module = importlib.import_module(known[name])
        if not options.names and getattr(module, "BY_NAME", False):
            continue
        rows = []
        for row in module.run(settings):
            took = time.monotonic() - started
            console.print(f"[dim]{took:4.0f} s  {name}: {row.name} {row.cores}[/dim]")
            rows.append(judged(name, row))
        show(console, f"{name}: {module.SUMMARY}", rows)
        results["rows"] += [
            {"benchmark": name, **asdict(row), "ratio": row.ratio, "verdict": row.verdict}
            for row in rows
        ]
    options.json.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    if options.page is not None:
        write(options.page, results)
    wanted = [row for row in results["rows"] if row["verdict"]]
    short = [row for row in wanted if row["verdict"] == "short"]
    for row in short:
        console.print(f"[red]short of what is wanted: {row['name']} {row['cores']}[/red]")
    console.print(f"{len(wanted) - len(short)} of {len(wanted)} wanted figures are met")
    console.print(f"written to {options.json}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
