"""A device that has attributes, to what reads and writes them."""

from __future__ import annotations

from typing import Protocol

from puretango.server.attribute._attributes import MultiAttribute
from puretango.server.attribute._ports import AttributeOwner


class AttributesOwner(AttributeOwner, Protocol):
    """A device, with all its attributes."""

    @property
    def _tango_attributes(self) -> MultiAttribute: ...
