"""Names of devices and attributes: ``[tango://HOST:PORT/]domain/family/member[/attribute]``.

A name may end in ``#dbase=no`` (the device is reached without a database) or
``#dbase=yes``, and a device may be named by its alias, a word without ``/``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NoReturn

from puretango.errors import DevError, ErrSeverity, WrongNameSyntax

__all__ = ["AttributeName", "DeviceName", "parse_attribute_name", "parse_device_name", "text_name"]

_DEVICE_ORIGIN = "DeviceProxy::parse_name()"
_ATTRIBUTE_ORIGIN = "AttributeProxy::parse_name()"


@dataclass(frozen=True, slots=True)
class DeviceName:
    """A parsed device name; ``host`` and ``port`` are the database's or, without one, the server's."""

    device: str
    host: str = ""
    port: str = ""
    database: bool = True

    @property
    def is_alias(self) -> bool:
        """True if the device is named by an alias."""
        return "/" not in self.device

    @property
    def from_environment(self) -> bool:
        """True if the name does not say where its database is."""
        return self.database and not self.host

    @property
    def trl(self) -> str:
        """The whole name as a Tango resource locator."""
        prefix = f"tango://{self.host}:{self.port}/" if self.host else ""
        return f"{prefix}{self.device}{'' if self.database else '#dbase=no'}"


@dataclass(frozen=True, slots=True)
class AttributeName:
    """A parsed attribute name: its device and attribute, or an attribute alias alone."""

    device: DeviceName | None
    attribute: str = ""
    alias: str = ""
    host: str = ""
    port: str = ""


def text_name(name: Any) -> Any:
    """A name given as bytes as text; anything else as it is."""
    return name.decode("utf-8", "replace") if isinstance(name, (bytes, bytearray)) else name


def _wrong(reason: str, desc: str, origin: str) -> NoReturn:
    raise WrongNameSyntax(DevError(reason, ErrSeverity.ERR, desc, origin))


def _wrong_device(desc: str) -> NoReturn:
    _wrong("API_WrongDeviceNameSyntax", desc, _DEVICE_ORIGIN)


def _protocol_and_modifier(full: str, origin: str) -> tuple[str, bool]:
    """The name without protocol and modifier, and whether a database is used."""
    name = full
    protocol, separator, rest = name.partition("://")
    if separator:
        if protocol.lower() != "tango":
            _wrong(
                "API_UnsupportedProtocol",
                f"{protocol.lower()} protocol is an unsupported protocol",
                origin,
            )
        name = rest
    elif name.startswith("//"):
        name = name[2:]
    name, hash_sign, modifier = name.partition("#")
    if not hash_sign:
        return name, True
    modifier = modifier.lower()
    if modifier not in ("dbase=yes", "dbase=no"):
        _wrong(
            "API_UnsupportedDBaseModifier",
            f"{modifier} modifier is an unsupported db modifier",
            origin,
        )
    return name, modifier == "dbase=yes"


def _check_three_fields(device: str, full: str, remark: str = "") -> None:
    fields = device.split("/")
    if len(fields) != 3 or not all(fields):
        _wrong_device(f"Wrong device name syntax (domain/family/member) in {full}{remark}")


@lru_cache(maxsize=256)
def parse_device_name(full: str) -> DeviceName:
    """Parse a device name as Tango does; raise WrongNameSyntax with Tango's reasons."""
    if not full:
        _wrong_device(
            "The given name is an empty string!!! \nDevice name syntax is domain/family/member"
        )
    name, database = _protocol_and_modifier(full.lower(), _DEVICE_ORIGIN)
    first, slash, rest = name.partition("/")
    if not database:
        host, colon, port = first.rpartition(":")
        if not colon or not slash or not host:
            _wrong_device(f"Host and port not correctly defined in device name {full}")
        _check_three_fields(rest, full, "\nRem: Alias are forbidden when not using a database")
        return DeviceName(rest, host, port, database=False)
    if not slash:
        _check_alias(name, full)
        return DeviceName(name)
    if ":" not in first:
        _check_three_fields(name, full)
        return DeviceName(name)
    host, _, port = first.rpartition(":")
    if "/" in rest:
        _check_three_fields(rest, full)
    else:
        _check_alias(rest, full)
    return DeviceName(rest, host, port)


def _check_alias(alias: str, full: str) -> None:
    for forbidden in (":", "->"):
        if forbidden in alias:
            _wrong_device(
                f"Wrong alias name syntax in {full} ({forbidden} is not allowed in alias name)"
            )


def parse_attribute_name(full: str) -> AttributeName:
    """Parse an attribute name: a device name and ``/attribute``, or an attribute alias."""
    if not full:
        _wrong(
            "API_WrongAttributeNameSyntax",
            "The given name is an empty string!!! \n"
            "Attribute name must have four fields separated by /'s or no /'s at all "
            "if it is an alias (e.g. my/device/name/an_attr or myalias)",
            _ATTRIBUTE_ORIGIN,
        )
    name, database = _protocol_and_modifier(full, _ATTRIBUTE_ORIGIN)
    host = port = ""
    first, slash, rest = name.partition("/")
    if slash and ":" in first:
        host, _, port = first.rpartition(":")
        host = host.lower()
        name = rest
    fields = name.split("/")
    if len(fields) == 1 and fields[0] and database:
        if ":" in fields[0] or "->" in fields[0]:
            _wrong(
                "API_WrongAttributeNameSyntax",
                f"Wrong alias name syntax in {full} (: and -> are not allowed in alias name)",
                _ATTRIBUTE_ORIGIN,
            )
        return AttributeName(None, alias=fields[0].lower(), host=host, port=port)
    if len(fields) == 2 and all(fields) and database and not host:
        return AttributeName(
            DeviceName(fields[0].lower()), fields[1]
        )  # the device is named by its alias
    if len(fields) != 4 or not all(fields):
        _wrong(
            "API_WrongAttributeNameSyntax",
            "Attribute name must have four fields separated by /'s or no /'s at all "
            "if it is an alias (e.g. my/device/name/an_attr or myalias)",
            _ATTRIBUTE_ORIGIN,
        )
    if not database and not host:
        _wrong(
            "API_WrongAttributeNameSyntax",
            f"Host and port not correctly defined in attribute name {full}",
            _ATTRIBUTE_ORIGIN,
        )
    device = DeviceName("/".join(fields[:3]).lower(), host, port, database)
    return AttributeName(device, fields[3], host=host, port=port)
