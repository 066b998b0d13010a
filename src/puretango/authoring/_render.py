"""Rendering: a class's page as Markdown, and as one HTML file that needs no other."""

from __future__ import annotations

import html
import math

from puretango.authoring._page import Page, Section

__all__ = ["html_page", "markdown_page"]


def markdown_page(page: Page) -> str:
    """The page in Markdown; its first line tells which interface it is of."""
    lines = [f"<!-- puretango docs: {page.title} {page.stamp} -->", f"# {page.title}", ""]
    for section in page.sections:
        lines += [f"## {section.title}", ""]
        for paragraph in section.paragraphs:
            lines += [paragraph, ""]
        if section.states:
            lines += ["```mermaid", *_mermaid(page), "```", ""]
        if section.rows:
            lines += [_row(section.head), _row(("---",) * len(section.head))]
            lines += [_row(one) for one in section.rows]
            lines.append("")
        if section.code:
            lines += [*("    " + one for one in section.code.splitlines()), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(one.replace("|", "\\|").replace("\n", " ") for one in cells) + " |"


def _mermaid(page: Page) -> list[str]:
    known = [one.name for one in page.model.states]
    lines = ["stateDiagram-v2"]
    lines += [f"    [*] --> {to}: {by}" for _, to, by in page.model.transitions if to in known]
    return lines if len(lines) > 1 else lines + [f"    state {name}" for name in known]


_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1c2430; background: #fff; margin: 0 auto;
  max-width: 60rem; padding: 1rem 1.5rem 3rem; }
h1 { border-bottom: 2px solid #2b6cb0; padding-bottom: .3rem; }
h2 { margin-top: 2rem; color: #2b4a6f; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; border-bottom: 1px solid #d8dee6;
  padding: .3rem .6rem .3rem 0; }
td:first-child { font-weight: 600; white-space: nowrap; }
pre { background: #f3f6f9; padding: .7rem 1rem; overflow-x: auto; }
svg text { font: 12px system-ui, sans-serif; }
"""

_COLOURS = {
    "ON": "#00ff00",
    "OFF": "#ffffff",
    "CLOSE": "#ffffff",
    "OPEN": "#00ff00",
    "INSERT": "#ffffff",
    "EXTRACT": "#00ff00",
    "MOVING": "#80a0ff",
    "STANDBY": "#ffff00",
    "FAULT": "#ff0000",
    "INIT": "#cccc7a",
    "RUNNING": "#008000",
    "ALARM": "#ff8c00",
    "DISABLE": "#ff00ff",
    "UNKNOWN": "#808080",
}
"""The guidelines' colour of each state (States choice)."""


def html_page(page: Page) -> str:
    """The page as one self-contained HTML file."""
    body = "\n".join(_html_section(page, one) for one in page.sections)
    title = html.escape(page.title)
    return (
        "<!DOCTYPE html>\n"
        f"<!-- puretango docs: {title} {page.stamp} -->\n"
        f'<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n{body}\n</body>\n</html>\n"
    )


def _html_section(page: Page, section: Section) -> str:
    parts = [f"<h2>{html.escape(section.title)}</h2>"]
    parts += [f"<p>{html.escape(one)}</p>" for one in section.paragraphs]
    if section.states:
        parts.append(_drawing(page))
    if section.rows:
        cells = "".join(f"<th>{html.escape(one)}</th>" for one in section.head)
        rows = "\n".join(
            "<tr>" + "".join(f"<td>{html.escape(one)}</td>" for one in row) + "</tr>"
            for row in section.rows
        )
        head = f"<tr>{cells}</tr>\n" if any(section.head) else ""
        parts.append(f"<table>\n{head}{rows}\n</table>")
    if section.code:
        parts.append(f"<pre>{html.escape(section.code)}</pre>")
    return "\n".join(parts)


def _drawing(page: Page) -> str:
    """The states in a ring, each with what leads to it."""
    states = [one.name for one in page.model.states]
    width, height, reach = 640, 90 + 50 * max(3, len(states)), 60 + 18 * len(states)
    reach = min(reach, height // 2 - 40)
    shapes = []
    for index, name in enumerate(states):
        angle = 2 * math.pi * index / len(states) - math.pi / 2
        x = width / 2 + 1.6 * reach * math.cos(angle)
        y = height / 2 + reach * math.sin(angle)
        ways = [by for _, to, by in page.model.transitions if to == name]
        told = ", ".join(ways[:3]) + (" …" if len(ways) > 3 else "")
        ink = "#fff" if name in ("RUNNING", "UNKNOWN", "FAULT") else "#1c2430"
        shapes.append(
            f'<rect x="{x - 45:.0f}" y="{y - 15:.0f}" width="90" height="30" rx="8" '
            f'fill="{_COLOURS[name]}" stroke="#1c2430"/>'
            f'<text x="{x:.0f}" y="{y + 4:.0f}" text-anchor="middle" fill="{ink}">{name}</text>'
            f'<text x="{x:.0f}" y="{y + 30:.0f}" text-anchor="middle">{html.escape(told)}</text>'
        )
    drawn = "\n".join(shapes)
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img" '
        f'aria-label="States of {html.escape(page.title)}">\n{drawn}\n</svg>'
    )
