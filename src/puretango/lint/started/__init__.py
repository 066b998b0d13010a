"""Rules that need the class started and provoked: in a child process, without its equipment."""

from puretango.lint.started._started import lint_imported

__all__ = ["lint_imported"]
