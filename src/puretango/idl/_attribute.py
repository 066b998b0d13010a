"""The structs about attributes: values, configurations, histories."""

from typing import Annotated, Any, TypeAlias

from puretango.cdr import ANY, Sequence
from puretango.cdr import Any as CdrAny
from puretango.idl._enum import AttrDataFormat, AttrQuality, AttrWriteType, DispLevel
from puretango.idl._struct import Struct
from puretango.idl._text import Text, Texts
from puretango.idl._types import (
    AttributeDim,
    Bool,
    DevErrorList,
    Errors,
    Long,
    TimeVal,
    UnionValue,
)

AnyValue: TypeAlias = Annotated[CdrAny, ANY]


class AttributeConfig(Struct):
    """An attribute's configuration, first release."""

    name: Text
    writable: AttrWriteType
    data_format: AttrDataFormat
    data_type: Long
    max_dim_x: Long
    max_dim_y: Long
    description: Text
    label: Text
    unit: Text
    standard_unit: Text
    display_unit: Text
    format: Text
    min_value: Text
    max_value: Text
    min_alarm: Text
    max_alarm: Text
    writable_attr_name: Text
    extensions: Texts


class AttributeConfig_2(Struct):
    """An attribute's configuration with its display level."""

    name: Text
    writable: AttrWriteType
    data_format: AttrDataFormat
    data_type: Long
    max_dim_x: Long
    max_dim_y: Long
    description: Text
    label: Text
    unit: Text
    standard_unit: Text
    display_unit: Text
    format: Text
    min_value: Text
    max_value: Text
    min_alarm: Text
    max_alarm: Text
    writable_attr_name: Text
    level: DispLevel
    extensions: Texts


class ChangeEventProp(Struct):
    """The criteria of change events."""

    rel_change: Text
    abs_change: Text
    extensions: Texts


class PeriodicEventProp(Struct):
    """The period of periodic events."""

    period: Text
    extensions: Texts


class ArchiveEventProp(Struct):
    """The criteria of archive events."""

    rel_change: Text
    abs_change: Text
    period: Text
    extensions: Texts


class EventProperties(Struct):
    """The criteria of all events of an attribute."""

    ch_event: ChangeEventProp
    per_event: PeriodicEventProp
    arch_event: ArchiveEventProp


class AttributeAlarm(Struct):
    """The levels of an attribute's alarms."""

    min_alarm: Text
    max_alarm: Text
    min_warning: Text
    max_warning: Text
    delta_t: Text
    delta_val: Text
    extensions: Texts


class AttributeConfig_3(Struct):
    """An attribute's configuration with its alarms and events."""

    name: Text
    writable: AttrWriteType
    data_format: AttrDataFormat
    data_type: Long
    max_dim_x: Long
    max_dim_y: Long
    description: Text
    label: Text
    unit: Text
    standard_unit: Text
    display_unit: Text
    format: Text
    min_value: Text
    max_value: Text
    writable_attr_name: Text
    level: DispLevel
    att_alarm: AttributeAlarm
    event_prop: EventProperties
    extensions: Texts
    sys_extensions: Texts


class AttributeConfig_5(Struct):
    """An attribute's configuration with memorization, root attribute and enum labels."""

    name: Text
    writable: AttrWriteType
    data_format: AttrDataFormat
    data_type: Long
    memorized: Bool
    mem_init: Bool
    max_dim_x: Long
    max_dim_y: Long
    description: Text
    label: Text
    unit: Text
    standard_unit: Text
    display_unit: Text
    format: Text
    min_value: Text
    max_value: Text
    writable_attr_name: Text
    level: DispLevel
    root_attr_name: Text
    enum_labels: Texts
    att_alarm: AttributeAlarm
    event_prop: EventProperties
    extensions: Texts
    sys_extensions: Texts


class AttributeValue(Struct):
    """An attribute's value, first release: the data in an Any."""

    value: AnyValue
    quality: AttrQuality
    time: TimeVal
    name: Text
    dim_x: Long
    dim_y: Long


class AttributeValue_3(Struct):
    """An attribute's value with set part and errors."""

    value: AnyValue
    quality: AttrQuality
    time: TimeVal
    name: Text
    r_dim: AttributeDim
    w_dim: AttributeDim
    err_list: Errors


class AttributeValue_4(Struct):
    """An attribute's value in a union; also what clients write."""

    value: UnionValue
    quality: AttrQuality
    data_format: AttrDataFormat
    time: TimeVal
    name: Text
    r_dim: AttributeDim
    w_dim: AttributeDim
    err_list: Errors


class AttributeValue_5(Struct):
    """An attribute's value in a union, with its data type."""

    value: UnionValue
    quality: AttrQuality
    data_format: AttrDataFormat
    data_type: Long
    time: TimeVal
    name: Text
    r_dim: AttributeDim
    w_dim: AttributeDim
    err_list: Errors


class DevAttrHistory(Struct):
    """One record of an attribute's history, second release."""

    attr_failed: Bool
    value: AttributeValue
    errors: Errors


class DevAttrHistory_3(Struct):
    """One record of an attribute's history, third release."""

    attr_failed: Bool
    value: AttributeValue_3


class EltInArray(Struct):
    """A run of equal items in a history: where it starts and how many there are."""

    start: Long
    nb_elt: Long


Times: TypeAlias = Annotated[list[TimeVal], Sequence(TimeVal.codec)]
Qualities: TypeAlias = Annotated[list[AttrQuality], Sequence(AttrQuality.codec)]
Runs: TypeAlias = Annotated[list[EltInArray], Sequence(EltInArray.codec)]
Dims: TypeAlias = Annotated[list[AttributeDim], Sequence(AttributeDim.codec)]
ErrorLists: TypeAlias = Annotated[list[Any], Sequence(DevErrorList)]


class DevAttrHistory_4(Struct):
    """A whole history, run-length coded."""

    name: Text
    dates: Times
    value: AnyValue
    quals: Qualities
    quals_array: Runs
    r_dims: Dims
    r_dims_array: Runs
    w_dims: Dims
    w_dims_array: Runs
    errors: ErrorLists
    errors_array: Runs


class DevAttrHistory_5(Struct):
    """A whole history, run-length coded, with format and type."""

    name: Text
    data_format: AttrDataFormat
    data_type: Long
    dates: Times
    value: AnyValue
    quals: Qualities
    quals_array: Runs
    r_dims: Dims
    r_dims_array: Runs
    w_dims: Dims
    w_dims_array: Runs
    errors: ErrorLists
    errors_array: Runs


AttributeConfigList = Sequence[list[AttributeConfig]](AttributeConfig.codec)
AttributeConfigList_2 = Sequence[list[AttributeConfig_2]](AttributeConfig_2.codec)
AttributeConfigList_3 = Sequence[list[AttributeConfig_3]](AttributeConfig_3.codec)
AttributeConfigList_5 = Sequence[list[AttributeConfig_5]](AttributeConfig_5.codec)
AttributeValueList = Sequence[list[AttributeValue]](AttributeValue.codec)
AttributeValueList_3 = Sequence[list[AttributeValue_3]](AttributeValue_3.codec)
AttributeValueList_4 = Sequence[list[AttributeValue_4]](AttributeValue_4.codec)
AttributeValueList_5 = Sequence[list[AttributeValue_5]](AttributeValue_5.codec)
DevAttrHistoryList = Sequence[list[DevAttrHistory]](DevAttrHistory.codec)
DevAttrHistoryList_3 = Sequence[list[DevAttrHistory_3]](DevAttrHistory_3.codec)
