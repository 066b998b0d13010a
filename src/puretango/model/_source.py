"""SourceFile: a parsed Python source and the device classes in it; nothing is imported."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from puretango.model._highlevel import Body, read_body
from puretango.model._literal import Scope
from puretango.model._lowlevel import read_lists
from puretango.model._sourceclass import SourceClass
from puretango.model._typename import dotted

__all__ = ["SourceFile", "UnreadableSource", "read_source", "read_sources", "resolve_bases"]

_ROOTS = frozenset(
    ["Device", "BaseDevice", "LatestDeviceImpl", "DeviceImpl"]
    + [f"Device_{number}Impl" for number in range(2, 7)]
)
_LIBRARIES = ("tango", "PyTango", "puretango")
_MAX_BYTES = 10_000_000


class UnreadableSource(ValueError):
    """A file that cannot be read as Python; ``line`` and ``column`` say where."""

    def __init__(self, path: str, text: str, line: int = 0, column: int = 0) -> None:
        super().__init__(text)
        self.path, self.line, self.column = path, line, column


class SourceFile:
    """A parsed file: text, tree, what its names mean, its device classes."""

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
        self.classes = list(self._device_classes())

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

    def _is_root(self, base: str) -> bool:
        root, _, _ = base.partition(".")
        tail = base.rpartition(".")[2]
        if self.tango.get(base) in _ROOTS:
            return True
        return tail in _ROOTS and root in self.tango

    def _device_classes(self) -> Iterator[SourceClass]:
        lists = self._low_level()
        known: set[str] = set()
        for node in self.nodes if self.library else self.tree.body:
            if not isinstance(node, ast.ClassDef):
                continue
            bases = [dotted(base) for base in node.bases if dotted(base)]
            is_root = any(self._is_root(base) for base in bases)
            scope = Scope(_constants(node), self.scope)
            low = lists.get(node.name)
            body = read_lists(low, self.path, scope, node) if low else Body()
            high = read_body(node, self.path, scope, self.tango, self.enums)
            inherits = any(base in known for base in bases)
            if not (is_root or inherits or high or low):
                continue
            known.add(node.name)
            style = "low" if low and not high else "high"
            yield SourceClass(self, node, bases, high if style == "high" else body, style, is_root)

    def _low_level(self) -> dict[str, ast.ClassDef]:
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
    """Statements of a module, those under ``try`` and ``if`` too."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.Try):
            yield from _statements(statement.body)
            for handler in statement.handlers:
                yield from _statements(handler.body)
        elif isinstance(statement, ast.If):
            yield from _statements(statement.body)
            yield from _statements(statement.orelse)


def _constants(node: ast.ClassDef) -> dict[str, ast.expr]:
    return {
        one.targets[0].id: one.value
        for one in node.body
        if isinstance(one, ast.Assign)
        and len(one.targets) == 1
        and isinstance(one.targets[0], ast.Name)
        and not isinstance(one.value, ast.Call)
    }


def _labels(node: ast.ClassDef) -> tuple[str, ...]:
    return tuple(
        one.targets[0].id
        for one in node.body
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name)
        if not one.targets[0].id.startswith("_")
    )


def read_source(path: str | Path, text: str | None = None) -> SourceFile:
    """Parse one file.

    Raises UnreadableSource for what cannot be read, decoded or parsed.
    """
    name = str(path)
    if text is None:
        text = _text(name)
    try:
        return SourceFile(name, text, ast.parse(text, name))
    except SyntaxError as error:
        raise UnreadableSource(name, error.msg, error.lineno or 0, error.offset or 0) from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise UnreadableSource(name, str(error) or type(error).__name__) from None


def _text(name: str) -> str:
    try:
        size = Path(name).stat().st_size
        if size > _MAX_BYTES:
            raise UnreadableSource(name, f"{size} bytes: more than {_MAX_BYTES} are not read")
        with tokenize.open(name) as file:
            return file.read()
    except OSError as error:
        raise UnreadableSource(name, error.strerror or str(error)) from None
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        raise UnreadableSource(name, f"cannot be decoded: {error}") from None


def resolve_bases(files: Iterable[SourceFile]) -> None:
    """Find each class's bases among all classes of these files; cycles are marked."""
    files = list(files)
    everywhere: dict[str, list[SourceClass]] = {}
    for file in files:
        for one in file.classes:
            everywhere.setdefault(one.name, []).append(one)
    for file in files:
        own = {one.name: one for one in file.classes}
        for one in file.classes:
            for base in one.bases:
                _resolve(one, base, own, everywhere)
    for file in files:
        for one in file.classes:
            one.cycle = _in_cycle(one)


def _resolve(
    one: SourceClass,
    base: str,
    own: dict[str, SourceClass],
    everywhere: dict[str, list[SourceClass]],
) -> None:
    tail = base.rpartition(".")[2]
    if one.file._is_root(base) or tail in ("object", "Generic", "Protocol", "ABC"):
        return
    if base.partition(".")[0] in one.file.tango and tail not in everywhere:
        return  # a mixin of the library's
    parent = own.get(base)
    if parent is None:
        others = [each for each in everywhere.get(tail, []) if each is not one]
        parent = others[0] if len(others) == 1 else None
    if parent is not None:
        one.parents.append(parent)
    else:
        one.unresolved.append(base)


def _in_cycle(start: SourceClass) -> bool:
    seen: set[int] = set()
    waiting = list(start.parents)
    while waiting:
        one = waiting.pop()
        if one is start:
            return True
        if id(one) not in seen:
            seen.add(id(one))
            waiting += one.parents
    return False


def read_sources(paths: Iterable[str | Path]) -> tuple[list[SourceFile], list[UnreadableSource]]:
    """Parse many files and find the bases among them; what cannot be read is told beside."""
    files: list[SourceFile] = []
    broken: list[UnreadableSource] = []
    for path in paths:
        try:
            files.append(read_source(path))
        except UnreadableSource as error:
            broken.append(error)
    resolve_bases(files)
    return files, broken
