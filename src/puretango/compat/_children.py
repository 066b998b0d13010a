"""compat in the processes that a program starts: subprocesses, spawn, forkserver, a Starter's servers.

A Python process looks for a module ``sitecustomize`` at its start. The folder ``child`` has one that
installs the import hook as this process did; PYTHONPATH leads there, and an environment variable switches it on.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

__all__ = ["VARIABLE", "reaches_children", "reach_children", "stop_reaching_children"]

VARIABLE = "PURETANGO_COMPAT"
"""Set to 1: Python processes serve the name ``tango`` with puretango."""

FOLDER = str(Path(__file__).with_name("child"))


def reach_children() -> None:
    """Serve this process's children, and theirs, likewise."""
    os.environ[VARIABLE] = "1"
    places = [place for place in _python_path() if place != FOLDER]
    os.environ["PYTHONPATH"] = os.pathsep.join([FOLDER, *places])


def stop_reaching_children() -> None:
    """Leave the children to PyTango again."""
    os.environ.pop(VARIABLE, None)
    places = [place for place in _python_path() if place != FOLDER]
    if places:
        os.environ["PYTHONPATH"] = os.pathsep.join(places)
    else:
        os.environ.pop("PYTHONPATH", None)


def reaches_children() -> bool:
    """True if children of this process are served with puretango."""
    return os.environ.get(VARIABLE) == "1" and FOLDER in _python_path()


def heeds_python_path() -> bool:
    """True if this interpreter heeds PYTHONPATH (it was started without -E, -I, -S)."""
    return not (sys.flags.ignore_environment or sys.flags.isolated or sys.flags.no_site)


def _python_path() -> list[str]:
    found = os.environ.get("PYTHONPATH", "")
    return found.split(os.pathsep) if found else []
