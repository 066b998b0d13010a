"""The drawing of states and transitions, as an SVG element for a page."""

from __future__ import annotations

from html import escape

from puretango.authoring.pages._graph import COLOURS, Graph

__all__ = ["svg_of"]

_BOX = (92.0, 34.0)
_DARK = {"FAULT", "DISABLE"}
_TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
    'orient="auto"><path d="M0 0 8 4 0 8z" fill="currentColor"/></marker></defs>'
)


def svg_of(graph: Graph) -> str:
    """One ``<svg>`` element; states in the guidelines' colours, with their names, so that colours are not needed."""
    parts = [
        (
            '<svg xmlns="http://www.w3.org/2000/svg" '
            f'viewBox="0 0 {graph.width:.0f} {graph.height:.0f}" width="{graph.width:.0f}" '
            'role="img" aria-label="states and transitions">'
        ),
        _TIP,
    ]
    parts += [_arrow(graph, *arrow) for arrow in graph.arrows]
    parts += [_box(name, *place) for name, place in graph.boxes.items()]
    return "\n".join([*parts, "</svg>"])


def _box(name: str, x: float, y: float) -> str:
    width, height = _BOX
    ink = "#ffffff" if name in _DARK else "#000000"
    return (
        f'<rect x="{x - width / 2:.1f}" y="{y - height / 2:.1f}" width="{width:.0f}" '
        f'height="{height:.0f}" rx="8" fill="{COLOURS.get(name, "#dddddd")}" stroke="#333333"/>'
        f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle" font-size="12" '
        f'fill="{ink}">{escape(name)}</text>'
    )


def _arrow(graph: Graph, start: str, end: str, by: str) -> str:
    (x1, y1), (x2, y2) = graph.boxes[start], graph.boxes[end]
    if start == end:
        path = f"M{x1 - 14:.1f} {y1 - 17:.1f} c-18 -44 46 -44 28 0"
        middle = (x1, y1 - 46)
    else:
        (x1, y1), (x2, y2) = _edge(x1, y1, x2, y2), _edge(x2, y2, x1, y1)
        # Bent to the left of its direction, so that two ways between two states are two lines.
        bend_x, bend_y = (y2 - y1) * 0.14, (x1 - x2) * 0.14
        middle = ((x1 + x2) / 2 + bend_x, (y1 + y2) / 2 + bend_y)
        path = f"M{x1:.1f} {y1:.1f} Q{middle[0]:.1f} {middle[1]:.1f} {x2:.1f} {y2:.1f}"
    return (
        f'<path d="{path}" fill="none" stroke="currentColor" marker-end="url(#tip)"/>'
        f'<text x="{middle[0]:.1f}" y="{middle[1]:.1f}" text-anchor="middle" font-size="11" '
        f'fill="currentColor">{escape(by)}</text>'
    )


def _edge(x1: float, y1: float, x2: float, y2: float) -> tuple[float, float]:
    """The point where the line between the centres of two boxes leaves the first box."""
    dx, dy = x2 - x1, y2 - y1
    width, height = _BOX[0] / 2 + 3, _BOX[1] / 2 + 3
    scale = min(
        width / abs(dx) if dx else float("inf"), height / abs(dy) if dy else float("inf"), 1.0
    )
    return x1 + dx * scale, y1 + dy * scale
