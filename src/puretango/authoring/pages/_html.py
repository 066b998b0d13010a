"""A class page as one HTML file that needs nothing else: style and drawing are inside."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from puretango.authoring.pages._content import Page, Section, Table
from puretango.authoring.pages._graph import graph_of
from puretango.authoring.pages._svg import svg_of

__all__ = ["html_of"]

_STYLE = """
:root { color-scheme: light dark; --line: #8886; --head: #8881; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
nav a { margin-right: 1rem; white-space: nowrap; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; }
th, td { border: 1px solid var(--line); padding: .25rem .6rem; text-align: left; vertical-align: top; }
th { background: var(--head); }
pre { background: var(--head); padding: .8rem; overflow-x: auto; }
h3 { margin-bottom: .2rem; }
svg { max-width: 100%; height: auto; }
"""


def html_of(page: Page) -> str:
    """The whole page."""
    links = " ".join(
        f'<a href="#{_anchor(one.title)}">{escape(one.title)}</a>' for one in page.sections
    )
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(page.title)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(page.title)}</h1>",
        *_paragraphs(page.text),
        f"<nav>{links}</nav>",
    ]
    for section in page.sections:
        parts += _section(page, section, 2)
    return "\n".join([*parts, "</body></html>", ""])


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")


def _paragraphs(text: str) -> Iterator[str]:
    for one in text.split("\n\n"):
        yield f"<p>{escape(one)}</p>"


def _section(page: Page, section: Section, level: int) -> Iterator[str]:
    yield f'<h{level} id="{escape(_anchor(section.title), quote=True)}">{escape(section.title)}</h{level}>'
    if section.text:
        yield from _paragraphs(section.text)
    if section.code:
        yield f"<pre>{escape(section.code)}</pre>"
    if section.draws_states and page.model.states:
        yield svg_of(graph_of(page.model))
    if section.table is not None:
        yield from _table(section.table)
    for inner in section.sections:
        yield from _section(page, inner, level + 1)


def _table(table: Table) -> Iterator[str]:
    yield '<div class="wide"><table>'
    if any(table.columns):
        yield "<tr>" + "".join(f"<th>{escape(one)}</th>" for one in table.columns) + "</tr>"
    for row in table.rows:
        yield "<tr>" + "".join(f"<td>{escape(one)}</td>" for one in row) + "</tr>"
    yield "</table></div>"
