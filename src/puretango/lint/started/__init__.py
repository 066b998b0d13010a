"""Rules that want the class started and provoked: in a child process, its equipment absent."""

from puretango.lint.started._started import lint_imported

__all__ = ["lint_imported"]
