"""Data types as device authors write them, resolved to Tango type and format.

An author may say ``float``, ``"int16"``, ``CmdArgType.DevShort``, ``(int,)``, ``((str,),)``,
an Enum class, or a type hint such as ``list[float]`` or ``tuple[int, int, int]``.
"""

from __future__ import annotations

import enum
import functools
import inspect
import sys
import typing
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

import numpy as np

from puretango.values import (
    TO_TANGO_TYPE,
    AttrDataFormat,
    AttrQuality,
    CmdArgType,
    DevState,
    scalar_to_array_type,
)

_SEQUENCE_ORIGINS = (list, tuple)
_FRAMES_TO_SEARCH = 12


class EnumTypeError(Exception):
    """An Enum class that cannot be a Tango enumeration."""


class Hint(typing.NamedTuple):
    """A type hint taken apart; ``format`` is None when only the author can say it (NDArray)."""

    dtype: Any
    format: AttrDataFormat | None
    max_x: int | None
    max_y: int | None


def get_enum_labels(enum_cls: type[enum.Enum]) -> list[str]:
    """The labels of an Enum class whose values must be 0, 1, 2 … without a gap."""
    if not issubclass(enum_cls, enum.Enum):
        raise EnumTypeError(f"Input class '{enum_cls}' must be derived from enum.Enum")
    try:
        enum.unique(enum_cls)
    except ValueError as error:
        raise EnumTypeError(f"Input class '{enum_cls}' must be unique - {error}") from None
    values = [member.value for member in enum_cls]
    if not values:
        raise EnumTypeError(f"Input class '{enum_cls}' has no members!")
    if values != list(range(len(values))):
        raise EnumTypeError(
            f"Enum values for '{enum_cls}' must start at 0 and increment by 1.  Values: {values}"
        )
    return [member.name for member in enum_cls]


def is_coroutine_function(function: Any) -> bool:
    """True for ``async def`` functions, through partials and callable objects."""
    while isinstance(function, functools.partial):
        function = function.func
    if inspect.iscoroutinefunction(function):
        return True
    call = getattr(function, "__call__", None)  # noqa: B004 - the method itself is wanted
    return inspect.iscoroutinefunction(call)


def _is_sequence(dtype: Any) -> bool:
    return isinstance(dtype, Sequence) and not isinstance(dtype, (str, bytes, bytearray))


def _innermost(dtype: Any) -> tuple[Any, int]:
    depth = 0
    while _is_sequence(dtype) and len(dtype):
        dtype, depth = dtype[0], depth + 1
    return dtype, depth


def _is_user_enum(dtype: Any) -> bool:
    return inspect.isclass(dtype) and issubclass(dtype, enum.Enum) and dtype is not DevState


def get_attribute_type_format(
    dtype: Any, dformat: AttrDataFormat | None, enum_labels: Sequence[str] | None
) -> tuple[CmdArgType, AttrDataFormat, Sequence[str] | None]:
    """Tango type, format and enumeration labels of an attribute's ``dtype`` argument."""
    inner, depth = _innermost(dtype)
    if inner is DevState:
        dtype = _nest(CmdArgType.DevState, depth)
    elif _is_user_enum(inner):
        if enum_labels:
            raise TypeError(
                "For dtype of enum.Enum, (enum.Enum,) or ((enum.Enum,),) the enum_labels must "
                f"not be specified - dtype: {dtype}, enum_labels: {enum_labels}."
            )
        dtype = _nest(CmdArgType.DevEnum, depth)
        enum_labels = get_enum_labels(inner)
    tango_type, tango_format = get_tango_type_format(dtype, dformat, "attribute")
    return tango_type, tango_format, enum_labels


def _nest(dtype: Any, depth: int) -> Any:
    for _ in range(depth):
        dtype = (dtype,)
    return dtype


def get_tango_type_format(
    dtype: Any, dformat: AttrDataFormat | None = None, caller: str | None = None
) -> tuple[CmdArgType, AttrDataFormat]:
    """Tango type and format of a data type such as ``float`` or ``(int,)``."""
    if dformat is None:
        dformat = AttrDataFormat.SCALAR
        if _is_sequence(dtype):
            dtype, dformat = _unwrap(dtype, caller)
    try:
        return TO_TANGO_TYPE[dtype], dformat
    except (KeyError, TypeError):
        text = f"Cannot translate {dtype!r} to TANGO type. See documentation for the allowed types"
    if isinstance(dtype, str):
        text += (
            ". If you are declaring type with type hints and using "
            '"from __future__ import annotations", '
            "please read documentation to learn about limitations"
        )
    raise RuntimeError(text)


def _unwrap(dtype: Any, caller: str | None) -> tuple[Any, AttrDataFormat]:
    if not len(dtype):
        if caller == "attribute":
            raise TypeError("Spectrum attribute type must be specified as (<dtype>,)")
        return dtype, AttrDataFormat.SCALAR
    dtype = dtype[0]
    if not _is_sequence(dtype):
        return dtype, AttrDataFormat.SPECTRUM
    if len(dtype):
        return dtype[0], AttrDataFormat.IMAGE
    if caller == "attribute":
        raise TypeError("Image attribute type must be specified as ((<dtype>,),)")
    return dtype, AttrDataFormat.SPECTRUM


