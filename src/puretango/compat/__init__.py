"""Run a program written for PyTango on puretango, unchanged.

::

    python -m puretango.compat script.py ARG …
    python -m puretango.compat -m module ARG …
    python -m puretango.compat pytest tests/
    python -m puretango.compat --limits pytest tests/

Within the program, ``import tango`` and ``from tango.server import Device`` find puretango.
puretango allows what PyTango does not: any number of servers in one process, synchronous and
asyncio devices in one server. With ``--limits`` it refuses them as PyTango does, so that a program
that must run on both is held to what both allow.
"""

from puretango.compat._finder import install
from puretango.compat._program import run_program

__all__ = ["install", "run_program"]
