"""Modules that others install inside PyTango's package: its test suite's helpers, its Python database, add-ons."""

from __future__ import annotations

import os
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

__all__ = ["foreign_spec"]

SOURCE_VARIABLE = "PURETANGO_PYTANGO_SOURCE"
"""Where PyTango's distribution is unpacked; its test suite brings ``tango.test_utils`` along."""

PYTANGOS_OWN = frozenset(
    (
        *("asyncio", "asyncio_executor", "client", "codec", "futures", "futures_executor"),
        *("gevent", "gevent_executor", "green", "log4tango", "release", "server", "telemetry"),
        *("test_context", "utils"),
    )
)
"""PyTango's modules that puretango replaces; others may be found in PyTango's folder."""


def foreign_spec(fullname: str, rest: str) -> ModuleSpec | None:
    """The spec of ``tango.REST`` in a folder ``tango`` that is installed or unpacked; or None."""
    if rest.partition(".")[0] in PYTANGOS_OWN:
        return None
    *parents, _ = rest.split(".")
    places = [str(place.joinpath(*parents)) for place in _folders()]
    found = PathFinder.find_spec(fullname, places)
    if found is None or (found.origin or "").endswith((".so", ".pyd")):
        return None  # never PyTango's compiled extension
    return found


def _folders() -> list[Path]:
    unpacked = os.environ.get(SOURCE_VARIABLE)
    places = [Path(unpacked) / "tango"] if unpacked else []
    spec = PathFinder.find_spec("tango")
    return places + [Path(each) for each in (spec and spec.submodule_search_locations) or ()]
