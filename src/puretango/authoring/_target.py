"""The target that a user names on the command line (file, module, Pogo file, device), as class models."""

from __future__ import annotations

import os
from pathlib import Path

from puretango.model import (
    BadXml,
    ChildFailed,
    ClassModel,
    PogoFile,
    import_models,
    model_of_device,
    read_sources,
    read_xmi,
)

__all__ = ["BadTarget", "find_model", "find_models"]

LOAD_TIMEOUT = 30.0
"""Seconds that importing a module, in a process of its own, may take."""


class BadTarget(Exception):
    """The target cannot be read; the text says what it was taken for, and why it failed."""


def find_models(target: str, timeout: float = LOAD_TIMEOUT) -> list[ClassModel]:
    """The device classes of a target.

    ``FILE.xmi`` is a Pogo file, ``FILE.py``, ``FOLDER`` and ``package.module`` are sources,
    ``FILE.py:Class`` and ``package.module:Class`` one class of them, ``a/b/c`` a running device.

    :raises BadTarget: there is nothing of that name, or no device class in it
    """
    name, _, wanted = target.partition(":") if not target.startswith("tango:") else (target, "", "")
    models = _read(name, timeout)
    if wanted:
        models = [one for one in models if one.name == wanted]
    if not models:
        what = f"device class {wanted}" if wanted else "device class"
        raise BadTarget(f"no {what} in {name}")
    return models


def find_model(target: str, timeout: float = LOAD_TIMEOUT) -> ClassModel:
    """The one device class of a target.

    :raises BadTarget: there is none, or there are several and none was chosen by ``:Class``
    """
    models = find_models(target, timeout)
    if len(models) > 1:
        names = ", ".join(one.name for one in models)
        raise BadTarget(
            f"{target} has several device classes: choose one by {target}:CLASS ({names})"
        )
    return models[0]


def _read(name: str, timeout: float) -> list[ClassModel]:
    path = Path(name)
    if path.suffix == ".xmi":
        return list(read_pogo(path).models)
    if path.exists():
        return _sources(path, timeout)
    if name.count("/") >= 2:
        return [_device(name)]
    if all(part.isidentifier() for part in name.split(".")):
        return _imported(name, timeout)
    raise BadTarget(f"{name} is not a file, module or device")


def read_pogo(path: Path) -> PogoFile:
    """A Pogo file; BadTarget if it cannot be read."""
    try:
        return read_xmi(path)
    except OSError as error:
        raise BadTarget(f"{path}: {error.strerror}") from error
    except BadXml as error:
        raise BadTarget(f"{path}: {error}") from error


def _sources(path: Path, timeout: float) -> list[ClassModel]:
    """The models of sources; a class that sources do not show completely is imported."""
    paths = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    files, broken = read_sources(paths)
    if broken and len(paths) == 1:
        raise BadTarget(f"{path}: {broken[0]}")
    read = [one.model for file in files for one in file.classes]
    if all(one.complete for one in read) or path.is_dir():
        return read
    try:
        imported = {one.name: one for one in import_models(str(path), timeout=timeout)}
    except ChildFailed:
        return read  # as much as the source shows
    return [imported.get(one.name, one) for one in read]


def _imported(name: str, timeout: float) -> list[ClassModel]:
    try:
        return list(import_models(name, timeout=timeout))
    except ChildFailed as error:
        raise BadTarget(f"{name}: {error}") from error


def _device(name: str) -> ClassModel:
    from puretango.client import DeviceProxy
    from puretango.errors import DevFailed

    try:
        return model_of_device(DeviceProxy(name))
    except DevFailed as error:
        where = os.environ.get("TANGO_HOST", "the control system")
        raise BadTarget(f"device {name} at {where}: {error.args[0].desc}") from error
