"""The operations of Device … Device_6 on a device, by their names on the wire.

Each is a coroutine ``(device, client, *arguments)``; whatever it raises becomes the client's
exception.
"""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from puretango import idl
from puretango.errors import BAD_OPERATION, DevFailed, NamedDevFailedList
from puretango.idl import DEVICE_REPO_IDS
from puretango.server import _pipeoperations as pipes
from puretango.server._attribute import Attribute
from puretango.server._attributeconfig import config_of, take_configs
from puretango.server._failure import throw
from puretango.server._reading import ALL_NAMES, read_attributes, wanted_names
from puretango.server._running import run_command
from puretango.server._writing import settings_of, settings_of_any, write_attributes
from puretango.values import AttrDataFormat, AttrQuality, AttrWriteType, DevSource, DevState

if TYPE_CHECKING:
    from puretango.server._deviceimpl import DeviceImpl
    from puretango.server._peer import Client

Handler = Callable[..., Awaitable[Any]]
HANDLERS: dict[str, Handler] = {}
"""Every operation by its name on the wire."""


def operation(*names: str) -> Callable[[Handler], Handler]:
    """Decorator: the coroutine that does these operations."""

    def register(handler: Handler) -> Handler:
        for name in names:
            HANDLERS[name] = handler
        return handler

    return register


def _note(
    device: DeviceImpl, name: str, client: Client, detail: Any = None, source: int | None = None
) -> None:
    device._tango_black_box.record(name, detail, source, client)


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
    _note(device, "_get_name", client)
    return device._tango_name


@operation("_get_description")
async def _get_description(device: DeviceImpl, client: Client) -> str:
    _note(device, "_get_description", client)
    return device._tango_description


@operation("_get_adm_name")
async def _get_adm_name(device: DeviceImpl, client: Client) -> str:
    _note(device, "_get_adm_name", client)
    return device._tango_server.admin_name


@operation("_get_state")
async def _get_state(device: DeviceImpl, client: Client) -> DevState:
    _note(device, "_get_state", client)
    try:
        with device._tango_server.subdevices.acting(device), device._tango_monitor:
            if device._tango_has_hook:
                await device._tango_call(device.always_executed_hook)
            return await device._tango_current_state()
    except Exception as error:
        device.warn_stream("State: %s", error)
        return device._tango_state_value


@operation("_get_status")
async def _get_status(device: DeviceImpl, client: Client) -> str:
    _note(device, "_get_status", client)
    try:
        with device._tango_server.subdevices.acting(device), device._tango_monitor:
            if device._tango_has_hook:
                await device._tango_call(device.always_executed_hook)
            return await device._tango_current_status()
    except Exception as error:
        device.warn_stream("Status: %s", error)
        return device._tango_status_text


# -- about the device --------------------------------------------------------------------------------


@operation("ping")
async def _ping(device: DeviceImpl, client: Client) -> None:
    _note(device, "ping", client)


@operation("black_box")
async def _black_box(device: DeviceImpl, client: Client, count: int) -> list[str]:
    texts = device._tango_black_box.read(count)
    _note(device, "black_box", client)
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
    _note(device, "info", client)
    return idl.DevInfo(*_info(device))


@operation("info_3")
async def _info_3(device: DeviceImpl, client: Client) -> Any:
    _note(device, "info_3", client)
    info: Any = idl.DevInfo_3
    return info(*_info(device), device._tango_device_class.get_type())


@operation("info_6")
async def _info_6(device: DeviceImpl, client: Client) -> Any:
    _note(device, "info_6", client)
    versions = [idl.DevVersionInfo(k, v) for k, v in device.get_version_info().items()]
    info: Any = idl.DevInfo_6
    return info(*_info(device), device._tango_device_class.get_type(), versions)


# -- commands ------------------------------------------------------------------------------------


@operation("command_list_query")
async def _command_list(device: DeviceImpl, client: Client) -> list[Any]:
    _note(device, "command_list_query", client)
    return [_command_info(command) for command in device._tango_all_commands()]


@operation("command_list_query_2")
async def _command_list_2(device: DeviceImpl, client: Client) -> list[Any]:
    _note(device, "command_list_query_2", client)
    return [command_info_2(command) for command in device._tango_all_commands()]


@operation("command_query")
async def _command_query(device: DeviceImpl, client: Client, name: str) -> Any:
    _note(device, "command_query", client)
    return _command_info(_known(device, name, "DeviceImpl::command_query"))


@operation("command_query_2")
async def _command_query_2(device: DeviceImpl, client: Client, name: str) -> Any:
    _note(device, "command_query_2", client)
    return command_info_2(_known(device, name, "Device_2Impl::command_query_2"))


