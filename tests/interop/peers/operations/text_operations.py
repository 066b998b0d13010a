"""Where a client meets a device's texts, as functions of (implementation, device's name, the text).

Each gives what the client sees at each place: {place: text}.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.waiting import until

Seen = dict[str, Any]
OPERATIONS: dict[str, Callable[[Any, str, str], Seen]] = {}


def operation(function: Callable[[Any, str, str], Seen]) -> Callable[[Any, str, str], Seen]:
    """Register under the function's name."""
    OPERATIONS[function.__name__] = function
    return function


def run(tango: Any, name: str, device: str, text: str) -> Seen:
    """Run one."""
    return OPERATIONS[name](tango, device, text)


def _failure(tango: Any, call: Callable[..., Any], *arguments: Any) -> Any:
    try:
        call(*arguments)
    except tango.DevFailed as failed:
        return failed.args
    raise AssertionError("it did not fail")


def _pushed_failure(proxy: Any, got: list[Any]) -> Any:
    """The error of the first event with one; pushed again, as the first ones may find nobody listening yet."""

    def pushed() -> Any:
        proxy.command_inout("PushFailure")
        return [event.errors[0] for event in got if event.err]

    return until(pushed, step=0.2)[0]


def _again_and_again(look: Callable[[], Seen]) -> Seen:
    """What is seen three times by the same proxy: from the second time on it may remember how it asked."""
    return {f"{place}, {time}": found for time in "123" for place, found in look().items()}


@operation
def configuration(tango: Any, device: str, text: str) -> Seen:
    proxy = tango.DeviceProxy(device)
    return _again_and_again(lambda: _configuration(proxy))


def _configuration(proxy: Any) -> Seen:
    single = proxy.get_attribute_config("limited")
    listed = {info.name: info for info in proxy.attribute_list_query()}["limited"]
    extended = {info.name: info for info in proxy.attribute_list_query_ex()}
    seen = {
        f"{where}.{field}": getattr(info, field)
        for where, info in (("one", single), ("list", listed), ("ex", extended["limited"]))
        for field in ("unit", "label", "description", "display_unit", "standard_unit")
    }
    seen["enum label"] = extended["labelled"].enum_labels[1]
    return seen


@operation
def configuration_set(tango: Any, device: str, text: str) -> Seen:
    proxy = tango.DeviceProxy(device)
    info = proxy.get_attribute_config("string")
    info.unit = info.label = info.description = info.format = text
    proxy.set_attribute_config(info)
    back = proxy.get_attribute_config("string")
    return {field: getattr(back, field) for field in ("unit", "label", "description", "format")}


@operation
def configuration_events(tango: Any, device: str, text: str) -> Seen:
    proxy = tango.DeviceProxy(device)
    got: list[Any] = []
    number = proxy.subscribe_event("limited", tango.EventType.ATTR_CONF_EVENT, got.append)
    interface: list[Any] = []
    other = proxy.subscribe_event(tango.EventType.INTERFACE_CHANGE_EVENT, interface.append)
    until(lambda: got and interface)
    proxy.unsubscribe_event(number)
    proxy.unsubscribe_event(other)
    commands = {info.cmd_name: info for info in interface[0].cmd_list}
    attributes = {info.name: info for info in interface[0].att_list}
    return {
        "unit": got[0].attr_conf.unit,
        "label": got[0].attr_conf.label,
        "interface command": commands["Echo"].in_type_desc,
        "interface attribute": attributes["limited"].unit,
    }


@operation
def commands(tango: Any, device: str, text: str) -> Seen:
    proxy = tango.DeviceProxy(device)
    return _again_and_again(lambda: _commands(proxy))


def _commands(proxy: Any) -> Seen:
    one = proxy.command_query("Echo")
    listed = {info.cmd_name: info for info in proxy.command_list_query()}["Echo"]
    return {
        f"{where}.{field}": getattr(info, field)
        for where, info in (("one", one), ("list", listed))
        for field in ("in_type_desc", "out_type_desc")
    }


@operation
def status(tango: Any, device: str, text: str) -> Seen:
    proxy = tango.DeviceProxy(device)
    return _again_and_again(
        lambda: {"status()": proxy.status(), "description": proxy.description()}
    )


@operation
def status_values(tango: Any, device: str, text: str) -> Seen:
    proxy = tango.DeviceProxy(device)
    group = tango.Group("g")
    group.add(device)
    return _again_and_again(lambda: _status_values(proxy, group))


def _status_values(proxy: Any, group: Any) -> Seen:
    number = proxy.read_attribute_asynch("Status")
    command = proxy.command_inout_asynch("Status")
    return {
        "attribute": proxy.read_attribute("Status").value,
        "command": proxy.command_inout("Status"),
        "several": proxy.read_attributes(["State", "Status"])[1].value,
        "asynch": proxy.read_attribute_reply(number, 3000).value,
        "command asynch": proxy.command_inout_reply(command, 3000),
        "group": group.read_attribute("Status")[0].get_data().value,
        "group command": group.command_inout("Status")[0].get_data(),
    }


def _polled_failure(tango: Any, proxy: Any) -> Any:
    """The error that polling has found; None before its first turn."""
    found = _failure(tango, proxy.read_attribute, "failing")[0]
    return None if found.reason == "API_NoDataYet" else found


