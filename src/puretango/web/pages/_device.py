"""The device page: the interface of a device, reading, writing, and running commands, each with its duration."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from puretango.errors import DevFailed
from puretango.values import AttrDataFormat, AttrWriteType, CmdArgType, DevSource, DispLevel
from puretango.web._call import BadRequest, Call, Rule, get, post
from puretango.web._journal import Journal
from puretango.web._settings import Role
from puretango.web._site import ASYNCIO, Site
from puretango.web._values import from_json, shown, to_json

__all__ = ["DevicePage", "read_config"]

_SOURCES = {"device": DevSource.DEV, "cache": DevSource.CACHE, "cache-device": DevSource.CACHE_DEV}
_WRITABLE = (AttrWriteType.WRITE, AttrWriteType.READ_WRITE, AttrWriteType.READ_WITH_WRITE)


class DevicePage:
    """Reads the interface of any device, and uses it."""

    def __init__(self, site: Site, journal: Journal) -> None:
        self._site = site
        self._journal = journal

    def rules(self) -> list[Rule]:
        """What can be asked."""
        return [
            get("device", self.device),
            get("read", self.read),
            post("write", Role.OPERATOR, self.write),
            post("command", Role.OPERATOR, self.command),
        ]

    async def device(self, call: Call) -> Any:
        """The description and the interface of a device."""
        name = call.text("name")
        proxy = await self._site.proxy(name)
        about: dict[str, Any] = {"name": str(proxy.dev_name()), "database": proxy.is_dbase_used()}
        try:
            info, configs, commands, registered = await asyncio.gather(
                proxy.info(green_mode=ASYNCIO),
                proxy.attribute_list_query_ex(green_mode=ASYNCIO),
                proxy.command_list_query(green_mode=ASYNCIO),
                self._registered(proxy, name),
            )
        except DevFailed as failed:
            about |= await self._stored(name, proxy)
            return about | {"error": failed.args[0].desc.strip(), "reason": failed.args[0].reason}
        if call.text("look", ""):
            self._expect(name, configs)
        return about | {
            "class": info.dev_class,
            "server": info.server_id,
            "host": info.server_host,
            "idl": int(info.server_version),
            "documentation": info.doc_url,
            "attributes": [read_config(config) for config in configs],
            "commands": [_command(each) for each in commands],
            **registered,
        }

    def _expect(self, device: str, configs: Any) -> None:
        """Begin to connect to the attributes that the page will show as soon as it is drawn."""
        shown = [each.name for each in configs if each.disp_level != DispLevel.EXPERT]
        self._site.hub.expect(self._site.full_attribute(_attribute(device, each)) for each in shown)

    async def _stored(self, name: str, proxy: Any) -> dict[str, Any]:
        """What the database says of a device that does not answer."""
        if not proxy.is_dbase_used():
            return {}
        try:
            info = await self._site.ask("get_device_info", str(proxy.dev_name()))
        except (DevFailed, BadRequest):
            return {}
        found = {"class": info.class_name, "server": info.ds_full_name}
        return found | await self._registered(proxy, name)

    async def _registered(self, proxy: Any, name: str) -> dict[str, Any]:
        if not proxy.is_dbase_used():
            return {}
        found: dict[str, Any] = {}
        try:
            found["alias"] = str(await proxy.alias(green_mode=ASYNCIO))
        except DevFailed:
            found["alias"] = ""
        try:
            info = await self._site.ask("get_device_info", str(proxy.dev_name()))
        except (DevFailed, BadRequest):
            return found
        return found | {"pid": int(info.pid), "started": str(info.started_date)}

    async def read(self, call: Call) -> Any:
        """One attribute, read now from the device or its cache, with the time taken."""
        device, attribute = call.text("device"), call.text("attribute")
        source = _SOURCES.get(call.text("source", "device"))
        if source is None:
            raise BadRequest(f"no such source: {', '.join(_SOURCES)}")
        proxy = await self._site.proxy(device)
        start = time.perf_counter()
        # A proxy of its own, since the pages share one, whose source must not change.
        own = proxy if source == DevSource.CACHE_DEV else await self._own(device, source)
        data = await own.read_attribute(attribute, green_mode=ASYNCIO)
        return _reading(data) | {"took": (time.perf_counter() - start) * 1000}

    async def _own(self, device: str, source: DevSource) -> Any:
        proxy = await self._site.new_proxy(device)
        proxy.set_source(source)
        return proxy

    async def write(self, call: Call) -> Any:
        """Write an attribute and read it back."""
        device, attribute = call.text("device"), call.text("attribute")
        proxy = await self._site.proxy(device)
        config = await proxy.get_attribute_config(attribute, green_mode=ASYNCIO)
        if config.writable not in _WRITABLE:
            raise BadRequest(f"{attribute} cannot be written", 409)
        if config.disp_level == DispLevel.EXPERT:
            call.require(Role.EXPERT, f"writing {attribute}")
        value = from_json(
            call.fields.get("value"), CmdArgType(config.data_type), config.data_format
        )
        labels = list(config.enum_labels)
        if config.data_type == CmdArgType.DevEnum and isinstance(value, str):
            if value not in labels:
                raise BadRequest(f"{value!r} is none of {', '.join(labels)}")
            value = labels.index(value)
        start = time.perf_counter()
        with fitting(value):
            await proxy.write_attribute(attribute, value, green_mode=ASYNCIO)
        took = (time.perf_counter() - start) * 1000
        data = await self._read_back(proxy, attribute)
        self._journal.write(
            call.identity.user, "write", f"{proxy.dev_name()}/{config.name}", new=shown(value)
        )
        if data is None:
            return {"took": took}
        self._site.hub.told(self._site.full_attribute(_attribute(device, attribute)), data)
        return _reading(data) | {"took": took}

    async def _read_back(self, proxy: Any, attribute: str) -> Any:
        try:
            return await proxy.read_attribute(attribute, green_mode=ASYNCIO)
        except DevFailed:
            return (
                None  # the write has succeeded; the failure of reading is shown by the live value
            )

    async def command(self, call: Call) -> Any:
        """Run a command."""
        device, name = call.text("device"), call.text("command")
        proxy = await self._site.proxy(device)
        about = await proxy.get_command_config(name, green_mode=ASYNCIO)
        if about.disp_level == DispLevel.EXPERT or device.lower().startswith("dserver/"):
            call.require(Role.EXPERT, f"running {about.cmd_name}")
        argument = command_argument(call.fields.get("argument"), about.in_type)
        start = time.perf_counter()
        given = () if about.in_type == CmdArgType.DevVoid else (argument,)
        try:
            with fitting(argument):
                result = await proxy.command_inout(about.cmd_name, *given, green_mode=ASYNCIO)
        except DevFailed as failed:
            self._journal.write(
                call.identity.user,
                "command",
                f"{proxy.dev_name()}/{about.cmd_name}",
                new=shown(argument) if given else "",
                error=failed.args[0].desc.strip(),
            )
            raise
        took = (time.perf_counter() - start) * 1000
        self._journal.write(
            call.identity.user,
            "command",
            f"{proxy.dev_name()}/{about.cmd_name}",
            new=shown(argument) if given else "",
        )
        return {"result": to_json(result), "took": took}


@contextmanager
def fitting(value: Any) -> Iterator[None]:
    """Within it, a value refused by the client library before sending is a BadRequest."""
    try:
        yield
    except (TypeError, ValueError, OverflowError) as error:
        raise BadRequest(f"{shown(value, 80)}: {error}") from error


_ITEMS = {
    CmdArgType.DevVarCharArray: CmdArgType.DevUChar,
    CmdArgType.DevVarShortArray: CmdArgType.DevShort,
    CmdArgType.DevVarLongArray: CmdArgType.DevLong,
    CmdArgType.DevVarLong64Array: CmdArgType.DevLong64,
    CmdArgType.DevVarFloatArray: CmdArgType.DevFloat,
    CmdArgType.DevVarDoubleArray: CmdArgType.DevDouble,
    CmdArgType.DevVarUShortArray: CmdArgType.DevUShort,
    CmdArgType.DevVarULongArray: CmdArgType.DevULong,
    CmdArgType.DevVarULong64Array: CmdArgType.DevULong64,
    CmdArgType.DevVarStringArray: CmdArgType.DevString,
    CmdArgType.DevVarBooleanArray: CmdArgType.DevBoolean,
    CmdArgType.DevVarStateArray: CmdArgType.DevState,
}
_PAIRS = {
    CmdArgType.DevVarLongStringArray: CmdArgType.DevLong,
    CmdArgType.DevVarDoubleStringArray: CmdArgType.DevDouble,
}


def command_argument(value: Any, in_type: CmdArgType) -> Any:
    """A command's argument from JSON, by its type. Raises DevFailed if it does not fit."""
    if in_type == CmdArgType.DevVoid:
        return None
    if in_type in _ITEMS:
        return from_json(value, _ITEMS[in_type], AttrDataFormat.SPECTRUM)
    if in_type in _PAIRS:
        if not isinstance(value, list) or len(value) != 2:
            raise BadRequest("a list of numbers and a list of texts are wanted")
        spectrum = AttrDataFormat.SPECTRUM
        return (
            from_json(value[0], _PAIRS[in_type], spectrum),
            from_json(value[1], CmdArgType.DevString, spectrum),
        )
    return from_json(value, in_type)


