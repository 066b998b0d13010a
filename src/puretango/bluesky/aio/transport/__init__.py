"""The requests to one device, the monitoring of its attributes, and the conversion of its values."""

from __future__ import annotations

from ._converters import (
    TangoConverter,
    TangoDevStateArrayConverter,
    TangoDevStateConverter,
    TangoDoubleStringTableConverter,
    TangoEnumArrayConverter,
    TangoEnumConverter,
    TangoLongStringTableConverter,
)
from ._link import AsyncLink, logger
from ._proxies import AttributeProxy, CommandProxy, get_tango_trl
from ._tables import TABLES, TangoDoubleStringTable, TangoLongStringTable, as_pair, as_table
from ._watch import Deadband, Watch

__all__ = [
    "TABLES",
    "AsyncLink",
    "AttributeProxy",
    "CommandProxy",
    "Deadband",
    "TangoConverter",
    "TangoDevStateArrayConverter",
    "TangoDevStateConverter",
    "TangoDoubleStringTable",
    "TangoDoubleStringTableConverter",
    "TangoEnumArrayConverter",
    "TangoEnumConverter",
    "TangoLongStringTable",
    "TangoLongStringTableConverter",
    "Watch",
    "as_pair",
    "as_table",
    "get_tango_trl",
    "logger",
]
