"""Devices and servers in the database: declared, exported, imported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from puretango.client.commands._typed import STRINGS, typed_command
from puretango.client.context._target import Target, ior_target
from puretango.client.database.calls._call import DatabaseCalls, text_of
from puretango.client.database.calls._data import (
    DbDevExportInfo,
    DbDevFullInfo,
    DbDevImportInfo,
    DbDevInfo,
    DbServerInfo,
)
from puretango.client.green._green import blocking_core
from puretango.client.session._faults import raise_connection
from puretango.errors import (
    ConnectionFailed,
    DevError,
    DevFailed,
    ErrSeverity,
    SystemException,
)

if TYPE_CHECKING:
    from puretango.client.session._io import IO

__all__ = ["DatabaseDevices", "exported_target"]


def _server_info(answer: Any) -> DbServerInfo:
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


class DatabaseDevices(DatabaseCalls):
    """Device and server calls of a Database."""

    async def imported(self, io: IO, dev_name: str) -> DbDevImportInfo:
        """Where a device is."""

        def then(answer: Any) -> DbDevImportInfo:
            numbers, texts = answer
            if len(numbers) < 1 or len(texts) < 3:
                raise _incoherent("import_device")
            return DbDevImportInfo(dev_name, int(numbers[0]), texts[1], texts[2])

        info = await self._ask_for(io, then, "DbImportDevice", dev_name)
        assert info is not None
        return info

    async def alias_of(self, io: IO, dev_name: str) -> str:
        """The alias of a device."""
        return await self._text(io, "DbGetDeviceAlias", dev_name)

    @blocking_core
    async def import_device(self, io: IO, dev_name: str) -> DbDevImportInfo:
        """Where a device is."""
        return await self.imported(io, dev_name)

    @blocking_core
    async def export_device(self, io: IO, dev_export: DbDevExportInfo) -> None:
        """Say where a device is."""
        argument = _exported(dev_export)
        await typed_command(io, self._session, "DbExportDevice", STRINGS, argument)

    @blocking_core
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
        for info in dev_info:  # one by one: no database server has DbExportServer
            await typed_command(io, self._session, "DbExportDevice", STRINGS, _exported(info))

    @blocking_core
    async def add_device(self, io: IO, dev_info: DbDevInfo) -> None:
        """Declare a device."""
        argument = [dev_info.server, dev_info.name, dev_info.klass]
        await typed_command(io, self._session, "DbAddDevice", STRINGS, argument)

    @blocking_core
    async def add_server(
        self,
        io: IO,
        servname: str,
        dev_info: DbDevInfo | Sequence[DbDevInfo],
        with_dserver: bool = False,
    ) -> None:
        """Declare a server with its devices, and with its admin device if ``with_dserver``."""
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

    @blocking_core
    async def unexport_device(self, io: IO, dev_name: str) -> None:
        """Unexport a device: its server no longer runs."""
        await self._order(io, "DbUnExportDevice", dev_name)

    @blocking_core
    async def delete_device(self, io: IO, dev_name: str) -> None:
        """Delete a device with its properties."""
        await self._order(io, "DbDeleteDevice", dev_name)

    @blocking_core
    async def delete_server(self, io: IO, server: str) -> None:
        """Delete a server with its devices."""
        await self._order(io, "DbDeleteServer", server)

    @blocking_core
    async def unexport_server(self, io: IO, server: str) -> None:
        """Unexport the devices of a server."""
        await self._order(io, "DbUnExportServer", server)

    @blocking_core
    async def delete_server_info(self, io: IO, server: str) -> None:
        """Delete how a server is controlled."""
        await self._order(io, "DbDeleteServerInfo", server)

    @blocking_core
    async def rename_server(self, io: IO, old_ds_name: str, new_ds_name: str) -> None:
        """Give a server another name."""
        await self._order(io, "DbRenameServer", old_ds_name, new_ds_name)

    @blocking_core
    async def export_event(self, io: IO, event_data: Sequence[str]) -> None:
        """Say where an event channel is."""
        await typed_command(io, self._session, "DbExportEvent", STRINGS, list(event_data))

    @blocking_core
    async def unexport_event(self, io: IO, event: str) -> None:
        """Unexport an event channel."""
        await self._order(io, "DbUnExportEvent", event)

    @blocking_core
    async def get_server_info(self, io: IO, server: str) -> DbServerInfo:
        """How a server is controlled."""
        info = await self._ask_for(io, _server_info, "DbGetServerInfo", server)
        assert info is not None
        return info

    @blocking_core
    async def put_server_info(self, io: IO, info: DbServerInfo) -> None:
        """Say how a server is controlled."""
        argument = [info.name, info.host, str(info.mode), str(info.level)]
        await typed_command(io, self._session, "DbPutServerInfo", STRINGS, argument)

    @blocking_core
    async def get_device_info(self, io: IO, dev_name: str) -> DbDevFullInfo:
        """All that the database knows of a device."""
        info = await self._ask_for(io, _device_info, "DbGetDeviceInfo", dev_name)
        assert info is not None
        if not info.class_name:
            info.class_name = await self._text(io, "DbGetClassforDevice", dev_name)
        return info


def _device_info(answer: Any) -> DbDevFullInfo:
    """The answer of DbGetDeviceInfo; older databases leave the class out."""
    numbers, texts = answer
    info = DbDevFullInfo()
    try:
        info.name, info.ior, info.version, info.ds_full_name, info.host = texts[:5]
        info.started_date = texts[5] if len(texts[5]) != 1 else ""
        info.stopped_date = texts[6] if len(texts[6]) != 1 else ""
        info.exported, info.pid = int(numbers[0]), int(numbers[1])
    except (IndexError, ValueError):
        raise _incoherent("get_device_info") from None
    info.class_name = text_of(texts[7]) if len(texts) > 7 else ""
    return info


async def exported_target(io: IO, database: DatabaseDevices, device: str) -> Target:
    """Where a device is, as the database says; ConnectionFailed if its server does not run."""
    info = await database.imported(io, device)
    if not info.exported:
        raise ConnectionFailed(
            DevError(
                "API_DeviceNotExported",
                ErrSeverity.ERR,
                f"Device {device} is not exported (hint: try starting the device server)",
                "DeviceProxy::get_corba_name()",
            )
        )
    try:
        return ior_target(info.ior)
    except SystemException as exc:
        what = f"Failed to connect to device {device}"
        raise_connection(exc, "API_CantConnectToDevice", what, "Connection::connect")
