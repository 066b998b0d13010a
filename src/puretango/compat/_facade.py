"""The module object that a program gets for ``import tango``."""

from __future__ import annotations

from importlib import import_module
from types import FunctionType, ModuleType
from typing import Any

__all__ = ["Facade", "VERSION_NAMES"]

VERSION_NAMES = {
    "__version__": "version",
    "__version_description__": "version_description",
    "__version_info__": "version_info",
    "__version_long__": "version_long",
    "__version_number__": "version_number",
}
"""Names of the package → attributes of Release: programs check versions by them."""

NOWHERE = "<tango served by puretango>"
"""The facade's ``__path__``, where nothing is found: its submodules are puretango's, and not imported twice."""


class Facade(ModuleType):
    """puretango's names, under PyTango's version.

    puretango itself keeps its own ``__version__`` beside it.
    """

    def __init__(self) -> None:
        super().__init__("puretango", import_module("puretango").__doc__)
        release = import_module("puretango.release").Release
        for name, own in VERSION_NAMES.items():
            setattr(self, name, getattr(release, own))
        self.__path__ = [NOWHERE]
        self.__author__ = release.author_lines

    def __getattr__(self, name: str) -> Any:
        if name in ("__wrapped__", "__file__"):
            raise AttributeError(f"module 'tango' has no attribute {name!r}")
        found = getattr(import_module("puretango"), name)
        if isinstance(found, type | FunctionType):
            setattr(self, name, found)  # the next access finds it directly
        return found

    def __dir__(self) -> list[str]:
        return sorted({*dir(import_module("puretango")), *vars(self)})
