"""``command``: how a device author declares a command."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar, overload

from puretango.server.declaration._typehint import (
    command_type,
    get_attribute_type_format,
    parse_type_hint,
    signature_types,
)
from puretango.server.declaration._where import tells_where
from puretango.values import AttrDataFormat, CmdArgType, DispLevel

try:
    from docstring_parser import parse as _parser
except ImportError:  # an optional nicety: the author's docstring describes the arguments
    _parse_docstring: Any = None
else:
    _parse_docstring = _parser


class _FromHint:
    def __repr__(self) -> str:
        return "DevVoid"


_DevVoid: Any = _FromHint()
"""The default of ``dtype_in`` and ``dtype_out``: what the type hints say, else void."""

_VOID = (CmdArgType.DevVoid, None)


_Method = TypeVar("_Method", bound=Callable[..., Any])


@overload
def command(f: _Method, **keywords: Any) -> _Method: ...
@overload
def command(f: None = None, **keywords: Any) -> Callable[[_Method], _Method]: ...
def command(  # type: ignore[misc]  # the overloads tell more than the one function can
    f: Any = None,
    dtype_in: Any = _DevVoid,
    dformat_in: AttrDataFormat | None = None,
    doc_in: str = "",
    dtype_out: Any = _DevVoid,
    dformat_out: AttrDataFormat | None = None,
    doc_out: str = "",
    display_level: DispLevel | None = None,
    polling_period: int | None = None,
    green_mode: bool = True,
    fisallowed: str | Callable[..., Any] | None = None,
    cmd_green_mode: bool | None = None,
    isallowed_green_mode: bool | None = None,
) -> Any:
    """Declares a method as a command of the device.

    ::

        @command(dtype_in=float, doc_in="the pressure to set", dtype_out=bool)
        def Pressurize(self, pressure): ...

        @command
        def Ramp(self, current: float) -> list[float]: ...

    Types are taken from the keywords or else from the type hints. ``is_NAME_allowed``, or
    ``fisallowed``, says whether the command may run now.
    """
    if f is None:
        return functools.partial(
            command,
            dtype_in=dtype_in,
            dformat_in=dformat_in,
            doc_in=doc_in,
            dtype_out=dtype_out,
            dformat_out=dformat_out,
            doc_out=doc_out,
            display_level=display_level,
            polling_period=polling_period,
            green_mode=green_mode,
            fisallowed=fisallowed,
            cmd_green_mode=cmd_green_mode,
            isallowed_green_mode=isallowed_green_mode,
        )
    (tango_in, said_in), (tango_out, said_out) = _types(
        f, dtype_in, dformat_in, dtype_out, dformat_out
    )
    doc_in, doc_out = _from_docstring(f, doc_in, doc_out)
    config: dict[str, Any] = {}
    if display_level is not None:
        config["Display level"] = display_level
    if polling_period is not None:
        config["Polling period"] = polling_period
    if fisallowed is not None:
        config["Is allowed"] = fisallowed
    config["Is allowed green_mode"] = (
        isallowed_green_mode if isallowed_green_mode is not None else green_mode
    )
    doc_in = doc_in or _describe_input(f, said_in)
    doc_out = doc_out or _describe_output(said_out)
    method = _own_function(f)
    method.__tango_green__ = bool(cmd_green_mode if cmd_green_mode is not None else green_mode)
    method.__tango_command__ = f.__name__, [[tango_in, doc_in], [tango_out, doc_out], config]
    if method.__doc__ is None:
        method.__doc__ = f"'{f.__name__}' TANGO command\n\n{doc_in}\n\n{doc_out}"
    return method


@tells_where("command")
def _types(f: Any, dtype_in: Any, dformat_in: Any, dtype_out: Any, dformat_out: Any) -> Any:
    """The types of argument and result, each as Tango has it and as the author said it."""
    hint_in, hint_out = None, None
    if dtype_in is _DevVoid or dtype_out is _DevVoid:
        hint_in, hint_out = signature_types(f)
    return (
        _resolve(f, "argument", dtype_in, dformat_in, hint_in),
        _resolve(f, "result", dtype_out, dformat_out, hint_out),
    )


def _resolve(
    f: Any, what: str, dtype: Any, dformat: AttrDataFormat | None, hint: Any
) -> tuple[CmdArgType, Any]:
    """The Tango type, and the type as the author said it (for the description)."""
    if dtype is _DevVoid:
        dtype = None
        if hint is not None:
            parsed = parse_type_hint(hint, caller="command")
            dtype, dformat = parsed.dtype, parsed.format
    tango_type, dformat_found, _ = get_attribute_type_format(dtype, dformat, None)
    return command_type(tango_type, dformat_found), tango_type


def _own_function(f: Any) -> Any:
    """The object that carries the declaration: f itself, or a wrapper of a bound method."""
    if not inspect.ismethod(f) and hasattr(f, "__dict__"):
        return f

    @functools.wraps(f)
    def method(*args: Any, **kwargs: Any) -> Any:
        return f(*args, **kwargs)

    return method


def _from_docstring(f: Any, doc_in: str, doc_out: str) -> tuple[str, str]:
    if _parse_docstring is None or f.__doc__ is None or (doc_in and doc_out):
        return doc_in, doc_out
    try:
        parsed = _parse_docstring(f.__doc__)
    except Exception:  # a docstring of another style is no error of the device
        return doc_in, doc_out
    if not doc_in and parsed.params:
        first = parsed.params[0]
        doc_in = f"{first.arg_name} ({first.type_name}): {first.description}"
    if not doc_out and parsed.returns is not None:
        doc_out = f"returns ({parsed.returns.type_name}): {parsed.returns.description}"
    return doc_in, doc_out


def _type_name(dtype: Any) -> str:
    if isinstance(dtype, str):
        return dtype
    return str(getattr(dtype, "__name__", dtype))


def _describe_input(f: Any, dtype: Any) -> str:
    if dtype in _VOID:
        return "No input parameter (DevVoid)"
    parameters = list(inspect.signature(f).parameters.values())
    name = parameters[1].name if len(parameters) > 1 else "arg"
    return f":param {name}: (not documented)\n:type {name}: {_type_name(dtype)}"


def _describe_output(dtype: Any) -> str:
    if dtype in _VOID:
        return "No output parameter (DevVoid)"
    return f":return: (not documented)\n:rtype: {_type_name(dtype)}"
