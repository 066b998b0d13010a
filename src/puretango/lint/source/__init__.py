"""Rules over the source of a class: its syntax tree, nothing imported."""

from puretango.lint._registry import Checks
from puretango.lint.source import (
    _errors,
    _file,
    _hooks,
    _init,
    _logging,
    _reasons,
    _state,
    _structure,
    _time,
)
from puretango.lint.source._code import ClassCode
from puretango.lint.source._file import FileSubject, PackageSubject
from puretango.lint.source._reasons import REASONS, is_reason

__all__ = [
    "REASONS",
    "is_reason",
    "ClassCode",
    "FileSubject",
    "PackageSubject",
    "file_checks",
    "package_checks",
    "source_checks",
]


def source_checks() -> list[Checks]:
    """The checks of each file that look at a class's code."""
    modules = (_init, _errors, _reasons, _logging, _time, _state, _hooks, _structure)
    return [module.checks for module in modules]


def file_checks() -> list[Checks]:
    """The checks that look at a whole file."""
    return [_file.checks]


def package_checks() -> list[Checks]:
    """The checks that look at a package."""
    return [_file.package_checks]
