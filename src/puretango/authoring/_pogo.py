"""Pogo: a class compared with the Pogo file that stands beside it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from puretango.model import ClassModel, Difference, compare_models, read_xmi

__all__ = ["differences_from_xmi"]

_NOT_DECLARED = frozenset({"excluded_states", "read_excluded_states", "write_excluded_states"})
"""What an import does not tell; a source does."""


def differences_from_xmi(model: ClassModel, path: str | Path) -> list[Difference]:
    """Where a class and the class of that name in a Pogo file differ.

    What is made when a device runs (dynamic and forwarded attributes, dynamic commands) is looked
    at by no declaration, and left out. Raises BadXml, OSError.
    """
    file = read_xmi(path)
    found = next((one for one in file.models if one.name == model.name), None)
    if found is None:
        return [Difference(f"class {model.name}", "", "only on the left", "")]
    declared = replace(
        found,
        attributes=tuple(one for one in found.attributes if not one.dynamic and not one.forwarded),
        commands=tuple(one for one in found.commands if not one.dynamic),
        pipes=model.pipes,
    )
    ignored = _NOT_DECLARED if model.origin != "source" else frozenset()
    return compare_models(model, declared, ignored)
