"""Lint: checks of the guidelines for device classes.

Sources are read without being run (:func:`lint_paths`), models of any origin by their declared
interface (:func:`lint_model`), running devices by asking only (:func:`lint_device`), classes in
child processes, imported or started and provoked (:func:`lint_imported`), and a control system's
database (:func:`lint_database`).
"""

from typing import TYPE_CHECKING, Any

from puretango.lint._checklist import QUESTIONS, checklist_text
from puretango.lint._engine import Report, lint_model, lint_paths
from puretango.lint._examples import is_source, module_of
from puretango.lint._finding import Edit, Finding, Fix
from puretango.lint._fixing import apply_fixes, fix_files
from puretango.lint._output import FORMATS, exit_code, render, statistics
from puretango.lint._page import index_page, rule_page
from puretango.lint._rule import Mending, Rule, Severity, all_rules, families
from puretango.lint._settings import PROFILES, BadSettings, Settings, read_settings
from puretango.lint._silence import Deviation, deviations
from puretango.lint.started import lint_imported

if TYPE_CHECKING:
    from puretango.lint.facility import lint_database
    from puretango.lint.live import lint_device

__all__ = [
    "FORMATS",
    "PROFILES",
    "QUESTIONS",
    "BadSettings",
    "Deviation",
    "Edit",
    "Finding",
    "Fix",
    "Mending",
    "Report",
    "Rule",
    "Settings",
    "Severity",
    "all_rules",
    "apply_fixes",
    "checklist_text",
    "deviations",
    "exit_code",
    "families",
    "fix_files",
    "index_page",
    "is_source",
    "lint_database",
    "lint_device",
    "lint_imported",
    "lint_model",
    "lint_paths",
    "module_of",
    "read_settings",
    "render",
    "rule_page",
    "statistics",
]

_LATE = {"lint_database": "facility", "lint_device": "live"}
"""Names that need the client: imported when asked for, so that sources are linted quickly."""


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
