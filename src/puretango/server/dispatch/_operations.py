"""The operations of Device … Device_6 on a device, by their names on the wire.

Each is a coroutine ``(device, client, *arguments)``; whatever it raises becomes the client's
exception. Those about the device itself are here; commands, attributes and pipes have files of
their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from puretango import idl
from puretango.errors import BAD_OPERATION, IMP_LIMIT, DevFailed, SystemException
from puretango.idl import DEVICE_REPO_IDS
from puretango.server.dispatch import _attributes as _attributeoperations
from puretango.server.dispatch import _commands as _commandoperations
from puretango.server.dispatch import _pipes as _pipeoperations
from puretango.server.dispatch._stateplan import BUSY, NOT_ACQUIRED
from puretango.server.dispatch._table import HANDLERS, Handler, note, operation
from puretango.values import DevState

if TYPE_CHECKING:
    from puretango.server.base._peer import Client
    from puretango.server.device._deviceimpl import DeviceImpl

__all__ = ["HANDLERS", "find_handler"]

# The rooms that have files of their own have written theirs into the table when imported.
ROOMS = (_attributeoperations, _commandoperations, _pipeoperations)
HANDLERS.update(_pipeoperations.OPERATIONS)


# -- CORBA's own ---------------------------------------------------------------------------------


@operation("_is_a")
async def _is_a(device: DeviceImpl, client: Client, repo_id: str) -> bool:
    if repo_id == f"IDL:Tango/Device_{device.idl_version}:1.0":
        return True
    known = DEVICE_REPO_IDS[-(device.idl_version + 1) :]
    return repo_id in known


@operation("_non_existent")
async def _non_existent(device: DeviceImpl, client: Client) -> bool:
    return False


# -- CORBA attributes: they raise nothing ----------------------------------------------------------


@operation("_get_name")
async def _get_name(device: DeviceImpl, client: Client) -> str:
    note(device, "_get_name", client)
    return device._tango_name


@operation("_get_description")
async def _get_description(device: DeviceImpl, client: Client) -> str:
    note(device, "_get_description", client)
    return device._tango_description


@operation("_get_adm_name")
async def _get_adm_name(device: DeviceImpl, client: Client) -> str:
    note(device, "_get_adm_name", client)
    return device._tango_server.admin_name


@contextmanager
def _inside(device: DeviceImpl, client: Client, name: str) -> Iterator[None]:
    """In the device's monitor, and noted there; IMP_LIMIT says that it cannot be had in time."""
    with device._tango_serving(client), ExitStack() as stack:
        try:
            stack.enter_context(device._tango_monitor)
        except DevFailed as error:
            raise IMP_LIMIT(error.args[0].desc, minor=BUSY) from error
        note(device, name, client)
        yield


@operation("_get_state")
async def _get_state(device: DeviceImpl, client: Client) -> DevState:
    try:
        with _inside(device, client, "_get_state"):
            if device._tango_has_hook:
                await device._tango_call(device.always_executed_hook)
            return await device._tango_current_state()
    except SystemException:
        raise
    except Exception as error:
        device.warn_stream("State: %s", error)
        return device._tango_state_value


@operation("_get_status")
async def _get_status(device: DeviceImpl, client: Client) -> str:
    try:
        with _inside(device, client, "_get_status"):
            if device._tango_has_hook:
                await device._tango_call(device.always_executed_hook)
            return await device._tango_current_status()
    except SystemException:
        return NOT_ACQUIRED
    except Exception as error:
        device.warn_stream("Status: %s", error)
        return device._tango_status_text


# -- about the device --------------------------------------------------------------------------------


@operation("ping")
async def _ping(device: DeviceImpl, client: Client) -> None:
    note(device, "ping", client)


@operation("black_box")
async def _black_box(device: DeviceImpl, client: Client, count: int) -> list[str]:
    texts = device._tango_black_box.read(count)
    note(device, "blackbox", client)  # so in the box, whatever the operation is called
    return texts


def _info(device: DeviceImpl) -> tuple[Any, ...]:
    cls = device._tango_device_class
    return (
        cls.get_name(),
        device._tango_server.server_id,
        device._tango_server.host_name,
        device.idl_version,
        f"Doc URL = {cls.get_doc_url()}",
    )


@operation("info")
async def _info_1(device: DeviceImpl, client: Client) -> Any:
    note(device, "info", client)
    return idl.DevInfo(*_info(device))


@operation("info_3")
async def _info_3(device: DeviceImpl, client: Client) -> Any:
    note(device, "info_3", client)
    info: Any = idl.DevInfo_3
    return info(*_info(device), device._tango_device_class.get_type())


@operation("info_6")
async def _info_6(device: DeviceImpl, client: Client) -> Any:
    note(device, "info_6", client)
    versions = [idl.DevVersionInfo(k, v) for k, v in device.get_version_info().items()]
    info: Any = idl.DevInfo_6
    return info(*_info(device), device._tango_device_class.get_type(), versions)


def find_handler(name: str) -> Handler:
    """The coroutine of an operation, or CORBA's BAD_OPERATION."""
    handler = HANDLERS.get(name)
    if handler is None:
        raise BAD_OPERATION(f"no such operation: {name}")
    return handler
