"""Values of either implementation as plain Python, so that two answers can be compared across processes."""

from __future__ import annotations

import math
from typing import Any


def plain(value: Any) -> Any:
    """Enums become their names, structures text; arrays keep their type and shape."""
    import numpy as np

    if value is None or (isinstance(value, (str, bytes)) and type(value) in {str, bytes}):
        return value
    if isinstance(value, np.ndarray):
        return (
            "array",
            str(value.dtype),
            value.shape,
            [plain(item) for item in value.ravel().tolist()],
        )
    if isinstance(value, np.generic):
        return plain(value.item())
    if type(value) is float:
        if math.isnan(value):
            return "nan"
        return "-0.0" if value == 0 and math.copysign(1, value) < 0 else value
    if type(value) in {bool, int}:
        return value
    if isinstance(value, bytearray):
        return bytes(value)
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if type(value) in {list, tuple}:
        return [plain(item) for item in value]
    if type(value).__name__.startswith("StdString"):
        return [str(item) for item in value]
    if type(value).__name__.startswith("Std"):
        return [plain(item) for item in value]
    return str(value)


def stack(error: BaseException) -> list[tuple[str, str, str, str]]:
    """The DevErrors of a DevFailed: reason, severity, description, origin."""
    return [
        (str(one.reason), str(one.severity).rpartition(".")[2], str(one.desc), str(one.origin))
        for one in getattr(error, "args", ())
        if hasattr(one, "reason")
    ]


def attempt(function: Any, *arguments: Any, text: bool = True) -> Any:
    """What the call gives: ("value", plain value), or ("error", class, [(reason, severity[, description])])."""
    try:
        return ("value", plain(function(*arguments)))
    except Exception as error:
        errors = [(one[0], one[1], one[2]) if text else one[:2] for one in stack(error)]
        return ("error", type(error).__name__, errors)
