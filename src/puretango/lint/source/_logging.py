"""Logging (G, Logging management)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from puretango.lint._finding import Edit, Fix, Found
from puretango.lint._registry import Checks
from puretango.lint._subject import at, replace_node
from puretango.lint.source._code import ClassCode, is_log_call
from puretango.lint.source._facts import Call, FunctionFacts
from puretango.lint.source._mend import at_body_start, imports_for, lazy

__all__ = ["checks"]

checks = Checks()


def _is_method(facts: FunctionFacts) -> bool:
    arguments = facts.node.args.args
    return bool(arguments) and arguments[0].arg == "self"


@checks.check("TL001")
def console(code: ClassCode) -> Iterator[Found]:
    """Logs to the console are prohibited."""
    for facts in code.functions:
        for call in facts.calls:
            place = at(call.node, code.file.path)
            member = code.member_of(facts.name)
            if call.full == "print":
                fix = _stream(call) if _is_method(facts) else None
                yield Found("TL001", f"{facts.name} prints to the console", place, member, fix)
            elif call.full in (
                "sys.stdout.write",
                "sys.stderr.write",
                "traceback.print_exc",
                "warnings.warn",
            ):
                fix = _stream(call) if _is_method(facts) and call.tail == "write" else None
                said = f"{facts.name}: {call.full} writes to the console"
                yield Found("TL001", said, place, member, fix)
            elif call.full in ("logging.StreamHandler", "logging.basicConfig"):
                yield Found(
                    "TL001", f"{facts.name}: {call.full} logs to the console", place, member
                )


def _stream(call: Call) -> Fix | None:
    node = call.node
    if node.keywords or any(isinstance(one, ast.Starred) for one in node.args):
        return None
    if len(node.args) == 1 and isinstance(node.args[0], ast.Constant):
        value = node.args[0].value
        text = (
            repr(str(value).rstrip("\n")).replace("'", '"')
            if '"' not in str(value)
            else repr(value)
        )
        arguments = text if "%" not in str(value) else f'"%s", {text}'
    elif len(node.args) == 1 and isinstance(node.args[0], ast.JoinedStr):
        arguments = lazy(node.args[0]) or ast.unparse(node.args[0])
    elif node.args:
        marks = " ".join("%s" for _ in node.args)
        arguments = ", ".join([f'"{marks}"', *(ast.unparse(one) for one in node.args)])
    else:
        return Fix((replace_node(node, 'self.debug_stream("")'),))
    return Fix((replace_node(node, f"self.debug_stream({arguments})"),))


@checks.check("TL002")
def wordy(code: ClassCode) -> Iterator[Found]:
    """Above DEBUG a device is a little wordy."""
    often = {
        one.name for one in code.playing("read", "hook", "hardware", "allowed", "state", "status")
    }
    for facts in code.functions:
        for call in facts.calls:
            if not is_log_call(call, "info") or call.in_handler:
                continue
            if facts.name in often or call.in_loop:
                fix = _level(call, "debug")
                said = f"{facts.name}: INFO in what runs again and again"
                yield Found(
                    "TL002", said, at(call.node, code.file.path), code.member_of(facts.name), fix
                )


def _level(call: Call, level: str) -> Fix | None:
    func = call.node.func
    if not isinstance(func, ast.Attribute):
        return None
    tail = f"{level}_stream" if func.attr.endswith("_stream") else level
    end = func.end_col_offset or 0
    line = func.end_lineno or 0
    return Fix((Edit(line, end - len(func.attr), line, end, tail),))


_TROUBLE = re.compile(r"(?i)\b(failed|failure|cannot|can't|could not|exception|error|unable)\b")
_ROUTINE = re.compile(
    r"(?i)^(starting|started|connected|initiali[sz]ed|done|ok\b|ready|reading|success)"
)


def _first_text(call: Call) -> str:
    first = call.node.args[0] if call.node.args else None
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        return first.value
    if isinstance(first, ast.JoinedStr):
        return "".join(str(v.value) for v in first.values if isinstance(v, ast.Constant))
    if isinstance(first, ast.BinOp) and isinstance(first.left, ast.Constant):
        return str(first.left.value)
    return ""


@checks.check("TL003")
def levels(code: ClassCode) -> Iterator[Found]:
    """The right level."""
    for facts in code.functions:
        for call in facts.calls:
            if not is_log_call(call):
                continue
            text, level = _first_text(call), call.tail.removesuffix("_stream")
            place, member = at(call.node, code.file.path), code.member_of(facts.name)
            if level in ("info", "debug") and call.in_handler and _TROUBLE.search(text):
                said = f"{facts.name}: an error told at level {level.upper()}"
                yield Found("TL003", said, place, member, _level(call, "error"))
            elif (
                level in ("error", "fatal", "critical")
                and not call.in_handler
                and _ROUTINE.search(text)
            ):
                said = f"{facts.name}: routine told at level {level.upper()}"
                yield Found("TL003", said, place, member, _level(call, "debug"))


_STARTS = re.compile(r"(?i)^(start|stop|on|off|open|close|abort|reset|init|begin|end|acquire)")


@checks.check("TL004")
def told_at_info(code: ClassCode) -> Iterator[Found]:
    """Start and stop of a process are logged at INFO."""
    for command in code.model.own_commands():
        facts = code.by_name.get(command.method)
        own = next((one for one in code.functions if one.name == command.method), None)
        if own is None or facts is None or not _STARTS.match(command.name):
            continue
        if not any(is_log_call(call) for call in own.calls) and "InfoIt" not in _decorators(own):
            text = f'self.info_stream("{command.name} was asked for")'
            fix = Fix((at_body_start(own.node, text),))
            said = f"command {command.name} starts or stops something and says nothing at INFO"
            yield Found("TL004", said, at(own.node, code.file.path), f"command {command.name}", fix)


def _decorators(facts: FunctionFacts) -> str:
    return " ".join(ast.unparse(one) for one in facts.node.decorator_list)


@checks.check("TL005")
def deprecated(code: ClassCode) -> Iterator[Found]:
    """A deprecated operation is logged at WARN."""
    for command in code.model.own_commands():
        own = next((one for one in code.functions if one.name == command.method), None)
        if own is None or "deprecated" not in command.description.lower():
            continue
        if not any(is_log_call(call, "warn", "warning") for call in own.calls):
            said = f"command {command.name} is deprecated and does not say so at WARN"
            yield Found("TL005", said, at(own.node, code.file.path), f"command {command.name}")


_TRACES = ("DebugIt", "InfoIt", "LogIt")


@checks.check("TL006")
def traced(code: ClassCode) -> Iterator[Found]:
    """Nobody should have to change the code to see what it was called with."""
    if code.source.style == "low":
        return
    for facts in code.playing("write", "command"):
        if len(facts.node.args.args) < 2 or any(one in _decorators(facts) for one in _TRACES):
            continue
        if any(is_log_call(call, "debug", "info") for call in facts.calls):
            continue
        fix = None
        if not facts.is_async:
            last = facts.node.decorator_list[-1] if facts.node.decorator_list else None
            indent = " " * facts.node.col_offset
            line, column = facts.node.lineno, facts.node.col_offset
            if last is None or last.lineno < line:
                edit = Edit(line, column, line, column, f"@DebugIt(show_args=True)\n{indent}")
                fix = Fix((edit,), imports=imports_for(code.file, "DebugIt"))
        said = f"{facts.name} leaves no debug trace of its parameters"
        yield Found("TL006", said, at(facts.node, code.file.path), code.member_of(facts.name), fix)


@checks.check("TL007")
def one_form(code: ClassCode) -> Iterator[Found]:
    """A unified form: Class::method() - text."""
    free: list[Edit] = []
    first = None
    for facts in code.functions:
        for call in facts.calls:
            if is_log_call(call) and call.tail.endswith("_stream"):
                text = _first_text(call)
                if text and not re.match(r"[\w%]+(::|\.)[\w%]+(\(\))? - |%s(::|\.)", text):
                    free += _prefixed(code, facts.name, call)
                    first = first or call
    if first is not None and len(free) >= 3:
        said = f"{len(free)} log messages without the common form Class::method() - text"
        yield Found("TL007", said, at(first.node, code.file.path), fix=Fix(tuple(free)))


def _prefixed(code: ClassCode, method: str, call: Call) -> list[Edit]:
    """The form put before a text, inside its quotes."""
    node = call.node.args[0]
    line = code.file.lines[node.lineno - 1].encode()
    quotes = re.match(rb"[A-Za-z]*(\"\"\"|'''|\"|')", line[node.col_offset :])
    if quotes is None:
        return []
    column = node.col_offset + quotes.end()
    text = f"{code.source.name}::{method}() - "
    return [Edit(node.lineno, column, node.lineno, column, text)]


@checks.check("TL009")
def lazily(code: ClassCode) -> Iterator[Found]:
    """A debug text is made only if its level is on."""
    hot = {one.name for one in code.reached("read", "hook", "hardware", "state")}
    for facts in code.functions:
        if facts.name not in hot:
            continue
        for call in facts.calls:
            first = call.node.args[0] if call.node.args else None
            if (
                is_log_call(call, "debug")
                and isinstance(first, ast.JoinedStr)
                and len(call.node.args) == 1
            ):
                if not any(isinstance(one, ast.FormattedValue) for one in first.values):
                    continue
                arguments = lazy(first)
                fix = Fix((replace_node(first, arguments),)) if arguments else None
                said = f"{facts.name}: a text is made before it is known whether DEBUG is on"
                yield Found(
                    "TL009", said, at(call.node, code.file.path), code.member_of(facts.name), fix
                )
