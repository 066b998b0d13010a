"""Exchange with Pogo: Python from its files, its files from a class, and a comparison of both."""

from __future__ import annotations

from pathlib import Path

from puretango.authoring._target import BadTarget, find_model, read_pogo
from puretango.authoring.pogo._python import python_source, server_source
from puretango.model import (
    ClassModel,
    Difference,
    MultiClasses,
    compare_models,
    keep_regions,
    write_xmi,
)

__all__ = ["LostRegions", "differences", "generate", "to_xmi"]

_ONLY_POGO = frozenset(
    ("language", "license", "copyright", "library", "origin", "complete", "title")
)
"""Fields of a Pogo file that are about files and not about the interface."""
_IN_CODE = frozenset(("change_event", "archive_event", "data_ready_event"))
"""Fields that Python sets by calls in init_device, so that no declaration shows them."""


class LostRegions(Exception):
    """The author's code would be lost; the text names the regions."""


def generate(path: Path, old: dict[str, str] | None = None) -> dict[str, str]:
    """The Python modules of a Pogo file, by their names; ``old`` has the existing ones.

    :raises BadTarget: it is not a Pogo file
    :raises LostRegions: a protected region of an old file has no place in the new one
    """
    pogo = read_pogo(path)
    modules = {f"{one.name}.py": python_source(one) for one in pogo.models}
    for server in pogo.multi:
        modules |= _server(path, server)
    for name, text in (old or {}).items():
        if name not in modules:
            continue
        modules[name], lost = keep_regions(modules[name], text)
        if lost:
            listed = ", ".join(sorted(lost))
            raise LostRegions(f"{name}: the new file has no place for the code of {listed}")
    return modules


def _server(path: Path, server: MultiClasses) -> dict[str, str]:
    """The modules of a multi-class file: those of its classes, from the files beside it, and the server's."""
    models: list[ClassModel] = []
    for one in server.classes:
        place = path.parent / one.source_path / f"{one.class_name}.xmi"
        models += read_pogo(place).models
    made = {f"{one.name}.py": python_source(one) for one in models}
    return {**made, f"{server.name}.py": server_source(server.name, models)}


def to_xmi(target: str, onto: Path | None = None) -> bytes:
    """The Pogo file of a class; ``onto`` is an existing one, of which nothing else is lost.

    :raises BadTarget: the target, or the file, cannot be read
    """
    return write_xmi(find_model(target), read_pogo(onto) if onto is not None else None)


def differences(path: Path, target: str) -> list[Difference]:
    """The differences of a Pogo file and a class, the file's side first.

    :raises BadTarget: one of them cannot be read
    """
    model = find_model(target)
    pogo = read_pogo(path)
    same = [one for one in pogo.models if one.name == model.name] or list(pogo.models)
    if not same:
        raise BadTarget(f"{path} has no class")
    found = compare_models(same[0], model, _ONLY_POGO)
    return [one for one in found if one.field not in _IN_CODE]