def _known(device: DeviceImpl, name: str, origin: str) -> Any:
    command = device._tango_find_command(name)
    if command is None:
        raise throw("API_CommandNotFound", f"Command {name} not found", origin)
    return command


def _command_info(command: Any) -> Any:
    return idl.DevCmdInfo(
        command.name,
        int(command.disp_level),  # the tag, until there was a field for it
        int(command.in_type),
        int(command.out_type),
        command.in_desc,
        command.out_desc,
    )


def command_info_2(command: Any) -> Any:
    """What clients are told of a command."""
    return idl.DevCmdInfo_2(
        command.name,
        command.disp_level,
        0,
        int(command.in_type),
        int(command.out_type),
        command.in_desc,
        command.out_desc,
    )


async def _command(
    device: DeviceImpl, client: Client, operation_name: str, name: str, argument: Any, source: int
) -> Any:
    _note(device, operation_name, client, name, source)
    if device._tango_lock is not None and name.lower() not in ("state", "status"):
        device._tango_check_lock(operation_name, client, name)
    with device._tango_serving(client):
        return await run_command(device, name, argument, source)


@operation("command_inout")
async def _command_inout(device: DeviceImpl, client: Client, name: str, argument: Any) -> Any:
    return await _command(device, client, "command_inout", name, argument, DevSource.DEV)


@operation("command_inout_2")
async def _command_inout_2(
    device: DeviceImpl, client: Client, name: str, argument: Any, source: int
) -> Any:
    return await _command(device, client, "command_inout_2", name, argument, source)


@operation("command_inout_4")
async def _command_inout_4(
    device: DeviceImpl, client: Client, name: str, argument: Any, source: int, ident: Any
) -> Any:
    client.identity = ident
    return await _command(device, client, "command_inout_4", name, argument, source)


# -- attributes: configuration ----------------------------------------------------------------------


def _config_reader(name: str, release: int) -> None:
    @operation(name)
    async def read(device: DeviceImpl, client: Client, names: list[str]) -> list[Any]:
        _note(device, name, client)
        for each in device._tango_attributes.forwarded():
            wanted = each.lower_name in map(str.lower, names)
            if wanted or names[0].lower() in ALL_NAMES:
                await device._tango_blocking(each.refresh)
            if wanted:
                each.root.proxy()
        with device._tango_monitor:
            found: list[Attribute]
            if len(names) == 1 and names[0].lower() in ALL_NAMES:
                found = device._tango_attributes.reachable()
                # Old clients know no State and Status attributes, and ask without the _3.
                if release < 3 and not names[0].endswith("_3"):
                    found = [a for a in found if a.lower_name not in ("state", "status")]
            else:
                found = [device._tango_attributes.get(each) for each in names]
            return [config_of(attribute, release) for attribute in found]


for _name, _release in (
    ("get_attribute_config", 1),
    ("get_attribute_config_2", 2),
    ("get_attribute_config_3", 3),
    ("get_attribute_config_5", 5),
):
    _config_reader(_name, _release)


def _config_writer(name: str) -> None:
    @operation(name)
    async def write(device: DeviceImpl, client: Client, configs: list[Any], *ident: Any) -> None:
        if ident:
            client.identity = ident[0]
        _note(device, name, client)
        if device._tango_lock is not None:
            device._tango_check_lock(name, client)
        with device._tango_monitor:
            take_configs(device, configs)


for _name in (
    "set_attribute_config",
    "set_attribute_config_3",
    "set_attribute_config_4",
    "set_attribute_config_5",
):
    _config_writer(_name)


# -- attributes: values ----------------------------------------------------------------------------


def _reader(name: str, release: int) -> None:
    @operation(name)
    async def read(
        device: DeviceImpl,
        client: Client,
        names: list[str],
        source: int = DevSource.DEV,
        *ident: Any,
    ) -> list[Any]:
        if ident:
            client.identity = ident[0]
        names = wanted_names(device, names)
        _note(device, name, client, names, source if release > 1 else None)
        if release < 3:
            _refuse_new_features(device, names)
        with device._tango_serving(client):
            values = await read_attributes(device, names, max(release, 3), source)
        return values if release >= 3 else [_first_release(value) for value in values]


