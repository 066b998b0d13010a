"""The operations of Device … Device_6 on a device, by their names on the wire.

Each is a coroutine ``(device, *arguments)`` that does the work inside of the operation's frame;
whatever it raises becomes the client's exception. Those about the device itself are here;
commands, attributes and pipes have files of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puretango import idl
from puretango.errors import IMP_LIMIT, DevFailed
from puretango.idl import DEVICE_REPO_IDS, OPERATIONS
from puretango.server.base._visit import STATES, UNNOTED
from puretango.server.dispatch import _attributes, _commands, _pipes
from puretango.server.dispatch._reply import encoded
from puretango.server.dispatch._table import HANDLERS, operation, told
from puretango.values import DevState

if TYPE_CHECKING:
    from puretango.net import Answer
    from puretango.server.device._deviceimpl import DeviceImpl

__all__ = ["HANDLERS"]

# The subjects with files of their own have added their operations to the table when imported.
ROOMS = (_attributes, _commands, _pipes)

BUSY = 10
"""The minor code of IMP_LIMIT by which C++ devices say that they are busy."""
NOT_ACQUIRED = "Not able to acquire device monitor"
"""The status of a device that has been busy for too long."""


# -- CORBA's own ---------------------------------------------------------------------------------


@operation("_is_a", UNNOTED)
async def _is_a(device: DeviceImpl, repo_id: str) -> bool:
    if repo_id == f"IDL:Tango/Device_{device.idl_version}:1.0":
        return True
    known = DEVICE_REPO_IDS[-(device.idl_version + 1) :]
    return repo_id in known


@operation("_non_existent", UNNOTED)
async def _non_existent(device: DeviceImpl) -> bool:
    return False


# -- CORBA attributes: they raise nothing ----------------------------------------------------------


@operation("_get_name")
async def _get_name(device: DeviceImpl) -> str:
    return device._tango.name


@operation("_get_description")
async def _get_description(device: DeviceImpl) -> str:
    return device._tango.description


@operation("_get_adm_name")
async def _get_adm_name(device: DeviceImpl) -> str:
    return device._tango.server.admin_name


def _state_failed(error: BaseException) -> Answer:
    """The only exception of State that clients get: the device is busy. The work itself raises nothing."""
    if isinstance(error, DevFailed):
        raise IMP_LIMIT(error.args[0].desc, minor=BUSY) from error
    return told(error)


def _status_failed(error: BaseException) -> Answer:
    if isinstance(error, DevFailed):
        return encoded(OPERATIONS["_get_status"], NOT_ACQUIRED)
    return told(error)


def state_now(device: DeviceImpl) -> DevState:
    """The result of _get_state for a blocking device."""
    try:
        if device._tango.has_hook:
            device._tango.call_now(device.always_executed_hook)
        return device._tango.state.current_now()
    except Exception as error:
        device.warn_stream("State: %s", error)
        return device._tango.state.value


def status_now(device: DeviceImpl) -> str:
    """The result of _get_status for a blocking device."""
    try:
        if device._tango.has_hook:
            device._tango.call_now(device.always_executed_hook)
        return device._tango.state.current_status_now()
    except Exception as error:
        device.warn_stream("Status: %s", error)
        return device._tango.state.status


@operation("_get_state", STATES, failed=_state_failed)
async def _get_state(device: DeviceImpl) -> DevState:
    if not device._tango.is_asyncio:
        return state_now(device)
    try:
        if device._tango.has_hook:
            await device._tango.call(device.always_executed_hook)
        return await device._tango.state.current()
    except Exception as error:
        device.warn_stream("State: %s", error)
        return device._tango.state.value


@operation("_get_status", STATES, failed=_status_failed)
async def _get_status(device: DeviceImpl) -> str:
    if not device._tango.is_asyncio:
        return status_now(device)
    try:
        if device._tango.has_hook:
            await device._tango.call(device.always_executed_hook)
        return await device._tango.state.current_status()
    except Exception as error:
        device.warn_stream("Status: %s", error)
        return device._tango.state.status


# -- about the device --------------------------------------------------------------------------------


@operation("ping")
async def _ping(_device: DeviceImpl) -> None:
    """Do nothing: the answer itself is the information."""


@operation("black_box", UNNOTED)
async def _black_box(device: DeviceImpl, count: int) -> list[str]:
    box = device._tango.black_box
    texts = box.read(count)
    # This request is not among them; its entry has this name, whichever operation was called.
    box.record("blackbox", None, None, device._tango.server.subdevices.visits.client())
    return texts


def _info(device: DeviceImpl) -> tuple[Any, ...]:
    cls = device._tango.device_class
    return (
        cls.get_name(),
        device._tango.server.server_id,
        device._tango.server.host_name,
        device.idl_version,
        f"Doc URL = {cls.get_doc_url()}",
    )


@operation("info")
async def _info_1(device: DeviceImpl) -> Any:
    return idl.DevInfo(*_info(device))


@operation("info_3")
async def _info_3(device: DeviceImpl) -> Any:
    info: Any = idl.DevInfo_3
    return info(*_info(device), device._tango.device_class.get_type())


@operation("info_6")
async def _info_6(device: DeviceImpl) -> Any:
    versions = [idl.DevVersionInfo(k, v) for k, v in device.get_version_info().items()]
    info: Any = idl.DevInfo_6
    return info(*_info(device), device._tango.device_class.get_type(), versions)
