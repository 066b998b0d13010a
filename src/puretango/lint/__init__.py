"""Lint: what the guidelines for device classes ask, checked.

Sources are read without being run (:func:`lint_paths`), models of any origin by their declared
interface (:func:`lint_model`).
"""

from puretango.lint._engine import Report, lint_model, lint_paths
from puretango.lint._examples import is_source, module_of
from puretango.lint._finding import Edit, Finding, Fix
from puretango.lint._fixing import apply_fixes, fix_files
from puretango.lint._output import FORMATS, exit_code, render
from puretango.lint._rule import Mending, Rule, Severity, all_rules, families
from puretango.lint._settings import PROFILES, BadSettings, Settings, read_settings
from puretango.lint._silence import Deviation, deviations
from puretango.lint._stamp import interface_stamp

__all__ = [
    "FORMATS",
    "PROFILES",
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
    "deviations",
    "exit_code",
    "families",
    "fix_files",
    "interface_stamp",
    "is_source",
    "lint_model",
    "lint_paths",
    "module_of",
    "read_settings",
    "render",
]
