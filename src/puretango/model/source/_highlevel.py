"""High-level declarations: ``attribute``, ``command`` and properties in a class body."""

from __future__ import annotations

import ast
import inspect
from dataclasses import dataclass, field, replace
from typing import Any

from puretango.model._classmodel import (
    ArgumentModel,
    AttributeModel,
    CommandModel,
    PipeModel,
    PropertyModel,
)
from puretango.model._place import Place
from puretango.model.source._facts import (
    attribute_facts,
    dtype_facts,
    lines_of,
    number_of,
    tail_of,
    text_of,
)
from puretango.model.source._literal import UNKNOWN, Dotted, Scope
from puretango.model.source._typename import array_of, dotted, size_of_hint, type_of_hint

__all__ = ["Body", "Declaration", "read_body"]

_PROPERTY_WORDS = ("device_property", "class_property")
_DECLARING = ("attribute", "command", "pipe", *_PROPERTY_WORDS)


@dataclass
class Declaration:
    """The declaration of a member: its call if it has one, its method if it is a decorator."""

    kind: str
    name: str
    node: ast.AST
    call: ast.Call | None = None
    function: ast.FunctionDef | ast.AsyncFunctionDef | None = None

    def keyword(self, name: str) -> ast.keyword | None:
        """A keyword of the call."""
        keywords = self.call.keywords if self.call else []
        return next((one for one in keywords if one.arg == name), None)


@dataclass
class Body:
    """What a class body declares."""

    attributes: list[AttributeModel] = field(default_factory=list)
    commands: list[CommandModel] = field(default_factory=list)
    device_properties: list[PropertyModel] = field(default_factory=list)
    class_properties: list[PropertyModel] = field(default_factory=list)
    pipes: list[PipeModel] = field(default_factory=list)
    declarations: list[Declaration] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.declarations)


Function = ast.FunctionDef | ast.AsyncFunctionDef


