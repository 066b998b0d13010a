"""The demo's pictures; without matplotlib there are none."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

__all__ = ["draw_curve", "draw_image"]


def draw_curve(
    path: Path, x: Sequence[float], y: Sequence[float], *, x_label: str, y_label: str, title: str
) -> Path | None:
    """One quantity over another, as joined points."""
    figure = _figure((6, 4))
    if figure is None:
        return None
    axes = figure.add_subplot(title=title, xlabel=x_label, ylabel=y_label)
    axes.plot(x, y, marker="o", markersize=4, color="#1b6ca8")
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    return _saved(figure, path)


def draw_image(path: Path, image: Any, *, title: str) -> Path | None:
    """Counts per pixel, on a logarithmic scale of colours."""
    figure = _figure((7, 3.4))
    if figure is None:
        return None
    axes = figure.add_subplot(title=title, xlabel="column", ylabel="row")
    # A logarithm has no zeros: counts below the background's typical one are dark.
    drawn = axes.imshow(image.clip(1), norm="log", cmap="inferno")
    figure.colorbar(drawn, ax=axes, label="photons", shrink=0.85)
    return _saved(figure, path)


def _figure(size: tuple[float, float]) -> Any:
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        return None
    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _saved(figure: Any, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        figure.savefig(path, dpi=120)
    return path
