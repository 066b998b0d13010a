"""ophyd-async's datatypes for Tango's types: the one that an attribute has, and others that may be expected of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, get_args, get_origin

import numpy as np
import numpy.typing as npt
from ophyd_async.core import Array1D, StrictEnum, SubsetEnum, SupersetEnum, Table

from puretango.bluesky.aio.transport import TABLES, as_pair
from puretango.bluesky.attributes import AttributeFacts
from puretango.idl import AttrDataFormat, CmdArgType, DevState

#: The names of a device's states.
_StrictEnum: Any = StrictEnum
TangoState: Any = _StrictEnum(
    "TangoState", {DevState(number).name: DevState(number).name for number in range(14)}
)

_ENUMS = (StrictEnum, SubsetEnum, SupersetEnum)
_ARRAYS: dict[CmdArgType, Any] = {
    CmdArgType.DevBoolean: Array1D[np.bool_],
    CmdArgType.DevUChar: Array1D[np.uint8],
    CmdArgType.DevShort: Array1D[np.int16],
    CmdArgType.DevUShort: Array1D[np.uint16],
    CmdArgType.DevLong: Array1D[np.int32],
    CmdArgType.DevULong: Array1D[np.uint32],
    CmdArgType.DevLong64: Array1D[np.int64],
    CmdArgType.DevULong64: Array1D[np.uint64],
    CmdArgType.DevFloat: Array1D[np.float32],
    CmdArgType.DevDouble: Array1D[np.float64],
}
_PLAIN = (bool, int, float, str)
_PRIMITIVES: dict[str, Any] = {"boolean": bool, "integer": int, "number": float, "string": str}

_COMMAND_TYPES: dict[CmdArgType, Any] = {
    CmdArgType.DevVoid: None,
    CmdArgType.DevBoolean: bool,
    CmdArgType.DevFloat: float,
    CmdArgType.DevDouble: float,
    CmdArgType.DevString: str,
    CmdArgType.ConstDevString: str,
    CmdArgType.DevState: TangoState,
    CmdArgType.DevVarBooleanArray: Array1D[np.bool_],
    CmdArgType.DevVarCharArray: Array1D[np.uint8],
    CmdArgType.DevVarShortArray: Array1D[np.int16],
    CmdArgType.DevVarUShortArray: Array1D[np.uint16],
    CmdArgType.DevVarLongArray: Array1D[np.int32],
    CmdArgType.DevVarULongArray: Array1D[np.uint32],
    CmdArgType.DevVarLong64Array: Array1D[np.int64],
    CmdArgType.DevVarULong64Array: Array1D[np.uint64],
    CmdArgType.DevVarFloatArray: Array1D[np.float32],
    CmdArgType.DevVarDoubleArray: Array1D[np.float64],
    CmdArgType.DevVarStringArray: Sequence[str],
    CmdArgType.DevVarStateArray: Sequence[TangoState],
    **TABLES,
    CmdArgType.DevEncoded: tuple,
}


def infer(facts: AttributeFacts) -> Any:
    """The datatype that follows from an attribute's configuration; every attribute has one."""
    if facts.type == CmdArgType.DevEncoded:
        return Array1D[np.uint8]
    if facts.format == AttrDataFormat.IMAGE:
        return np.ndarray
    element = _enum(facts) if facts.labels else None
    if facts.scalar:
        return element or _PRIMITIVES[facts.dtype]
    if facts.type in _ARRAYS:
        return _ARRAYS[facts.type]
    return Sequence[element] if element else Sequence[str]  # type: ignore[valid-type]  # the element is known at run time only


def described(facts: AttributeFacts) -> Any:
    """The datatype that ``infer`` gives, but for an image of numbers with the type of its elements."""
    if facts.image and (facts.numeric or facts.type == CmdArgType.DevBoolean):
        element: Any = np.dtype(facts.dtype_numpy()).type
        return npt.NDArray[element]
    return infer(facts)


def command_type(number: Any) -> Any:
    """The datatype of a command's argument or result; None for nothing."""
    kind = CmdArgType(int(number))
    return _COMMAND_TYPES.get(kind, int)


