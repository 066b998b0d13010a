"""Finding: a rule that is broken at a place, and its fix."""

from __future__ import annotations

from dataclasses import dataclass, field

from puretango.lint._rule import Severity
from puretango.model import Place

__all__ = ["Edit", "Finding", "Fix", "Found"]


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace a stretch of a file: lines from 1, columns from 0 in octets of UTF-8, as ast."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that together fix a finding; ``safe`` if no client sees a difference."""

    edits: tuple[Edit, ...]
    safe: bool = True
    clients: str = ""
    """For an unsafe fix: the change that clients of the device will see."""
    imports: tuple[tuple[str, str], ...] = ()
    """(module, name) pairs that the new text needs."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a check yields: severity, justifications and noqa are handled later.

    ``member`` is e.g. ``attribute current`` or ``command Ramp``; empty for the class itself.
    """

    rule: str
    message: str
    place: Place | None = None
    member: str = ""
    fix: Fix | None = None
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding as it is reported."""

    rule: str
    severity: Severity
    message: str
    place: Place
    subject: str = ""
    """The class, with its member: ``PowerSupply.current``."""
    fix: Fix | None = field(default=None, compare=False)
    advice: str = ""

    @property
    def key(self) -> tuple[str, int, int, str, str]:
        """The sort key of findings."""
        return (self.place.path, self.place.line, self.place.column, self.rule, self.message)
