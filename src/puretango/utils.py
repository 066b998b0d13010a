"""Helpers of Tango programs, under PyTango's name."""

from __future__ import annotations

import enum
import inspect
import numbers
import os
import platform
import sys
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import Any, TypeVar

import numpy as np

from puretango.client import DbData, DbDatum, DbDevExportInfos, DbDevInfos, environment_variable
from puretango.client.context._testhost import (
    InvalidTangoHostTrlError,
    clear_test_host,
    full_device_name,
    set_test_host,
    test_host,
)
from puretango.client.database.calls._data import db_data_of, dict_of_db_data
from puretango.client.events.delivery._callback import AsyncEventCallback, EventCallback
from puretango.client.green._threads import (
    EnsureOmniThread,
    PyTangoThread,
    PyTangoThreadPoolExecutor,
    is_omni_thread,
    raise_asynch_exception,
)
from puretango.client.names._caseless import CaselessDict, CaselessList
from puretango.release import Release
from puretango.values import (
    FROM_TANGO_TO_NUMPY_TYPE,
    TO_TANGO_TYPE,
    AttrDataFormat,
    AttrQuality,
    CmdArgType,
    DevState,
    StdDoubleVector,
    StdStringVector,
    is_array_type,
    is_binary_type,
    is_bool_type,
    is_float_type,
    is_int_type,
    is_numerical_type,
    is_scalar_type,
    is_str_type,
    scalar_to_array_type,
    seqStr_2_obj,
    strtobool,
)

__all__ = [
    "FROM_TANGO_TO_NUMPY_TYPE", "TO_TANGO_TYPE", "AsyncEventCallback", "CaselessDict",
    "CaselessList", "EnsureOmniThread", "EventCallback", "InvalidTangoHostTrlError", "PyTangoThread",
    "PyTangoThreadPoolExecutor", "dir2", "ensure_binary", "from_version_str_to_hex_str",
    "from_version_str_to_int", "get_home", "get_tango_type", "info", "is_array_type",
    "is_binary_type", "is_bool_type", "is_float_type", "is_int_type", "is_non_str_seq",
    "is_numerical_type", "is_omni_thread", "is_pure_str", "is_scalar_type", "is_seq", "is_str_type",
    "obj_2_str", "parameter_2_dbdata", "raise_asynch_exception", "requires_pytango", "requires_tango",
    "scalar_to_array_type", "seqStr_2_obj", "set_complex_value", "str_2_obj", "strtobool",
]  # fmt: skip

T = TypeVar("T")

_SERVER_NAMES = (
    "EnumTypeError",
    "get_attribute_type_format",
    "get_enum_labels",
    "get_latest_device_class",
    "get_tango_device_classes",
    "get_tango_type_format",
    "parse_type_hint",
)
_TELEMETRY_NAMES = (
    "get_telemetry_tracer_provider_factory",
    "set_telemetry_tracer_provider_factory",
)

is_array = is_array_type
is_binary = is_binary_type
is_bool = is_bool_type
is_float = is_float_type
is_int = is_int_type
is_numerical = is_numerical_type
is_scalar = is_scalar_type
is_str = is_str_type

parameter_2_dbdata = db_data_of
DbData_2_dict = dict_of_db_data

_set_test_context_tango_host_fqtrl = set_test_host
_get_test_context_tango_host_fqtrl = test_host
_clear_test_context_tango_host_fqtrl = clear_test_host
_get_device_fqtrl_if_necessary = full_device_name
_get_env_var = environment_variable


