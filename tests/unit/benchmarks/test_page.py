"""The page's tables: what is worse comes first, and nothing around them is touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.harness.page import BEGIN, END, tables, write


def row(name: str, ours: float, theirs: float | None, verdict: str, **more: Any) -> dict[str, Any]:
    values = {"puretango": ours} | ({} if theirs is None else {"pytango": theirs})
    ratio = None if theirs is None else theirs / ours
    plain = {"benchmark": "calls", "cores": "one core", "unit": "µs", "note": "", "wanted": None}
    return {**plain, "name": name, "values": values, "ratio": ratio, "verdict": verdict, **more}


RESULTS = {
    "when": "2026-11-29T20:00:00",
    "python": "3.11.7",
    "peer without OpenTelemetry": True,
    "rows": [
        row("good", 10.0, 40.0, "met", wanted={"ratio": 3.0, "most": None, "least": None}),
        row("slow", 50.0, 25.0, "short", wanted={"ratio": 1.0, "most": None, "least": None}),
        row("nearly", 10.0, 20.0, "short", wanted={"ratio": 3.0, "most": None, "least": None}),
        row("alone", 1234.5, None, "", benchmark="archive", note="while others worked"),
    ],
}


def test_what_is_worse_comes_first() -> None:
    text = tables(RESULTS)
    assert "1 of 3 wanted figures are met" in text
    slower, short, calls, archive = (
        text.index(title)
        for title in ("### Slower", "### Not slower", "### `calls`", "### `archive`")
    )
    assert slower < short < calls < archive
    assert "| calls | slow | one core | µs | 50 | 25 | 0.50 | ≥ 1× | short |" in text[slower:short]
    assert "nearly" in text[short:calls]
    assert "good" not in text[:calls]
    assert "| alone | one core | µs | 1,234 | – | – |  |  |" in text[archive:]
    assert text.endswith("while others worked")


def test_the_rest_of_the_page_stays(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Before\n{BEGIN}\nold\n{END}\n# After\n", "utf-8")
    write(page, RESULTS)
    write(page, RESULTS)
    text = page.read_text("utf-8")
    assert text.startswith("# Before\n")
    assert text.endswith(f"{END}\n# After\n")
    assert "old" not in text
    assert text.count("### `calls`") == 1


def test_a_page_without_a_place_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Nothing\n", "utf-8")
    with pytest.raises(ValueError, match="no place for the figures"):
        write(page, RESULTS)
    assert page.read_text("utf-8") == "# Nothing\n"
