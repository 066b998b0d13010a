"""The initial contents of a control system's database."""

from __future__ import annotations

from puretango.store import Store

__all__ = ["DATABASE_DEVICE", "DATABASE_SERVER", "prepare"]

DATABASE_DEVICE = "sys/database/2"
"""The Database device: its name in every control system."""

DATABASE_SERVER = "DataBaseds/2"
"""Its server: the name that clients know from Tango's own."""

ALLOWED = {
    "Database": [
        "DbGetServerInfo",
        "DbGetServerNameList",
        "DbGetInstanceNameList",
        "DbGetDeviceServerClassList",
        "DbGetDeviceList",
        "DbGetDeviceDomainList",
        "DbGetDeviceFamilyList",
        "DbGetDeviceMemberList",
        "DbGetClassList",
        "DbGetDeviceAliasList",
        "DbGetObjectList",
        "DbGetPropertyList",
        "DbGetProperty",
        "DbGetClassPropertyList",
        "DbGetClassProperty",
        "DbGetDevicePropertyList",
        "DbGetDeviceProperty",
        "DbGetClassAttributeList",
        "DbGetDeviceAttributeProperty",
        "DbGetDeviceAttributeProperty2",
        "DbGetLoggingLevel",
        "DbGetAliasDevice",
        "DbGetClassForDevice",
        "DbGetClassInheritanceForDevice",
        "DbGetDataForServerCache",
        "DbInfo",
        "DbGetClassAttributeProperty",
        "DbGetClassAttributeProperty2",
        "DbMysqlSelect",
        "DbGetDeviceInfo",
        "DbGetDeviceWideList",
        "DbImportEvent",
        "DbGetDeviceAlias",
        "DbGetCSDbServerList",
        "DbGetDeviceClassList",
        "DbGetDeviceExportedList",
        "DbGetHostServerList",
        "DbGetAttributeAlias2",
        "DbGetAliasAttribute",
        "DbGetClassPipeProperty",
        "DbGetDevicePipeProperty",
        "DbGetClassPipeList",
        "DbGetDevicePipeList",
        "DbGetAttributeAliasList",
        "DbGetForwardedAttributeListForDevice",
    ],
    "DServer": [
        "QueryClass",
        "QueryDevice",
        "EventSubscriptionChange",
        "DevPollStatus",
        "GetLoggingLevel",
        "GetLoggingTarget",
        "QueryWizardDevProperty",
        "QueryWizardClassProperty",
        "QuerySubDevice",
        "ZMQEventSubscriptionChange",
        "EventConfirmSubscription",
    ],
    "Starter": [
        "DevReadLog",
        "DevStart",
        "DevGetRunningServers",
        "DevGetStopServers",
        "UpdateServersInfo",
    ],
    "TangoAccessControl": [
        "GetUsers",
        "GetAddressByUser",
        "GetDeviceByUser",
        "GetAccess",
        "GetAllowedCommands",
        "GetAllowedCommandClassList",
    ],
}
"""Commands allowed to users with read access only (property AllowedAccessCmd)."""


def prepare(store: Store) -> None:
    """Define the database's own server, and in a new store the classes' allowed commands."""
    with store.look():
        defined = store.devices.named(DATABASE_DEVICE) is not None
    if defined:
        return
    with store.change():
        store.devices.add(DATABASE_SERVER, DATABASE_DEVICE, "DataBase")
        store.devices.add_admin(DATABASE_SERVER)
        for device_class, commands in ALLOWED.items():
            if not store.class_properties.names(device_class, "AllowedAccessCmd"):
                store.class_properties.put((device_class,), "AllowedAccessCmd", commands)
