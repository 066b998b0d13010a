"""Forwarded attributes: an attribute that stands for one of another device."""

from __future__ import annotations

from typing import Any

from puretango.server._attribute import Attribute


class ForwardedAttribute(Attribute):
    """An attribute whose value and configuration are those of its root attribute."""

    forwarded = True
    configuration_error = ""

    def root_history(self, count: int, release: int) -> Any:
        """The history of the root attribute."""
        raise NotImplementedError
