"""Warnings to PyTango's users, each given once."""

from __future__ import annotations

import warnings
from collections.abc import Hashable

__all__ = ["PyTangoUserWarning", "warn_once", "warned"]

warned: set[Hashable] = set()
"""The keys of the warnings that were given."""


class PyTangoUserWarning(UserWarning):
    """A warning that a user of the library can do something about."""


def warn_once(
    message: str, key: Hashable, category: type[Warning] = Warning, stacklevel: int = 1
) -> bool:
    """Warn, unless a warning with this key was given before; True if it was given now."""
    if key in warned:
        return False
    warned.add(key)
    warnings.warn(message, category=category, stacklevel=stacklevel + 1)
    return True