def _refuse_new_features(device: DeviceImpl, names: list[str]) -> None:
    """IDL 1 and 2 have no set values but of scalars, and no State and Status among attributes."""
    for name in names:
        attribute = device._tango_attributes.get(name)
        if (
            attribute.writable != AttrWriteType.READ
            and attribute.data_format != AttrDataFormat.SCALAR
        ):
            raise throw(
                "API_NotSupportedFeature",
                f"Client too old to get data for attribute {name}.\nPlease, use a client linked "
                "with Tango V5 and a device inheriting from Device_3Impl",
                "DeviceImpl::read_attributes",
            )
    if any(name.lower() in ("state", "status") for name in names):
        raise throw(
            "API_NotSupportedFeature",
            "It is not possible to read state/status as attributes with your\n"
            "Tango software release. Please, re-link with Tango V5.",
            "DeviceImpl::read_attributes",
        )


def _first_release(value: Any) -> Any:
    """IDL 1 and 2 have no errors in values: the first failure fails the request."""
    if value.err_list:
        raise DevFailed(*value.err_list)
    # Without a value there was still the size of a scalar.
    dim_x = 1 if value.quality == AttrQuality.ATTR_INVALID else value.r_dim.dim_x
    return idl.AttributeValue(
        value.value, value.quality, value.time, value.name, dim_x, value.r_dim.dim_y
    )


for _name, _release in (
    ("read_attributes", 1),
    ("read_attributes_2", 2),
    ("read_attributes_3", 3),
    ("read_attributes_4", 4),
    ("read_attributes_5", 5),
):
    _reader(_name, _release)


async def _write(
    device: DeviceImpl,
    client: Client,
    name: str,
    settings: list[Any],
    detail: Any = None,
    strict: bool = False,
) -> None:
    _note(device, name, client, detail or [setting.name for setting in settings])
    if device._tango_lock is not None:
        device._tango_check_lock(name, client)
    with device._tango_serving(client):
        await write_attributes(device, settings, strict)


@operation("write_attributes")
async def _write_1(device: DeviceImpl, client: Client, values: list[Any]) -> None:
    settings = settings_of_any(values)
    for setting in settings:
        device._tango_attributes.get(setting.name, "MultiAttribute::get_attr_ind_by_name")
        setting.dim_x, setting.dim_y = 1, 0  # scalars only
    try:
        await _write(device, client, "write_attributes", settings, strict=True)
    except NamedDevFailedList as error:
        raise DevFailed(*error.err_list[0].err_stack) from error


@operation("write_attributes_3")
async def _write_3(device: DeviceImpl, client: Client, values: list[Any]) -> None:
    await _write(device, client, "write_attributes_3", settings_of_any(values))


@operation("write_attributes_4")
async def _write_4(device: DeviceImpl, client: Client, values: list[Any], ident: Any) -> None:
    client.identity = ident
    await _write(device, client, "write_attributes_4", settings_of(values))


@operation("write_read_attributes_4")
async def _write_read_4(
    device: DeviceImpl, client: Client, values: list[Any], ident: Any
) -> list[Any]:
    client.identity = ident
    names = [value.name for value in values]
    with device._tango_monitor:
        await _write(device, client, "write_read_attributes_4", settings_of(values))
        with device._tango_serving(client):
            return await read_attributes(device, names, 4, DevSource.DEV)


@operation("write_read_attributes_5")
async def _write_read_5(
    device: DeviceImpl, client: Client, values: list[Any], names: list[str], ident: Any
) -> list[Any]:
    client.identity = ident
    written = [value.name for value in values]
    detail = f"{', '.join(written)}/{', '.join(names)}"
    with device._tango_monitor:
        await _write(device, client, "write_read_attributes_5", settings_of(values), detail)
        with device._tango_serving(client):
            return await read_attributes(device, names, 5, DevSource.DEV)


# -- histories -------------------------------------------------------------------------------------


def _attribute_history(name: str, release: int) -> None:
    @operation(name)
    async def read(device: DeviceImpl, client: Client, attribute: str, count: int) -> Any:
        _note(device, name, client)
        return device._tango_server.poller.attribute_history(device, attribute, count, release)


def _command_history(name: str, release: int) -> None:
    @operation(name)
    async def read(device: DeviceImpl, client: Client, command: str, count: int) -> Any:
        _note(device, name, client)
        return device._tango_server.poller.command_history(device, command, count, release)


for _release in (2, 3, 4, 5):
    _attribute_history(f"read_attribute_history_{_release}", _release)
for _release in (2, 4):
    _command_history(f"command_inout_history_{_release}", _release)

HANDLERS.update(pipes.OPERATIONS)


def find_handler(name: str) -> Handler:
    """The coroutine of an operation, or CORBA's BAD_OPERATION."""
    handler = HANDLERS.get(name)
    if handler is None:
        raise BAD_OPERATION(f"no such operation: {name}")
    return handler


HOST_NAME = socket.gethostname()
"""The name of this machine, as info() shows it."""
