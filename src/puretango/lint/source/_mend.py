"""Fixes: edits of a method's source that keep its layout."""

from __future__ import annotations

import ast

from puretango.lint._finding import Edit, Fix
from puretango.model import Function, ParsedFile

__all__ = ["after", "at_body_start", "handler_rewritten", "imports_for", "wrapped_in_try"]


def _indent(node: ast.stmt | ast.ExceptHandler) -> str:
    return " " * node.col_offset


def at_body_start(function: Function, text: str) -> Edit:
    """Insert a statement before the first one of a function, after its docstring."""
    body = function.body
    first = body[0]
    is_doc = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    if is_doc:
        if len(body) == 1:
            line, column = first.end_lineno or 0, first.end_col_offset or 0
            return Edit(line, column, line, column, f"\n{_indent(first)}{text}")
        first = body[1]
    line = min([first.lineno, *(one.lineno for one in getattr(first, "decorator_list", []))])
    return Edit(line, first.col_offset, line, first.col_offset, f"{text}\n{_indent(first)}")


def after(statement: ast.stmt, text: str) -> Edit:
    """Insert a statement after another."""
    line, column = statement.end_lineno or 0, statement.end_col_offset or 0
    return Edit(line, column, line, column, f"\n{_indent(statement)}{text}")


def statement_of(function: Function, node: ast.AST) -> ast.stmt | None:
    """The innermost statement that contains a node."""
    found: ast.stmt | None = None
    for one in ast.walk(function):
        if (
            isinstance(one, ast.stmt)
            and one is not function
            and any(child is node for child in ast.walk(one))
        ) and (found is None or one.lineno >= found.lineno):
            found = one
    return found


def imports_for(file: ParsedFile, *names: str) -> tuple[tuple[str, str], ...]:
    """The imports that names of the library need in a file."""
    module = "puretango" if file.library == "puretango" else "tango"
    servers = {"DebugIt", "LogAttributeMixin", "Device", "command", "attribute"}
    found = []
    for name in names:
        place = f"{module}.server" if name in servers and module == "puretango" else module
        found.append((place, name))
    return tuple(found)


def handler_rewritten(handler: ast.ExceptHandler, statements: list[str]) -> Edit | None:
    """A handler with another body; the error gets a name if it has none."""
    body = handler.body
    indent = (
        _indent(handler) + "    "
        if not body or body[0].lineno == handler.lineno
        else _indent(body[0])
    )
    kind = ast.unparse(handler.type) if handler.type is not None else "Exception"
    name = handler.name or "error"
    lines = [f"except {kind} as {name}:", *(indent + one for one in statements)]
    last = body[-1]
    return Edit(
        handler.lineno,
        handler.col_offset,
        last.end_lineno or 0,
        last.end_col_offset or 0,
        "\n".join(lines),
    )


def wrapped_in_try(file: ParsedFile, body: list[ast.stmt], handler: list[str]) -> Edit | None:
    """Statements in a ``try`` with a handler; None if a string over several lines prevents that."""
    first, last = body[0], body[-1]
    start = min([first.lineno, *(one.lineno for one in getattr(first, "decorator_list", []))])
    end = last.end_lineno or start
    for one in body:
        for node in ast.walk(one):
            multi = isinstance(node, (ast.Constant, ast.JoinedStr))
            if multi and getattr(node, "end_lineno", 0) != getattr(node, "lineno", 0):
                return None
    indent = _indent(first)
    lines = file.lines[start - 1 : end]
    if not lines[0].startswith(indent) or lines[0].strip() == "":
        return None
    kept = [("    " + line if line.strip() else line) for line in lines]
    text = "\n".join([f"{indent}try:", *kept, *(indent + one for one in handler)])
    end_column = len(file.lines[end - 1].encode())
    return Edit(start, 0, end, end_column, text)


def lazy(node: ast.JoinedStr) -> str | None:
    """Arguments ``"x %s", x`` for ``f"x {x}"``; None if a format prevents that."""
    text, values = "", []
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += str(part.value).replace("%", "%%")
        elif isinstance(part, ast.FormattedValue):
            if part.conversion not in (-1, 114) or part.format_spec is not None:
                return None
            text += "%r" if part.conversion == 114 else "%s"
            values.append(ast.unparse(part.value))
    return ", ".join([repr(text).replace("'", '"') if '"' not in text else repr(text), *values])


def one_fix(edit: Edit | None, **keywords: object) -> Fix | None:
    """A fix of one edit, if there is one."""
    return Fix((edit,), **keywords) if edit is not None else None  # type: ignore[arg-type]  # passed on as they came
