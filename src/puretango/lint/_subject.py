"""Subject: a class under check, with its source where there is one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from puretango.lint._finding import Edit, Fix
from puretango.lint._settings import Settings
from puretango.model import AttributeModel, ClassModel, Declaration, Place, SourceClass

__all__ = ["Subject", "at", "delete_statement", "replace_node"]


def at(node: ast.AST, path: str) -> Place:
    """The place of a node; of a class or function only the line that names it."""
    place = Place.of(node, path)
    if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
        return Place(path, place.line, place.column, place.line, place.column + len(node.name) + 4)
    return place


def replace_node(node: ast.expr | ast.stmt, text: str) -> Edit:
    """Replace a node by a text."""
    return Edit(node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0, text)


def delete_statement(node: ast.stmt) -> Edit:
    """Remove a statement; ``pass`` takes its place."""
    return replace_node(node, "pass")


@dataclass(frozen=True)
class Subject:
    """The subject of a check of declarations."""

    model: ClassModel
    settings: Settings
    source: SourceClass | None = None

    def attributes(self) -> Iterator[tuple[str, AttributeModel]]:
        """Each attribute of the class, but for State, Status and forwarded ones, with the name of the member."""
        for one in self.model.own_attributes():
            if not one.forwarded:
                yield f"attribute {one.name}", one

    def declared(self, kind: str, name: str) -> Declaration | None:
        """The class's own declaration of a member; None if it is inherited."""
        return self.source.declaration(kind, name) if self.source else None

    def keyword_fix(
        self, kind: str, name: str, values: dict[str, str], safe: bool = True, clients: str = ""
    ) -> Fix | None:
        """Set keywords of a declaration: an empty text removes the keyword."""
        declaration = self.declared(kind, name)
        if declaration is None or self.source is None or self.source.style != "high":
            return None
        edits: list[Edit] = []
        new: list[str] = []
        for keyword, text in values.items():
            have = declaration.keyword(keyword)
            if have is not None and text:
                edits.append(replace_node(have.value, text))
            elif have is not None:
                taken = self._without(declaration, have)
                if taken is None:
                    return None
                edits.append(taken)
            elif text:
                new.append(f"{keyword}={text}")
        if new:
            inserted = self._inserted(declaration, ", ".join(new))
            if inserted is None:
                return None
            edits.append(inserted)
        return Fix(tuple(edits), safe, clients) if edits else None

    def _inserted(self, declaration: Declaration, text: str) -> Edit | None:
        call = declaration.call
        if call is not None:
            line, column = call.func.end_lineno or 0, (call.func.end_col_offset or 0) + 1
            if call.args:
                last = call.args[-1]
                line, column = last.end_lineno or 0, last.end_col_offset or 0
                return Edit(line, column, line, column, ", " + text)
            more = ", " if call.keywords else ""
            return Edit(line, column, line, column, text + more)
        function = declaration.function
        if function is None:
            return None
        for one in function.decorator_list:
            name = one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "")
            if name in ("attribute", "command"):
                line, column = one.end_lineno or 0, one.end_col_offset or 0
                return Edit(line, column, line, column, f"({text})")
        return None

    def _without(self, declaration: Declaration, keyword: ast.keyword) -> Edit | None:
        """Remove a keyword with one comma."""
        call = declaration.call
        if call is None:
            return None
        parts: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
        index = parts.index(keyword)
        if index + 1 < len(parts):
            after = parts[index + 1]
            return Edit(keyword.lineno, keyword.col_offset, after.lineno, after.col_offset, "")
        if index:
            before = parts[index - 1]
            return Edit(
                before.end_lineno or 0,
                before.end_col_offset or 0,
                keyword.end_lineno or 0,
                keyword.end_col_offset or 0,
                "",
            )
        return Edit(
            keyword.lineno,
            keyword.col_offset,
            keyword.end_lineno or 0,
            keyword.end_col_offset or 0,
            "",
        )
