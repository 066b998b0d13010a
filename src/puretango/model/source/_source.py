"""SourceFile: a parsed Python source and the device classes in it; nothing is imported."""

from __future__ import annotations

import ast
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path

from puretango.model.source._highlevel import Body, read_body
from puretango.model.source._literal import Scope
from puretango.model.source._lowlevel import read_lists
from puretango.model.source._parsedfile import ParsedFile
from puretango.model.source._sourceclass import SourceClass
from puretango.model.source._typename import dotted

__all__ = ["SourceFile", "UnreadableSource", "read_source", "read_sources", "resolve_bases"]

_MAX_BYTES = 10_000_000


class UnreadableSource(ValueError):
    """A file that cannot be read as Python; ``line`` and ``column`` say where."""

    def __init__(self, path: str, text: str, line: int = 0, column: int = 0) -> None:
        super().__init__(text)
        self.path, self.line, self.column = path, line, column


class SourceFile(ParsedFile):
    """A parsed file, and the device classes in it."""

    def __init__(self, path: str, text: str, tree: ast.Module) -> None:
        super().__init__(path, text, tree)
        self.classes = list(self._device_classes())

    def _device_classes(self) -> Iterator[SourceClass]:
        lists = self.low_level()
        known: set[str] = set()
        for node in self.nodes if self.library else self.tree.body:
            if not isinstance(node, ast.ClassDef):
                continue
            bases = [dotted(base) for base in node.bases if dotted(base)]
            is_root = any(self.is_root(base) for base in bases)
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


def _constants(node: ast.ClassDef) -> dict[str, ast.expr]:
    return {
        one.targets[0].id: one.value
        for one in node.body
        if isinstance(one, ast.Assign)
        and len(one.targets) == 1
        and isinstance(one.targets[0], ast.Name)
        and not isinstance(one.value, ast.Call)
    }


def read_source(path: str | Path, text: str | None = None) -> SourceFile:
    """Parse one file.

    Raises UnreadableSource if the file cannot be read, decoded or parsed.
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
    if one.file.is_root(base) or tail in ("object", "Generic", "Protocol", "ABC"):
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
    """Parse many files and find the bases among them; unreadable files are returned separately."""
    files: list[SourceFile] = []
    broken: list[UnreadableSource] = []
    for path in paths:
        try:
            files.append(read_source(path))
        except UnreadableSource as error:
            broken.append(error)
    resolve_bases(files)
    return files, broken
