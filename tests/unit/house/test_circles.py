"""The house has no circles: no module leads back to itself by its imports, annotations counted."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import puretango

ROOT = Path(puretango.__file__).parent
KNOWN = {
    "puretango.client": 53,
}
"""Rooms that still have one, with how many modules take part; a number may only fall."""


def _modules() -> dict[str, Path]:
    found = {}
    for path in ROOT.rglob("*.py"):
        parts = ["puretango", *path.relative_to(ROOT).with_suffix("").parts]
        if parts[-1] == "__init__":
            parts.pop()
        found[".".join(parts)] = path
    return found


def _imports(name: str, path: Path, modules: dict[str, Path]) -> set[str]:
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join(filter(None, [package, node.module]))
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                found.add(inner if inner in modules else base)
    # A door that opens late names its rooms for the type checker only.
    return {each for each in found if each in modules and each != name}


def _graph() -> dict[str, set[str]]:
    modules = _modules()
    return {name: _imports(name, path, modules) for name, path in modules.items()}


def _circle(graph: dict[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def _in_circles(graph: dict[str, set[str]]) -> set[str]:
    """The modules from which a way of imports leads back to themselves."""
    return {name for name in graph if name in _reached(name, graph)}


def _reached(start: str, graph: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    ahead = list(graph[start])
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead += graph[name]
    return reached


def test_no_module_imports_itself_by_others() -> None:
    graph = _graph()
    circular = _in_circles(graph)
    for room, most in KNOWN.items():
        inside = {name for name in circular if name.startswith(room + ".")}
        assert len(inside) <= most, sorted(inside)
        circular -= inside
    assert not circular, _circle({name: graph[name] & circular for name in circular})


def test_a_circle_would_be_found() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}
    assert _in_circles(graph) == {"a", "b", "c"}
    assert set(_circle(graph)) == {"a", "b", "c"}
