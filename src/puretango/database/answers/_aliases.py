"""Commands about aliases, and about event channels of the notification service."""

from __future__ import annotations

from collections.abc import Sequence

from puretango.database.answers._answers import (
    ALIAS_NOT_DEFINED,
    DEVICE_NOT_DEFINED,
    INCORRECT_ARGUMENTS,
    INCORRECT_DEVICE_NAME,
    SQL_ERROR,
    answers,
    refuse,
    require,
)
from puretango.database.answers._devices import LongsStrings, process_id
from puretango.store import Store, plain_device_name


@answers("DbPutDeviceAlias")
def put_device_alias(store: Store, argin: Sequence[str]) -> None:
    require(argin, 2, "insufficient alias info for device", "db_put_device_alias")
    device, alias = argin[:2]
    if "/" in alias or " " in alias:
        refuse(
            INCORRECT_ARGUMENTS,
            "Wrong alias info for device!. Characters '/',' ' forbidden in alias",
            "db_put_device_alias",
        )
    if not store.aliases.put_device(device, alias):
        refuse(SQL_ERROR, f"alias {alias} already exists !", "db_put_device_alias")


@answers("DbDeleteDeviceAlias")
def delete_device_alias(store: Store, argin: str) -> None:
    store.aliases.remove_device(argin)


@answers("DbGetDeviceAlias")
def device_alias(store: Store, argin: str) -> str:
    name = plain_device_name(argin)
    if name is None:
        refuse(
            INCORRECT_DEVICE_NAME,
            "failed to find alias, device name incorrect",
            "db_get_device_alias",
        )
    alias = store.aliases.of_device(name)
    if alias is None:
        refuse(ALIAS_NOT_DEFINED, f"No alias found for device '{name}'", "db_get_device_alias")
    return alias


@answers("DbGetAliasDevice")
def alias_device(store: Store, argin: str) -> str:
    name = store.aliases.device_of(argin)
    if name is None:
        refuse(DEVICE_NOT_DEFINED, f"No device found for alias '{argin}'", "db_get_alias_device")
    return name


@answers("DbGetDeviceAliasList")
def device_alias_list(store: Store, argin: str) -> list[str]:
    return store.aliases.device_aliases(argin)


@answers("DbPutAttributeAlias")
def put_attribute_alias(store: Store, argin: Sequence[str]) -> None:
    origin = "db_put_attribute_alias"
    require(argin, 2, "insufficient alias info for attribute", origin)
    name, alias = argin[:2]
    if "/" in alias or " " in alias:
        refuse(
            INCORRECT_ARGUMENTS,
            "Wrong alias for attribute!. Characters '/',' ' forbidden in alias",
            origin,
        )
    if name.count("/") != 3:
        refuse(SQL_ERROR, f"attribute name {name} has bad syntax, must have 3 / in it", origin)
    if not store.aliases.put_attribute(name, alias):
        refuse(SQL_ERROR, f"alias {alias} already exists !", origin)


@answers("DbDeleteAttributeAlias")
def delete_attribute_alias(store: Store, argin: str) -> None:
    store.aliases.remove_attribute(argin)


@answers("DbGetAttributeAlias")
def attribute_alias(store: Store, argin: str) -> str:
    return _attribute_of(store, argin, "db_get_attribute_alias")


@answers("DbGetAliasAttribute")
def alias_attribute(store: Store, argin: str) -> str:
    return _attribute_of(store, argin, "db_get_alias_attribute")


def _attribute_of(store: Store, alias: str, origin: str) -> str:
    name = store.aliases.attribute_of(alias)
    if name is None:
        # Two blanks, as in Tango's own text.
        refuse(SQL_ERROR, f"No attribute found for alias  '{alias}'", origin)
    return name


@answers("DbGetAttributeAlias2")
def alias_of_attribute(store: Store, argin: str) -> str:
    alias = store.aliases.of_attribute(argin)
    if alias is None:
        refuse(SQL_ERROR, f"No alias found for attribute  '{argin}'", "db_get_attribute_alias2")
    return alias


@answers("DbGetAttributeAliasList")
def attribute_alias_list(store: Store, argin: str) -> list[str]:
    return store.aliases.attribute_aliases(argin)


@answers("DbExportEvent")
def export_event(store: Store, argin: Sequence[str]) -> None:
    require(argin, 5, "insufficient export info for event", "db_export_event")
    name, ior, host, pid, version = argin[:5]
    store.events.export(name.lower(), ior, host, process_id(pid), version)


@answers("DbImportEvent")
def import_event(store: Store, argin: str) -> LongsStrings:
    name = argin.lower()
    found = store.events.find(name)
    if found is None:
        refuse(DEVICE_NOT_DEFINED, f"event {name} not defined in the database !", "db_import_event")
    return (
        [
            -1 if found.exported is None else found.exported,
            -1 if found.pid is None else found.pid,
        ],
        [name, found.ior, found.version, found.host],
    )


@answers("DbUnExportEvent")
def unexport_event(store: Store, argin: str) -> None:
    store.events.unexport(argin)
