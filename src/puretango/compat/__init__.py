"""Run a program written for PyTango on puretango, unchanged.

::

    python -m puretango.compat script.py ARG …
    python -m puretango.compat -m module ARG …
    python -m puretango.compat pytest tests/
    python -m puretango.compat --limits pytest tests/

Within the program, and within the Python processes that it starts, ``import tango`` and
``from tango.server import Device`` find puretango, under PyTango's version.
puretango allows what PyTango does not: any number of servers in one process, synchronous and
asyncio devices in one server. With ``--limits`` it refuses them as PyTango does, so that a program
that must run on both uses only what both allow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puretango.compat._children import reach_children, reaches_children, stop_reaching_children
from puretango.compat._finder import install, is_installed

if TYPE_CHECKING:
    from puretango.compat._program import run_program

__all__ = [
    "install",
    "is_installed",
    "reach_children",
    "reaches_children",
    "run_program",
    "stop_reaching_children",
]


def __getattr__(name: str) -> Any:
    if name == "run_program":  # loaded when a program is run: child processes do not need it
        from puretango.compat._program import run_program

        return run_program
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
