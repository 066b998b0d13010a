"""The one question that every new proxy asks: whether an object has one of Tango's interfaces."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from puretango.cdr import CdrWriter
from puretango.giop import PreparedRequest, RequestTemplate, Version
from puretango.idl import OPERATIONS

__all__ = ["IS_A", "question"]

IS_A: Final = OPERATIONS["_is_a"]


@lru_cache(maxsize=256)
def question(object_key: bytes, version: Version, repo_id: str) -> PreparedRequest:
    """The whole request, kept for the proxies that are made of the same device."""
    template = RequestTemplate(object_key, IS_A.name, version)
    writer = CdrWriter(True, template.body_offset)
    IS_A.encode_args(writer, repo_id)
    return template.prepare(writer.getvalue())
