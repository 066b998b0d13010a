"""Pogo's files in and out: Python from them, them from a class, and both compared."""

from __future__ import annotations

from pathlib import Path

from puretango.authoring._target import BadTarget, find_model
from puretango.authoring.pogo._python import python_source, server_source
from puretango.model import (
    BadXml,
    ClassModel,
    Difference,
    MultiClasses,
    PogoFile,
    compare_models,
    keep_regions,
    read_xmi,
    write_xmi,
)

__all__ = ["LostRegions", "differences", "generate", "to_xmi"]

_ONLY_POGO = frozenset(
    ("language", "license", "copyright", "library", "origin", "complete", "title")
)
"""What a Pogo file says of files and not of the interface."""
_IN_CODE = frozenset(("change_event", "archive_event", "data_ready_event"))
"""What Python says by calls in init_device, and so no declaration tells."""


class LostRegions(Exception):
    """Code of the author's would be lost; the text names the regions."""


def generate(path: Path, old: dict[str, str] | None = None) -> dict[str, str]:
    """The Python modules of a Pogo file, by their names; ``old`` has those that are there already.

    :raises BadTarget: it is no Pogo file
    :raises LostRegions: a protected region of an old file has no place in the new one
    """
    pogo = _read(path)
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


def _read(path: Path) -> PogoFile:
    try:
        return read_xmi(path)
    except OSError as error:
        raise BadTarget(f"{path}: {error.strerror}") from error
    except BadXml as error:
        raise BadTarget(f"{path}: {error}") from error


def _server(path: Path, server: MultiClasses) -> dict[str, str]:
    """A multi-class file: its classes' modules, of the files beside it, and the server's."""
    models: list[ClassModel] = []
    for one in server.classes:
        place = path.parent / one.source_path / f"{one.class_name}.xmi"
        models += _read(place).models
    made = {f"{one.name}.py": python_source(one) for one in models}
    return {**made, f"{server.name}.py": server_source(server.name, models)}


def to_xmi(target: str, onto: Path | None = None) -> bytes:
    """The Pogo file of a class; ``onto`` is one that is there, of which nothing else is lost.

    :raises BadTarget: the target, or the file, cannot be read
    """
    return write_xmi(find_model(target), _read(onto) if onto is not None else None)


def differences(path: Path, target: str) -> list[Difference]:
    """Where a Pogo file and a class differ: the file's side first.

    :raises BadTarget: one of them cannot be read
    """
    model = find_model(target)
    pogo = _read(path)
    same = [one for one in pogo.models if one.name == model.name] or list(pogo.models)
    if not same:
        raise BadTarget(f"{path} has no class")
    found = compare_models(same[0], model, _ONLY_POGO)
    return [one for one in found if one.field not in _IN_CODE]
