"""State names: Tango's fourteen states, and expressions that name one."""

from __future__ import annotations

import ast

from puretango.model.source._typename import dotted

__all__ = ["STATE_NAMES", "state_of"]

STATE_NAMES = (
    *("ON", "OFF", "CLOSE", "OPEN", "INSERT", "EXTRACT", "MOVING", "STANDBY"),
    *("FAULT", "INIT", "RUNNING", "ALARM", "DISABLE", "UNKNOWN"),
)
"""Tango's fourteen states, in the order of the enumeration."""


def state_of(node: ast.AST | None) -> str:
    """``ON`` for an expression that names a state of DevState; else empty."""
    name = dotted(node)
    head, _, tail = name.rpartition(".")
    if tail in STATE_NAMES and (not head or head.rpartition(".")[2] in ("DevState", "_DevState")):
        return tail
    return ""
