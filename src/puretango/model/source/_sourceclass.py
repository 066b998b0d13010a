"""SourceClass: a device class as its source shows it, with what it inherits."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from puretango.model._classmodel import AttributeModel, ClassModel, Inheritance, StateModel
from puretango.model._place import Place
from puretango.model.source._description import (
    documented_identification,
    documented_states,
    documented_transitions,
)
from puretango.model.source._highlevel import Body, Declaration
from puretango.model.source._parsedfile import ParsedFile
from puretango.model.source._rules import excluded_of_attribute, excluded_of_command
from puretango.model.source._statename import STATE_NAMES, state_of
from puretango.model.source._typename import dotted

__all__ = ["Function", "SourceClass", "documented_states"]

Function = ast.FunctionDef | ast.AsyncFunctionDef


class SourceClass:
    """One device class in a source file.

    ``style`` is ``high`` for tango.server's declarations, ``low`` for ``attr_list`` and its like.
    """

    def __init__(
        self,
        file: ParsedFile,
        node: ast.ClassDef,
        bases: list[str],
        body: Body,
        style: str,
        is_root: bool,
    ) -> None:
        self.file = file
        self.node = node
        self.name = node.name
        self.bases = bases
        self.body = body
        self.style = style
        self.is_root = is_root
        self.parents: list[SourceClass] = []
        self.unresolved: list[str] = []
        self.cycle = False
        self.methods: dict[str, Function] = {}
        for one in node.body:
            if isinstance(one, Function) and not _is_accessor(one):
                self.methods[one.name] = one
        self.accessors = [
            one for one in node.body if isinstance(one, Function) and _is_accessor(one)
        ]

    def lineage(self) -> list[SourceClass]:
        """This class and those it inherits from that are known, nearest first."""
        found: list[SourceClass] = []
        waiting = [self]
        while waiting:
            one = waiting.pop(0)
            if one not in found:
                found.append(one)
                waiting += one.parents
        return found

    @property
    def complete(self) -> bool:
        """False if a base was not found, or if this is a mixin, which is not a device."""
        lineage = self.lineage()
        if any(one.unresolved or one.cycle for one in lineage):
            return False
        return self.style == "low" or any(one.is_root for one in lineage)

    @cached_property
    def all_methods(self) -> dict[str, Function]:
        """Methods by name, the nearest of each."""
        found: dict[str, Function] = {}
        for one in reversed(self.lineage()):
            found.update(one.methods)
        return found

    def functions(self) -> Iterator[Function]:
        """The functions of this class itself, including setters."""
        yield from self.methods.values()
        yield from self.accessors

    def declaration(self, kind: str, name: str) -> Declaration | None:
        """Where this class declares a member."""
        for one in self.body.declarations:
            if one.kind == kind and one.name == name:
                return one
        return None

    @cached_property
    def model(self) -> ClassModel:
        """The interface, with members inherited from the classes that were found."""
        lineage = self.lineage()
        doc = inspect.cleandoc(ast.get_docstring(self.node) or _assigned_doc(self.node))
        bodies = [one.body for one in reversed(lineage)]
        if any(_has_log(one) for one in lineage):
            bodies.insert(0, Body(attributes=[_LOG]))
        return ClassModel(
            name=self.name,
            description=doc,
            title=doc.splitlines()[0] if doc else "",
            language="PythonHL" if self.style == "high" else "Python",
            bases=tuple(Inheritance(base) for base in self.bases),
            attributes=tuple(
                excluded_of_attribute(one, self.all_methods)
                for one in _merged(bodies, "attributes")
            ),
            commands=tuple(
                excluded_of_command(one, self.all_methods) for one in _merged(bodies, "commands")
            ),
            device_properties=_merged(bodies, "device_properties"),
            class_properties=_merged(bodies, "class_properties"),
            pipes=_merged(bodies, "pipes"),
            states=self._states(doc),
            transitions=documented_transitions(doc) or self._transitions(),
            identification=documented_identification(doc),
            library=self.file.library,
            complete=self.complete,
            place=Place.of(self.node, self.file.path),
        )

    def _states(self, doc: str) -> tuple[StateModel, ...]:
        described = documented_states(doc)
        used: dict[str, StateModel] = {}
        for one in self.lineage():
            for node, state in one.states_set:
                used.setdefault(
                    state,
                    StateModel(
                        name=state,
                        description=described.get(state, ""),
                        place=Place.of(node, one.file.path),
                    ),
                )
        for state, text in described.items():
            used.setdefault(state, StateModel(name=state, description=text))
        return tuple(used[state] for state in STATE_NAMES if state in used)

    @cached_property
    def states_set(self) -> list[tuple[ast.AST, str]]:
        """The places in this class's own code that name a state which it sets or returns as its State."""
        found = []
        for function in self.functions():
            found += [(node, state) for node, state in _states_in(function)]
        return found

    def _transitions(self) -> tuple[tuple[str, str, str], ...]:
        found: dict[tuple[str, str, str], None] = {}
        for one in self.lineage():
            for function in one.functions():
                for _, state in _states_in(function):
                    found.setdefault(("*", state, function.name))
        return tuple(found)


_LOG = AttributeModel(
    name="log",
    data_type="DevString",
    data_format="SPECTRUM",
    max_dim_x=10_000,
    label="Log",
    description="The last messages of the device, the oldest first",
    read_method="log",
    given=frozenset({"max_dim_x"}),
)
"""What the library's LogAttributeMixin adds to a class."""


def _has_log(one: SourceClass) -> bool:
    return any(
        base.rpartition(".")[2] == "LogAttributeMixin" and base.partition(".")[0] in one.file.tango
        for base in one.bases
    )


def _is_accessor(function: Function) -> bool:
    return any(
        isinstance(one, ast.Attribute)
        and one.attr in ("write", "setter", "read", "getter", "is_allowed")
        for one in function.decorator_list
    )


def _states_in(function: Function) -> Iterator[tuple[ast.AST, str]]:
    returns_state = function.name in ("dev_state", "State")
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            tail = dotted(node.func).rpartition(".")[2]
            if tail in ("set_state", "append_state", "_set_state", "change_state") or (
                "state" in tail.lower() and tail.startswith(("set", "_set", "update", "_update"))
            ):
                for argument in [*node.args, *(one.value for one in node.keywords)]:
                    for state in _named_states(argument):
                        yield node, state
        elif (isinstance(node, ast.Return) and returns_state and node.value is not None) or (
            isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None
        ):
            for state in _named_states(node.value):
                yield node, state


def _named_states(node: ast.AST) -> list[str]:
    if isinstance(node, ast.IfExp):
        return _named_states(node.body) + _named_states(node.orelse)
    state = state_of(node)
    return [state] if state else []


def _assigned_doc(node: ast.ClassDef) -> str:
    """The text that a class body gives to ``__doc__``, in a branch or not."""
    for one in ast.walk(node):
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant):
            names = [each.id for each in one.targets if isinstance(each, ast.Name)]
            if names == ["__doc__"]:
                return str(one.value.value)
    return ""


def _merged(bodies: list[Body], kind: str) -> Any:
    found: dict[str, Any] = {}
    for body in bodies:
        for member in getattr(body, kind):
            found[member.name] = member
    return tuple(found.values())
