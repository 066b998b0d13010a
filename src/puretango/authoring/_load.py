"""Load: the class model of whatever a user names: a source, a module's class, a Pogo file, a device."""

from __future__ import annotations

from pathlib import Path

from puretango.errors import DevFailed
from puretango.model import (
    BadXml,
    ChildFailed,
    ClassModel,
    UnreadableSource,
    import_models,
    model_of_device,
    read_sources,
    read_xmi,
)

__all__ = ["CannotLoad", "load_models"]


class CannotLoad(ValueError):
    """What was named has no class model; the text says why."""


def load_models(target: str, timeout: float = 20.0) -> list[ClassModel]:
    """The models that a target has.

    ``target`` is a ``.py`` or ``.xmi`` file, ``module`` or ``module:Class``, or a device's name.
    Raises CannotLoad.
    """
    path = Path(target)
    try:
        if path.suffix == ".xmi":
            return list(read_xmi(path).models)
        if path.suffix == ".py":
            return _of_source(path)
        if "/" in target:
            return [_of_device(target)]
        module, _, name = target.partition(":")
        models = [one for one in import_models(module, timeout) if name in ("", one.name)]
    except (BadXml, ChildFailed, UnreadableSource, OSError) as error:
        raise CannotLoad(f"{target}: {error}") from None
    if not models:
        raise CannotLoad(f"{target}: no device class")
    return models


def _of_source(path: Path) -> list[ClassModel]:
    files, broken = read_sources([path, *(one for one in path.parent.glob("*.py") if one != path)])
    own = [one for one in files if one.path == str(path)]
    if not own:
        told = next((one for one in broken if one.path == str(path)), None)
        raise CannotLoad(f"{path}: {told or 'cannot be read'}")
    models = [one.model for one in own[0].classes]
    if not models:
        raise CannotLoad(f"{path}: no device class")
    return models


def _of_device(name: str) -> ClassModel:
    from puretango.client import DeviceProxy

    try:
        return model_of_device(DeviceProxy(name))
    except DevFailed as error:
        raise CannotLoad(f"{name}: {error.args[0].desc}") from None
