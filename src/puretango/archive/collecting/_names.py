"""Attributes by their full names, which is how HDB++ writes them: ``tango://host:port/a/b/c/attribute``."""

from __future__ import annotations

from puretango.client import parse_attribute_name, tango_host
from puretango.errors import DevError, DevFailed, ErrSeverity, WrongNameSyntax

__all__ = ["device_and_attribute", "full_name"]


def full_name(name: str) -> str:
    """The full name of an attribute, in lower case.

    Raises:
        WrongNameSyntax: It is not the name of an attribute.
    """
    parsed = parse_attribute_name(name.strip())
    device = parsed.device
    if device is None:
        raise WrongNameSyntax(
            DevError(
                "API_WrongAttributeNameSyntax",
                ErrSeverity.ERR,
                f"{name} is not an attribute of a device: domain/family/member/attribute",
                "archive::full_name()",
            )
        )
    text = str(device.trl).lower()
    if device.from_environment:
        try:
            first = tango_host()[0]
            text = f"tango://{first.host.lower()}:{first.port}/{device.device}"
        except DevFailed:
            pass  # Without a database the name is all there is.
    attribute = parsed.attribute.lower()
    plain, hash_, option = text.partition("#")
    return f"{plain}/{attribute}{hash_}{option}"


def device_and_attribute(name: str) -> tuple[str, str]:
    """The two parts of a full name: the device's name for a proxy, and the attribute."""
    plain, hash_, option = name.partition("#")
    device, _, attribute = plain.rpartition("/")
    return device + hash_ + option, attribute
