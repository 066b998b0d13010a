"""Attributes by their full names, so that two spellings of a name share one subscription."""

from __future__ import annotations

from typing import NamedTuple

from puretango.client import DeviceName, parse_attribute_name, tango_host
from puretango.errors import DevError, DevFailed, ErrSeverity, WrongNameSyntax

__all__ = ["FullName", "full_name"]


class FullName(NamedTuple):
    """A device's name for a proxy, and the attribute's; both in lower case."""

    device: str
    attribute: str


def full_name(text: str) -> FullName:
    """The full name of an attribute; raises WrongNameSyntax."""
    parsed = parse_attribute_name(text)
    if parsed.device is None:
        raise WrongNameSyntax(
            DevError(
                "API_WrongAttributeNameSyntax",
                ErrSeverity.ERR,
                f"{text} is not an attribute of a device: domain/family/member/attribute",
                "Hub::source()",
            )
        )
    return FullName(_with_host(parsed.device), parsed.attribute.lower())


def _with_host(device: DeviceName) -> str:
    if not device.from_environment:
        return str(device.trl).lower()
    try:
        first = tango_host()[0]
    except DevFailed:
        return str(device.trl).lower()
    return f"tango://{first.host.lower()}:{first.port}/{device.device}"
