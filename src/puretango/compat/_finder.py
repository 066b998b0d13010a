"""The import hook that serves the name ``tango``, and its submodules, with puretango."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

from puretango.compat._facade import Facade
from puretango.compat._foreign import foreign_spec

__all__ = ["install", "is_installed"]

_OWN = {
    "codec": "puretango.compat._codec",
    "databaseds.db_errors": "puretango.compat._dberrors",
}
"""Modules of PyTango that are made here, for compat alone."""

_ANYTHING: dict[str, dict[str, str]] = {
    "_tango": {"_telemetry": "", "__AttributeProxy": "puretango.client:AttributeProxy"},
    "_instrumentation": {},
    "_warnings": {},
    "attr_data": {},
    "attribute_proxy": {},
    "base_types": {},
    "connection": {},
    "db": {},
    "device_attribute": {},
    "device_class": {},
    "device_proxy": {},
    "device_server": {},
    "encoded_attribute": {},
    "globals": {},
    "group": {},
    "group_reply": {},
    "log4tango": {},
    "pytango_init": {},
    "pytango_pprint": {},
    "pyutil": {},
    "tango_numpy": {},
    "tango_object": {},
    "time_val": {},
    "auto_monitor": {},
}
"""Submodules of PyTango that have no file here: their names are the package's."""


def _dump_cpp_coverage() -> None:
    """Do nothing: there is no C++ to measure."""


def _extra_names(module: str) -> dict[str, Any]:
    if module == "_tango":
        return {"_dump_cpp_coverage": _dump_cpp_coverage}
    if module == "device_server":
        return {"_telemetry_runtime": import_module("puretango._telemetry")._telemetry_runtime}
    if module == "globals":
        from puretango.server.run import _classlists

        return vars(_classlists)
    if module == "_instrumentation":
        runtime = import_module("puretango._telemetry")._telemetry_runtime
        return {
            "_traced_coverage_run_active": False,
            "_force_tracing": False,
            "_telemetry_runtime": runtime,
        }
    if module == "_warnings":
        from puretango import tracing

        return {
            "PyTangoUserWarning": tracing.PyTangoUserWarning,
            "_already_warned_keys": tracing.warned,
            "warn_once": tracing.warn_once,
        }
    if module == "pytango_pprint":
        from puretango.compat._printed import sequence_types, struct_types

        return {"_SEQUENCE_TYPES": sequence_types(), "_STRUCT_TYPES": struct_types()}
    return {}


class _Borrowed(ModuleType):
    """A submodule of ``tango`` whose names come from the whole of puretango."""

    def __getattr__(self, name: str) -> Any:
        own = self.__name__.rpartition(".")[2]
        if name in ("__path__", "__wrapped__", "__file__"):
            raise AttributeError(name)
        extra = _extra_names(own)
        if name in extra:
            return extra[name]
        for place in (f"puretango.{own}", "puretango", "puretango.server", "puretango.utils"):
            try:
                return getattr(import_module(place), name)
            except (AttributeError, ModuleNotFoundError):
                continue
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")


class _AliasLoader(Loader):
    """Gives the module of puretango that stands for a module of ``tango``."""

    def __init__(self, real: str) -> None:
        self.real = real
        self.spec: ModuleSpec | None = None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The real module; its own spec is kept."""
        module = import_module(self.real)
        self.spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: the module has been executed already."""
        module.__spec__ = self.spec
        if self.real == "puretango.server":  # PyTango's tests replace it
            runtime = import_module("puretango._telemetry")._telemetry_runtime
            vars(module).setdefault("_telemetry_runtime", runtime)


class _BorrowingLoader(Loader):
    """Makes a module whose names come from the whole of puretango."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """An empty module that looks its names up in puretango."""
        return _Borrowed(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: there is no code to execute."""


class _FacadeLoader(Loader):
    """Gives the one module object that stands for PyTango's package."""

    def __init__(self, facade: Facade) -> None:
        self.facade = facade

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The facade."""
        return self.facade

    def exec_module(self, module: ModuleType) -> None:
        """Load what PyTango has loaded once it is imported."""
        for name in (*_ANYTHING, "codec"):
            import_module(f"tango.{name}")


class TangoFinder(MetaPathFinder):
    """Finds ``tango`` and ``tango.…`` (and the old name ``PyTango``) in puretango."""

    def __init__(self) -> None:
        self._facade: Facade | None = None

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of a module of ``tango``; None for anything else."""
        top, _, rest = fullname.partition(".")
        if top not in ("tango", "PyTango"):
            return None
        if not rest:
            self._facade = self._facade or Facade()
            spec = ModuleSpec(fullname, _FacadeLoader(self._facade), is_package=True)
            spec.submodule_search_locations = list(self._facade.__path__)
            return spec
        if rest in _OWN:
            return ModuleSpec(fullname, _AliasLoader(_OWN[rest]))
        real = f"puretango.{rest}"
        if "." not in rest and _has_module(real):
            return ModuleSpec(fullname, _AliasLoader(real), is_package=True)
        if rest in _ANYTHING:
            return ModuleSpec(fullname, _BorrowingLoader())
        found = foreign_spec(fullname, rest)
        if found is None and rest == "databaseds":
            return ModuleSpec(fullname, _EmptyLoader(), is_package=True)
        return found


class _EmptyLoader(Loader):
    """Makes a package with nothing in it but its submodules."""

    def create_module(self, spec: ModuleSpec) -> None:
        """A plain module."""

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: there is no code to execute."""


def _has_module(name: str) -> bool:
    package = import_module("puretango")
    found = PathFinder.find_spec(name, package.__path__)
    return found is not None and found.origin is not None


def install() -> None:
    """Serve the name ``tango`` with puretango in this process."""
    if any(isinstance(finder, TangoFinder) for finder in sys.meta_path):
        return
    if "tango" in sys.modules:
        raise RuntimeError("tango has been imported already")
    sys.meta_path.insert(0, TangoFinder())


def is_installed() -> bool:
    """True if ``tango`` is puretango in this process."""
    return any(isinstance(finder, TangoFinder) for finder in sys.meta_path)
