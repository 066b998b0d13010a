"""Authors' values for polling rings, as records."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from puretango.errors import DevError
from puretango.server.access._ring import Record
from puretango.server.attribute._wattribute import WAttribute
from puretango.server.attribute._wire import failed_value, make_value, wire_time
from puretango.server.base._failure import errors_of
from puretango.server.polling._timed import TimedAttrData, TimedCmdData
from puretango.values import AttrDataFormat, AttrQuality, CmdArgType, encode_command_value, join


def _stack(given: Any, kind: type, name: str) -> list[Any]:
    items = list(given) if isinstance(given, (list, tuple)) else [given]
    for item in items:
        if not isinstance(item, kind):
            raise ValueError(
                f"{name} parameter has type {type(item)}, while it must be {kind.__name__} "
                f"object or sequence of {kind.__name__} objects"
            )
    return items


def _errors(error: Any) -> list[DevError]:
    if isinstance(error, BaseException):
        return errors_of(error)
    if isinstance(error, DevError):
        return [error]
    return list(error)


def attribute_records(attribute: Any, given: Any) -> Sequence[Record]:
    """The records of an attribute."""
    records = []
    for item in _stack(given, TimedAttrData, "attr_history_stack"):
        when = time.time() if item.time_stamp is None else float(item.time_stamp)
        if item.error is not None:
            errors = _errors(item.error)
            value = failed_value(5, attribute.name, errors)
            value.time = wire_time(int(when * 1e9))
            records.append(Record(when, value, errors))
        else:
            records.append(Record(when, _value(attribute, item, when)))
    return records


def _value(attribute: Any, item: TimedAttrData, when: float) -> Any:
    from puretango.idl import AttributeDim

    image = attribute.data_format == AttrDataFormat.IMAGE

    def flat(given: Any) -> tuple[Any, int, int]:
        result: tuple[Any, int, int]
        if attribute.data_format == AttrDataFormat.SCALAR:
            result = [attribute.wire.scalar(given)], 1, 0
        else:
            result = attribute.wire.array(given, image, "fill_polling_buffer")
        if attribute.data_type == CmdArgType.DevEnum:
            attribute.check_labels(result[0])
        return result

    if not isinstance(item.quality, AttrQuality):
        raise TypeError(f"TimedAttrData: an AttrQuality is wanted, not {item.quality!r}")
    data, dim_x, dim_y = flat(item.value)
    written = AttributeDim(0, 0)
    if isinstance(attribute, WAttribute):
        if item.w_value is None:
            part, w_x, w_y = attribute.set_part()
        else:
            part, w_x, w_y = flat(item.w_value)
        data = join(data, part)
        written = AttributeDim(w_x, w_y)
    return make_value(
        5,
        attribute.name,
        (attribute.wire.discriminator, data),
        item.quality,
        attribute.data_format,
        attribute.data_type,
        wire_time(int(when * 1e9)),
        AttributeDim(dim_x, dim_y),
        written,
    )


def command_records(command: Any, given: Any) -> Sequence[Record]:
    """The records of a command."""
    records = []
    for item in _stack(given, TimedCmdData, "cmd_history_stack"):
        when = time.time() if item.time_stamp is None else float(item.time_stamp)
        if item.error is not None:
            records.append(Record(when, None, _errors(item.error)))
        else:
            records.append(Record(when, encode_command_value(command.out_type, item.value)))
    return records
