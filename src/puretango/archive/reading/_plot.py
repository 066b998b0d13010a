"""Plots of an attribute's history: in the terminal, and as PNG (matplotlib)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from puretango.archive.sample import ArchiveError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from puretango.archive.sample import Decimated

__all__ = ["drawn", "plot_png"]

# Dots of a braille cell, by row and column.
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


def drawn(found: Decimated, start: int, end: int, width: int = 72, height: int = 12) -> str:
    """A plot as text: in each column the smallest to the largest value, gaps as a line of ``x`` below.

    Args:
        found: The data to draw.
        start, end: ns since 1970: the axis.
        width, height: Characters.
    """
    if not len(found):
        return "no numbers in this time"
    low, high = float(found.low.min()), float(found.high.max())
    span = high - low or 1.0
    dots = np.zeros((height * 4, width * 2), bool)
    for at, bottom, top in zip(found.time.tolist(), found.low.tolist(), found.high.tolist()):
        column = min(int((at - start) / (end - start) * width * 2), width * 2 - 1)
        first = _row(top, low, span, height)
        dots[first : _row(bottom, low, span, height) + 1, max(column, 0)] = True
    labels = [f"{high:.6g}", *[""] * (height - 2), f"{low:.6g}"]
    margin = max(map(len, labels))
    lines = [f"{labels[row]:>{margin}} ┤{_line(dots, row)}" for row in range(height)]
    gaps = _gap_line(found, start, end, width)
    if gaps.strip():
        lines.append(f"{'gaps':>{margin}} ┤{gaps}")
    left, right = _told(start), _told(end)
    lines.append(f"{'':>{margin}}  {left}{right:>{max(1, width - len(left))}}")
    return "\n".join(line.rstrip() for line in lines)


def _row(value: float, low: float, span: float, height: int) -> int:
    return round((1 - (value - low) / span) * (height * 4 - 1))


def _line(dots: NDArray[np.bool_], row: int) -> str:
    cells = []
    for column in range(dots.shape[1] // 2):
        code = 0x2800
        for y in range(4):
            for x in range(2):
                if dots[row * 4 + y, column * 2 + x]:
                    code |= _DOTS[y][x]
        cells.append(chr(code) if code != 0x2800 else " ")
    return "".join(cells)


def _gap_line(found: Decimated, start: int, end: int, width: int) -> str:
    line = [" "] * width
    for gap in found.gaps:
        first = int((max(gap.start, start) - start) / (end - start) * width)
        last = int((min(gap.end or end, end) - start) / (end - start) * width)
        for column in range(max(first, 0), min(last, width - 1) + 1):
            line[column] = "x"
    return "".join(line)


def _told(nanoseconds: int) -> str:
    return datetime.fromtimestamp(nanoseconds / 1e9).strftime("%Y-%m-%d %H:%M:%S")


def plot_png(found: Decimated, path: Path, unit: str = "") -> None:
    """Write a PNG: the mean as a line, smallest to largest as a band, gaps shaded.

    Raises:
        ArchiveError: matplotlib is not installed.
        OSError: The file cannot be written.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ArchiveError("a PNG needs matplotlib: pip install matplotlib") from error
    figure: Any = Figure(figsize=(10, 4), layout="constrained")
    axes = figure.subplots()
    time = found.time.astype("datetime64[ns]")
    axes.fill_between(time, found.low, found.high, step="post", alpha=0.3, linewidth=0)
    axes.plot(time, found.mean, linewidth=1)
    for gap in found.gaps:
        begin = np.datetime64(gap.start, "ns")
        end = np.datetime64(gap.end if gap.end is not None else int(found.time[-1]), "ns")
        axes.axvspan(begin, max(begin, end), color="tab:red", alpha=0.15)
    axes.set_title(found.name, fontsize="small")
    axes.set_ylabel(unit)
    axes.grid(alpha=0.3)
    figure.savefig(path, format="png")