@operation
def errors(tango: Any, device: str, text: str) -> Seen:
    proxy = tango.DeviceProxy(device)
    command = _failure(tango, proxy.command_inout, "Fail")[0]
    read = _failure(tango, proxy.read_attribute, "failing")[0]
    proxy.set_source(tango.DevSource.CACHE)
    polled = until(lambda: _polled_failure(tango, proxy))
    history = proxy.attribute_history("failing", 1)[0].get_err_stack()[0]
    proxy.set_source(tango.DevSource.DEV)
    several = proxy.read_attributes(["failing", "limited"])[0].get_err_stack()[0]
    name = _failure(tango, proxy.read_attribute, text)[0]
    unknown = _failure(tango, proxy.command_inout, text)[0]
    return {
        "reason": command.reason,
        "desc": command.desc,
        "origin": command.origin,
        "read": read.desc.removeprefix("RuntimeError: ").strip(),
        "polled": polled.desc.removeprefix("RuntimeError: ").strip(),
        "history": history.desc.removeprefix("RuntimeError: ").strip(),
        "several": several.desc.removeprefix("RuntimeError: ").strip(),
        "attribute's name": name.desc.removesuffix(" attribute not found"),
        "command's name": unknown.desc.removeprefix("Command ").removesuffix(" not found"),
    }


@operation
def error_events(tango: Any, device: str, text: str) -> Seen:
    proxy = tango.DeviceProxy(device)
    got: list[Any] = []
    number = proxy.subscribe_event("pushed", tango.EventType.CHANGE_EVENT, got.append)
    failure = _pushed_failure(proxy, got)
    proxy.unsubscribe_event(number)
    return {"event": failure.desc}


@operation
def values(tango: Any, device: str, text: str) -> Seen:
    proxy = tango.DeviceProxy(device)
    return _again_and_again(lambda: _values(proxy, text))


def _values(proxy: Any, text: str) -> Seen:
    proxy.write_attribute("string", text)
    both = proxy.command_inout("EchoBoth", [[1], [text]])
    return {
        "attribute": proxy.read_attribute("string").value,
        "set value": proxy.read_attribute("string").w_value,
        "spectrum": proxy.read_attribute("strings").value[1],
        "format": proxy.read_attribute("encoded").value[0],
        "command": proxy.command_inout("Echo", text),
        "strings": proxy.command_inout("EchoAll", [text])[0],
        "both": both[1][0],
    }


@operation
def black_box(tango: Any, device: str, text: str) -> Seen:
    proxy = tango.DeviceProxy(device)
    _failure(tango, proxy.command_inout, text)
    line = proxy.black_box(1)[0]
    return {"line": line[line.index("cmd = ") + 6 : line.index(") from ")]}


def named(tango: Any, host: str, device: str, alias: str) -> Seen:
    """What a client sees of a device whose name, server and alias are no ASCII."""
    database = tango.Database(*host.split(":"))
    database.put_device_alias(device, alias)
    full = f"tango://{host}/{device}"
    proxy = tango.DeviceProxy(full)
    server = proxy.info().server_id
    got: list[Any] = []
    number = proxy.subscribe_event("pushed", tango.EventType.CHANGE_EVENT, got.append)
    proxy.poll_attribute("string", 1000)
    polling = [line for line in proxy.polling_status() if "string" in line]
    proxy.stop_poll_attribute("string")
    failure = _pushed_failure(proxy, got)
    proxy.unsubscribe_event(number)
    seen = {
        "name": proxy.name(),
        "dev_name": proxy.dev_name(),
        "adm_name": proxy.adm_name().partition("/dserver/")[2],
        "server": server,
        "alias": proxy.alias(),
        "by alias": tango.DeviceProxy(f"tango://{host}/{alias}").name(),
        "attribute": tango.AttributeProxy(f"{full}/string").get_device_proxy().name(),
        "aliases": alias in list(database.get_device_alias_list("*")),
        "info": database.get_device_info(device).name,
        "listed": device in list(database.get_device_exported("*")),
        "of server": list(database.get_device_name(server, "Texts")),
        "polled": bool(polling),
        "event": failure.reason in ("caf\u00e9", "caf\u00c3\u00a9"),
    }
    database.delete_device_alias(alias)
    return seen


def names_expected(device: str, alias: str) -> Seen:
    """What `named` has to give."""
    server = f"texts/{device.split('/', maxsplit=1)[0]}-caf\u00e9"
    return {
        "name": device,
        "dev_name": device,
        "adm_name": server,
        "server": server,
        "alias": alias,
        "by alias": device,
        "attribute": device,
        "aliases": True,
        "info": device,
        "listed": True,
        "of server": [device],
        "polled": True,
        "event": True,
    }


def properties(tango: Any, host: str, device: str, text: str) -> Seen:
    """A text in each kind of property, in its history, and in other things that a database keeps."""
    database = tango.Database(*host.split(":"))
    seen: Seen = {}
    for kind, owner in (("device", device), ("class", "TextClass"), ("", "TextObject")):
        middle = f"{kind}_" if kind else ""
        getattr(database, f"put_{middle}property")(owner, {"text": [text]})
        seen[f"{kind} property"] = getattr(database, f"get_{middle}property")(owner, "text")[
            "text"
        ][0]
        history = getattr(database, f"get_{middle}property_history")(owner, "text")
        seen[f"{kind} history"] = history[-1].get_value().value_string[0]
        getattr(database, f"delete_{middle}property")(owner, "text")
        if not kind:
            continue
        getattr(database, f"put_{kind}_attribute_property")(owner, {"attribute": {"text": [text]}})
        back = getattr(database, f"get_{kind}_attribute_property")(owner, ["attribute"])
        seen[f"{kind} attribute property"] = back["attribute"]["text"][0]
        history = getattr(database, f"get_{kind}_attribute_property_history")(
            owner, "attribute", "text"
        )
        seen[f"{kind} attribute history"] = history[-1].get_value().value_string[0]
        getattr(database, f"delete_{kind}_attribute_property")(owner, {"attribute": ["text"]})
    return seen
