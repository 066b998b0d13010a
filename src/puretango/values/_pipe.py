"""Pipes: a blob is a named list of named values, some of which may be blobs themselves.

To Python a blob is ``(name, elements)``. Elements are given as a dict of values, as pairs, or as
dicts of ``name``, ``value`` and optionally ``dtype``; they are read as a list of such dicts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from puretango.errors import ConnectionFailed, DevError, ErrSeverity
from puretango.idl import (
    AttributeDataType,
    CmdArgType,
    DevPipeBlob,
    DevPipeData,
    DevPipeDataElt,
    DevState,
    DispLevel,
    PipeWriteType,
)
from puretango.idl import PipeConfig as WireConfig
from puretango.values._attribute import value_from_wire
from puretango.values._convert import SCALAR_TO_WIRE, array_to_wire, text
from puretango.values._enums import ExtractAs
from puretango.values._printable import Printable, Record, StdStringVector, StdVector
from puretango.values._time import TimeVal
from puretango.values._types import ARRAY_TO_SCALAR, SCALARS, TO_TANGO_TYPE, UNION_TO_TYPE

T = CmdArgType
_SCALAR, _ARRAY = "Scalar", "Array"
"""The name of the inner blob of an element that holds none."""
_NO_VALUE = (AttributeDataType.ATT_NO_DATA, True)
_NUMPY_ONLY = (ExtractAs.Bytes, ExtractAs.ByteArray, ExtractAs.String, ExtractAs.Nothing)
_MOST_DEPTH = 100

Blob = tuple[str, Any]


class PipeConfig(Record):
    """A pipe's configuration as the interface has it."""

    _fields: ClassVar[tuple[tuple[str, Callable[[], Any]], ...]] = (
        ("name", str),
        ("description", str),
        ("label", str),
        ("level", lambda: DispLevel.OPERATOR),
        ("writable", lambda: PipeWriteType.PIPE_READ),
        ("extensions", StdStringVector),
    )
    name: str
    description: str
    label: str
    level: DispLevel
    writable: PipeWriteType
    extensions: StdStringVector


class PipeInfo(Record):
    """A pipe's configuration as clients see it."""

    _fields: ClassVar[tuple[tuple[str, Callable[[], Any]], ...]] = (
        ("name", str),
        ("description", str),
        ("label", str),
        ("disp_level", lambda: DispLevel.OPERATOR),
        ("writable", lambda: PipeWriteType.PIPE_READ),
        ("extensions", StdStringVector),
    )
    name: str
    description: str
    label: str
    disp_level: DispLevel
    writable: PipeWriteType
    extensions: StdStringVector


class PipeInfoList(StdVector[PipeInfo]):
    """The configurations of several pipes."""


def pipe_info(config: WireConfig) -> PipeInfo:
    """A pipe's configuration as a client gets it."""
    return PipeInfo(
        name=config.name,
        description=config.description,
        label=config.label,
        disp_level=config.level,
        writable=config.writable,
        extensions=StdStringVector(config.extensions),
    )


def pipe_config(info: PipeInfo) -> WireConfig:
    """A pipe's configuration as a client sends it."""
    return WireConfig(
        info.name,
        info.description,
        info.label,
        DispLevel(info.disp_level),
        PipeWriteType(info.writable),
        list(info.extensions),
    )


class DevicePipe(Printable):
    """A pipe's value with its name and time, as an event brings it."""

    def __init__(self, value: DevPipeData, extract_as: int = ExtractAs.Numpy) -> None:
        self._blob = value.data_blob
        self._extract_as = extract_as
        self.name = value.name
        sent = value.time
        self.time = time = TimeVal()
        time.tv_sec, time.tv_usec, time.tv_nsec = sent.tv_sec, sent.tv_usec, sent.tv_nsec

    @property
    def root_blob_name(self) -> str:
        """The name of the blob."""
        return self._blob.name

    @property
    def data(self) -> list[tuple[str, Any]]:
        """Name and value of each element of the blob."""
        return [(element["name"], element["value"]) for element in self.extract()[1]]

    @property
    def data_elt_nb(self) -> int:
        """How many elements the blob has."""
        return len(self._blob.blob_data)

    @property
    def data_elt_names(self) -> list[str]:
        """The names of the blob's elements."""
        return [element.name for element in self._blob.blob_data]

    def extract(self, extract_as: int | None = None) -> Blob:
        """The blob, as ``read_pipe`` gives it."""
        return blob_from_wire(self._blob, self._extract_as if extract_as is None else extract_as)


# -- from Python to the wire -----------------------------------------------------------------------


def _is_sequence(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray))


def _is_blob(value: Any) -> bool:
    if not _is_sequence(value) or len(value) != 2:
        return False
    name, elements = value
    return isinstance(name, str) and (_is_sequence(elements) or isinstance(elements, Mapping))


def _named_type(dtype: Any) -> CmdArgType:
    if _is_sequence(dtype):
        inner = dtype[0] if len(dtype) else None
        if _is_sequence(inner):
            raise TypeError("Pipe doesn't support 2D data")
        return _array_of(_named_type(inner))
    if dtype is DevState:
        return T.DevState
    found = TO_TANGO_TYPE.get(dtype)
    if found is None:
        kind = getattr(dtype, "__name__", None) or getattr(dtype, "name", None)
        found = TO_TANGO_TYPE.get(kind)
    if found not in SCALARS and found not in ARRAY_TO_SCALAR and found is not T.DevPipeBlob:
        raise TypeError(f"A pipe has no elements of type {dtype!r}")
    assert found is not None
    return found


