"""Devices and servers in the database: declared, exported, imported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from puretango.client.database._call import orders, question
from puretango.client.database._data import (
    DbDevExportInfo,
    DbDevFullInfo,
    DbDevImportInfo,
    DbDevInfo,
    DbServerInfo,
)
from puretango.client.green._green import green_core
from puretango.client.commands._typed import STRING, STRINGS, typed_command
from puretango.errors import DevFailed
from puretango.values import GreenMode

if TYPE_CHECKING:
    from puretango.client.session._io import IO
    from puretango.client.session._session import Session

__all__ = ["DatabaseDevices"]

_SYNCHRONOUS = GreenMode.Synchronous


def _server_info(answer: Any, args: tuple[Any, ...]) -> DbServerInfo:
    info = DbServerInfo()
    try:
        info.name, info.host = answer[0], answer[1]
        info.mode, info.level = int(answer[2]), int(answer[3])
    except (IndexError, ValueError):
        raise _incoherent("get_server_info") from None
    return info


def _incoherent(what: str) -> DevFailed:
    return DevFailed.make(
        "API_IncoherentDbData", "Incoherent data received from database", f"Database::{what}()"
    )


def _exported(info: DbDevExportInfo) -> list[str]:
    return [info.name, info.ior, info.host, str(info.pid), info.version]


class DatabaseDevices:
    """Device and server calls of a Database."""

    _session: Session

    async def imported(self, io: IO, dev_name: str) -> DbDevImportInfo:
        """Where a device is."""
        numbers, texts = await typed_command(io, self._session, "DbImportDevice", STRING, dev_name)
        try:
            return DbDevImportInfo(dev_name, int(numbers[0]), texts[1], texts[2])
        except IndexError:
            raise _incoherent("import_device") from None

    async def alias_of(self, io: IO, dev_name: str) -> str:
        """The alias of a device."""
        alias: str = await typed_command(io, self._session, "DbGetDeviceAlias", STRING, dev_name)
        return alias

    @green_core(default_mode=_SYNCHRONOUS)
    async def import_device(self, io: IO, dev_name: str) -> DbDevImportInfo:
        """Where a device is."""
        return await self.imported(io, dev_name)

    @green_core(default_mode=_SYNCHRONOUS)
    async def export_device(self, io: IO, dev_export: DbDevExportInfo) -> None:
        """Say where a device is."""
        argument = _exported(dev_export)
        await typed_command(io, self._session, "DbExportDevice", STRINGS, argument)

    @green_core(default_mode=_SYNCHRONOUS)
    async def export_server(
        self, io: IO, dev_info: DbDevExportInfo | Sequence[DbDevExportInfo]
    ) -> None:
        """Say where the devices of a server are."""
        if isinstance(dev_info, DbDevExportInfo):
            dev_info = [dev_info]
        if not all(isinstance(info, DbDevExportInfo) for info in dev_info):
            raise TypeError(
                "Value must be a DbDevExportInfos, a seq<DbDevExportInfo> or a DbDevExportInfo"
            )
        for info in dev_info:  # as of now no server has DbExportServer
            await typed_command(io, self._session, "DbExportDevice", STRINGS, _exported(info))

    @green_core(default_mode=_SYNCHRONOUS)
    async def add_device(self, io: IO, dev_info: DbDevInfo) -> None:
        """Declare a device."""
        argument = [dev_info.server, dev_info.name, dev_info.klass]
        await typed_command(io, self._session, "DbAddDevice", STRINGS, argument)

    @green_core(default_mode=_SYNCHRONOUS)
    async def add_server(
        self,
        io: IO,
        servname: str,
        dev_info: DbDevInfo | Sequence[DbDevInfo],
        with_dserver: bool = False,
    ) -> None:
        """Declare a server with its devices, and with its admin device if so wished."""
        if isinstance(dev_info, DbDevInfo):
            dev_info = [dev_info]
        if not all(isinstance(info, DbDevInfo) for info in dev_info):
            raise TypeError("Value must be a DbDevInfos, a seq<DbDevInfo> or a DbDevInfo")
        devices = list(dev_info)
        if with_dserver and all(info.klass != "DServer" for info in devices):
            server = devices[0].server
            devices.append(DbDevInfo(f"dserver/{server}", "DServer", server))
        argument = [servname]
        for info in devices:
            argument += [info.name, info.klass]
        await typed_command(io, self._session, "DbAddServer", STRINGS, argument)

    unexport_device = orders(
        "unexport_device", "DbUnExportDevice", "dev_name", "Say that a device is nowhere."
    )
    delete_device = orders(
        "delete_device", "DbDeleteDevice", "dev_name", "Delete a device with its properties."
    )
    delete_server = orders(
        "delete_server", "DbDeleteServer", "server", "Delete a server with its devices."
    )
    unexport_server = orders(
        "unexport_server",
        "DbUnExportServer",
        "server",
        "Say that the devices of a server are nowhere.",
    )
    delete_server_info = orders(
        "delete_server_info",
        "DbDeleteServerInfo",
        "server",
        "Delete how a server is controlled.",
    )
    rename_server = orders(
        "rename_server",
        "DbRenameServer",
        "old_ds_name new_ds_name",
        "Give a server another name.",
    )
    export_event = orders(
        "export_event",
        "DbExportEvent",
        "event_data",
        "Say where an event channel is.",
        as_list=True,
    )
    unexport_event = orders(
        "unexport_event", "DbUnExportEvent", "event", "Say that an event channel is nowhere."
    )
    get_server_info = question(
        "get_server_info",
        "DbGetServerInfo",
        "server",
        "How a server is controlled.",
        _server_info,
    )

    @green_core(default_mode=_SYNCHRONOUS)
    async def put_server_info(self, io: IO, info: DbServerInfo) -> None:
        """Say how a server is controlled."""
        argument = [info.name, info.host, str(info.mode), str(info.level)]
        await typed_command(io, self._session, "DbPutServerInfo", STRINGS, argument)

    @green_core(default_mode=_SYNCHRONOUS)
    async def get_device_info(self, io: IO, dev_name: str) -> DbDevFullInfo:
        """All that the database knows of a device."""
        numbers, texts = await typed_command(io, self._session, "DbGetDeviceInfo", STRING, dev_name)
        info = DbDevFullInfo()
        try:
            info.name, info.ior, info.version, info.ds_full_name, info.host = texts[:5]
            info.started_date = texts[5] if len(texts[5]) != 1 else ""
            info.stopped_date = texts[6] if len(texts[6]) != 1 else ""
            info.exported, info.pid = int(numbers[0]), int(numbers[1])
        except (IndexError, ValueError):
            raise _incoherent("get_device_info") from None
        if len(texts) > 7:
            info.class_name = texts[7]
        else:
            info.class_name = await typed_command(
                io, self._session, "DbGetClassforDevice", STRING, dev_name
            )
        return info
