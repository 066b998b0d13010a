"""Devices in bulk, as the control-system database lists them."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from ._device import TangoDevice
from ._kinds import Kinds
from ._listing import listed

D = TypeVar("D")


class Devices(dict[str, D], Generic[D]):
    """Devices by their names; an alias finds its device too."""

    def __init__(self) -> None:
        super().__init__()
        self.aliases: dict[str, str] = {}

    def __missing__(self, key: str) -> D:
        name = self.aliases.get(key.lower(), key.lower())
        if name != key and name in self:
            return self[name]
        raise KeyError(key)


class TangoDevices(Devices[TangoDevice]):
    """Classic ophyd's devices."""


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
    found = TangoDevices()
    for each in listed(pattern, database, sub_devices=sub_devices):
        options_of = {"name": each.label, "kinds": kinds, **options}
        found[each.name] = TangoDevice(each.trl, **options_of)
        if each.alias:
            found.aliases[each.alias.lower()] = each.name
    return found
