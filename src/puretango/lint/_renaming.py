"""Renaming: a member's or class's other name, with all its uses in its own file."""

from __future__ import annotations

import ast

from puretango.lint._finding import Edit, Fix
from puretango.lint._subject import Subject
from puretango.model import dotted

__all__ = ["as_attribute", "rename_class", "rename_method", "rename_property"]


def _named(node: ast.AST, old: str, new: str) -> Edit | None:
    """The edit of one use: a name, or the last part of ``self.name``."""
    if isinstance(node, ast.Name) and node.id == old:
        return Edit(
            node.lineno, node.col_offset, node.lineno, node.col_offset + len(old.encode()), new
        )
    if isinstance(node, ast.Attribute) and dotted(node) == f"self.{old}":
        line, end = node.end_lineno or 0, node.end_col_offset or 0
        return Edit(line, end - len(old.encode()), line, end, new)
    return None


def _uses(root: ast.AST, old: str, new: str) -> list[Edit]:
    found = (_named(node, old, new) for node in ast.walk(root))
    return [one for one in found if one is not None]


def _definition(
    subject: Subject, node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, new: str
) -> Edit | None:
    assert subject.source is not None
    line = subject.source.file.lines[node.lineno - 1].encode()
    start = line.find(node.name.encode(), node.col_offset)
    if start < 0:
        return None
    return Edit(node.lineno, start, node.lineno, start + len(node.name.encode()), new)


def rename_class(subject: Subject, new: str) -> Fix | None:
    """The edits that give the class another name in its file."""
    source = subject.source
    if source is None or new in source.file.plain_classes:
        return None
    definition = _definition(subject, source.node, new)
    if definition is None:
        return None
    uses = (_named(node, source.name, new) for node in source.file.nodes)
    edits = [definition, *(one for one in uses if one is not None)]
    clients = f"class {source.name} is called {new}: its devices are defined again in the database"
    return Fix(tuple(dict.fromkeys(edits)), False, clients)


def rename_method(subject: Subject, old: str, new: str) -> Fix | None:
    """The edits that give a command another name: its method, its is_allowed rule, and their uses."""
    source = subject.source
    taken = {name.lower() for name in source.all_methods if name != old} if source else set()
    if source is None or source.style == "low" or new.lower() in taken or old not in source.methods:
        return None
    edits: list[Edit] = []
    for name, wanted in ((old, new), (f"is_{old}_allowed", f"is_{new}_allowed")):
        function = source.methods.get(name)
        if function is None:
            continue
        definition = _definition(subject, function, wanted)
        if definition is None:
            return None
        edits += [definition, *_uses(source.node, name, wanted)]
    return Fix(tuple(dict.fromkeys(edits)), False, f"command {old} is called {new}")


def rename_property(subject: Subject, old: str, new: str) -> Fix | None:
    """The edits that give a property another name, with its uses in the class."""
    source = subject.source
    declaration = next(
        (one for one in (source.body.declarations if source else ()) if one.name == old), None
    )
    if source is None or source.style == "low" or declaration is None:
        return None
    if new in {one.name for one in source.body.declarations}:
        return None
    edits = _uses(source.node, old, new)
    clients = f"property {old} is called {new}: stored values are to be moved"
    return Fix(tuple(dict.fromkeys(edits)), False, clients) if edits else None


def as_attribute(subject: Subject, command: str, name: str) -> Fix | None:
    """The edits that turn a command that only returns a value into an attribute."""
    declaration = subject.declared("command", command)
    if declaration is None or declaration.function is None or subject.source is None:
        return None
    if subject.model.attribute(name) is not None or name.lower() in ("state", "status", ""):
        return None
    keywords = [f'name="{name}"']
    call = declaration.call
    for one in call.keywords if call else ():
        if one.arg == "dtype_out":
            keywords.append(f"dtype={ast.unparse(one.value)}")
        elif one.arg in ("display_level", "polling_period"):
            keywords.append(f"{one.arg}={ast.unparse(one.value)}")
        elif one.arg not in ("doc_out", "doc_in", "dtype_in"):
            return None
    for decorator in declaration.function.decorator_list:
        func = decorator.func if isinstance(decorator, ast.Call) else decorator
        if dotted(func).rpartition(".")[2] != "command":
            continue
        written = dotted(func)
        new = f"{written[: -len('command')]}attribute({', '.join(keywords)})"
        edit = Edit(
            decorator.lineno,
            decorator.col_offset,
            decorator.end_lineno or 0,
            decorator.end_col_offset or 0,
            new,
        )
        needs = ()
        if "." not in written and "attribute" not in subject.source.file.tango:
            module = "puretango.server" if subject.model.library == "puretango" else "tango.server"
            needs = ((module, "attribute"),)  # type: ignore[assignment]  # of one length here, of any in general
        return Fix((edit,), False, f"command {command} is attribute {name}", needs)
    return None
