"""Fixes of declarations: missing methods, and texts that are found elsewhere."""

from __future__ import annotations

import ast
import re

from puretango.lint._finding import Edit, Fix
from puretango.lint._subject import Subject
from puretango.lint.words._wordlist import words
from puretango.model import AttributeModel, CommandModel, Function

__all__ = ["argument_text", "docstring_from_comment", "reset_command", "state_rule", "writable"]

_VAGUE = words("value argument arg argin args data param parameter parameters x v val")


def argument_text(subject: Subject, one: CommandModel, keyword: str) -> Fix | None:
    """``doc_in`` from the argument's own name, if it is meaningful."""
    function = subject.source.methods.get(one.method) if subject.source is not None else None
    if keyword != "doc_in" or function is None or len(function.args.args) < 2:
        return None
    name = function.args.args[1].arg
    if name.strip("_").lower() in _VAGUE or len(name) < 3:
        return None
    text = " ".join(name.strip("_").split("_"))
    return subject.keyword_fix("command", one.name, {keyword: f'"{text[:1].upper()}{text[1:]}"'})


def docstring_from_comment(subject: Subject, one: CommandModel) -> Fix | None:
    """The comment that a method begins with as its docstring."""
    source = subject.source
    function = source.methods.get(one.method) if source is not None else None
    if source is None or function is None or ast.get_docstring(function) is not None:
        return None
    first = function.body[0]
    number = first.lineno - 1
    lines = source.file.lines
    texts: list[str] = []
    while number > function.lineno and lines[number - 1].strip().startswith("#"):
        texts.insert(0, lines[number - 1].strip().lstrip("#").strip())
        number -= 1
    text = " ".join(texts).replace("\\", "/").replace('"', "'")
    if not re.search(r"\w", text) or "noqa" in text:
        return None
    indent = " " * first.col_offset
    return Fix((Edit(number + 1, 0, first.lineno, 0, f'{indent}"""{text}"""\n'),))


def _after(function: Function, text: str) -> Edit:
    line, column = function.end_lineno or 0, function.end_col_offset or 0
    indent = " " * function.col_offset
    body = "\n".join(f"{indent}{each}" if each else "" for each in text.splitlines())
    return Edit(line, column, line, column, f"\n\n{body}")


def _needed(subject: Subject, name: str) -> tuple[tuple[str, str], ...]:
    own = subject.model.library == "puretango"
    return (("puretango" if own else "tango", name),)


def state_rule(subject: Subject, one: CommandModel) -> Fix | None:
    """An is_allowed method that refuses an action while the device starts; the author adds further states."""
    function = subject.source.methods.get(one.method) if subject.source is not None else None
    if function is None or subject.source is None or subject.source.style != "high":
        return None
    text = (
        f"def {one.is_allowed_method}(self):\n"
        '    """Not while the device starts."""\n'
        "    return self.get_state() != DevState.INIT"
    )
    clients = f"command {one.name} is refused in INIT"
    return Fix((_after(function, text),), False, clients, _needed(subject, "DevState"))


def reset_command(subject: Subject) -> Fix | None:
    """A command that acknowledges a fault: delete_device, then init_device."""
    source = subject.source
    if source is None or source.style != "high" or "Reset" in source.all_methods:
        return None
    init = source.all_methods.get("init_device")
    decorated = [one for one in source.body.declarations if one.kind == "command"]
    if init is None or not source.methods or not decorated:
        return None
    is_async = isinstance(init, ast.AsyncFunctionDef)
    word, wait = ("async def", "await ") if is_async else ("def", "")
    last = max(source.methods.values(), key=lambda each: each.lineno)
    text = (
        f"@command\n{word} Reset(self):\n"
        '    """Acknowledge the fault: the device goes out of use and is made ready anew."""\n'
        f"    {wait}self.delete_device()\n    {wait}self.init_device()"
    )
    if "command" not in source.file.tango:
        return None
    return Fix((_after(last, text),), False, "the class has a command Reset")


def writable(subject: Subject, one: AttributeModel, command: CommandModel) -> Fix | None:
    """READ_WRITE, by the method of the command that sets the value."""
    source = subject.source
    declaration = subject.declared("attribute", one.name)
    setter = source.methods.get(command.method) if source is not None else None
    if source is None or declaration is None or setter is None or source.style != "high":
        return None
    if one.write_method in source.all_methods:
        return None
    word, wait = (
        ("async def", "await ") if isinstance(setter, ast.AsyncFunctionDef) else ("def", "")
    )
    body = f"{word} {one.write_method}(self, value):\n"
    body += f'    """Set {one.name}."""\n    {wait}self.{command.method}(value)'
    clients = f"attribute {one.name} can be written; command {command.name} stays"
    if declaration.function is not None:
        text = f"@{declaration.function.name}.write\n{body}"
        return Fix((_after(declaration.function, text),), False, clients)
    access = subject.keyword_fix(
        "attribute", one.name, {"access": "AttrWriteType.READ_WRITE"}, False, clients
    )
    if access is None:
        return None
    edits = (*access.edits, _after(setter, body))
    return Fix(edits, False, clients, _needed(subject, "AttrWriteType"))
