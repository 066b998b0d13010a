"""Rules: the states in which ``is_NAME_allowed`` returns False, if its source shows them plainly."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace

from puretango.model._classmodel import AttributeModel, CommandModel
from puretango.model.source._statename import STATE_NAMES, state_of
from puretango.model.source._typename import dotted

__all__ = ["excluded_of_attribute", "excluded_of_command"]

Function = ast.FunctionDef | ast.AsyncFunctionDef


def _states(node: ast.expr | None) -> tuple[str, ...] | None:
    """The states that ``self.get_state() not in (…)`` excludes; None for any other expression."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return None
    left = node.left.func if isinstance(node.left, ast.Call) else node.left
    if dotted(left).rpartition(".")[2] not in ("get_state", "state", "dev_state"):
        return None
    target = node.comparators[0]
    items = target.elts if isinstance(target, (ast.Tuple, ast.List, ast.Set)) else [target]
    named = tuple(state_of(item) for item in items)
    if not all(named):
        return None
    if isinstance(node.ops[0], (ast.NotIn, ast.NotEq)):
        return named
    if isinstance(node.ops[0], (ast.In, ast.Eq)):
        return tuple(name for name in STATE_NAMES if name not in named)
    return None


def _returned(body: list[ast.stmt]) -> tuple[str, ...] | None:
    plain = [
        one
        for one in body
        if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
    ]
    if len(plain) != 1 or not isinstance(plain[0], ast.Return):
        return None
    return _states(plain[0].value)


def excluded_of_command(one: CommandModel, methods: Mapping[str, Function]) -> CommandModel:
    """The command with the states that its rule excludes."""
    rule = methods.get(one.is_allowed_method)
    found = _returned(rule.body) if rule is not None else None
    return replace(one, excluded_states=found) if found else one


def excluded_of_attribute(one: AttributeModel, methods: Mapping[str, Function]) -> AttributeModel:
    """The attribute with the states that its rule excludes, for reading and for writing.

    A rule that asks ``if request == AttReqType.READ_REQ`` first is understood too.
    """
    rule = methods.get(one.is_allowed_method)
    if rule is None:
        return one
    both = _returned(rule.body)
    if both is not None:
        writing = both if one.is_writable else ()
        return replace(one, read_excluded_states=both, write_excluded_states=writing)
    plain = [each for each in rule.body if isinstance(each, (ast.If, ast.Return))]
    if len(plain) != 2 or not isinstance(plain[0], ast.If):
        return one
    if "READ_REQ" not in ast.unparse(plain[0].test) or plain[0].orelse:
        return one
    reading, writing_found = _returned(plain[0].body), _returned([plain[1]])
    if reading is None or writing_found is None:
        return one
    return replace(one, read_excluded_states=reading, write_excluded_states=writing_found)
