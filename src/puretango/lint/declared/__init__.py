"""Rules over the declared interface: they hold for a source, an .xmi file and a live device alike."""

from puretango.lint._registry import Checks
from puretango.lint.declared import (
    _attributes,
    _commands,
    _configuration,
    _naming,
    _properties,
    _states,
    _texts,
)
from puretango.lint.declared._naming import KINDS
from puretango.lint.declared._properties import is_secret, misfit

__all__ = ["KINDS", "declared_checks", "is_secret", "misfit"]

_MODULES = (
    _naming,
    _attributes,
    _configuration,
    _commands,
    _properties,
    _states,
    _texts,
)


def declared_checks() -> list[Checks]:
    """The checks of each file, in the order of the catalogue."""
    return [module.checks for module in _MODULES]
