"""ParsedFile: a Python source, parsed, and the meaning of its names; nothing is imported."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from functools import cached_property

from puretango.model.source._literal import Scope
from puretango.model.source._typename import dotted

__all__ = ["ParsedFile"]

_ROOTS = frozenset(
    ["Device", "BaseDevice", "LatestDeviceImpl", "DeviceImpl"]
    + [f"Device_{number}Impl" for number in range(2, 7)]
)
_LIBRARIES = ("tango", "PyTango", "puretango")


class ParsedFile:
    """A parsed file: text, tree, meaning of its names."""

    def __init__(self, path: str, text: str, tree: ast.Module) -> None:
        self.path = path
        self.text = text
        self.tree = tree
        self.lines = text.splitlines()
        self.imports: dict[str, str] = {}
        self.tango: dict[str, str] = {}
        self.library = ""
        constants: dict[str, ast.expr] = {}
        self.enums: dict[str, tuple[str, ...]] = {}
        self.plain_classes: dict[str, ast.ClassDef] = {}
        self._read_imports()
        for statement in tree.body:
            if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
                target = statement.targets[0]
                if isinstance(target, ast.Name):
                    constants[target.id] = statement.value
            elif isinstance(statement, ast.ClassDef):
                self.plain_classes[statement.name] = statement
                if any("Enum" in dotted(base) for base in statement.bases):
                    self.enums[statement.name] = _labels(statement)
        self.scope = Scope(constants)

    def _read_imports(self) -> None:
        for node in _statements(self.tree.body):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    self._take(
                        alias.asname or alias.name.partition(".")[0], alias.name, bool(alias.asname)
                    )
            elif isinstance(node, ast.ImportFrom):
                module = "." * node.level + (node.module or "")
                for alias in node.names:
                    if alias.name == "*":
                        self._take_star(module)
                    else:
                        self._take(alias.asname or alias.name, f"{module}.{alias.name}", True)

    def _take(self, local: str, full: str, exact: bool) -> None:
        self.imports[local] = full if exact else full.partition(".")[0]
        root = full.partition(".")[0]
        if root in _LIBRARIES:
            self.tango[local] = full.rpartition(".")[2]
            if not self.library or root == "puretango":
                self.library = "puretango" if root == "puretango" else "pytango"

    def _take_star(self, module: str) -> None:
        if module.partition(".")[0] in _LIBRARIES:
            self.library = self.library or "pytango"
            for name in (*_ROOTS, "DeviceClass", "DevState", "DeviceProxy", "attribute", "command"):
                self.tango.setdefault(name, name)
            for name in ("device_property", "class_property", "pipe"):
                self.tango.setdefault(name, name)

    def means(self, node: ast.AST) -> str:
        """The full dotted name that an expression stands for, by this file's imports."""
        name = dotted(node)
        root, dot, rest = name.partition(".")
        return self.imports.get(root, root) + dot + rest

    def is_root(self, base: str) -> bool:
        root, _, _ = base.partition(".")
        tail = base.rpartition(".")[2]
        if self.tango.get(base) in _ROOTS:
            return True
        return tail in _ROOTS and root in self.tango

    def low_level(self) -> dict[str, ast.ClassDef]:
        """Device classes by name with the DeviceClass that declares their interface."""
        found: dict[str, ast.ClassDef] = {}
        for node in self.plain_classes.values():
            if not any(dotted(base).endswith("Class") for base in node.bases):
                continue
            name = node.name.removesuffix("Class")
            if name != node.name and name in self.plain_classes:
                found[name] = node
        adds = self.library and ("add_class" in self.text or "add_TgClass" in self.text)
        for call in self.nodes if adds else ():
            if not isinstance(call, ast.Call) or len(call.args) < 2:
                continue
            if dotted(call.func).rpartition(".")[2] in ("add_class", "add_TgClass"):
                device_class, device = dotted(call.args[0]), dotted(call.args[1])
                if device_class in self.plain_classes and device in self.plain_classes:
                    found[device] = self.plain_classes[device_class]
        return found

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All nodes of the tree, outer ones first."""
        return list(ast.walk(self.tree))

    @cached_property
    def comments(self) -> dict[int, str]:
        """The comments by line."""
        found: dict[int, str] = {}
        try:
            for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
                if token.type == tokenize.COMMENT:
                    found[token.start[0]] = token.string
        except (tokenize.TokenError, IndentationError, SyntaxError):
            return found
        return found


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements of a module, including those under ``try`` and ``if``."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.Try):
            yield from _statements(statement.body)
            for handler in statement.handlers:
                yield from _statements(handler.body)
        elif isinstance(statement, ast.If):
            yield from _statements(statement.body)
            yield from _statements(statement.orelse)


def _labels(node: ast.ClassDef) -> tuple[str, ...]:
    return tuple(
        one.targets[0].id
        for one in node.body
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name)
        if not one.targets[0].id.startswith("_")
    )
