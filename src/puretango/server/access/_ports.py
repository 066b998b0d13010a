"""A device that has attributes, as the code that reads and writes them sees it."""

from __future__ import annotations

from typing import Protocol

from puretango.server.attribute._attributes import MultiAttribute
from puretango.server.attribute._ports import AttributeOwner, AttributeParts


class AttributesParts(AttributeParts, Protocol):
    """The parts of a device, with all its attributes."""

    @property
    def attributes(self) -> MultiAttribute: ...


class AttributesOwner(AttributeOwner, Protocol):
    """A device, with all its attributes."""

    @property
    def _tango(self) -> AttributesParts: ...
