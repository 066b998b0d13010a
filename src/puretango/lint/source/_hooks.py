"""Hooks (G, always_executed_hook versus read_attr_hardware)."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator

from puretango.lint._finding import Found
from puretango.lint._registry import Checks
from puretango.lint._subject import at
from puretango.lint.source._code import ClassCode

__all__ = ["checks"]

checks = Checks()


@checks.check("TH001")
def slow_hook(code: ClassCode) -> Iterator[Found]:
    """Slow code in always_executed_hook has serious consequences."""
    for facts in code.reached("hook"):
        path = code.file.path
        for call, kind in code.io(facts):
            said = f"{facts.name} asks equipment ({kind}) before every request"
            yield Found("TH001", said, at(call.node, path), advice="read_attr_hardware")
        for call in facts.calls:
            if call.full == "time.sleep":
                yield Found(
                    "TH001", f"{facts.name} sleeps before every request", at(call.node, path)
                )
            elif call.tail == "acquire":
                yield Found(
                    "TH001",
                    f"{facts.name} waits for a lock before every request",
                    at(call.node, path),
                )


@checks.check("TH002")
def asked_twice(code: ClassCode) -> Iterator[Found]:
    """A value that several attributes need is read once."""
    if any("read_attr_hardware" in one.methods for one in code.source.lineage()):
        return
    asked: dict[str, list[str]] = defaultdict(list)
    place = {}
    for facts in code.playing("read"):
        for call in facts.calls:
            owner = call.name.rpartition(".")[0].removeprefix("self.")
            if owner and (owner in code.fields or owner in code.drivers):
                question = ast.unparse(call.node)
                if facts.name not in asked[question]:
                    asked[question].append(facts.name)
                    place[question] = at(call.node, code.file.path)
    for question, names in asked.items():
        if len(names) > 1:
            said = f"{', '.join(names)} each ask {question}: once in read_attr_hardware"
            yield Found("TH002", said, place[question])


@checks.check("TH003")
def asks_everything(code: ClassCode) -> Iterator[Found]:
    """read_attr_hardware reads only what is asked for."""
    for facts in code.playing("hardware"):
        arguments = facts.node.args.args
        name = arguments[1].arg if len(arguments) > 1 else ""
        used = any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(facts.node))
        work = [call for call in facts.calls if not call.name.startswith("super")]
        if len(work) > 1 and not used:
            said = "read_attr_hardware reads everything, whatever was asked for"
            yield Found("TH003", said, at(facts.node, code.file.path))
