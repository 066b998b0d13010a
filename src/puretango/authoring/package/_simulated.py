"""How a template's simulator behaves: what makes it busy, for how long, and its condition afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field

from puretango.model import ClassModel

__all__ = ["Busy", "Template"]


@dataclass(frozen=True, slots=True)
class Busy:
    """After the driver's method ``trigger`` it is in one condition for so many seconds, then in another."""

    trigger: str
    condition: str
    after: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Template:
    """A class model, and how its simulator behaves."""

    model: ClassModel
    rest: str
    """The condition at the start."""
    busy: tuple[Busy, ...] = ()
    ends: tuple[str, ...] = ()
    """Methods that end its being busy."""
    values: dict[str, str] = field(default_factory=dict)
    """Initial values by attribute, as Python literals."""
    defined: dict[str, str] = field(default_factory=dict)
    """Methods whose argument becomes the value of an attribute."""
