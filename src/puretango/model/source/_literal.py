"""Literals: the values that a source gives without being run."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any, Final

from puretango.model.source._typename import dotted

__all__ = ["UNKNOWN", "Dotted", "Scope"]


class _Unknown:
    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()
"""Stands for the value of an expression that would have to be run."""


class Dotted(str):
    """A dotted name: an enum's member, a type, a function."""

    __slots__ = ()

    @property
    def tail(self) -> str:
        """The last part of the name."""
        return self.rpartition(".")[2]


_MAX_DEPTH = 20


class Scope:
    """Names to which a module, and a class in it, assign a constant."""

    def __init__(self, names: Mapping[str, ast.expr], outer: Scope | None = None) -> None:
        self._names = names
        self._outer = outer

    def find(self, name: str) -> ast.expr | None:
        """The expression that a name stands for."""
        found = self._names.get(name)
        if found is None and self._outer is not None:
            return self._outer.find(name)
        return found

    def value(self, node: ast.AST | None, depth: int = 0) -> Any:
        """The value of an expression: a Python value, a Dotted name, or UNKNOWN."""
        if depth > _MAX_DEPTH:
            return UNKNOWN
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                found = self.find(name)
                return Dotted(name) if found is None else self.value(found, depth + 1)
            case ast.Attribute():
                return Dotted(dotted(node)) if dotted(node) else UNKNOWN
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return [self.value(item, depth + 1) for item in items]
            case ast.Dict(keys=keys, values=values):
                return {
                    self._key(key, depth): self.value(value, depth + 1)
                    for key, value in zip(keys, values, strict=True)
                }
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                number = self.value(operand, depth + 1)
                return -number if isinstance(number, (int, float)) else UNKNOWN
            case ast.BinOp():
                return self._operation(node, depth)
            case ast.Call(func=func, args=[only]) if dotted(func) in ("str", "list", "tuple"):
                return self.value(only, depth + 1)
            case ast.JoinedStr(values=values) if all(isinstance(v, ast.Constant) for v in values):
                return "".join(str(v.value) for v in values if isinstance(v, ast.Constant))
        return UNKNOWN

    def _key(self, key: ast.expr | None, depth: int) -> Any:
        value = self.value(key, depth + 1)
        return value if isinstance(value, (str, int, float)) else UNKNOWN

    def _operation(self, node: ast.BinOp, depth: int) -> Any:
        left, right = self.value(node.left, depth + 1), self.value(node.right, depth + 1)
        if isinstance(left, Dotted) or isinstance(right, Dotted):
            return UNKNOWN
        if isinstance(node.op, ast.Add) and isinstance(left, str) and isinstance(right, str):
            return left + right
        if not isinstance(left, (int, float)) or not isinstance(right, (int, float)):
            return UNKNOWN
        try:
            match node.op:
                case ast.Add():
                    return left + right
                case ast.Sub():
                    return left - right
                case ast.Mult():
                    return left * right
                case ast.Div():
                    return left / right
                case ast.Pow() if abs(right) <= 64 and abs(left) <= 1024:
                    return left**right
        except (ArithmeticError, ValueError):
            return UNKNOWN
        return UNKNOWN