class _Reader:
    def __init__(
        self, node: ast.ClassDef, path: str, scope: Scope, tango: dict[str, str], enums: Any
    ) -> None:
        self.node = node
        self.path = path
        self.scope = scope
        self.tango = tango
        self.enums = enums
        self.body = Body()
        self.methods = {one.name: one for one in node.body if isinstance(one, Function)}

    def declares(self, node: ast.expr) -> str:
        """``attribute``, ``command`` …: what a function or its call declares; else empty."""
        name = dotted(node.func if isinstance(node, ast.Call) else node)
        if not name:
            return ""
        root, _, tail = name.partition(".")
        word = self.tango.get(name) or (tail.rpartition(".")[2] if root in self.tango else "")
        return word if word in _DECLARING else ""

    def read(self) -> Body:
        for statement in self.node.body:
            if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call):
                for target in statement.targets:
                    if isinstance(target, ast.Name):
                        self._assigned(target.id, statement.value, None, statement)
            elif isinstance(statement, ast.AnnAssign) and isinstance(statement.value, ast.Call):
                if isinstance(statement.target, ast.Name):
                    self._assigned(
                        statement.target.id, statement.value, statement.annotation, statement
                    )
            elif isinstance(statement, Function):
                self._function(statement)
        return self.body

    def _assigned(
        self, name: str, call: ast.Call, hint: ast.expr | None, statement: ast.stmt
    ) -> None:
        kind = self.declares(call)
        if kind == "attribute":
            self._attribute(name, call, None, hint, statement)
        elif kind in _PROPERTY_WORDS:
            self._property(kind, name, call, hint, statement)
        elif kind == "pipe":
            self._pipe(name, call, statement)
        elif kind == "command":
            method = call.args[0] if call.args else None
            function = self.methods.get(dotted(method))
            if function is not None:
                self._command(function, call, statement)

    def _function(self, function: Function) -> None:
        for decorator in function.decorator_list:
            kind = self.declares(decorator)
            call = decorator if isinstance(decorator, ast.Call) else None
            if kind == "attribute":
                self._attribute(function.name, call, function, None, function)
            elif kind == "command":
                self._command(function, call, function)
            elif kind == "pipe":
                self._pipe(function.name, call, function)
            elif isinstance(decorator, ast.Attribute) and isinstance(decorator.value, ast.Name):
                self._accessor(decorator.value.id, decorator.attr, function)

    def _accessor(self, member: str, role: str, function: Function) -> None:
        """``@current.write`` and its like over a method of the attribute ``current``."""
        for index, known in enumerate(self.body.attributes):
            declared = self._declared_as(known)
            if declared != member:
                continue
            changes: dict[str, Any] = {}
            if role in ("write", "setter"):
                changes["write_method"] = function.name
                if known.access == "READ" and "access" not in known.given:
                    changes["access"] = "READ_WRITE" if known.read_method else "WRITE"
            elif role in ("read", "getter"):
                changes["read_method"] = function.name
            elif role == "is_allowed":
                changes["is_allowed_method"] = function.name
            if changes:
                self.body.attributes[index] = _replaced(known, changes)
            return
        for index, pipe in enumerate(self.body.pipes):
            if pipe.name == member and role in ("write", "setter"):
                self.body.pipes[index] = replace(pipe, access="READ_WRITE")

    def _hint_of_write(self, member: str, name: str) -> ast.expr | None:
        """The type of the write method's argument, if only that one gives a type."""
        for function in self.node.body:
            if not isinstance(function, Function) or len(function.args.args) < 2:
                continue
            over = [dotted(one) for one in function.decorator_list]
            if function.name == name or f"{member}.write" in over or f"{member}.setter" in over:
                return function.args.args[1].annotation
        return None

    def _declared_as(self, known: AttributeModel) -> str:
        for one in self.body.declarations:
            if one.kind == "attribute" and one.name == known.name:
                node = one.node
                if isinstance(node, Function):
                    return node.name
                target = node.targets[0] if isinstance(node, ast.Assign) else None
                target = node.target if isinstance(node, ast.AnnAssign) else target
                return dotted(target)
        return known.name

    def _keywords(self, call: ast.Call | None) -> dict[str, Any]:
        if call is None:
            return {}
        return {
            one.arg: self.scope.value(one.value) for one in call.keywords if one.arg is not None
        }

    def _attribute(
        self,
        member: str,
        call: ast.Call | None,
        function: Function | None,
        hint: ast.expr | None,
        node: ast.stmt,
    ) -> None:
        said = self._keywords(call)
        found = attribute_facts(said, self.enums)
        name = said.get("name") if isinstance(said.get("name"), str) else None
        found["name"] = str(name or member)
        spread = call is not None and any(one.arg is None for one in call.keywords)
        if spread:
            found["unknown"] = found["unknown"] | frozenset(AttributeModel.__slots__)
        if hint is None and function is not None:
            hint = function.returns
        self._methods_of(found, function, said, member)
        if hint is None and found["read_method"] in self.methods:
            hint = self.methods[found["read_method"]].returns
        if hint is None:
            hint = self._hint_of_write(member, found["write_method"])
        if "dtype" not in said:
            self._take_hint(found, hint)
        if not found.get("description") and "description" not in found["unknown"]:
            read = function or self.methods.get(found["read_method"])
            if read is not None and function is not None:
                found["description"] = inspect.cleandoc(ast.get_docstring(read) or "")
        place = Place.of(node, self.path)
        self.body.attributes.append(AttributeModel(**found, place=place))
        self.body.declarations.append(Declaration("attribute", found["name"], node, call, function))

    def _methods_of(
        self, found: dict[str, Any], function: Function | None, said: dict[str, Any], member: str
    ) -> None:
        def method(*keys: str) -> str:
            for key in keys:
                if isinstance(said.get(key), str):
                    return str(said[key]).rpartition(".")[2]
            return ""

        name = found["name"]
        read = function.name if function else method("fget", "fread")
        found["read_method"] = read or f"read_{name}"
        if not read and f"read_{name}" not in self.methods and f"read_{member}" in self.methods:
            found["read_method"] = f"read_{member}"
        write = method("fset", "fwrite")
        found["write_method"] = write or f"write_{name}"
        found["is_allowed_method"] = method("fisallowed") or f"is_{name}_allowed"
        if "access" not in said:
            has_read = bool(function) or "fget" in said or "fread" in said
            writes = "fset" in said or "fwrite" in said
            found["access"] = ("READ_WRITE" if has_read else "WRITE") if writes else "READ"

    def _take_hint(self, found: dict[str, Any], hint: ast.expr | None) -> None:
        enum = self.enums.get(dotted(hint)) if hint is not None else None
        if enum is not None:
            found["data_type"], found["enum_labels"] = "DevEnum", enum
            return
        known = type_of_hint(hint)
        if known is None or known[0] == "DevVoid":
            if hint is not None:
                found["unknown"] = found["unknown"] | {"data_type", "data_format"}
            return
        element, dimensions = known
        found["data_type"] = element
        if "dformat" not in found["given"] and dimensions <= 2:
            found["data_format"] = ("SCALAR", "SPECTRUM", "IMAGE")[dimensions]
        sizes = size_of_hint(hint)
        if len(sizes) == dimensions > 0 and not {"max_dim_x", "max_dim_y"} & found["given"]:
            found["max_dim_x"] = sizes[-1]
            found["max_dim_y"] = sizes[0] if dimensions == 2 else 0
            found["given"] = found["given"] | {"max_dim_x", "max_dim_y"}

    def _property(
        self, kind: str, name: str, call: ast.Call, hint: ast.expr | None, node: ast.stmt
    ) -> None:
        said = self._keywords(call)
        if call.args:
            said.setdefault("dtype", self.scope.value(call.args[0]))
        unknown = {key for key, value in said.items() if value is UNKNOWN}
        default = said.get("default_value")
        if isinstance(default, Dotted):
            unknown.add("default_value")
        data_type, dimensions = "DevString", 0
        if "dtype" in said:
            found = dtype_facts(said["dtype"], self.enums)
            if found is None:
                unknown.add("data_type")
            else:
                data_type, dimensions = found[0], found[1]
        elif hint is not None and (hinted := type_of_hint(hint)) is not None:
            data_type, dimensions = hinted
        model = PropertyModel(
            name=name,
            data_type=array_of(data_type) if dimensions else data_type,
            description=text_of(said.get("doc")),
            default=lines_of(default) if "default_value" in said and default is not None else None,
            mandatory=said.get("mandatory") is True,
            unknown=frozenset(unknown),
            place=Place.of(node, self.path),
        )
        target = self.body.device_properties
        if kind == "class_property":
            target = self.body.class_properties
        target.append(model)
        self.body.declarations.append(Declaration(kind, name, node, call))

    def _pipe(self, name: str, call: ast.Call | None, node: ast.stmt) -> None:
        said = self._keywords(call)
        self.body.pipes.append(
            PipeModel(
                name=text_of(said.get("name")) or name,
                description=text_of(said.get("doc") or said.get("description")),
                label=text_of(said.get("label")),
                access="READ_WRITE" if _writes_pipe(said) else "READ",
                display_level=text_of(said.get("display_level")).rpartition(".")[2] or "OPERATOR",
                place=Place.of(node, self.path),
            )
        )
        self.body.declarations.append(Declaration("pipe", name, node, call))

    def _command(self, function: Function, call: ast.Call | None, node: ast.stmt) -> None:
        said = self._keywords(call)
        unknown = {key for key, value in said.items() if value is UNKNOWN}
        arguments = [one for one in function.args.args if one.arg not in ("self", "cls")]
        hint_in = arguments[0].annotation if arguments else None
        docs = _documented(function)
        argin, surely_in = self._argument(said, "in", hint_in)
        argout, surely_out = self._argument(said, "out", function.returns)
        if arguments and not surely_in:
            unknown.add("argin")
        if not surely_out:
            unknown.add("argout")
        self.body.commands.append(
            CommandModel(
                name=function.name,
                argin=ArgumentModel(argin, text_of(said.get("doc_in")) or docs[0]),
                argout=ArgumentModel(argout, text_of(said.get("doc_out")) or docs[1]),
                description=inspect.cleandoc(ast.get_docstring(function) or ""),
                display_level=tail_of(said.get("display_level")) or "OPERATOR",
                polling_period=number_of(said.get("polling_period")),
                method=function.name,
                is_allowed_method=text_of(said.get("fisallowed")).rpartition(".")[2]
                or f"is_{function.name}_allowed",
                unknown=frozenset(unknown),
                place=Place.of(node, self.path),
            )
        )
        self.body.declarations.append(Declaration("command", function.name, node, call, function))

    def _argument(self, said: dict[str, Any], way: str, hint: ast.expr | None) -> tuple[str, bool]:
        """Type of a command's argument or result, and whether it is sure."""
        if f"dtype_{way}" in said:
            found = dtype_facts(said[f"dtype_{way}"], self.enums)
            if found is None:
                return "DevVoid", False
            formatted = tail_of(said.get(f"dformat_{way}")) in ("SPECTRUM", "IMAGE")
            return (array_of(found[0]) if found[1] or formatted else found[0]), True
        if hint is None:
            return "DevVoid", True
        if self.enums.get(dotted(hint)) is not None:
            return "DevEnum", True
        hinted = type_of_hint(hint)
        if hinted is None:
            return "DevVoid", False
        return (array_of(hinted[0]) if hinted[1] else hinted[0]), True


