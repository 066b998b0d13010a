"""Simulated equipment: real Tango device servers and real EPICS IOCs with nothing behind them.

Every class is loaded when it is first asked for, so that serving one needs only what that one
needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

#: The device classes that ship with puretango: class name -> module that holds it.
SHIPPED_CLASSES: dict[str, str] = {
    "BusyController": "puretango.sim.busy._tango_busy",
    "LimaCCDs": "puretango.sim.lima._tango_lima",
    "Motor": "puretango.sim.motor._tango_motor",
    "Pilatus": "puretango.sim.pilatus._tango_pilatus",
    "TangoTest": "puretango.sim.tangotest._tangotest",
    "Starter": "puretango.database.starter._starter",
}

#: EPICS IOCs, and the function that runs each: these need the extra `epics`.
_IOCS: dict[str, str] = {
    "SimulatedIoc": "puretango.sim.ioc._process",
    "run_busy_ioc": "puretango.sim.busy._epics_busy",
    "run_pilatus_ioc": "puretango.sim.pilatus._epics_pilatus",
}

__all__ = ["SHIPPED_CLASSES", "SimulatedIoc", "load_class", "run_busy_ioc", "run_pilatus_ioc"]


def load_class(name: str) -> Any:
    """The shipped device class of this name; KeyError if there is none."""
    return getattr(import_module(SHIPPED_CLASSES[name]), name)


def __getattr__(name: str) -> Any:
    if name in SHIPPED_CLASSES:
        return load_class(name)
    if name in _IOCS:
        return getattr(import_module(_IOCS[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
