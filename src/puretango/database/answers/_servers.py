"""Commands about device servers and the hosts they run on."""

from __future__ import annotations

from collections.abc import Sequence

from puretango.database.answers._answers import (
    INCORRECT_SERVER_NAME,
    answers,
    column_number,
    refuse,
    require,
)
from puretango.database.answers._devices import checked_name
from puretango.store import Store

NOTHING = " "
"""The answer of Tango's database server in place of a missing value."""


@answers("DbAddServer")
def add_server(store: Store, argin: Sequence[str]) -> None:
    require(
        argin,
        3,
        "incorrect no. of input arguments, needs at least 3 (server,device,class)",
        "AddServer",
    )
    server = argin[0]
    pairs = [
        (checked_name(name, "AddServer"), device_class)
        for name, device_class in zip(argin[1::2], argin[2::2], strict=False)
    ]
    with store.change():
        for name, device_class in pairs:
            store.devices.add(server, name, device_class)
        store.devices.add(server, f"dserver/{server}", "DServer")


@answers("DbDeleteServer")
def delete_server(store: Store, argin: str) -> None:
    if "*" in argin or "%" in argin or "/" not in argin:
        refuse(
            INCORRECT_SERVER_NAME,
            "failed to delete server, server name incorrect",
            "db_delete_server",
        )
    with store.change():
        if store.devices.named(f"dserver/{argin}") is None:
            refuse(
                INCORRECT_SERVER_NAME,
                f"Server {argin} not defined in database !",
                "db_delete_server",
            )
        for name, _ in store.devices.of_server(argin):
            store.devices.remove(name)


@answers("DbRenameServer")
def rename_server(store: Store, argin: Sequence[str]) -> None:
    if len(argin) != 2:
        refuse(
            "DB_WrongArgNUmber",
            "Wrong number of args (two required: old name and new name)",
            "db_rename_server",
        )
    old, new = argin
    if "/" not in old or "/" not in new:
        refuse(
            "Db_WrongArgument",
            "Wrong syntax in command args (ds_exec_name/inst_name)",
            "db_rename_server",
        )
    with store.change():
        if store.devices.named(f"dserver/{new}") is not None:
            refuse(
                "Db_WrongArgument",
                f"Device server process name {new} is already used",
                "db_rename_server",
            )
        if store.devices.named(f"dserver/{old}") is None:
            refuse(
                INCORRECT_SERVER_NAME, f"Server {old} not defined in database !", "db_delete_server"
            )
        store.servers.rename(old, new)


@answers("DbUnExportServer")
def unexport_server(store: Store, argin: str) -> None:
    store.devices.unexport_server(argin)


@answers("DbGetServerInfo")
def server_info(store: Store, argin: str) -> list[str]:
    found = store.servers.find(argin)
    if found is None:
        return [argin, NOTHING, NOTHING, NOTHING]
    return [argin, found.host, str(found.mode), str(found.level)]


@answers("DbPutServerInfo")
def put_server_info(store: Store, argin: Sequence[str]) -> None:
    require(argin, 4, "insufficient server info", "db_put_server_info")
    name, host, mode, level = argin[:4]
    origin = "db_put_server_info"
    store.servers.put(
        name.lower(), host, column_number(mode, 0, origin), column_number(level, 0, origin)
    )


@answers("DbDeleteServerInfo")
def delete_server_info(store: Store, argin: str) -> None:
    store.servers.remove(argin)


@answers("DbGetServerList")
def server_list(store: Store, argin: str) -> list[str]:
    return store.devices.servers(argin)


@answers("DbGetServerNameList")
def server_names(store: Store, argin: str) -> list[str]:
    executables: dict[str, str] = {}
    for server in store.devices.servers(argin):
        executable = server.partition("/")[0]
        executables.setdefault(executable.lower(), executable)
    return list(executables.values())


@answers("DbGetInstanceNameList")
def instance_names(store: Store, argin: str) -> list[str]:
    found = (server.partition("/") for server in store.devices.servers(f"{argin}/*"))
    return [instance if slash else executable for executable, slash, instance in found]


@answers("DbGetHostList")
def host_list(store: Store, argin: str) -> list[str]:
    return store.devices.hosts(argin)


@answers("DbGetHostServerList")
def host_servers(store: Store, argin: str) -> list[str]:
    return store.devices.servers_on_host(argin)


@answers("DbGetHostServersInfo")
def host_servers_info(store: Store, argin: str) -> list[str]:
    with store.look():
        found: list[str] = []
        for server in store.devices.servers_on_host(argin):
            _, _, mode, level = server_info(store, server)
            found += [server, mode, level]
        return found
