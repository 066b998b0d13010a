"""Facts in the configuration of an attribute or a command, by functions with the names of ``ophyd_async.tango``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, get_args, runtime_checkable

import numpy as np
from ophyd_async.core import StrictEnum

from puretango.bluesky.aio.transport import (
    TangoConverter,
    TangoDevStateArrayConverter,
    TangoDevStateConverter,
    TangoDoubleStringTableConverter,
    TangoEnumArrayConverter,
    TangoEnumConverter,
    TangoLongStringTableConverter,
)
from puretango.bluesky.attributes import AttributeFacts, precision_of
from puretango.idl import AttrDataFormat, CmdArgType, DevState

from ._datatypes import TangoState

__all__ = [
    "AttributeConfig",
    "CommandConfig",
    "get_dtype_extended",
    "get_source_metadata",
    "make_converter",
    "parse_precision",
    "try_to_cast_as_float",
]


@runtime_checkable
class AttributeConfig(Protocol):
    """The fields used of an ``AttributeInfoEx``."""

    data_type: Any
    data_format: Any
    enum_labels: Any
    format: str
    min_value: str
    max_value: str
    alarms: Any
    unit: str


@runtime_checkable
class CommandConfig(Protocol):
    """The fields used of a ``CommandInfo``."""

    in_type: Any
    out_type: Any


def try_to_cast_as_float(value: Any) -> float | None:
    """A number, or None if it is not one."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def parse_precision(config: Any) -> int | None:
    """The digits after the decimal point in an attribute's display format."""
    return precision_of(str(config.format or ""))


def get_dtype_extended(datatype: Any) -> Any:
    """numpy's type of an array type's elements; for states, CmdArgType.DevState."""
    element = get_args(get_args(datatype)[1])[0]
    return CmdArgType.DevState if element in (DevState, TangoState) else np.dtype(element)


def get_source_metadata(tango_resource: str, tr_configs: Mapping[str, Any]) -> dict[str, Any]:
    """Limits, choices, precision and unit, where there are any, of the attributes' configurations."""
    found: dict[str, Any] = {}
    for config in tr_configs.values():
        if isinstance(config, CommandConfig):
            continue
        key = AttributeFacts.from_configuration(config).data_key(tango_resource)
        found.update(
            (name, key[name]) for name in ("limits", "choices", "precision", "units") if name in key
        )
    return found


_OF_COMMANDS: dict[CmdArgType, type[TangoConverter]] = {
    CmdArgType.DevState: TangoDevStateConverter,
    CmdArgType.DevVarLongStringArray: TangoLongStringTableConverter,
    CmdArgType.DevVarDoubleStringArray: TangoDoubleStringTableConverter,
}


def make_converter(info: Any, datatype: Any = None) -> TangoConverter:
    """The converter for an attribute's or a command's configuration.

    An enumeration's labels are those of ``datatype``, or else the configuration's.
    """
    labels = _labels(info, datatype)
    if isinstance(info, CommandConfig):
        kind = CmdArgType(int(info.in_type))
        if kind == CmdArgType.DevEnum and labels:
            return TangoEnumConverter(labels)
        return _OF_COMMANDS.get(kind, TangoConverter)()
    scalar = int(info.data_format) == int(AttrDataFormat.SCALAR)
    kind = CmdArgType(int(info.data_type))
    if kind == CmdArgType.DevEnum:
        return TangoEnumConverter(labels) if scalar else TangoEnumArrayConverter(labels)
    if kind == CmdArgType.DevState:
        return TangoDevStateConverter() if scalar else TangoDevStateArrayConverter()
    return TangoConverter()


def _labels(info: Any, datatype: Any) -> list[str]:
    if isinstance(datatype, type) and issubclass(datatype, StrictEnum):
        return [str(member.value) for member in datatype]
    return [str(label) for label in getattr(info, "enum_labels", ())]