def __getattr__(name: str) -> Any:
    if name in _SERVER_NAMES:
        return getattr(import_module("puretango.server"), name)
    if name in _TELEMETRY_NAMES:
        return getattr(import_module("puretango.telemetry"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


# ------------------------------------------------------------------------- type tests


def is_pure_str(obj: Any) -> bool:
    """True for a str."""
    return isinstance(obj, str)


def is_seq(obj: Any) -> bool:
    """True for a sequence, a string too."""
    return isinstance(obj, (Sequence, bytearray, np.ndarray))


def is_non_str_seq(obj: Any) -> bool:
    """True for a sequence that is not a string."""
    return is_seq(obj) and not isinstance(obj, str)


def is_integer(obj: Any) -> bool:
    """True for an integer of Python's or numpy's, not for a bool."""
    return isinstance(obj, (int, np.integer)) and not isinstance(obj, bool)


def is_number(obj: Any) -> bool:
    """True for a number of Python's or numpy's."""
    return isinstance(obj, (numbers.Number, np.number))


def is_devstate(obj: Any) -> bool:
    """True for the class DevState."""
    return inspect.isclass(obj) and issubclass(obj, DevState)


def is_enum(obj: Any) -> bool:
    """True for an enum class."""
    return inspect.isclass(obj) and issubclass(obj, enum.Enum)


def _innermost(obj: Any) -> Any:
    while is_non_str_seq(obj) and len(obj):
        obj = obj[0]
    return obj


def is_devstate_seq(obj: Any) -> bool:
    """True for a sequence, of any depth, of the class DevState."""
    return is_non_str_seq(obj) and is_devstate(_innermost(obj))


def is_enum_seq(obj: Any) -> bool:
    """True for a sequence, of any depth, of an enum class."""
    return is_non_str_seq(obj) and is_enum(_innermost(obj))


def get_tango_type(obj: Any) -> tuple[CmdArgType, AttrDataFormat]:
    """The Tango type and format that fit a value."""
    ndim, dtype = getattr(obj, "ndim", None), getattr(obj, "dtype", None)
    if ndim is not None and dtype is not None:
        if ndim > 2:
            raise TypeError(f"cannot translate numpy array with {ndim} dimensions to tango type")
        return TO_TANGO_TYPE[str(dtype)], AttrDataFormat(ndim)
    if is_non_str_seq(obj):
        kind, data_format = get_tango_type(obj[0])
        return kind, AttrDataFormat(int(data_format) + 1)
    for types, kind in (
        ((str,), CmdArgType.DevString),
        ((DevState,), CmdArgType.DevState),
        ((bool,), CmdArgType.DevBoolean),
        ((int, np.integer), CmdArgType.DevLong64),
        ((numbers.Number, np.number), CmdArgType.DevDouble),
    ):
        if isinstance(obj, types):
            return kind, AttrDataFormat.SCALAR
    raise TypeError(f"Unsupported type {type(obj)}")


def set_complex_value(attr: Any, value: Any) -> None:
    """Give a value, or ``(value, time, quality)``, to an attribute that is being read."""
    if isinstance(value, tuple):
        encoded = len(value) > 3 and attr.get_data_type() == CmdArgType.DevEncoded
        if any(isinstance(each, AttrQuality) for each in value[2 : 4 if encoded else 3]):
            attr.set_value_date_quality(*value)
            return
    attr.set_value(value)


# ---------------------------------------------------------------- strings and vectors


def ensure_binary(value: str | bytes, encoding: str = "utf-8") -> bytes:
    """The bytes of a text; bytes stay as they are."""
    if isinstance(value, str):
        return value.encode(encoding)
    if isinstance(value, bytes):
        return value
    raise TypeError(f"not expecting type '{type(value)}'")


def obj_2_str(obj: Any, tg_type: Any = None) -> Any:
    """A value as the text of a property; several values one per line."""
    if tg_type is None:
        return obj
    if is_scalar_type(tg_type):
        if isinstance(obj, str):
            return obj
        if is_non_str_seq(obj):
            if not len(obj):
                return ""
            obj = obj[0]
        return str(obj)
    return "" if obj is None else "\n".join(str(item) for item in obj)


_NO_VALUE = ("Not specified", "Not initialised", "")


def str_2_obj(obj_str: str, tg_type: Any = None) -> Any:
    """The value of a property's text."""
    if tg_type is None or not is_scalar_type(tg_type):
        return obj_str
    if is_numerical_type(tg_type) and obj_str in _NO_VALUE:
        return None
    if is_int_type(tg_type):
        return int(obj_str)
    if is_float_type(tg_type):
        return float(obj_str)
    return strtobool(obj_str) if is_bool_type(tg_type) else obj_str


def _to_vector(
    kind: type[list[T]], convert: Callable[[Any], T]
) -> Callable[[Iterable[Any], list[T] | None], list[T]]:
    def function(seq: Iterable[Any], vec: list[T] | None = None) -> list[T]:
        if vec is None:
            if isinstance(seq, kind):
                return seq
            vec = kind()
        if not isinstance(vec, kind):
            raise TypeError(f"vec must be a tango.{kind.__name__}")
        vec.extend(convert(item) for item in seq)
        return vec

    return function


def _from_vector(
    kind: type[list[T]], convert: Callable[[Any], T]
) -> Callable[[list[T], list[T] | None], list[T]]:
    def function(vec: list[T], seq: list[T] | None = None) -> list[T]:
        if not isinstance(vec, kind):
            raise TypeError(f"vec must be a tango.{kind.__name__}")
        seq = [] if seq is None else seq
        seq.extend(convert(item) for item in vec)
        return seq

    return function


def _same(item: Any) -> Any:
    return item


def _datum(item: Any) -> DbDatum:
    return item if isinstance(item, DbDatum) else DbDatum(item)


seq_2_StdStringVector = _to_vector(StdStringVector, str)
seq_2_StdDoubleVector = _to_vector(StdDoubleVector, float)
seq_2_DbDevInfos = _to_vector(DbDevInfos, _same)
seq_2_DbDevExportInfos = _to_vector(DbDevExportInfos, _same)
seq_2_DbData = _to_vector(DbData, _datum)
StdStringVector_2_seq = _from_vector(StdStringVector, str)
StdDoubleVector_2_seq = _from_vector(StdDoubleVector, float)


# ---------------------------------------------------------------------- requirements


def _require(what: str, have: str, least: str | None, conflicts: Iterable[str], who: str) -> bool:
    def parts(version: str) -> tuple[int, ...]:
        return tuple(int(part) for part in version.split(".") if part.isdigit())

    if least is not None and parts(least) > parts(have):
        raise Exception(f"{who} requires {what} {least} but {have} installed")
    if parts(have) in [parts(conflict) for conflict in conflicts]:
        raise Exception(f"{who} cannot run with {what} {have}")
    return True


def requires_pytango(
    min_version: str | None = None,
    conflicts: Iterable[str] = (),
    software_name: str = "Software",
) -> bool:
    """Raise if the interface is older than a release of PyTango."""
    return _require("pytango", Release.version, min_version, conflicts, software_name)


def requires_tango(
    min_version: str | None = None,
    conflicts: Iterable[str] = (),
    software_name: str = "Software",
) -> bool:
    """Raise if the interface is older than a release of Tango."""
    from puretango.constants import TgLibVers

    return _require("Tango", TgLibVers, min_version, conflicts, software_name)


def from_version_str_to_hex_str(version_str: str) -> str:
    """``10.3.1`` as ``0x0a030100``."""
    parts = [int(part) for part in version_str.split(".")]
    return f"0x{parts[0]:02x}{parts[1]:02x}{parts[2]:02x}00"


def from_version_str_to_int(version_str: str) -> int:
    """A version as one number, which grows with it."""
    return int(from_version_str_to_hex_str(version_str), 16)


def info() -> str:
    """A text about this library, and what it runs on."""
    from puretango import __version__

    return (
        f"puretango {__version__}, with the interface of PyTango {Release.version_long}\n"
        f"Python   : {platform.python_version()}\n"
        f"Numpy    : {np.__version__}\n"
        f"running on {platform.platform()}\n" + _served()
    )


def _served() -> str:
    """A line for ``info()`` if `tango` is puretango by puretango.compat, which says whether child processes are too."""
    tango = sys.modules.get("tango")
    if tango is None or tango.__name__ != "puretango":
        return ""
    further = " and in child processes" if os.environ.get("PURETANGO_COMPAT") == "1" else ""
    return f"tango    : served by puretango.compat, here{further}\n"


def get_home() -> str:
    """The user's home directory."""
    home = os.path.expanduser("~")
    if os.path.isdir(home):
        return home
    for name in ("HOME", "USERPROFILE", "TMP"):
        place = os.environ.get(name, "")
        if os.path.isdir(place):
            return place
    raise RuntimeError("please define environment variable $HOME")


def dir2(obj: Any) -> list[str]:
    """The members of an object, without those that ``__dir__`` may invent."""
    return list(object.__dir__(obj))


def get_latest_device_class() -> Any:
    """The low-level device class of the newest release of the interface."""
    return import_module("puretango.server").Device_6Impl


def get_tango_device_classes() -> tuple[str, ...]:
    """The names of the low-level device classes, the oldest first."""
    return ("DeviceImpl", *(f"Device_{release}Impl" for release in range(2, 7)))
