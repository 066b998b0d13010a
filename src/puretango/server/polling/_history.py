"""Histories of polled attributes and commands, in all releases of the interface."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from puretango import idl
from puretango.cdr import Any as CdrAny
from puretango.cdr import TCKind, TypeCode
from puretango.idl import AttributeDim
from puretango.server.access._ring import Polled, Record
from puretango.server.attribute._anyvalue import any_of_union
from puretango.server.attribute._releases import recast
from puretango.values import (
    COMMAND_CODECS,
    SCALARS,
    AttrQuality,
    CmdArgType,
    encode_command_value,
    runs_of,
)

if TYPE_CHECKING:
    from puretango.server.attribute._attribute import Attribute

_NULL = CdrAny(TypeCode(TCKind.NULL), None)


def wire_time(when: float) -> idl.TimeVal:
    """A moment as it travels."""
    seconds, rest = divmod(int(when * 1_000_000), 1_000_000)
    return idl.TimeVal(seconds, rest, 0)


def attribute_history(attribute: Attribute, records: Sequence[Record], release: int) -> Any:
    """The records of an attribute, the oldest first."""
    if release <= 3:
        return [_old_record(record, release) for record in records]
    values = [record.value for record in records]
    failed = [bool(record.errors) for record in records]
    invalid = [
        bad or value.quality == AttrQuality.ATTR_INVALID
        for bad, value in zip(failed, values, strict=True)
    ]
    parts: list[Any] = []
    for value, bad in zip(reversed(values), reversed(invalid), strict=True):
        if not bad:
            parts.append(value.value)
    quals = runs_of(None if bad else v.quality for v, bad in zip(values, failed, strict=True))
    read = runs_of(None if bad else v.r_dim for v, bad in zip(values, failed, strict=True))
    written = runs_of(None if bad else v.w_dim for v, bad in zip(values, failed, strict=True))
    errors = runs_of(list(r.errors) if r.errors else None for r in records)
    fields = (
        [wire_time(record.when) for record in records],
        _joined(attribute, parts),
        quals.items,
        quals.runs,
        read.items,
        read.runs,
        written.items,
        written.runs,
        errors.items,
        errors.runs,
    )
    if release == 4:
        return idl.DevAttrHistory_4(attribute.name, *fields)
    is_state = attribute.lower_name == "state"
    data_type = CmdArgType.DevVoid if is_state else attribute.data_type
    return idl.DevAttrHistory_5(attribute.name, attribute.data_format, int(data_type), *fields)


def _joined(attribute: Attribute, parts: list[Any]) -> CdrAny:
    if not parts:
        return _NULL
    kind = parts[0][0]
    chunks = [data for _, data in parts]
    if any(isinstance(chunk, np.ndarray) for chunk in chunks):
        dtype = SCALARS[attribute.data_type].dtype
        data: Any = np.concatenate([np.asarray(chunk, dtype) for chunk in chunks])
    else:
        data = [item for chunk in chunks for item in chunk]
    return any_of_union((kind, data))


def _old_record(record: Record, release: int) -> Any:
    if release == 3:
        return idl.DevAttrHistory_3(bool(record.errors), recast(record.value, 3))
    value = recast(record.value, 3)
    first = idl.AttributeValue(
        value.value, value.quality, value.time, value.name, value.r_dim.dim_x, value.r_dim.dim_y
    )
    return idl.DevAttrHistory(bool(record.errors), first, list(record.errors))


def command_history(command: Any, polled: Polled, records: Sequence[Record], release: int) -> Any:
    """The records of a command, the oldest first."""
    results = [_result(polled, record) for record in records]
    if release == 2:
        return [
            idl.DevCmdHistory(
                wire_time(record.when), bool(record.errors), result or _NULL, list(record.errors)
            )
            for record, result in zip(records, results, strict=True)
        ]
    errors = runs_of(list(r.errors) if r.errors else None for r in records)
    good = [result for result in reversed(results) if result is not None]
    dims = runs_of(None if result is None else _dim(result) for result in results)
    return idl.DevCmdHistory_4(
        [wire_time(record.when) for record in records],
        _all_results(command.out_type, good),
        dims.items,
        dims.runs,
        errors.items,
        errors.runs,
        int(command.out_type),
    )


def _result(polled: Polled, record: Record) -> CdrAny | None:
    if record.errors:
        return None
    if polled.kind == "attribute":  # State and Status
        data = record.value.value[1]
        item = data[0] if hasattr(data, "__len__") and not isinstance(data, str) else data
        kind = CmdArgType.DevState if polled.name == "state" else CmdArgType.DevString
        return encode_command_value(kind, item)
    result: CdrAny = record.value
    return result


def _dim(result: CdrAny) -> AttributeDim:
    value = result.value
    if hasattr(value, "svalue"):
        numbers = value.lvalue if hasattr(value, "lvalue") else value.dvalue
        return AttributeDim(len(value.svalue), len(numbers))
    if hasattr(value, "__len__") and not isinstance(value, str):
        return AttributeDim(len(value), 0)
    return AttributeDim(1, 0)


def _all_results(out_type: CmdArgType, good: list[CdrAny]) -> CdrAny:
    """All results in one sequence, newest first."""
    if not good or out_type == CmdArgType.DevVoid:
        return _NULL
    values = [each.value for each in good]
    if out_type in SCALARS:
        union = SCALARS[out_type].union
        return any_of_union((union, values))
    first = values[0]
    if hasattr(first, "svalue"):
        numbers = "lvalue" if hasattr(first, "lvalue") else "dvalue"
        merged = type(first)(
            [item for value in values for item in getattr(value, numbers)],
            [text for value in values for text in value.svalue],
        )
        return CdrAny(good[0].typecode, merged)
    return CdrAny(COMMAND_CODECS[out_type].typecode, [item for value in values for item in value])
