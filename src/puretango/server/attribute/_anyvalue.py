"""Attribute values in Anys, as the first releases of the interface have them."""

from __future__ import annotations

from typing import Any

from puretango.cdr import Any as CdrAny
from puretango.cdr import TCKind, TypeCode
from puretango.idl import (
    AttributeDataType,
    DevState,
    DevVarEncodedArray,
    DevVarStateArray,
    DevVarStringArray,
)
from puretango.values import COMMAND_CODECS, SCALARS, UNION_TO_TYPE, CmdArgType, type_of_any

_OTHERS: dict[int, Any] = {
    CmdArgType.DevString: DevVarStringArray,
    CmdArgType.DevState: DevVarStateArray,
    CmdArgType.DevEncoded: DevVarEncodedArray,
}
_ARRAYS = {kind.array: kind.union for kind in SCALARS.values() if kind.tango != CmdArgType.DevEnum}


def any_of_union(union: tuple[Any, Any]) -> CdrAny:
    """The Any that holds what a union holds."""
    kind, data = union
    if kind == AttributeDataType.ATT_NO_DATA:
        return CdrAny(TypeCode(TCKind.NULL), None)
    if kind == AttributeDataType.DEVICE_STATE:
        return CdrAny(DevState.codec.typecode, data)
    data_type = UNION_TO_TYPE[kind]
    codec = _OTHERS.get(data_type) or COMMAND_CODECS[SCALARS[data_type].array]
    return CdrAny(codec.typecode, data)


def union_of_any(value: CdrAny) -> tuple[Any, Any]:
    """The union that holds what an Any holds."""
    kind = type_of_any(value)
    if kind in _ARRAYS:
        return _ARRAYS[kind], value.value
    if kind in SCALARS:
        return SCALARS[kind].union, [value.value]
    return AttributeDataType.ATT_NO_DATA, []
