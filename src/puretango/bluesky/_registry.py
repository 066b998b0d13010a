"""Devices in bulk, as the control-system database lists them."""

from __future__ import annotations

import logging
from typing import Any

from puretango.client import Database
from puretango.errors import DevFailed

from ._device import TangoDevice
from ._kinds import Kinds
from ._trl import device_path

_logger = logging.getLogger("puretango.bluesky")


class TangoDevices(dict[str, TangoDevice]):
    """Devices by their names; an alias finds its device too."""

    def __init__(self) -> None:
        super().__init__()
        self.aliases: dict[str, str] = {}

    def __missing__(self, key: str) -> TangoDevice:
        name = self.aliases.get(key.lower(), key.lower())
        if name != key and name in self:
            return self[name]
        raise KeyError(key)


def devices_from_database(
    pattern: str = "*",
    *,
    database: Any = None,
    sub_devices: bool = False,
    kinds: Kinds | None = None,
    **options: Any,
) -> TangoDevices:
    """A TangoDevice for each running device whose name matches ``pattern``: ``"sys/*"``.

    ``database`` is a Database, ``"host:port"``, or nothing for the one in TANGO_HOST. A device
    with an alias is named after it. With ``sub_devices`` the devices that these use come too.
    Servers' own devices (``dserver/…``) come only if the pattern asks for them.
    """
    db, prefix = _open(database)
    found = TangoDevices()
    waiting = [str(name) for name in db.get_device_exported(pattern)]
    if not pattern.lower().startswith("dserver"):
        waiting = [name for name in waiting if not name.lower().startswith("dserver/")]
    while waiting:
        name = waiting.pop(0).lower()
        if name in found:
            continue
        alias = _alias(db, name)
        label = alias or name.replace("/", "_")
        options_of = {"name": _python_name(label), "kinds": kinds, **options}
        device = found[name] = TangoDevice(prefix + name, **options_of)
        if alias:
            found.aliases[alias.lower()] = name
        if sub_devices:
            try:
                waiting += [device_path(used) for used in device.sub_devices()]
            except DevFailed as failure:
                _logger.info("%s does not tell its sub-devices: %s", name, failure)
    return found


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


def _python_name(label: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in label)
