"""Stamp: a short hash of an interface, by which generated pages tell that they are out of date."""

from __future__ import annotations

import hashlib
import json

from puretango.model import ClassModel, model_to_plain

__all__ = ["interface_stamp"]

_NOT_SHOWN = {
    "place",
    "origin",
    "library",
    "complete",
    "unknown",
    "given",
    "language",
    "bases",
    "read_method",
    "write_method",
    "is_allowed_method",
    "method",
    "transitions",
    "license",
    "copyright",
}


def interface_stamp(model: ClassModel) -> str:
    """Sixteen hexadecimal digits that change with anything that a page shows."""
    plain = _shown(model_to_plain(model))
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:16]


def _shown(value: object) -> object:
    if isinstance(value, dict):
        return {key: _shown(one) for key, one in value.items() if key not in _NOT_SHOWN}
    if isinstance(value, list):
        return [_shown(one) for one in value]
    return value
