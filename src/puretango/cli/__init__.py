"""The ``puretango`` command."""

from puretango.cli._main import main

__all__ = ["main"]
