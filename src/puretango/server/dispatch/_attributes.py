"""The operations of Device … Device_6 about attributes: configuration, values, histories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puretango import idl
from puretango.errors import DevFailed, NamedDevFailedList
from puretango.server.access._configs import take_configs
from puretango.server.access._reading import ALL_NAMES, read_attributes, read_inside, wanted_names
from puretango.server.access._writing import settings_of, settings_of_any, write_inside
from puretango.server.attribute._attribute import Attribute
from puretango.server.attribute._config import config_of
from puretango.server.base._failure import throw
from puretango.server.base._visit import QUESTIONS, WRITES
from puretango.server.dispatch._table import operation
from puretango.values import AttrDataFormat, AttrQuality, AttrWriteType, DevSource

if TYPE_CHECKING:
    from puretango.server.device._deviceimpl import DeviceImpl


# -- configuration ----------------------------------------------------------------------


def _config_reader(name: str, release: int) -> None:
    @operation(name)
    async def read(device: DeviceImpl, names: list[str]) -> list[Any]:
        for each in device._tango.attributes.forwarded():
            wanted = each.lower_name in map(str.lower, names)
            if wanted or names[0].lower() in ALL_NAMES:
                await device._tango.blocking(each.refresh)
            if wanted:
                each.root.proxy()
        found: list[Attribute]
        if len(names) == 1 and names[0].lower() in ALL_NAMES:
            found = device._tango.attributes.reachable()
            # Old clients call the operation without the _3, and know no State and Status attributes.
            if release < 3 and not names[0].endswith("_3"):
                found = [a for a in found if a.lower_name not in ("state", "status")]
        else:
            found = [device._tango.attributes.get(each) for each in names]
        return [config_of(attribute, release) for attribute in found]


for _name, _release in (
    ("get_attribute_config", 1),
    ("get_attribute_config_2", 2),
    ("get_attribute_config_3", 3),
    ("get_attribute_config_5", 5),
):
    _config_reader(_name, _release)


async def _write_configs(device: DeviceImpl, configs: list[Any]) -> None:
    take_configs(device, configs)


for _name in (
    "set_attribute_config",
    "set_attribute_config_3",
    "set_attribute_config_4",
    "set_attribute_config_5",
):
    operation(_name, WRITES)(_write_configs)


# -- values ----------------------------------------------------------------------------


def _reader(name: str, release: int) -> None:
    def entry(device: DeviceImpl, names: list[str], source: int = DevSource.DEV) -> tuple[Any, ...]:
        return wanted_names(device, names), source if release > 1 else None

    # Values may come out of the cache: what has to be read waits for the monitor by itself.
    @operation(name, QUESTIONS, entry)
    async def read(device: DeviceImpl, names: list[str], source: int = DevSource.DEV) -> list[Any]:
        if release >= 3:
            return await read_attributes(device, names, release, source)
        _refuse_new_features(device, wanted_names(device, names))
        values = await read_attributes(device, names, 3, source)
        return [_first_release(device, value) for value in values]


def _refuse_new_features(device: DeviceImpl, names: list[str]) -> None:
    """Raise if IDL 1 and 2 lack a feature: set values of arrays, State and Status as attributes."""
    for name in names:
        attribute = device._tango.attributes.get(name)
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


def _first_release(device: DeviceImpl, value: Any) -> Any:
    """IDL 1 and 2 have no errors in values: the first failure fails the request."""
    if value.err_list:
        raise DevFailed(*value.err_list)
    dim_x, dim_y = value.r_dim.dim_x, value.r_dim.dim_y
    if value.quality == AttrQuality.ATTR_INVALID:
        # The value is not sent, but its size is: that of a scalar if there is none at all.
        attribute = device._tango.attributes.get(value.name)
        dim_x, dim_y = (attribute.dim_x, attribute.dim_y) if attribute.has_value else (1, 0)
    return idl.AttributeValue(value.value, value.quality, value.time, value.name, dim_x, dim_y)


for _name, _release in (
    ("read_attributes", 1),
    ("read_attributes_2", 2),
    ("read_attributes_3", 3),
    ("read_attributes_4", 4),
    ("read_attributes_5", 5),
):
    _reader(_name, _release)


def _written(_device: DeviceImpl, values: list[Any]) -> tuple[Any, ...]:
    return ([value.name for value in values],)


def _written_and_read(_device: DeviceImpl, values: list[Any], names: list[str]) -> tuple[Any, ...]:
    return (written_and_read([value.name for value in values], names),)


def written_and_read(written: list[str], names: list[str]) -> str:
    """The black box's text for a request that writes and reads."""
    return f"{', '.join(written)}/{', '.join(names)}"


@operation("write_attributes", WRITES, _written)
async def _write_1(device: DeviceImpl, values: list[Any]) -> None:
    settings = settings_of_any(values)
    for setting in settings:
        device._tango.attributes.get(setting.name, "MultiAttribute::get_attr_ind_by_name")
        setting.dim_x, setting.dim_y = 1, 0  # scalars only
    try:
        await write_inside(device, settings, strict=True)
    except NamedDevFailedList as error:
        raise DevFailed(*error.err_list[0].err_stack) from error


@operation("write_attributes_3", WRITES, _written)
async def _write_3(device: DeviceImpl, values: list[Any]) -> None:
    await write_inside(device, settings_of_any(values))


@operation("write_attributes_4", WRITES, _written)
async def _write_4(device: DeviceImpl, values: list[Any]) -> None:
    await write_inside(device, settings_of(values))


@operation("write_read_attributes_4", WRITES, _written)
async def _write_read_4(device: DeviceImpl, values: list[Any]) -> list[Any]:
    await write_inside(device, settings_of(values))
    names = [value.name for value in values]
    return await read_inside(device, wanted_names(device, names), 4)


@operation("write_read_attributes_5", WRITES, _written_and_read)
async def _write_read_5(device: DeviceImpl, values: list[Any], names: list[str]) -> list[Any]:
    await write_inside(device, settings_of(values))
    return await read_inside(device, wanted_names(device, names), 5)


# -- histories -------------------------------------------------------------------------------------


def _attribute_history(name: str, release: int) -> None:
    @operation(name)
    async def read(device: DeviceImpl, attribute: str, count: int) -> Any:
        return device._tango.server.poller.attribute_history(device, attribute, count, release)


def _command_history(name: str, release: int) -> None:
    @operation(name)
    async def read(device: DeviceImpl, command: str, count: int) -> Any:
        return device._tango.server.poller.command_history(device, command, count, release)


for _release in (2, 3, 4, 5):
    _attribute_history(f"read_attribute_history_{_release}", _release)
for _release in (2, 4):
    _command_history(f"command_inout_history_{_release}", _release)