def _replaced(model: AttributeModel, changes: dict[str, Any]) -> AttributeModel:
    return replace(model, **changes)


def _documented(function: Function) -> tuple[str, str]:
    """Argument and result in a docstring of Sphinx's, Google's, numpy's or Epydoc's style."""
    doc = inspect.cleandoc(ast.get_docstring(function) or "")
    argin = argout = ""
    section = ""
    for line in doc.splitlines():
        text = line.strip()
        lowered = text.lower()
        if lowered.startswith((":param", ":parameter", ":arg ", "@param ")):
            argin = argin or text.rpartition(":")[2].strip()
        elif lowered.startswith((":return:", ":returns:")):
            argout = argout or text.split(":", 2)[2].strip()
        elif lowered.startswith(("@return:", "@returns:")):
            argout = argout or text.partition(":")[2].strip()
        elif lowered.rstrip(":") in ("args", "arguments", "parameters", "returns", "return"):
            section = "in" if lowered[0] in "ap" else "out"
        elif section and text and not set(text) <= set("-="):
            if section == "in":
                argin = argin or text.partition(":")[2].strip() or text
            else:
                argout = argout or text
            section = ""
    return argin, argout


def read_body(
    node: ast.ClassDef,
    path: str,
    scope: Scope,
    tango: dict[str, str],
    enums: dict[str, tuple[str, ...]],
) -> Body:
    """What a class body declares.

    ``tango`` maps local names to what they are in tango's or puretango's modules, ``enums`` the
    names of the source's enumerations to their labels.
    """
    return _Reader(node, path, scope, tango, enums).read()


def _writes_pipe(said: dict[str, Any]) -> bool:
    access = text_of(said.get("access")).rpartition(".")[2]
    return access == "PIPE_READ_WRITE" or "fset" in said or "fwrite" in said
