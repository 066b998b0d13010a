"""Attributes and commands as ophyd-async's signals."""

from __future__ import annotations

from ._backend import TangoSignalBackend
from ._commands import TangoCommandBackend, signature_of
from ._datatypes import TangoState
from ._infer import (
    ensure_proper_executor,
    get_device_trl_and_attr,
    get_full_attr_trl,
    get_python_type,
    infer_python_type,
    infer_signal_type,
    make_backend,
    sig_from_types,
)
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
    tango_triggerable_command,
)
from ._suspending import SuspenderSignal
from ._tables import TangoDoubleStringTable, TangoLongStringTable
from ._watch import Deadband

__all__ = [
    "AsyncLink",
    "Deadband",
    "SuspenderSignal",
    "TangoCommandBackend",
    "TangoDoubleStringTable",
    "TangoLongStringTable",
    "TangoSignalBackend",
    "TangoSignalR",
    "TangoSignalRW",
    "TangoState",
    "ensure_proper_executor",
    "get_device_trl_and_attr",
    "get_full_attr_trl",
    "get_python_type",
    "infer_python_type",
    "infer_signal_type",
    "logger",
    "make_backend",
    "plain_type",
    "read_afresh",
    "sig_from_types",
    "signature_of",
    "tango_command",
    "tango_signal_r",
    "tango_signal_rw",
    "tango_signal_w",
    "tango_signal_x",
    "tango_triggerable_command",
]
