"""Tango resource locators as users give them to bluesky's objects: device names and attribute names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

_NO_DATABASE = "#dbase=no"


class Locator(NamedTuple):
    """A member (attribute or command) of a device."""

    device: str
    member: str

    @property
    def trl(self) -> str:
        """Device and member in one locator, as Tango writes it."""
        return join(self.device, self.member)


def split(trl: str) -> Locator:
    """The device and its member that ``trl`` names.

    ``trl`` is ``[tango://host:port/]domain/family/member/attribute[#dbase=no]`` or
    ``alias/attribute``. A prefix that ends in ``#dbase=no`` with ``/attribute`` after it, which
    is what ophyd's components make by joining, is understood too.
    """
    plain, local = _without_database_option(trl)
    device, _, member = plain.rstrip("/").rpartition("/")
    if not device or not member or device.endswith("/"):
        raise ValueError(f"{trl!r} names no attribute: expected domain/family/member/attribute")
    path = device.partition("://")[2].partition("/")[2] if "://" in device else device
    if len([part for part in path.split("/") if part]) not in (1, 3):
        raise ValueError(f"{trl!r} names no attribute: expected domain/family/member/attribute")
    return Locator(device.rstrip("/") + local, member)


def join(device: str, member: str) -> str:
    """The locator of a member of a device."""
    plain, local = _without_database_option(device)
    return f"{plain.rstrip('/')}/{member.lstrip('/')}{local}"


def joiner(device: str) -> Callable[[str], str]:
    """A function that gives the locators of a device's members."""
    plain, local = _without_database_option(device)
    prefix = plain.rstrip("/") + "/"
    return lambda member: f"{prefix}{member}{local}"


def device_path(device: str) -> str:
    """The device's own name or alias, without protocol, host and options."""
    plain, _ = _without_database_option(device)
    if "://" in plain:
        plain = plain.partition("://")[2].partition("/")[2]
    return plain.strip("/")


def host_prefix(device: str) -> str:
    """What to put before the names of devices in the same control system."""
    protocol, separator, rest = device.partition("://")
    return f"{protocol}://{rest.partition('/')[0]}/" if separator else ""


def locate(thing: Any) -> str:
    """The locator of a DeviceProxy or an AttributeProxy; a locator is returned as it is."""
    if isinstance(thing, str):
        return thing
    if hasattr(thing, "get_device_proxy"):
        return join(locate(thing.get_device_proxy()), thing.name())
    if thing.is_dbase_used():
        return f"tango://{thing.get_db_host()}:{thing.get_db_port()}/{thing.dev_name()}"
    return f"tango://{thing.get_dev_host()}:{thing.get_dev_port()}/{thing.dev_name()}{_NO_DATABASE}"


def _without_database_option(trl: str) -> tuple[str, str]:
    position = trl.lower().find("#dbase=")
    if position < 0:
        return trl, ""
    end = position + len(_NO_DATABASE) if trl.lower().startswith("no", position + 7) else 0
    end = end or position + len("#dbase=yes")
    option = trl[position:end]
    return trl[:position] + trl[end:], option if option.lower() == _NO_DATABASE else ""
