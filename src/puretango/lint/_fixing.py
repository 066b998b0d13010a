"""Fixing: edits applied to files, round after round until nothing more can be fixed."""

from __future__ import annotations

import ast
import os
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from puretango.lint._finding import Edit, Finding, Fix

__all__ = ["MOST_ROUNDS", "apply_fixes", "fix_files"]

MOST_ROUNDS = 12


def fix_files(
    findings_of: Callable[[], Sequence[Finding]], unsafe: bool
) -> tuple[Sequence[Finding], list[Finding]]:
    """Fix files in place; returns the remaining findings, and the fixed ones.

    ``findings_of`` lints again. Fixes that would overlap wait for the next round; a file that
    would not parse any more is left as it was.
    """
    mended: list[Finding] = []
    findings = findings_of()
    for _ in range(MOST_ROUNDS):
        by_file: dict[str, list[Finding]] = defaultdict(list)
        for one in findings:
            if one.fix is not None and (one.fix.safe or unsafe):
                by_file[one.place.path].append(one)
        done = [one for path, some in by_file.items() for one in _fix_file(path, some)]
        if not done:
            break
        mended += done
        findings = findings_of()
    return findings, mended


def _fix_file(path: str, findings: list[Finding]) -> list[Finding]:
    text = Path(path).read_text(encoding="utf-8")
    chosen = _without_overlap(findings)
    new = apply_fixes(text, [one.fix for one in chosen if one.fix is not None])
    if new == text or not _parses(new):
        chosen, new = _one_by_one(text, chosen)
    if new != text:
        _write(Path(path), new)
        return chosen
    return []


def _one_by_one(text: str, findings: list[Finding]) -> tuple[list[Finding], str]:
    """The text after the first fix that, alone, leaves a file that parses."""
    for one in findings:
        if one.fix is not None:
            new = apply_fixes(text, [one.fix])
            if new != text and _parses(new):
                return [one], new
    return [], text


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


def _write(path: Path, text: str) -> None:
    """Replace a file at once: a full disk leaves the old one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.chmod(name, path.stat().st_mode & 0o7777)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _span(fix: Fix) -> tuple[tuple[int, int], tuple[int, int]]:
    starts = [(one.line, one.column) for one in fix.edits]
    ends = [(one.end_line, one.end_column) for one in fix.edits]
    return min(starts), max(ends)


def _without_overlap(findings: list[Finding]) -> list[Finding]:
    chosen: list[Finding] = []
    taken: list[tuple[tuple[int, int], tuple[int, int]]] = []
    for one in sorted(findings, key=lambda each: each.key):
        if one.fix is None or not one.fix.edits:
            continue
        start, end = _span(one.fix)
        if all(end < other_start or start > other_end for other_start, other_end in taken):
            chosen.append(one)
            taken.append((start, end))
    return chosen


def apply_fixes(text: str, fixes: Iterable[Fix]) -> str:
    """The text with the edits of fixes that do not overlap, and the imports that they need."""
    fixes = list(fixes)
    lines = text.split("\n")
    edits = sorted({edit for fix in fixes for edit in fix.edits}, reverse=True)
    for edit in edits:
        _apply(lines, edit)
    new = "\n".join(lines)
    for module, name in sorted({pair for fix in fixes for pair in fix.imports}):
        new = _with_import(new, module, name)
    return new


def _apply(lines: list[str], edit: Edit) -> None:
    first, last = lines[edit.line - 1].encode(), lines[edit.end_line - 1].encode()
    joined = first[: edit.column].decode() + edit.text + last[edit.end_column :].decode()
    lines[edit.line - 1 : edit.end_line] = joined.split("\n")


def _with_import(text: str, module: str, name: str) -> str:
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return text
    last: ast.stmt | None = None
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            if any((alias.asname or alias.name) == name for alias in node.names):
                return text
            if node.names[0].name == "*" and (node.module or "").partition(".")[0] == module:
                return text
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            last = node
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == module and not node.level:
            alias = node.names[-1]
            lines = text.split("\n")
            line, column = alias.end_lineno, alias.end_col_offset
            if line is not None and column is not None:
                _apply(lines, Edit(line, column, line, column, f", {name}"))
                return "\n".join(lines)
    statement = f"from {module} import {name}"
    lines = text.split("\n")
    if last is not None:
        lines.insert(last.end_lineno or last.lineno, statement)
    else:
        first = tree.body[0] if tree.body else None
        is_doc = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        lines.insert((first.end_lineno or 0) if is_doc and first else 0, statement)
    return "\n".join(lines)
