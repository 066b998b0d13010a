"""Values kept in release 5 of the interface, for clients of older releases."""

from __future__ import annotations

from typing import Any

from puretango import idl
from puretango.server.attribute._anyvalue import any_of_union


def recast(value: Any, release: int) -> Any:
    """An AttributeValue_5 as one of another release."""
    if release >= 5:
        return value
    if release == 4:
        return idl.AttributeValue_4(
            value.value,
            value.quality,
            value.data_format,
            value.time,
            value.name,
            value.r_dim,
            value.w_dim,
            value.err_list,
        )
    return idl.AttributeValue_3(
        any_of_union(value.value),
        value.quality,
        value.time,
        value.name,
        value.r_dim,
        value.w_dim,
        value.err_list,
    )
