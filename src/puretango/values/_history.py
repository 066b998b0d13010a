"""Histories: the run-length coded wire form ↔ one record per reading."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from puretango.cdr import Any as CdrAny
from puretango.errors import DevError, DevFailed, ErrSeverity
from puretango.idl import (
    AttrDataFormat,
    AttributeDataType,
    AttributeDim,
    AttributeValue_5,
    AttrQuality,
    CmdArgType,
    DevVarDoubleStringArray,
    DevVarLongStringArray,
    EltInArray,
    text_of_value,
)
from puretango.values._attribute import DeviceAttributeHistory, decode_value
from puretango.values._command import EMPTY, DeviceDataHistory, is_status, type_of_any
from puretango.values._enums import ExtractAs
from puretango.values._printable import StdVector
from puretango.values._time import TimeVal
from puretango.values._types import ARRAY_TO_SCALAR, COMMAND_CODECS, SCALARS

T = CmdArgType


class DeviceDataHistoryList(StdVector[DeviceDataHistory]):
    """A list of DeviceDataHistory."""


def _invalid(origin: str) -> DevFailed:
    return DevFailed(
        DevError(
            "API_WrongHistoryDataBuffer",
            ErrSeverity.ERR,
            "Data buffer received from server is not valid !",
            origin,
        )
    )


def _spread(items: Sequence[Any], runs: Sequence[Any], depth: int, default: Any) -> list[Any]:
    """One item per record: a run counts down from its start."""
    if len(items) != len(runs):
        raise _invalid("DeviceProxy::from_hist4_2_AttHistory")
    result = [default] * depth
    for item, run in zip(items, runs, strict=True):
        if run.nb_elt < 0 or run.start >= depth or run.start - run.nb_elt < -1:
            raise _invalid("DeviceProxy::from_hist4_2_AttHistory")
        for place in range(run.start - run.nb_elt + 1, run.start + 1):
            result[place] = item
    return result


def _size(dim: Any) -> int:
    return int(dim.dim_x * dim.dim_y if dim.dim_y else dim.dim_x)


_NO_DIM = AttributeDim(0, 0)


def attribute_history(
    received: Any, extract_as: int = ExtractAs.Numpy
) -> list[DeviceAttributeHistory]:
    """A received history of any release as records, the oldest first."""
    if isinstance(received, (list, tuple)):
        return [_old_record(item, extract_as) for item in received]
    depth = len(received.dates)
    quality = _spread(received.quals, received.quals_array, depth, AttrQuality.ATTR_VALID)
    read = _spread(received.r_dims, received.r_dims_array, depth, _NO_DIM)
    written = _spread(received.w_dims, received.w_dims_array, depth, _NO_DIM)
    errors: list[list[DevError]] = _spread(received.errors, received.errors_array, depth, [])
    found = type_of_any(received.value)
    data_type = ARRAY_TO_SCALAR.get(found, T.DevVoid)
    items = received.value.value if data_type != T.DevVoid else ()
    # C++ servers of IDL 5 give the State attribute the type 0: then the Any shows the type.
    data_type = getattr(received, "data_type", T.DevVoid) or data_type
    # The newest record's data come first.
    end = len(items)
    records = []
    for place in range(depth):
        part: Any = ()
        if not errors[place] and quality[place] != AttrQuality.ATTR_INVALID:
            size = _size(read[place]) + _size(written[place])
            if size > end or size < 0:
                raise _invalid("DeviceProxy::from_hist4_2_AttHistory")
            part = items[end - size : end]
            end -= size
        data_format = getattr(received, "data_format", None)
        if data_format is None:
            dims = read[place]
            data_format = AttrDataFormat(2 if dims.dim_y else (0 if dims.dim_x == 1 else 1))
        union = SCALARS[data_type].union if data_type in SCALARS else AttributeDataType.ATT_NO_DATA
        value = AttributeValue_5(
            (union, part),
            AttrQuality.ATTR_INVALID if errors[place] else quality[place],
            data_format,
            data_type,
            received.dates[place],
            received.name,
            read[place],
            written[place],
            errors[place],
        )
        record = decode_value(value, extract_as, DeviceAttributeHistory)
        assert isinstance(record, DeviceAttributeHistory)
        records.append(record)
    return records


def _old_record(item: Any, extract_as: int) -> DeviceAttributeHistory:
    record = decode_value(item.value, extract_as, DeviceAttributeHistory)
    if item.attr_failed:
        record.has_failed = True
        if hasattr(item, "errors"):
            record._errors = tuple(item.errors)
        record.value = record.w_value = None
    assert isinstance(record, DeviceAttributeHistory)
    return record


def command_history(received: Any, command: str = "") -> DeviceDataHistoryList:
    """A received command history of any release as records, the oldest first."""
    if isinstance(received, (list, tuple)):
        return DeviceDataHistoryList(
            _command_record(item.time, item.errors, item.value) for item in received
        )
    depth = len(received.dates)
    dims = _spread(received.dims, received.dims_array, depth, _NO_DIM)
    errors = _spread(received.errors, received.errors_array, depth, [])
    value = received.value.value
    if is_status(command) and isinstance(value, list):
        value = [text_of_value(item) for item in value]
    take = _Taker(received.cmd_type, value)
    records = []
    for place in range(depth):
        value = EMPTY if errors[place] else take(dims[place])
        records.append(_command_record(received.dates[place], errors[place], value))
    return DeviceDataHistoryList(records)


def _command_record(stamp: Any, errors: Sequence[DevError], value: CdrAny) -> DeviceDataHistory:
    record = DeviceDataHistory()
    record._time = TimeVal(stamp.tv_sec, stamp.tv_usec, stamp.tv_nsec)
    record._errors = tuple(errors)
    record._failed = bool(errors)
    record._any = value
    return record


class _Taker:
    """Hands out the data of one record after the other, from the end of the whole."""

    def __init__(self, cmd_type: int, items: Any) -> None:
        self.cmd_type = cmd_type
        self.numbers: Any = None
        if cmd_type == T.DevVarLongStringArray:
            self.numbers, self.items = items.lvalue, items.svalue
        elif cmd_type == T.DevVarDoubleStringArray:
            self.numbers, self.items = items.dvalue, items.svalue
        else:
            self.items = items if items is not None else ()
        self.end = len(self.items)
        self.numbers_end = len(self.numbers) if self.numbers is not None else 0

    def __call__(self, dim: Any) -> CdrAny:
        codec = COMMAND_CODECS.get(self.cmd_type)
        if codec is None:
            raise _invalid("DeviceProxy::from_hist4_2_DataHistory")
        if self.cmd_type == T.DevVoid:
            return EMPTY
        size, numbers = dim.dim_x, dim.dim_y
        if not 0 <= size <= self.end or not 0 <= numbers <= max(self.numbers_end, 0):
            raise _invalid("DeviceProxy::from_hist4_2_DataHistory")
        part = self.items[self.end - size : self.end]
        self.end -= size
        if self.numbers is not None:
            both = self.numbers[self.numbers_end - numbers : self.numbers_end]
            self.numbers_end -= numbers
            cls = (
                DevVarLongStringArray
                if self.cmd_type == T.DevVarLongStringArray
                else DevVarDoubleStringArray
            )
            return CdrAny(codec.typecode, cls(both, part))
        if self.cmd_type in SCALARS:
            if not len(part):
                raise _invalid("DeviceProxy::from_hist4_2_DataHistory")
            return CdrAny(codec.typecode, part[0])
        return CdrAny(codec.typecode, part)


class Runs(NamedTuple):
    """Items without repetitions, and where each is repeated."""

    items: list[Any]
    runs: list[EltInArray]


def runs_of(items: Iterable[Any]) -> Runs:
    """The run-length form of one item per record (oldest first); None has no run.

    As C++ servers do, runs are listed from the newest record to the oldest, and each starts
    at its newest record.
    """
    result = Runs([], [])
    records = list(items)
    last: Any = None
    for place in range(len(records) - 1, -1, -1):
        item = records[place]
        if item is not None and item == last:
            result.runs[-1].nb_elt += 1
        elif item is not None:
            result.items.append(item)
            result.runs.append(EltInArray(place, 1))
        last = item
    return result
