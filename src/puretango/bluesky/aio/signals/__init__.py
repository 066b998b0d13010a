"""Attributes and commands as ophyd-async's signals."""

from __future__ import annotations

from ._backend import TangoCommandBackend, TangoSignalBackend, signature_of
from ._datatypes import TangoState
from ._link import AsyncLink, logger
from ._signals import (
    TangoSignalR,
    TangoSignalRW,
    plain_type,
    read_afresh,
    tango_command,
    tango_signal_r,
    tango_signal_rw,
    tango_signal_w,
    tango_signal_x,
)
from ._suspending import SuspenderSignal

__all__ = [
    "AsyncLink",
    "SuspenderSignal",
    "TangoCommandBackend",
    "TangoSignalBackend",
    "TangoSignalR",
    "TangoSignalRW",
    "TangoState",
    "logger",
    "plain_type",
    "read_afresh",
    "signature_of",
    "tango_command",
    "tango_signal_r",
    "tango_signal_rw",
    "tango_signal_w",
    "tango_signal_x",
]
