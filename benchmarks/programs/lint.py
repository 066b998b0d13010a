"""Lint: a hundred files, and what an import of the linter costs."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.harness.row import OURS, Row, Wanted
from benchmarks.harness.settings import Settings
from puretango.lint import Settings as LintSettings
from puretango.lint import lint_paths

SUMMARY = "a hundred files linted, import of the linter"

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "bad_power_supply.py"
FILES = 100


def run(settings: Settings) -> Iterator[Row]:
    """Seconds for a hundred files that break sixty rules each; milliseconds of an import."""
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        text = EXAMPLE.read_text()
        for number in range(FILES):
            path = Path(folder) / f"supply{number}.py"
            path.write_text(text.replace("bad_supply", f"bad_supply{number}"))
        for _ in range(settings.rounds):
            started = time.process_time()
            report = lint_paths([folder], LintSettings())
            seconds.append(time.process_time() - started)
        note = f"{len(report.findings)} findings in {FILES} files"
    yield Row(
        "lint of 100 files",
        "CPU s",
        {OURS: statistics.median(seconds)},
        note=note,
        wanted=Wanted(most=2.0),
    )
    code = "import time; t = time.process_time(); import puretango.lint; print(time.process_time() - t)"
    found = []
    for _ in range(settings.rounds):
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        found.append(float(done.stdout) * 1000)
    yield Row("import puretango.lint", "CPU ms", {OURS: statistics.median(found)})
