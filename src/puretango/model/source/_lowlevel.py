"""Low-level declarations: ``attr_list``, ``cmd_list`` and property lists of a DeviceClass.

Source: PyTango's page "How to write a device server", part low-level API.
"""

from __future__ import annotations

import ast
from typing import Any

from puretango.model._classmodel import (
    ArgumentModel,
    AttributeModel,
    CommandModel,
    PropertyModel,
)
from puretango.model._place import Place
from puretango.model.source._facts import attribute_facts, lines_of, number_of, tail_of, text_of
from puretango.model.source._highlevel import Body, Declaration
from puretango.model.source._literal import UNKNOWN, Dotted, Scope
from puretango.model.source._typename import type_of_word

__all__ = ["read_lists"]

_LISTS = ("attr_list", "cmd_list", "device_property_list", "class_property_list")
_EXTRA = {"display level": "display_level", "polling period": "polling_period"}


def read_lists(node: ast.ClassDef, path: str, scope: Scope, device: ast.ClassDef) -> Body:
    """What the lists of a DeviceClass declare; methods are those of ``device``."""
    body = Body()
    docs = {
        one.name: ast.get_docstring(one) or ""
        for one in device.body
        if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    for statement in node.body:
        if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Dict):
            continue
        for target in statement.targets:
            if isinstance(target, ast.Name) and target.id in _LISTS:
                _read_list(target.id, statement.value, path, scope, docs, body)
    return body


def _read_list(
    kind: str, table: ast.Dict, path: str, scope: Scope, docs: dict[str, str], body: Body
) -> None:
    for key, value in zip(table.keys, table.values, strict=True):
        name = scope.value(key)
        entry = scope.value(value)
        if not isinstance(name, str) or not isinstance(entry, list) or not entry:
            continue
        place = Place.of(key or value, path)
        if kind == "attr_list":
            body.attributes.append(_attribute(name, entry, place))
        elif kind == "cmd_list":
            body.commands.append(_command(name, entry, place, docs))
        elif kind == "device_property_list":
            body.device_properties.append(_property(name, entry, place))
        else:
            body.class_properties.append(_property(name, entry, place))
        body.declarations.append(Declaration(kind.partition("_")[0], name, key or value))


def _attribute(name: str, entry: list[Any], place: Place) -> AttributeModel:
    shape = entry[0] if isinstance(entry[0], list) else []
    extra = entry[1] if len(entry) > 1 and isinstance(entry[1], dict) else {}
    said = {
        _EXTRA.get(key.lower(), key.lower().replace(" ", "_")): value
        for key, value in extra.items()
        if isinstance(key, str)
    }
    memorized = text_of(said.pop("memorized", "false")).lower()
    found = attribute_facts(said, {})
    unknown = set(found["unknown"])
    data_type = type_of_word(text_of(shape[0])) if shape else None
    if data_type is None or len(shape) < 3:
        unknown |= {"data_type"}
    found.update(
        name=name,
        data_type=data_type or "DevDouble",
        data_format=(tail_of(shape[1]) if len(shape) > 1 else "") or "SCALAR",
        access=(tail_of(shape[2]) if len(shape) > 2 else "") or "READ",
        max_dim_x=number_of(shape[3]) if len(shape) > 3 else 1,
        max_dim_y=number_of(shape[4]) if len(shape) > 4 else 0,
        memorized=memorized.startswith("true"),
        hw_memorized=memorized == "true",
        read_method=f"read_{name}",
        write_method=f"write_{name}",
        is_allowed_method=f"is_{name}_allowed",
        unknown=frozenset(unknown),
        given=found["given"] | {"max_dim_x", "max_dim_y"},
    )
    return AttributeModel(**found, place=place)


def _argument(pair: Any) -> ArgumentModel:
    if not isinstance(pair, list) or not pair:
        return ArgumentModel()
    description = text_of(pair[1]) if len(pair) > 1 else ""
    return ArgumentModel(type_of_word(text_of(pair[0])) or "DevVoid", description)


def _command(name: str, entry: list[Any], place: Place, docs: dict[str, str]) -> CommandModel:
    extra = entry[2] if len(entry) > 2 and isinstance(entry[2], dict) else {}
    said = {str(key).lower(): value for key, value in extra.items()}
    return CommandModel(
        name=name,
        argin=_argument(entry[0]),
        argout=_argument(entry[1] if len(entry) > 1 else None),
        description=docs.get(name, ""),
        display_level=tail_of(said.get("display level")) or "OPERATOR",
        polling_period=number_of(said.get("polling period")),
        method=name,
        is_allowed_method=f"is_{name}_allowed",
        place=place,
    )


def _property(name: str, entry: list[Any], place: Place) -> PropertyModel:
    default = entry[2] if len(entry) > 2 else None
    data_type = type_of_word(text_of(entry[0])) or "DevString"
    empty = default is None or default == "" or (default == [] and not data_type.endswith("Array"))
    text = entry[1] if len(entry) > 1 else ""
    unknown = {"doc"} if text is UNKNOWN or isinstance(text, Dotted) else set()
    listed = default if isinstance(default, list) else [default]
    if any(one is UNKNOWN or isinstance(one, Dotted) for one in listed):
        unknown.add("default_value")
    return PropertyModel(
        name=name,
        data_type=data_type,
        description=text_of(text),
        default=None if empty else lines_of(default),
        mandatory=len(entry) > 3 and entry[3] is True,
        unknown=frozenset(unknown),
        place=place,
    )