def command_type(dtype: Any, dformat: AttrDataFormat) -> Any:
    """The type of a command argument: arrays have types of their own."""
    if dformat == AttrDataFormat.SCALAR:
        return dtype
    if dformat == AttrDataFormat.IMAGE:
        raise TypeError("Cannot translate IMAGE to tango type")
    return scalar_to_array_type(dtype)


def _evaluate(text: str) -> Any:
    """A hint kept as text (``from __future__ import annotations``), evaluated where it stands.

    The names it uses live in the frame of the class body or of the function around it, which
    is one of the callers.
    """
    frame: FrameType | None = sys._getframe(2)
    for _ in range(_FRAMES_TO_SEARCH):
        if frame is None:
            break
        if not frame.f_globals.get("__name__", "").startswith("puretango.server."):
            try:
                return eval(text, frame.f_globals, frame.f_locals)
            except NameError:
                pass
        frame = frame.f_back
    return text


def _element_types(hint: Any) -> list[Any]:
    return [arg for arg in typing.get_args(hint) if arg is not Ellipsis]


def _is_open(hint: Any) -> bool:
    """list[int] and tuple[int, ...]: the hint says nothing of the size."""
    return Ellipsis in typing.get_args(hint)


def _uniform(hint: Any) -> bool:
    elements = _element_types(hint)
    if len(set(elements)) > 1:
        return False
    return all(_uniform(e) for e in elements if typing.get_origin(e) in _SEQUENCE_ORIGINS)


def _special(hint: Any) -> str | None:
    """The hints of Tango's composite types."""
    args = typing.get_args(hint)
    if len(args) not in (2, 4):
        return None
    first, second = args[:2]
    if first is str and second in (bytes, bytearray):
        return "DevEncoded"
    if second in (tuple[str], list[str], tuple[str, ...]):
        if first in (tuple[int], list[int], tuple[int, ...]):
            return "DevVarLongStringArray"
        if first in (tuple[float], list[float], tuple[float, ...]):
            return "DevVarDoubleStringArray"
    return None


def _array_element(hint: Any) -> Any | None:
    origin = typing.get_origin(hint)
    if origin is np.ndarray:
        return typing.get_args(typing.get_args(hint)[1])[0]
    if origin is np.typing.NDArray:  # a TypeAliasType from numpy 2.5 on
        return typing.get_args(hint)[0]
    return None


def parse_type_hint(annotation: Any, caller: str) -> Hint:
    """Take a type hint apart; ``caller`` is "attribute", "command" or "property"."""
    hint = _evaluate(annotation) if isinstance(annotation, str) else annotation
    if typing.get_origin(hint) in _SEQUENCE_ORIGINS:
        special = _special(hint)
        if special is not None:
            return Hint(special, AttrDataFormat.SCALAR, None, None)
        args = typing.get_args(hint)
        if len(args) == 3 and args[1] is float and args[2] is AttrQuality:
            hint = args[0]  # the method returns (value, time, quality)
        elif len(args) == 2 and args[1] is AttrQuality:
            hint = args[0]
    element = _array_element(hint)
    if element is not None:
        if caller in ("property", "command"):
            element = (element,)
        return Hint(element, None, None, None)
    if typing.get_origin(hint) in _SEQUENCE_ORIGINS:
        return _parse_sequence(hint, caller)
    return Hint(hint, AttrDataFormat.SCALAR, None, None)


def _parse_sequence(hint: Any, caller: str) -> Hint:
    max_x = None if _is_open(hint) else len(typing.get_args(hint))
    max_y = None
    inner = typing.get_args(hint)[0]
    is_image = typing.get_origin(inner) in _SEQUENCE_ORIGINS
    if is_image and caller != "attribute":
        raise RuntimeError(f"{caller.capitalize()} does not support IMAGE type")
    if not _uniform(hint):
        kind = "IMAGE" if is_image else "SPECTRUM"
        owner = caller if caller != "attribute" else "attributes"
        raise RuntimeError(f"PyTango does not support mixed types in {kind} {owner}")
    if is_image:
        max_y = max_x
        max_x = None if _is_open(inner) else len(typing.get_args(inner))
        return Hint(typing.get_args(inner)[0], AttrDataFormat.IMAGE, max_x, max_y)
    if caller == "property":
        inner = (inner,)
    return Hint(inner, AttrDataFormat.SPECTRUM, max_x, max_y)


def signature_types(method: Callable[..., Any]) -> tuple[Any, Any]:
    """The hints of a command method's argument and result; None if there is none."""
    function = getattr(method, "__func__", method)
    signature = inspect.signature(function)
    parameters = list(signature.parameters.values())
    first = None
    if len(parameters) > 1 and parameters[1].annotation is not inspect.Parameter.empty:
        first = parameters[1].annotation
    result = signature.return_annotation
    return first, None if result is inspect.Signature.empty else result
