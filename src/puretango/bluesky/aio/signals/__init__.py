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
from ._metadata import (
    AttributeConfig,
    CommandConfig,
    get_dtype_extended,
    get_source_metadata,
    make_converter,
    parse_precision,
    try_to_cast_as_float,
)
from ._signals import (
    connect_known,
    fresh,
    read_afresh,
    tango_command,
    tango_signal_r,
    tango_signal_rw,
    tango_signal_w,
    tango_signal_x,
    tango_triggerable_command,
)
from ._suspending import SuspenderSignal

__all__ = [
    "AttributeConfig",
    "CommandConfig",
    "get_dtype_extended",
    "get_source_metadata",
    "make_converter",
    "parse_precision",
    "try_to_cast_as_float",
    "SuspenderSignal",
    "TangoCommandBackend",
    "TangoSignalBackend",
    "fresh",
    "TangoState",
    "ensure_proper_executor",
    "get_device_trl_and_attr",
    "get_full_attr_trl",
    "get_python_type",
    "infer_python_type",
    "infer_signal_type",
    "make_backend",
    "connect_known",
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