def _array_of(scalar: CmdArgType) -> CmdArgType:
    if scalar in ARRAY_TO_SCALAR:
        return scalar
    kind = SCALARS.get(scalar)
    if kind is None or scalar == T.DevEncoded:
        raise TypeError(f"A pipe has no arrays of {scalar}")
    return kind.array


def _guessed_type(value: Any) -> CmdArgType:
    """The type of an element whose author gives none."""
    if hasattr(value, "ndim") and hasattr(value, "dtype"):
        if value.ndim > 1:
            raise TypeError(
                f"cannot translate numpy array with {value.ndim} dimensions to tango type"
            )
        scalar = T.DevString if value.dtype.kind == "U" else _named_type(str(value.dtype))
        return _array_of(scalar) if value.ndim else scalar
    if _is_blob(value):
        return T.DevPipeBlob
    if _is_sequence(value):
        if not len(value):
            raise ValueError("Cannot determine object tango type: an empty list needs a dtype")
        return _array_of(_guessed_type(value[0]))
    if isinstance(value, str):
        return T.DevString
    if isinstance(value, DevState):
        return T.DevState
    if isinstance(value, bool):
        return T.DevBoolean
    if hasattr(value, "__index__"):
        return T.DevLong64
    if hasattr(value, "__float__"):
        return T.DevDouble
    raise ValueError("Cannot determine object tango type")


def _item(element: Any) -> tuple[str, Any, Any]:
    """Name, value and type of an element in either spelling."""
    if isinstance(element, Mapping):
        unknown = set(element) - {"name", "value", "blob", "dtype"}
        if unknown or "name" not in element:
            what = f"has no {sorted(unknown)}" if unknown else "needs a name"
            raise TypeError(f"An element of a pipe's blob {what}: {dict(element)!r}")
        value = element["value"] if "value" in element else element.get("blob")
        return text(element["name"]), value, element.get("dtype")
    name, value = element
    return text(name), value, None


def _element(element: Any, depth: int) -> DevPipeDataElt:
    name, value, dtype = _item(element)
    kind = _guessed_type(value) if dtype is None else _named_type(dtype)
    if kind is T.DevPipeBlob:
        inner = _blob(value, depth + 1)
        return DevPipeDataElt(name, _NO_VALUE, inner.blob_data, inner.name)
    if kind in ARRAY_TO_SCALAR:
        items, _, _ = array_to_wire(ARRAY_TO_SCALAR[kind], value)
        return DevPipeDataElt(name, (SCALARS[ARRAY_TO_SCALAR[kind]].union, items), [], _ARRAY)
    item = SCALAR_TO_WIRE[kind](value)
    return DevPipeDataElt(name, (SCALARS[kind].union, [item]), [], _SCALAR)


def _check_names(elements: Iterable[DevPipeDataElt]) -> None:
    seen: set[str] = set()
    twice: list[str] = []
    for element in elements:
        lowered = element.name.lower()
        if lowered in seen and lowered not in twice:
            twice.append(lowered)
        seen.add(lowered)
    if twice:
        raise ConnectionFailed(
            DevError(
                "API_PipeDuplicateDEName",
                ErrSeverity.ERR,
                f"Several times the same data element name in provided vector: {', '.join(twice)}",
                "DevicePipeBlob::set_data_elt_names",
            )
        )


def _blob(value: Any, depth: int = 0) -> DevPipeBlob:
    if depth > _MOST_DEPTH:
        raise ValueError("A pipe's blob is nested too deeply")
    name, elements = value
    items = elements.items() if isinstance(elements, Mapping) else elements
    found = [_element(item, depth) for item in items]
    _check_names(found)
    return DevPipeBlob(text(name), found)


def blob_to_wire(value: Any) -> DevPipeBlob:
    """``(name, elements)`` in wire form; TypeError, ValueError or ConnectionFailed if it cannot."""
    return _blob(value)


# -- from the wire to Python -----------------------------------------------------------------------


def _value_of(element: DevPipeDataElt, extract_as: int) -> tuple[CmdArgType, Any]:
    label, items = element.value
    if label == AttributeDataType.ATT_NO_DATA:
        inner = DevPipeBlob(element.inner_blob_name, element.inner_blob)
        return T.DevPipeBlob, blob_from_wire(inner, extract_as)
    scalar = UNION_TO_TYPE[label]
    if label == AttributeDataType.DEVICE_STATE:
        items = [items]
    if scalar == T.DevEncoded:
        return scalar, value_from_wire(scalar, 0, items, (1, 0), 0, extract_as)
    if element.inner_blob_name == _SCALAR and len(items) == 1:
        return scalar, value_from_wire(scalar, 0, items, (1, 0), 0, extract_as)
    kind = SCALARS[scalar].array
    if scalar == T.DevState:
        states = [DevState(item) for item in items]
        return kind, states if extract_as == ExtractAs.List else tuple(states)
    return kind, value_from_wire(scalar, 1, items, (len(items), 0), 0, extract_as)


def blob_from_wire(blob: DevPipeBlob, extract_as: int = ExtractAs.Numpy) -> Blob:
    """A received blob as ``(name, [{"name": …, "dtype": …, "value": …}, …])``."""
    if extract_as in _NUMPY_ONLY:
        extract_as = ExtractAs.Numpy
    elements = []
    for element in blob.blob_data:
        kind, value = _value_of(element, extract_as)
        elements.append({"name": element.name, "dtype": kind, "value": value})
    return blob.name, elements
