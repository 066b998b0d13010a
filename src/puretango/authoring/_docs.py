"""Docs: pages written into a folder, or compared with what is there."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from puretango.authoring._page import class_page
from puretango.authoring._render import html_page, markdown_page
from puretango.model import ClassModel

__all__ = ["check_docs", "docs_of", "write_docs"]


def docs_of(model: ClassModel) -> dict[str, str]:
    """File names and texts of a class's pages."""
    page = class_page(model)
    return {f"{model.name}.md": markdown_page(page), f"{model.name}.html": html_page(page)}


def write_docs(models: Iterable[ClassModel], folder: Path) -> list[Path]:
    """Write the pages; the files written. They are generated: what was there is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for model in models:
        for name, text in docs_of(model).items():
            path = folder / name
            path.write_text(text, encoding="utf-8")
            written.append(path)
    return written


def check_docs(models: Iterable[ClassModel], folder: Path) -> list[str]:
    """A line for each page that is not there or out of date; empty if all are true."""
    told = []
    for model in models:
        for name, text in docs_of(model).items():
            path = folder / name
            if not path.is_file():
                told.append(f"{path}: is not there")
            elif path.read_text(encoding="utf-8") != text:
                told.append(f"{path}: is out of date")
    return told
