"""Facts of a function: calls, handlers, loops, gathered in one walk."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from puretango.model import Function, dotted

__all__ = ["Call", "FunctionFacts", "facts_of"]


@dataclass(frozen=True, slots=True)
class Call:
    """One call: ``name`` is as written (``self._link.send``), ``full`` by the imports."""

    node: ast.Call
    name: str
    full: str
    in_loop: bool
    in_try: bool
    in_handler: bool

    @property
    def tail(self) -> str:
        """The last part of the name."""
        return self.name.rpartition(".")[2]

    def keyword(self, name: str) -> ast.expr | None:
        """The value of a keyword."""
        return next((one.value for one in self.node.keywords if one.arg == name), None)


@dataclass
class FunctionFacts:
    """The contents of one function, without nested functions."""

    node: Function
    calls: list[Call] = field(default_factory=list)
    handlers: list[ast.ExceptHandler] = field(default_factory=list)
    tries: list[ast.Try] = field(default_factory=list)
    loops: list[ast.While | ast.For | ast.AsyncFor] = field(default_factory=list)
    raises: list[ast.Raise] = field(default_factory=list)
    returns: list[ast.Return] = field(default_factory=list)
    assigns: list[ast.Assign | ast.AnnAssign | ast.AugAssign] = field(default_factory=list)
    awaited: set[int] = field(default_factory=set)
    statements: list[ast.Expr] = field(default_factory=list)
    fstrings: list[ast.JoinedStr] = field(default_factory=list)
    constants: list[ast.Constant] = field(default_factory=list)
    branches: int = 0

    @property
    def name(self) -> str:
        """The function's name."""
        return self.node.name

    @property
    def is_async(self) -> bool:
        """True for a coroutine function."""
        return isinstance(self.node, ast.AsyncFunctionDef)

    @property
    def length(self) -> int:
        """Lines, the docstring not counted."""
        body = self.node.body
        first = body[0]
        is_doc = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        if is_doc and len(body) == 1:
            return 0
        start = body[1].lineno if is_doc else first.lineno
        return (self.node.end_lineno or start) - start + 1

    def called(self, *tails: str) -> list[Call]:
        """The calls of functions with these last names."""
        return [one for one in self.calls if one.tail in tails]


_BRANCHES = (ast.If, ast.While, ast.For, ast.AsyncFor, ast.ExceptHandler, ast.IfExp, ast.BoolOp)


class _Walker:
    def __init__(self, facts: FunctionFacts, imports: dict[str, str]) -> None:
        self.facts = facts
        self.imports = imports

    def walk(self, nodes: list[ast.stmt], loop: bool, tried: bool, handler: bool) -> None:
        for node in nodes:
            self.visit(node, loop, tried, handler)

    def visit(self, node: ast.AST, loop: bool, tried: bool, handler: bool) -> None:
        facts = self.facts
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            return
        if isinstance(node, _BRANCHES):
            facts.branches += 1
        if isinstance(node, ast.Try):
            facts.tries.append(node)
            facts.handlers += node.handlers
            catches = bool(node.handlers)
            self.walk(node.body, loop, tried or catches, handler)
            for one in node.handlers:
                facts.branches += 1
                self.walk(one.body, loop, tried, True)
            self.walk(node.orelse, loop, tried, handler)
            self.walk(node.finalbody, loop, tried, handler)
            return
        if isinstance(node, (ast.While, ast.For, ast.AsyncFor)):
            facts.loops.append(node)
            for child in ast.iter_child_nodes(node):
                self.visit(child, True, tried, handler)
            return
        self._note(node, loop, tried, handler)
        for child in ast.iter_child_nodes(node):
            self.visit(child, loop, tried, handler)

    def _note(self, node: ast.AST, loop: bool, tried: bool, handler: bool) -> None:
        facts = self.facts
        if isinstance(node, ast.Call):
            name = dotted(node.func)
            if not name and isinstance(node.func, ast.Attribute):
                name = f"().{node.func.attr}"
            root, dot, rest = name.partition(".")
            full = self.imports.get(root, root) + dot + rest
            facts.calls.append(Call(node, name, full, loop, tried, handler))
        elif isinstance(node, ast.Await):
            facts.awaited.add(id(node.value))
        elif isinstance(node, ast.Raise):
            facts.raises.append(node)
        elif isinstance(node, ast.Return):
            facts.returns.append(node)
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            facts.assigns.append(node)
        elif isinstance(node, ast.Expr):
            facts.statements.append(node)
        elif isinstance(node, ast.JoinedStr):
            facts.fstrings.append(node)
        elif isinstance(node, ast.Constant):
            facts.constants.append(node)


def facts_of(function: Function, imports: dict[str, str]) -> FunctionFacts:
    """The facts of a function; ``imports`` maps local names to full ones."""
    facts = FunctionFacts(function)
    _Walker(facts, imports).walk(function.body, False, False, False)
    return facts
