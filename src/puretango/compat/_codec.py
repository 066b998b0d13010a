"""``tango.codec``: a Python object as the two parts of a DevEncoded."""

from __future__ import annotations

import json
import pickle
from typing import Any

__all__ = ["dumps", "loads"]


def _fail(fmt: str) -> TypeError:
    return TypeError(f"Format '{fmt}' not supported")


def loads(fmt: str, data: Any) -> Any:
    """The object of a format that begins with ``pickle`` or ``json``; TypeError for others.

    Unpickling can run any code of the sender's: use it only for trusted data.
    """
    if fmt.startswith("pickle"):
        return pickle.loads(data)
    if fmt.startswith("json"):
        return json.loads(data)
    raise _fail(fmt)


def dumps(fmt: str, obj: Any) -> tuple[str, Any]:
    """The format and the object in it: bytes for ``pickle…``, text for ``json…``; TypeError for others."""
    if fmt.startswith("pickle"):
        return fmt, pickle.dumps(obj, protocol=pickle.HIGHEST_PROTOCOL)
    if fmt.startswith("json"):
        return fmt, json.dumps(obj)
    raise _fail(fmt)
