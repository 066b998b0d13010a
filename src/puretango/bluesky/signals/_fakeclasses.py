"""The fake classes that ``ophyd.sim.make_fake_device`` finds.

``ophyd.sim`` makes a temporary directory when it is imported, and takes its time. So it is not
imported from here: our fakes are registered when somebody else imports it.
"""

from __future__ import annotations

import copy
import importlib.abc
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

__all__ = ["fake_of", "register_fake"]

_MODULE = "ophyd.sim"
#: Class -> the class with its fake's additions; and the fakes that were made.
_bases: dict[type, type] = {}
_made: dict[type, type] = {}


def register_fake(cls: Any, base: Any) -> None:
    """Have ``make_fake_device`` make a class of ``base`` and ``cls`` for ``cls``."""
    _bases[cls] = base
    simulation = sys.modules.get(_MODULE)
    if hasattr(simulation, "fake_device_cache"):
        _tell(simulation)


def fake_of(cls: Any) -> Any:
    """The fake of a registered class, a subclass of it; for any other class, ophyd's fake."""
    if cls not in _bases:
        from ophyd.sim import make_fake_device

        return make_fake_device(cls)
    if cls not in _made:
        space: dict[str, Any] = {"__module__": cls.__module__}
        for name in getattr(cls, "component_names", ()):
            part = copy.copy(getattr(cls, name))
            part.cls = fake_of(part.cls)
            space[name] = part
        _made[cls] = type(f"Fake{cls.__name__}", (_bases[cls], cls), space)
    return _made[cls]


def _tell(simulation: Any) -> None:
    for cls in list(_bases):
        if cls not in simulation.fake_device_cache:
            simulation.fake_device_cache[cls] = fake_of(cls)


class _Loader(importlib.abc.Loader):
    """Loads the module by its own loader, and then registers our fakes with it."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        module: ModuleType | None = self._loader.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        _tell(module)


class _Finder(importlib.abc.MetaPathFinder):
    """Finds ophyd's module of simulations only."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != _MODULE:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader)
        return spec


sys.meta_path.insert(0, _Finder())
