"""Lists of devices, from the control-system database and the devices themselves."""

from __future__ import annotations

import logging
from typing import Any, NamedTuple

from puretango.bluesky.attributes import device_path
from puretango.bluesky.signals import Link
from puretango.client import Database
from puretango.errors import DevFailed

_logger = logging.getLogger("puretango.bluesky")


class Listed(NamedTuple):
    """A running device."""

    name: str
    alias: str
    trl: str

    @property
    def label(self) -> str:
        """A Python name, made from the alias if there is one."""
        label = self.alias or self.name.replace("/", "_")
        return "".join(letter if letter.isalnum() else "_" for letter in label)


def listed(pattern: str, database: Any, *, sub_devices: bool) -> list[Listed]:
    """The running devices whose names match, and with ``sub_devices`` those that these use.

    Servers' own devices (``dserver/…``) come only if the pattern asks for them.
    """
    db, prefix = _open(database)
    found: dict[str, Listed] = {}
    waiting = [str(name) for name in db.get_device_exported(pattern)]
    if not pattern.lower().startswith("dserver"):
        waiting = [name for name in waiting if not name.lower().startswith("dserver/")]
    while waiting:
        name = waiting.pop(0).lower()
        if name in found:
            continue
        found[name] = Listed(name, _alias(db, name), prefix + name)
        if sub_devices:
            try:
                waiting += [device_path(used) for used in used_devices(Link(prefix + name))]
            except DevFailed as failure:
                _logger.info("%s does not tell its sub-devices: %s", name, failure)
    return list(found.values())


def used_devices(link: Link) -> list[str]:
    """The names of the devices that a device says it uses."""
    admin = link.proxy.adm_name()
    own = link.proxy.name().lower()
    found = []
    for entry in Link(_sibling(link.device, admin)).call("QuerySubDevice"):
        user, _, used = str(entry).rpartition(" ")
        if not user or user.lower() == own:
            found.append(used)
    return found


def _sibling(trl: str, device: str) -> str:
    path = device_path(trl)
    return device if "://" in device else trl.replace(path, device_path(device), 1)


def _open(database: Any) -> tuple[Any, str]:
    if database is None:
        return Database(), ""
    if isinstance(database, str):
        host, _, port = database.rpartition(":")
        return Database(host, int(port)), f"tango://{database}/"
    return database, f"tango://{database.get_db_host()}:{database.get_db_port()}/"


def _alias(db: Any, name: str) -> str:
    try:
        return str(db.get_alias_from_device(name))
    except DevFailed:
        return ""
