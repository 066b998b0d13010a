"""Run a program written for PyTango on puretango, unchanged.

::

    python -m puretango.compat script.py ARG …
    python -m puretango.compat -m module ARG …
    python -m puretango.compat pytest tests/

Within the program, ``import tango`` and ``from tango.server import Device`` find puretango.
"""

from puretango.compat._finder import install
from puretango.compat._program import run_program

__all__ = ["install", "run_program"]
