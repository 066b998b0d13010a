"""A class model as JSON, and back."""

from __future__ import annotations

import dataclasses
import types
import typing
from typing import Any, cast

from puretango.model._classmodel import ClassModel

__all__ = ["model_from_plain", "model_to_plain"]


def model_to_plain(model: ClassModel) -> dict[str, Any]:
    """The model as dicts, lists and texts; fields with default values are left out."""
    return cast("dict[str, Any]", _plain(model))


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {
            one.name: _plain(got)
            for one in dataclasses.fields(value)
            if (got := getattr(value, one.name)) != _default(one)
        }
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _default(one: dataclasses.Field[Any]) -> Any:
    if one.default_factory is not dataclasses.MISSING:
        return one.default_factory()
    return one.default


def model_from_plain(plain: dict[str, Any]) -> ClassModel:
    """The model that :func:`model_to_plain` wrote; ValueError if it is not a model."""
    try:
        return cast("ClassModel", _built(ClassModel, plain))
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"not a class model: {error}") from error


def _built(kind: Any, value: Any) -> Any:
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return cast("Any", kind)(**{name: _built(hints[name], got) for name, got in value.items()})
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        if arguments[-1] is Ellipsis:
            return tuple(_built(arguments[0], item) for item in value)
        return tuple(_built(one, item) for one, item in zip(arguments, value, strict=True))
    if origin is frozenset:
        return frozenset(value)
    if origin in (types.UnionType, typing.Union):
        return None if value is None else _built(arguments[0], value)
    return value
