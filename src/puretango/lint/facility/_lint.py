"""A control system's database under all checks that fit it."""

from __future__ import annotations

from collections.abc import Iterable

from puretango.client import Database
from puretango.errors import PuretangoError
from puretango.lint._engine import told
from puretango.lint._finding import Finding
from puretango.lint._settings import Settings
from puretango.lint.facility import _checks, _whole
from puretango.lint.facility._facts import Facility, read_facility
from puretango.model import ClassModel, Place

__all__ = ["lint_database", "lint_facility"]


def lint_database(
    settings: Settings,
    timeout: float = 3.0,
    models: Iterable[ClassModel] = (),
    database: Database | None = None,
) -> list[Finding]:
    """The findings in a database; a single TZ004 if it does not answer.

    ``models`` are those of sources: they say which properties are mandatory, and of what type.
    """
    try:
        facility = read_facility(database if database is not None else Database(), timeout)
    except (PuretangoError, OSError) as error:
        first = error.args[0] if error.args else error
        text = str(getattr(first, "desc", first)).splitlines()[0]
        said = f"the database does not answer: {text}"
        return [Finding("TZ004", settings.severity_of("TZ004"), said, Place("database"))]
    facility.models = {one.name: one for one in models}
    return lint_facility(facility, settings)


def lint_facility(facility: Facility, settings: Settings) -> list[Finding]:
    """The findings of a facility that has been read."""
    found = told(
        [_checks.checks, _whole.checks], facility, settings, None, None, Place(facility.host)
    )
    return sorted(dict.fromkeys(found), key=lambda one: one.key)
