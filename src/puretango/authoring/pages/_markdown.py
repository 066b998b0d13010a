"""A class page in Markdown: tables, and the states as a Mermaid diagram."""

from __future__ import annotations

from collections.abc import Iterator

from puretango.authoring.pages._content import Page, Section, Table

__all__ = ["markdown_of"]


def markdown_of(page: Page) -> str:
    """The page; the first line is its title."""
    lines = [f"# {page.title}", "", page.text, ""]
    for section in page.sections:
        lines += _section(page, section, 2)
    return "\n".join(lines).rstrip() + "\n"


def _section(page: Page, section: Section, level: int) -> Iterator[str]:
    yield f"{'#' * level} {section.title}"
    yield ""
    if section.text:
        yield section.text
        yield ""
    if section.code:
        yield from ("```console", section.code, "```", "")
    if section.draws_states and page.model.transitions:
        yield from _diagram(page)
    if section.table is not None:
        yield from _table(section.table)
        yield ""
    for inner in section.sections:
        yield from _section(page, inner, level + 1)


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def _table(table: Table) -> Iterator[str]:
    yield f"| {' | '.join(table.columns)} |"
    yield f"|{' --- |' * len(table.columns)}"
    for row in table.rows:
        yield f"| {' | '.join(_cell(text) for text in row)} |"


def _diagram(page: Page) -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    for start, end, by in page.model.transitions:
        yield f"    {start} --> {end}: {by.replace(':', ' ')}" if by else f"    {start} --> {end}"
    yield "```"
    yield ""
