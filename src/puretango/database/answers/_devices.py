"""Commands about devices: definition, export, import, lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from puretango.database.answers._answers import (
    DEVICE_NOT_DEFINED,
    INCORRECT_ARGUMENTS,
    INCORRECT_DEVICE_NAME,
    answers,
    column_number,
    refuse,
    require,
)
from puretango.store import DeviceRecord, Store, plain_device_name

LongsStrings = tuple[list[int], list[str]]


def process_id(text: str) -> int:
    """A process id within an argument; -1 if the text is not one, DB_SQLError if it is too large."""
    return column_number(text, -1, "db_export_device")


def checked_name(name: str, origin: str) -> str:
    """The plain name of a device that is to be defined."""
    plain = plain_device_name(name)
    if plain is None:
        refuse(
            INCORRECT_DEVICE_NAME,
            f"device name ({name}) syntax error "
            "(should be [tango:][//instance/]domain/family/member)",
            origin,
        )
    return plain


@answers("DbAddDevice")
def add_device(store: Store, argin: Sequence[str]) -> None:
    require(
        argin,
        3,
        "incorrect no. of input arguments, needs at least 3 (server,device,class)",
        "AddDevice",
    )
    server, name, device_class = argin[:3]
    name = checked_name(name, "AddDevice")
    with store.change():
        store.devices.add(server, name, device_class, argin[3] if len(argin) > 3 else None)
        store.devices.add_admin(server)


@answers("DbDeleteDevice")
def delete_device(store: Store, argin: str) -> None:
    name = plain_device_name(argin)
    if name is None:
        refuse(
            INCORRECT_DEVICE_NAME,
            "failed to delete device, device name incorrect",
            "db_delete_device",
        )
    store.devices.remove(name)


@answers("DbExportDevice")
def export_device(store: Store, argin: Sequence[str]) -> None:
    require(argin, 5, "Insufficient export info for device", "DbExportDevice")
    name, ior, host, pid, version = argin[:5]
    name = name.lower()
    if not store.devices.export(name, ior, host, process_id(pid), version):
        refuse(DEVICE_NOT_DEFINED, f"device {name} not defined in the database !", "ExportDevice")


@answers("DbUnExportDevice")
def unexport_device(store: Store, argin: str) -> None:
    store.devices.unexport(argin)


@answers("DbImportDevice")
def import_device(store: Store, argin: str) -> LongsStrings:
    name, found = _defined(store, argin, "ImportDevice")
    return (
        _longs(found),
        [name, found.ior or "", found.version, found.server, found.host, found.device_class],
    )


@answers("DbGetDeviceInfo")
def device_info(store: Store, argin: str) -> LongsStrings:
    name, found = _defined(store, argin, "GetDeviceInfo")
    return (
        _longs(found),
        [
            name,
            found.ior or "",
            found.version,
            found.server,
            found.host,
            spoken_date(found.started),
            spoken_date(found.stopped),
            found.device_class,
        ],
    )


def _defined(store: Store, argin: str, origin: str) -> tuple[str, DeviceRecord]:
    name = argin.lower()
    found = store.devices.find(name)
    if found is None:
        refuse(DEVICE_NOT_DEFINED, f"device {name} not defined in the database !", origin)
    return name, found


def _longs(found: DeviceRecord) -> list[int]:
    return [
        -1 if found.exported is None else found.exported,
        -1 if found.pid is None else found.pid,
    ]


def spoken_date(text: str | None) -> str:
    """``21st November 2026 at 02:30:00``, or ``?`` if there is no date."""
    if not text:
        return "?"
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        return "?"
    day = date.day
    ending = "th" if day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending} {_MONTHS[date.month - 1]} {date.year} at {date:%H:%M:%S}"


_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@answers("DbGetClassForDevice")
def class_for_device(store: Store, argin: str) -> str:
    found = store.devices.named(argin)
    if found is None:
        refuse(INCORRECT_ARGUMENTS, f"Class not found for {argin}", "db_get_class_for_device")
    return found.device_class


@answers("DbGetClassInheritanceForDevice")
def class_inheritance(store: Store, argin: str) -> list[str]:
    device_class = class_for_device(store, argin)
    return [device_class, *store.class_properties.get((device_class,), "InheritedFrom")]


@answers("DbGetDeviceList")
def device_list(store: Store, argin: Sequence[str]) -> list[str]:
    if len(argin) != 2:
        refuse(
            INCORRECT_ARGUMENTS,
            "incorrect no. of input arguments, needs 2 (server,class)",
            "GetDeviceList",
        )
    return store.devices.names(server=argin[0], device_class=argin[1])


@answers("DbGetDeviceExportedList")
def exported_devices(store: Store, argin: str) -> list[str]:
    return store.devices.names(argin, exported=True, or_alias=True)


@answers("DbGetExportdDeviceListForClass")
def exported_devices_of_class(store: Store, argin: str) -> list[str]:
    return store.devices.names(device_class=argin, exported=True)


@answers("DbGetDeviceWideList")
def all_devices(store: Store, argin: str) -> list[str]:
    return store.devices.names(argin)


@answers("DbGetDeviceClassList")
def devices_and_classes(store: Store, argin: str) -> list[str]:
    found = sorted(store.devices.of_server(argin), key=lambda pair: pair[0].upper())
    return [word for pair in found for word in pair]


@answers("DbGetDeviceServerClassList")
def classes_of_server(store: Store, argin: str) -> list[str]:
    return store.devices.classes(server=argin)


@answers("DbGetClassList")
def class_list(store: Store, argin: str) -> list[str]:
    return store.devices.classes(argin)


def _parts(part: str) -> Callable[[Store, str], list[str]]:
    def parts(store: Store, argin: str) -> list[str]:
        return store.devices.parts(part, argin)

    return parts


for _part in ("domain", "family", "member"):
    answers(f"DbGetDevice{_part.capitalize()}List")(_parts(_part))


@answers("DbGetForwardedAttributeListForDevice")
def forwarded_attributes(store: Store, argin: str) -> list[str]:
    return [word for found in store.forwarded_attributes(argin) for word in found]
