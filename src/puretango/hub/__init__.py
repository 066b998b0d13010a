"""Live values for many viewers: one subscription per attribute, whatever their number.

The door of the room. It has no HTTP and no store: the web pages, the archive, alarms and gateways build on it.
"""

from __future__ import annotations

from puretango.hub._board import ERROR, NUMBER, OBJECT
from puretango.hub._budget import Budget
from puretango.hub._hub import Hub
from puretango.hub._recorder import Recorder
from puretango.hub._sample import CONNECTING, LOST, POLLED, Plain, Sample, Status
from puretango.hub._viewer import Frame, Viewer

__all__ = [
    "CONNECTING",
    "ERROR",
    "LOST",
    "NUMBER",
    "OBJECT",
    "POLLED",
    "Budget",
    "Frame",
    "Hub",
    "Plain",
    "Recorder",
    "Sample",
    "Status",
    "Viewer",
]
