"""Commands declared by data, each answered by a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from puretango.database.answers._commands import CommandFace
from puretango.idl import texts_in_value, texts_of_value
from puretango.server import Device, command
from puretango.values import CmdArgType

__all__ = ["declared"]


def declared(name: str, face: CommandFace, answering: Callable[[Any], Any]) -> Any:
    """The declaration of a command that a function answers; its values carry texts."""
    method: Callable[..., Any]
    if face.argin == "DevVoid":

        def without_argument(self: Device) -> Any:
            return texts_in_value(answering(None))

        method = without_argument
    else:

        def with_argument(self: Device, argin: Any) -> Any:
            return texts_in_value(answering(texts_of_value(argin)))

        method = with_argument
    method.__name__ = method.__qualname__ = name
    return command(
        method,
        dtype_in=CmdArgType[face.argin],
        doc_in=face.argin_text,
        dtype_out=CmdArgType[face.argout],
        doc_out=face.argout_text,
    )