def check(facts: AttributeFacts, datatype: Any, trl: str) -> None:
    """TypeError, which names the attribute's type, if the attribute cannot have this ``datatype``."""
    if datatype is None:
        return
    own = infer(facts)
    if datatype is own:
        return
    element = get_args(datatype)[0] if get_origin(datatype) is Sequence else datatype
    if is_enum(element):
        if not facts.labels or (get_origin(datatype) is Sequence) == facts.scalar:
            raise TypeError(f"{trl} has type {_name(described(facts))}, expected {_name(datatype)}")
        _check_labels(facts, element, trl)
        return
    if datatype == own or (datatype is np.ndarray and not facts.scalar):
        return
    if _is_array_like(facts, datatype):
        return
    labelled_as_text = bool(facts.labels) and datatype in (str, Sequence[str])
    if labelled_as_text and (datatype is str) == facts.scalar:
        return
    raise TypeError(f"{trl} has type {_name(described(facts))}, expected {_name(datatype)}")


def from_reading(datatype: Any, facts: AttributeFacts | None = None) -> Callable[[Any], Any]:
    """A function that makes a value of ``datatype`` from one of ``_reading.to_bluesky``."""
    if datatype in _PLAIN:
        return datatype  # type: ignore[no-any-return]  # the type itself is the function
    if facts is not None and by_names(facts, datatype):
        return lambda value: datatype[value]
    if is_enum(datatype):
        return lambda value: datatype(value)
    if get_origin(datatype) is Sequence:
        element = get_args(datatype)[0]
        return lambda value: [element(str(item)) for item in value]
    if get_origin(datatype) is np.ndarray:
        dtype = _element(datatype)
        return lambda value: np.asarray(value, dtype)
    return np.asarray


def to_write(value: Any, labels: Sequence[str] = ()) -> Any:
    """A value as Tango takes it: labels as plain texts; ``labels`` are the server's."""
    if isinstance(value, _ENUMS):
        text = str(value.value)
        return value.name if text not in labels and value.name in labels else text
    if isinstance(value, Table):
        return as_pair(value)
    if isinstance(value, tuple) and len(value) == 2 and not isinstance(value[0], (str, *_ENUMS)):
        return value  # numbers and texts
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return [to_write(item, labels) for item in value]
    return value


def _enum(facts: AttributeFacts) -> Any:
    if facts.type == CmdArgType.DevState:
        return TangoState
    members: dict[str, str] = {}
    for label in facts.labels:
        name = re.sub(r"\W", "_", label).upper() or "_"
        name = f"_{name}" if name[0].isdigit() else name
        while name in members or name.startswith("__"):
            name = f"X{name}"
        members[name] = label
    return _StrictEnum(facts.name, members)


def _element(datatype: Any) -> Any:
    """The element type of an ``np.ndarray[shape, np.dtype[…]]``; None if it has none."""
    elements = get_args(get_args(datatype)[1])
    known = bool(elements) and isinstance(elements[0], type)
    return np.dtype(elements[0]) if known else None


def _is_array_like(facts: AttributeFacts, datatype: Any) -> bool:
    """Whether a numpy type holds the attribute's elements: the same kind, as wide.

    How many dimensions it has does not count: code for ophyd-async's Tango support, whose own tests
    too, calls an image an Array1D.
    """
    if get_origin(datatype) is not np.ndarray or facts.scalar:
        return False
    wanted = _element(datatype)
    have = np.dtype(facts.dtype_numpy())
    return wanted is None or (wanted.kind == have.kind and wanted.itemsize >= have.itemsize)


def is_enum(datatype: Any) -> bool:
    """Whether a datatype is an enumeration of labels."""
    return isinstance(datatype, type) and issubclass(datatype, _ENUMS)


def _fits(datatype: Any, wanted: set[str], have: set[str]) -> bool:
    if issubclass(datatype, SubsetEnum):
        return wanted <= have
    return have <= wanted if issubclass(datatype, SupersetEnum) else wanted == have


def by_names(facts: AttributeFacts, datatype: Any) -> bool:
    """Whether an enumeration's members have the server's labels for names, and other texts for values.

    ophyd-async's demo has one like that: ``LOW = "Low Energy"`` for the label ``LOW``.
    """
    if not is_enum(datatype) or not facts.labels:
        return False
    have = set(facts.labels)
    values = {str(member.value) for member in datatype}
    names = {member.name for member in datatype}
    return not _fits(datatype, values, have) and _fits(datatype, names, have)


def _check_labels(facts: AttributeFacts, datatype: Any, trl: str) -> None:
    wanted = {str(member.value) for member in datatype}
    if not _fits(datatype, wanted, set(facts.labels)) and not by_names(facts, datatype):
        raise TypeError(
            f"{trl} has labels {list(facts.labels)}, "
            f"but {datatype.__name__} has {[str(member.value) for member in datatype]}"
        )


def _name(datatype: Any) -> str:
    if is_enum(datatype):
        return f"{datatype.__name__} of {[str(member.value) for member in datatype]}"
    return repr(datatype)
