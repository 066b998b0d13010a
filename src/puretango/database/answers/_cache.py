"""DbGetDataForServerCache: all that a server asks at its start, in one answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from puretango.database.answers._answers import INCORRECT_ARGUMENTS, answers, refuse
from puretango.store import Store

__all__ = ["PROCEDURE_RELEASE", "server_cache"]

PROCEDURE_RELEASE = "release 1.13"
"""The layout's version, from the comment of Tango's SQL procedure for this answer."""

NOT_FOUND = "Not Found"
SERVICE = "AccessControl/tango:"


@answers("DbGetDataForServerCache")
def server_cache(store: Store, argin: Sequence[str]) -> list[Any]:
    """A flat list, in which numbers give the lengths of the parts that follow.

    ::

        release (if the caller's is 9 or more), admin device, event factory of the host,
        event channel of the server, properties of the classes DServer and Default and of the
        admin device, server, number of classes,
        (properties of the class, of its attributes, of its pipes, its devices,
        (properties of the device, of its attributes, of its pipes)*)*,
        properties of CtrlSystem, device of the access control
    """
    if len(argin) != 2:
        refuse(
            INCORRECT_ARGUMENTS,
            "Incorrect no. of input arguments, needs 2 (ds_name,host_name)",
            "DbGetDataForServerCache",
        )
    server, host = argin
    # A server of Tango 9 or later appends its release to the host: host%%release.
    host, mark, release = host.partition("%%")
    pipes = bool(mark) and _whole(release) >= 9
    with store.look():
        return _Answer(store, pipes).of(server, host)


def _for_python(name: str) -> Any:
    """A device's name in the form for a server's list of devices to make.

    PyTango's servers take these names, and only these, for Latin-1 (C++ DataBaseds on tables in
    Latin-1 sends them so); a device with a name that they misread is exported under another.
    """
    try:
        return name if name.isascii() else name.encode("latin-1")
    except UnicodeEncodeError:
        return name


def _whole(text: str) -> int:
    digits = text.split(".", maxsplit=1)[0]
    return int(digits) if digits.isdecimal() and digits.isascii() else 0


class _Answer:
    def __init__(self, store: Store, pipes: bool) -> None:
        self._store = store
        self._pipes = pipes

    def of(self, server: str, host: str) -> list[Any]:
        store = self._store
        admin = f"dserver/{server}"
        found: list[Any] = [PROCEDURE_RELEASE] if self._pipes else []
        found += self._device(admin)
        if found[-1] == NOT_FOUND:
            return found
        found += self._event(f"notifd/factory/{host}")
        found += self._event(admin)
        found += self._class("DServer")
        found += self._class("Default")
        found += self._properties(admin, store.device_properties.of_owner(admin))
        devices = store.devices.of_server(server)
        classes: dict[str, str] = {}
        for _, name in devices:
            if name.lower() != "dserver":
                classes.setdefault(name.lower(), name)
        found += [server, str(len(classes))]
        for key, name in classes.items():
            found += self._class(name)
            found += self._members(name, store.class_attributes.of_owner(name))
            if self._pipes:
                found += self._members(name, store.class_pipes.of_owner(name))
            mine = {device.upper(): device for device, kind in devices if kind.lower() == key}
            names = [mine[upper] for upper in sorted(mine)]
            found += [name, str(len(names)), *map(_for_python, names)]
            for device in names:
                found += self._properties(device, store.device_properties.of_owner(device))
                found += self._members(device, store.device_attributes.of_owner(device))
                if self._pipes:
                    found += self._members(device, store.device_pipes.of_owner(device))
        system = store.object_properties.of_owner("CtrlSystem")
        found += self._properties("CtrlSystem", system)
        access = _access_device(system)
        if access is not None:
            found += self._device(access)
        return found

    def _device(self, name: str) -> list[str]:
        found = self._store.devices.named(name)
        if found is None:
            return [name, NOT_FOUND]
        pid = "" if found.pid is None else str(found.pid)
        exported = "" if found.exported is None else str(found.exported)
        ior = found.ior or ""
        return [
            name,
            ior,
            found.version,
            found.server,
            found.host,
            exported,
            pid,
            found.device_class,
        ]

    def _event(self, name: str) -> list[str]:
        events = self._store.events
        found = events.find(name) or events.find(name.partition(".")[0])
        if found is None:
            return [name, NOT_FOUND]
        return [name, found.ior, found.version, found.host, str(found.exported), str(found.pid)]

    def _class(self, name: str) -> list[str]:
        return self._properties(name, self._store.class_properties.of_owner(name))

    def _properties(
        self, owner: str, properties: Sequence[tuple[tuple[str, ...], str, list[str]]]
    ) -> list[str]:
        found = [owner, str(len(properties))]
        for _, name, values in properties:
            found += [name, str(len(values)), *values]
        return found

    def _members(
        self, owner: str, properties: Iterable[tuple[tuple[str, ...], str, list[str]]]
    ) -> list[str]:
        members: dict[str, tuple[str, list[str], int]] = {}
        for (member,), name, values in properties:
            key = member.upper()
            spelled, words, count = members.get(key, (member, [], 0))
            words += [name, str(len(values)), *values]
            members[key] = (spelled, words, count + 1)
        found = [owner, str(len(members))]
        for spelled, words, count in members.values():
            found += [spelled, str(count), *words]
        return found


def _access_device(system: Iterable[tuple[tuple[str, ...], str, list[str]]]) -> str | None:
    """The device of the access control service, if the control system has one."""
    device = None
    for _, name, values in system:
        if name.lower() != "services":
            continue
        for value in values:
            if SERVICE.lower() in value.lower():
                device = value[len(SERVICE) :]
                if "tango://" in device:
                    device = "/".join(device.split("/")[-3:])
    return device