def _attribute(device: str, attribute: str) -> str:
    base, mark, modifier = device.partition("#")
    return f"{base}/{attribute}{mark}{modifier}"


def _reading(data: Any) -> dict[str, Any]:
    return {
        "value": to_json(data.value),
        "set": to_json(data.w_value),
        "quality": int(data.quality),
        "time": float(data.time.totime()),
    }


def _command(about: Any) -> dict[str, Any]:
    return {
        "name": about.cmd_name,
        "in": about.in_type.name,
        "out": about.out_type.name,
        "in_text": _said(about.in_type_desc),
        "out_text": _said(about.out_type_desc),
        "expert": about.disp_level == DispLevel.EXPERT,
    }


def _said(text: str) -> str:
    return "" if text == "Uninitialised" else text


def read_config(config: Any) -> dict[str, Any]:
    """An attribute's configuration for the pages."""
    alarms, events = config.alarms, config.events
    return {
        "name": config.name,
        "type": CmdArgType(config.data_type).name,
        "format": config.data_format.name,
        "writable": config.writable in _WRITABLE,
        "readable": config.writable != AttrWriteType.WRITE,
        "expert": config.disp_level == DispLevel.EXPERT,
        "memorized": "MEMORIZED" in str(config.memorized) and "NOT" not in str(config.memorized),
        "max_x": int(config.max_dim_x),
        "max_y": int(config.max_dim_y),
        "enum": [str(label) for label in config.enum_labels],
        "settings": {
            "label": config.label,
            "description": config.description,
            "unit": config.unit,
            "standard_unit": config.standard_unit,
            "display_unit": config.display_unit,
            "format": config.format,
            "min_value": config.min_value,
            "max_value": config.max_value,
            "min_alarm": alarms.min_alarm,
            "max_alarm": alarms.max_alarm,
            "min_warning": alarms.min_warning,
            "max_warning": alarms.max_warning,
            "delta_val": alarms.delta_val,
            "delta_t": alarms.delta_t,
            "rel_change": events.ch_event.rel_change,
            "abs_change": events.ch_event.abs_change,
            "event_period": events.per_event.period,
            "archive_rel_change": events.arch_event.archive_rel_change,
            "archive_abs_change": events.arch_event.archive_abs_change,
            "archive_period": events.arch_event.archive_period,
        },
    }
