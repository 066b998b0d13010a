"""Errors (G, Error handling; Standardized name for error types)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from puretango.lint._finding import Edit, Fix, Found
from puretango.lint._registry import Checks
from puretango.lint._subject import at, replace_node
from puretango.lint.source._code import ClassCode, is_log_call
from puretango.lint.source._facts import Call, FunctionFacts
from puretango.lint.source._mend import after, handler_rewritten, imports_for
from puretango.model import dotted

__all__ = ["checks"]

checks = Checks()


def _inside(facts: FunctionFacts, node: ast.AST) -> list[Call]:
    within = set(map(id, ast.walk(node)))
    return [one for one in facts.calls if id(one.node) in within]


def _is_broad(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(
        dotted(kind).rpartition(".")[2] in ("Exception", "BaseException", "DevFailed")
        for kind in kinds
    )


def _is_empty(handler: ast.ExceptHandler) -> bool:
    return all(
        isinstance(one, (ast.Pass, ast.Continue))
        or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
        for one in handler.body
    )


def _raises(handler: ast.ExceptHandler, inside: list[Call]) -> bool:
    if any(isinstance(node, ast.Raise) for node in ast.walk(handler)):
        return True
    return any(
        one.tail in ("throw_exception", "re_throw_exception", "throw_python_exception")
        for one in inside
    )


@checks.check("TE001", "TC402")
def swallowed(code: ClassCode) -> Iterator[Found]:
    """Any exception is caught, completed and passed on."""
    commands = {one.method for one in code.model.own_commands()}
    for facts in code.functions:
        member = code.member_of(facts.name)
        for handler in facts.handlers:
            inside = _inside(facts, handler)
            place = at(handler, code.file.path)
            bare = handler.type is None
            only_logs = _is_broad(handler) and _only_logs(handler, inside)
            empty = _is_broad(handler) and _is_empty(handler)
            if facts.name in commands and (empty or only_logs):
                said = f"command {facts.name} swallows an error and returns as if it were done"
                yield Found("TC402", said, place, member, _spread(code, facts, handler))
            elif empty and not _closing(code, facts):
                said = f"{facts.name}: an error is caught and forgotten"
                yield Found("TE001", said, place, member, _spread(code, facts, handler))
            elif bare and not _raises(handler, inside):
                said = f"{facts.name}: a bare except catches what nobody meant it to"
                yield Found("TE001", said, place, member, Fix((replace_bare(handler),)))
            elif only_logs and code.roles[facts.name] & {"read", "write"}:
                said = f"{facts.name}: an error becomes a log line and the caller is told nothing"
                yield Found("TE001", said, place, member, _spread(code, facts, handler))


def _closing(code: ClassCode, facts: FunctionFacts) -> bool:
    """True where nothing can be done about an error: in code that closes."""
    return bool(code.roles[facts.name] & {"delete"}) or facts.name in ("__del__", "close", "_close")


def replace_bare(handler: ast.ExceptHandler) -> Edit:
    """``except Exception:`` for a bare ``except:``."""
    column = handler.col_offset + len("except")
    return Edit(handler.lineno, column, handler.lineno, column, " Exception")


def _only_logs(handler: ast.ExceptHandler, inside: list[Call]) -> bool:
    logs = {id(one.node) for one in inside if is_log_call(one) or one.name == "print"}
    return bool(handler.body) and all(
        isinstance(one, ast.Expr) and id(one.value) in logs for one in handler.body
    )


def _spread(code: ClassCode, facts: FunctionFacts, handler: ast.ExceptHandler) -> Fix | None:
    name = handler.name or "error"
    log = f'self.error_stream("{facts.name}() failed: %s", {name})'
    if code.roles[facts.name] & {"init"}:
        return None
    if _is_empty(handler):
        edit = handler_rewritten(handler, [log, "raise"])
        return Fix((edit,)) if edit else None
    return Fix((after(handler.body[-1], "raise"),))


@checks.check("TE002")
def logged(code: ClassCode) -> Iterator[Found]:
    """If an error occurs it is logged."""
    for facts in code.functions:
        for handler in facts.handlers:
            if not _is_broad(handler) or _is_empty(handler):
                continue
            inside = _inside(facts, handler)
            if any(is_log_call(one) for one in inside):
                continue
            if any(one.name.startswith("self.") and one.tail in code.by_name for one in inside):
                continue  # the class's own way of handling it
            if _is_expected(handler):
                continue
            said = f"{facts.name}: an error is handled without a log at level ERROR"
            name = handler.name or "error"
            statement = f'self.error_stream("{facts.name}() failed: %s", {name})'
            fix = _log_fix(handler, statement)
            yield Found("TE002", said, at(handler, code.file.path), code.member_of(facts.name), fix)


def _is_expected(handler: ast.ExceptHandler) -> bool:
    """A narrow error that is an answer: ``except KeyError: return None``."""
    return (
        False
        if handler.type is None
        else "Exception" not in ast.unparse(handler.type)
        and ("DevFailed" not in ast.unparse(handler.type))
    )


def _log_fix(handler: ast.ExceptHandler, statement: str) -> Fix | None:
    first = handler.body[0]
    if first.lineno == handler.lineno:
        return None
    edits = []
    if handler.name is None:
        if handler.type is None:
            column = handler.col_offset + len("except")
            edits.append(
                Edit(handler.lineno, column, handler.lineno, column, " Exception as error")
            )
        else:
            line, column = handler.type.end_lineno or 0, handler.type.end_col_offset or 0
            edits.append(Edit(line, column, line, column, " as error"))
    indent = " " * first.col_offset
    edits.append(
        Edit(
            first.lineno, first.col_offset, first.lineno, first.col_offset, f"{statement}\n{indent}"
        )
    )
    return Fix(tuple(edits))


@checks.check("TE003")
def kept_first(code: ClassCode) -> Iterator[Found]:
    """The original exception is kept."""
    for facts in code.functions:
        for handler in facts.handlers:
            for node in ast.walk(handler):
                place = at(node, code.file.path) if hasattr(node, "lineno") else None
                member = code.member_of(facts.name)
                if isinstance(node, ast.Raise) and node.exc is not None and node.cause is None:
                    if isinstance(node.exc, ast.Name) and node.exc.id == handler.name:
                        continue
                    if not isinstance(node.exc, ast.Call):
                        continue
                    fix = _from(handler, node)
                    said = f"{facts.name}: a new error is raised without the one that caused it"
                    yield Found("TE003", said, place, member, fix)
                elif isinstance(node, ast.Call) and dotted(node.func).endswith(".throw_exception"):
                    said = f"{facts.name}: throw_exception in a handler loses the first error"
                    advice = "Except.re_throw_exception(error, reason, text, origin)"
                    yield Found("TE003", said, place, member, advice=advice)


def _from(handler: ast.ExceptHandler, node: ast.Raise) -> Fix | None:
    edits = []
    if handler.name is None:
        if handler.type is None:
            return None
        line, column = handler.type.end_lineno or 0, handler.type.end_col_offset or 0
        edits.append(Edit(line, column, line, column, " as error"))
    line, column = node.end_lineno or 0, node.end_col_offset or 0
    edits.append(Edit(line, column, line, column, f" from {handler.name or 'error'}"))
    return Fix(tuple(edits))


_PLAIN = {
    "ValueError": "DATA_OUT_OF_RANGE",
    "RuntimeError": "SOFTWARE_FAILURE",
    "TypeError": "SOFTWARE_FAILURE",
    "KeyError": "CONFIGURATION_ERROR",
    "OSError": "HARDWARE_FAILURE",
    "IOError": "HARDWARE_FAILURE",
    "ConnectionError": "COMMUNICATION_BROKEN",
    "TimeoutError": "COMMUNICATION_BROKEN",
    "Exception": "SOFTWARE_FAILURE",
    "NotImplementedError": "OPERATION_NOT_ALLOWED",
}


@checks.check("TE004")
def plain_errors(code: ClassCode) -> Iterator[Found]:
    """Clients tell errors apart by the reason: a plain error has none."""
    for facts in code.playing("read", "write", "command"):
        caught = {
            id(node)
            for block in facts.tries
            if block.handlers
            for s in block.body
            for node in ast.walk(s)
        }
        for node in facts.raises:
            if id(node) in caught:
                continue
            exc = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            name = dotted(exc)
            if name in _PLAIN and not (
                isinstance(exc, ast.Name) and any(h.name == name for h in facts.handlers)
            ):
                fix = _as_devfailed(code, facts, node, _PLAIN[name])
                said = f"{facts.name} raises {name}: clients see PyDs_PythonError"
                yield Found(
                    "TE004", said, at(node, code.file.path), code.member_of(facts.name), fix
                )


def _as_devfailed(
    code: ClassCode, facts: FunctionFacts, node: ast.Raise, reason: str
) -> Fix | None:
    if node.cause is not None or not isinstance(node.exc, ast.Call) or len(node.exc.args) != 1:
        return None
    text = ast.unparse(node.exc.args[0])
    if not isinstance(node.exc.args[0], (ast.Constant, ast.JoinedStr)):
        text = f"str({text})"
    origin = f"{code.source.name}::{facts.name}"
    statement = f'Except.throw_exception("{reason}", {text}, "{origin}")'
    return Fix(
        (replace_node(node, statement),),
        False,
        f"the reason of the error is {reason}, no longer PyDs_PythonError",
        imports_for(code.file, "Except"),
    )


@checks.check("TE009")
def own_exceptions(code: ClassCode) -> Iterator[Found]:
    """The type of an exception is lost on the wire."""
    for node in code.file.plain_classes.values():
        if any(dotted(base).rpartition(".")[2] == "DevFailed" for base in node.bases):
            said = f"{node.name} inherits DevFailed: clients will see a DevFailed"
            yield Found("TE009", said, at(node, code.file.path))


_JARGON = re.compile(r"0x[0-9A-Fa-f]{2,}|\bregister \w*\d|<class '|\berrno\b|%x|:#?x}|!r}")


@checks.check("TE010")
def jargon(code: ClassCode) -> Iterator[Found]:
    """Error messages speak to operators."""
    for facts in code.functions:
        for call in facts.called("set_status", "append_status", "throw_exception"):
            for argument in call.node.args[:2]:
                text = ast.unparse(argument)
                if _JARGON.search(text):
                    said = f"{facts.name}: hex codes, registers or Python's own words for operators"
                    yield Found(
                        "TE010", said, at(call.node, code.file.path), code.member_of(facts.name)
                    )
                    break


@checks.check("TE011")
def return_codes(code: ClassCode) -> Iterator[Found]:
    """The return code of a function is always analysed."""
    libraries = {name for name, kind in code.fields.items() if kind == "library"}
    for facts in code.functions:
        for statement in facts.statements:
            if not isinstance(statement.value, ast.Call):
                continue
            owner = dotted(statement.value.func).rpartition(".")[0].removeprefix("self.")
            name = dotted(statement.value.func)
            returns = code.by_name.get(name[5:]) if name.startswith("self.") else None
            if owner in libraries:
                said = f"{facts.name}: the return code of {name}() is ignored"
                yield Found(
                    "TE011", said, at(statement, code.file.path), code.member_of(facts.name)
                )
            elif returns is not None and _gives_code(returns):
                said = f"{facts.name}: {name}() returns a status that is ignored"
                yield Found(
                    "TE011", said, at(statement, code.file.path), code.member_of(facts.name)
                )


def _gives_code(facts: FunctionFacts) -> bool:
    values = [ast.unparse(one.value) for one in facts.returns if one.value is not None]
    return (
        len(values) >= 2
        and set(values) <= {"True", "False", "0", "-1", "1"}
        and len(set(values)) > 1
    )


@checks.check("TE012")
def ideal_path(code: ClassCode) -> Iterator[Found]:
    """Ignore the ideal situation."""
    for facts in code.playing("read", "write", "command"):
        naked = [
            (call, kind) for call, kind in code.io(facts) if not call.in_try and kind != "proxy"
        ]
        if naked and not facts.tries:
            call, kind = naked[0]
            said = f"{facts.name}: {call.name}() ({kind}) without a way for timeout, refusal, reset"
            yield Found("TE012", said, at(call.node, code.file.path), code.member_of(facts.name))
