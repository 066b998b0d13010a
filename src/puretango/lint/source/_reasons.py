"""Reason, description and origin of the errors that a device throws (G, Standardized name for error types)."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator

from puretango.lint._finding import Fix, Found
from puretango.lint._registry import Checks
from puretango.lint._subject import at, replace_node
from puretango.lint.source._code import ClassCode
from puretango.lint.source._facts import Call, FunctionFacts
from puretango.lint.words._wordlist import words
from puretango.model import Place

__all__ = ["REASONS", "checks", "is_reason"]

checks = Checks()

REASONS = words(
    "OUT_OF_MEMORY HARDWARE_FAILURE SOFTWARE_FAILURE HDB_FAILURE DATA_OUT_OF_RANGE "
    "COMMUNICATION_BROKEN OPERATION_NOT_ALLOWED DRIVER_FAILURE UNKNOW_ERROR UNKNOWN_ERROR "
    "CORBA_TIMEOUT Tango_CONNECTION_FAILED Tango_COMMUNICATION_ERROR "
    "Tango_WRONG_NAME_SYNTAX_ERROR Tango_NON_DB_DEVICE_ERROR Tango_WRONG_DATA_ERROR "
    "Tango_NON_SUPPORTED_FEATURE_ERROR Tango_ASYNC_CALL_ERROR "
    "Tango_ASYNC_REPLY_NOT_ARRIVED_ERROR Tango_EVENT_ERROR Tango_DEVICE_ERROR "
    "CONFIGURATION_ERROR DEPENDENCY_ERROR NO_DEPENDENCY"
)
"""Table 2 of the guidelines; UNKNOW_ERROR is its typing error for UNKNOWN_ERROR."""


def is_reason(text: str, further: tuple[str, ...] = ()) -> bool:
    """True for a reason of the list, of the library (``API_``, ``PyDs_`` …), or of the site."""
    return (
        text in REASONS
        or text in further
        or text.startswith(("API_", "PyDs_", "PyAPI_", "DB_", "Tango_"))
    )


def _thrown(code: ClassCode) -> Iterator[tuple[FunctionFacts, Call, list[ast.expr]]]:
    """The calls that make a DevFailed, with reason, description and origin."""
    for facts in code.functions:
        for call in facts.calls:
            if call.tail == "throw_exception":
                yield facts, call, call.node.args[:3]
            elif call.tail == "re_throw_exception":
                yield facts, call, call.node.args[1:4]


def _text(node: ast.expr | None) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


_CAPITALS = re.compile(r"[A-Z][A-Z0-9_]*\Z")


@checks.check("TE005", "TE006", "TE007", "TE008")
def thrown(code: ClassCode) -> Iterator[Found]:
    """Reason, description and origin of a DevFailed."""
    for facts, call, said in _thrown(code):
        place, member = at(call.node, code.file.path), code.member_of(facts.name)
        reason = _text(said[0]) if said else None
        if reason is not None:
            yield from _reason(code, said[0], reason, place, member)
        if len(said) > 1:
            text = _text(said[1])
            if text is not None and (not text.strip() or text == reason):
                yield Found("TE007", f"{facts.name}: an error without a description", place, member)
            elif "traceback" in ast.unparse(said[1]):
                yield Found("TE007", f"{facts.name}: a traceback as description", place, member)
        origin = _text(said[2]) if len(said) > 2 else ""
        if origin is not None and not re.search(r"\w(::|\.)\w", origin):
            wanted = f'"{code.source.name}::{facts.name}"'
            fix = Fix((replace_node(said[2], wanted),)) if len(said) > 2 else None
            yield Found(
                "TE008", f"{facts.name}: the origin is not Class::method", place, member, fix
            )


def _reason(
    code: ClassCode, node: ast.expr, reason: str, place: Place, member: str
) -> Iterator[Found]:
    if is_reason(reason, code.settings.reasons):
        return
    capitals = re.sub(
        r"[^A-Z0-9]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", reason).upper()
    ).strip("_")
    near = difflib.get_close_matches(capitals, REASONS, 1, 0.75)
    if not _CAPITALS.match(reason):
        wanted = near[0] if near else capitals
        fix = Fix((replace_node(node, f'"{wanted}"'),), False, f"the reason {reason} is {wanted}")
        yield Found("TE005", f"reason {reason!r} is not in capitals", place, member, fix)
    if not near or near[0] != reason:
        fix_near = (
            Fix((replace_node(node, f'"{near[0]}"'),), False, f"the reason {reason} is {near[0]}")
            if near and _CAPITALS.match(reason)
            else None
        )
        advice = f"did you mean {near[0]}?" if near else "reasons = [...] in [tool.puretango.lint]"
        said = f"reason {reason!r} is not of the list"
        yield Found("TE006", said, place, member, fix_near, advice)
