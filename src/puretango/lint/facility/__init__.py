"""Rules over a control system's database; nothing is written."""

from puretango.lint.facility._facts import DeviceEntry, Facility, ServerEntry, read_facility
from puretango.lint.facility._lint import lint_database, lint_facility

__all__ = [
    "DeviceEntry",
    "Facility",
    "ServerEntry",
    "lint_database",
    "lint_facility",
    "read_facility",
]
