"""What a client can ask of the device Rich, as functions of (implementation, device name) that give plain answers.

The same functions run in PyTango's process and in ours, against either server: four answers that must be one.
"""

from __future__ import annotations

from typing import Any

from tests.interop.peers.operations import client_operations, value_operations
from tests.interop.peers.operations.registry import OPERATIONS, is_kept, operation, reading
from tests.interop.peers.plain import attempt, plain, stack
from tests.waiting import until

__all__ = ["OPERATIONS", "client_operations", "value_operations"]

# -- the device ---------------------------------------------------------------------------------


@operation
def device_basics(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    proxy.GoTo(tango.DevState.STANDBY)
    found = [
        proxy.dev_name(), proxy.name(), str(proxy.state()), proxy.status(), proxy.adm_name().lower(),
        proxy.description(), proxy.ping() > 0, str(proxy.State()), proxy.Status(),
        str(proxy.read_attribute("State").value), proxy.read_attribute("Status").value,
    ]  # fmt: skip
    proxy.Init()
    return [*found, str(proxy.state()), proxy.status(), proxy.is_attribute_polled("limited"),
            proxy.is_command_polled("Nothing"), proxy.get_timeout_millis(), str(proxy.get_source()),
            proxy.get_idl_version(), str(proxy.get_transparency_reconnection())]  # fmt: skip


@operation
def device_info(tango: Any, name: str) -> Any:
    info = tango.DeviceProxy(name).info()
    return [info.dev_class, info.dev_type, info.server_id.lower(), info.server_version,
            bool(info.server_host), info.doc_url]  # fmt: skip


@operation
def attribute_list(tango: Any, name: str) -> Any:
    return sorted(map(str, tango.DeviceProxy(name).get_attribute_list()))


@operation
def command_list(tango: Any, name: str) -> Any:
    return sorted(map(str, tango.DeviceProxy(name).get_command_list()))


_EVENT_FIELDS = (("ch_event", ("rel_change", "abs_change")), ("per_event", ("period",)),
                 ("arch_event", ("archive_rel_change", "archive_abs_change", "archive_period")))  # fmt: skip


def _configuration(info: Any) -> Any:
    simple = [
        info.name, str(info.writable), str(info.data_format), int(info.data_type), info.max_dim_x,
        info.max_dim_y, info.description, info.label, info.unit, info.standard_unit,
        info.display_unit, info.format, info.min_value, info.max_value, info.writable_attr_name,
        str(info.disp_level), list(map(str, info.enum_labels)), info.root_attr_name,
        str(info.memorized),
    ]  # fmt: skip
    alarms = [getattr(info.alarms, field) for field in
              ("min_alarm", "max_alarm", "min_warning", "max_warning", "delta_t", "delta_val")]  # fmt: skip
    events = [
        getattr(getattr(info.events, part), field)
        for part, fields in _EVENT_FIELDS
        for field in fields
    ]
    return [*simple, *alarms, *events, list(map(str, info.sys_extensions))]


@operation
def attribute_configuration(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    infos = sorted(proxy.attribute_list_query_ex(), key=lambda info: info.name)
    return [_configuration(info) for info in infos]


@operation
def attribute_configuration_one(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    one = proxy.get_attribute_config("limited")
    # PyTango gives less of each where a list is asked for: what is common to both.
    two = proxy.get_attribute_config(["alarmed", "DevEnum_scalar"])
    query = proxy.get_attribute_config_ex("kept")[0]
    return [
        _configuration(one),
        _configuration(query),
        [[info.name, info.label, info.max_value] for info in two],
    ]


@operation
def attribute_configuration_set(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    info = proxy.get_attribute_config("DevDouble_scalar")
    info.label, info.unit, info.format = "a new label", "km", "%8.1f"
    info.min_value, info.max_value = "-5", "5"
    info.alarms.max_alarm = "4"
    info.events.ch_event.abs_change = "0.5"
    proxy.set_attribute_config(info)
    found: list[Any] = [_configuration(proxy.get_attribute_config("DevDouble_scalar"))]
    found.append(attempt(proxy.write_attribute, "DevDouble_scalar", 5.5))
    found.append(attempt(proxy.write_attribute, "DevDouble_scalar", 4.5))
    found.append(str(proxy.read_attribute("DevDouble_scalar").quality))
    found.append(str(proxy.state()))
    proxy.write_attribute("DevDouble_scalar", 0)
    info.label, info.unit, info.format = "DevDouble_scalar", "", "%6.2f"
    info.min_value = info.max_value = info.alarms.max_alarm = "Not specified"
    info.events.ch_event.abs_change = "Not specified"
    proxy.set_attribute_config(info)
    return [*found, _configuration(proxy.get_attribute_config("DevDouble_scalar"))]


@operation
def command_configuration(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    infos = [*sorted(proxy.command_list_query(), key=lambda info: info.cmd_name),
             proxy.command_query("sleep"), proxy.get_command_config("ExpertText")]  # fmt: skip
    return [[info.cmd_name, str(info.in_type), str(info.out_type), info.in_type_desc,
             info.out_type_desc, str(info.disp_level)] for info in infos]  # fmt: skip


@operation
def several_attributes(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    proxy.write_attributes(
        [("limited", 2.5), ("DevLong_spectrum", [1, 2, 3]), ("DevString_scalar", "x")]
    )
    answers = proxy.read_attributes(
        ["limited", "failing", "DevLong_spectrum", "State", "no_such_one", "invalid"]
    )
    found = []
    for answer in answers:
        if answer.has_failed:
            found.append(
                [answer.name, [(e.reason, str(e.severity), e.desc) for e in answer.get_err_stack()]]
            )
        else:
            found.append(reading(answer))
    found.append(
        attempt(
            proxy.write_attributes,
            [("limited", 3.0), ("limited_not", 1), ("expert", 3)],
            text=False,
        )
    )
    found.append(reading(proxy.read_attribute("limited")))
    both = proxy.write_read_attributes(
        [("limited", 4.0), ("kept", 1.0)], ["limited", "kept", "expert"]
    )
    return [*found, *map(reading, both)]


@operation
def odd_attributes(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    timed = proxy.read_attribute("timed")
    invalid = proxy.read_attribute("invalid")
    proxy.write_attribute("write_only", 17)
    return [
        reading(timed), timed.time.totime(), reading(invalid), invalid.time.totime(),
        proxy.WrittenOnly(), reading(proxy.read_attribute("write_only")), proxy.timed,
        reading(proxy.read_attribute("expert")), attempt(lambda: proxy.no_such_name)[:2],
    ]  # fmt: skip


@operation
def alarms(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    proxy.Init()
    found: list[Any] = []
    for level in (5.0, 90.0, 100.0, 1.0, 0.0, -3.0, 50.0):
        proxy.write_attribute("alarmed", level)
        found.append(
            [str(proxy.read_attribute("alarmed").quality), str(proxy.state()), proxy.status()]
        )
    return found


@operation
def dynamic_attributes(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    proxy.AddAttribute("born_later")
    found = [proxy.read_attribute("born_later").value, "born_later" in proxy.get_attribute_list()]
    proxy.RemoveAttribute("born_later")
    return [*found, "born_later" in proxy.get_attribute_list(),
            attempt(proxy.read_attribute, "born_later")]  # fmt: skip


@operation
def attribute_proxy(tango: Any, name: str) -> Any:
    base, _, rest = name.partition("#")
    full = f"{base}/limited" + (f"#{rest}" if rest else "")
    proxy = tango.AttributeProxy(full)
    proxy.write(6.5)
    return [proxy.name(), reading(proxy.read()), _configuration(proxy.get_config()),
            str(proxy.state()), proxy.status(), proxy.get_device_proxy().name(),
            reading(proxy.write_read(5.5)), proxy.is_polled()]  # fmt: skip


@operation
def black_box(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    proxy.read_attribute("limited")
    proxy.Nothing()
    lines = list(proxy.black_box(3))
    return [len(lines), ["Nothing" in "".join(lines), "limited" in "".join(lines)]]


@operation
def source_and_timeout(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    proxy.set_source(tango.DevSource.CACHE)
    found = [str(proxy.get_source()), attempt(proxy.read_attribute, "limited", text=False)]
    proxy.set_source(tango.DevSource.CACHE_DEV)
    found.append(attempt(lambda: reading(proxy.read_attribute("limited"))[0]))
    proxy.set_timeout_millis(300)
    found.append(proxy.get_timeout_millis())
    error = attempt(proxy.Sleep, 1.0, text=False)
    proxy.set_timeout_millis(3000)
    found.append(error[:2])
    found.append([one[0] for one in error[2]])
    found.append(attempt(proxy.Sleep, 0.0))
    return found


# -- errors -------------------------------------------------------------------------------------


@operation
def errors_of_commands(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    found = []
    for command in ("Fail", "FailTwice", "Forbidden", "NoSuchCommand"):
        try:
            proxy.command_inout(command)
        except tango.DevFailed as error:
            found.append([type(error).__name__, [one[:3] for one in stack(error)]])
    return found


@operation
def error_origins(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    try:
        proxy.FailTwice()
    except tango.DevFailed as error:
        return [one[3] for one in stack(error)[:2]]


@operation
def errors_of_python(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    found = []
    for call in (proxy.Raise, lambda: proxy.read_attribute("raising")):
        try:
            call()
        except tango.DevFailed as error:
            reason, severity, description, origin = stack(error)[0]
            found.append([type(error).__name__, reason, severity, description.strip(),
                          "Traceback" in origin, len(stack(error))])  # fmt: skip
    return found


@operation
def errors_of_attributes(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    proxy.write_attribute("limited", 1)
    found = [
        attempt(proxy.read_attribute, "failing"),
        attempt(proxy.read_attribute, "forbidden"),
        attempt(proxy.read_attribute, "no_such_attribute"),
        attempt(proxy.write_attribute, "limited", 10.5),
        attempt(proxy.write_attribute, "limited", -0.5),
        attempt(proxy.write_attribute, "expert", 1),
        attempt(proxy.write_attribute, "DevEnum_scalar", 7),
        attempt(proxy.write_attribute, "limited", "text", text=False)[:2],
        attempt(proxy.write_attribute, "DevLong_scalar", [1, 2], text=False)[0],
        attempt(proxy.write_attribute, "DevShort_scalar", 40_000, text=False)[0],
        attempt(proxy.write_attribute, "DevUChar_image", [[1] * 301], text=True),
        attempt(proxy.write_attribute, "DevShort_spectrum", [1] * 200_001, text=True),
    ]
    return [*found, proxy.limited]


@operation
def errors_of_names(tango: Any, name: str) -> Any:
    base, _, rest = name.rpartition("/")
    wrong = f"{base}/no_such_member" + (("#" + rest.partition("#")[2]) if "#" in rest else "")
    found = []
    for bad in ("one_word_that_is_no_alias", "a/b", "a/b/c/d/e", "", "a b/c/d", wrong):
        try:
            tango.DeviceProxy(bad).ping()
            found.append("no error")
        except tango.DevFailed as error:
            found.append([type(error).__name__, [one[0] for one in stack(error)]])
    return found


# -- calls that do not wait ---------------------------------------------------------------------


@operation
def asynchronous_calls(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    command = proxy.command_inout_asynch("Sleep", 0.01)
    read = proxy.read_attribute_asynch("limited")
    write = proxy.write_attribute_asynch("limited", 3.25)
    found = [
        attempt(proxy.command_inout_reply, command, 3000),
        attempt(lambda: reading(proxy.read_attribute_reply(read, 3000))[0]),
        attempt(proxy.write_attribute_reply, write, 3000),
        attempt(proxy.command_inout_reply, 123_456, text=False)[:2],
    ]
    failing = proxy.command_inout_asynch("Fail")
    found.append(attempt(proxy.command_inout_reply, failing, 3000))
    early = proxy.command_inout_asynch("Sleep", 0.5)
    found.append(attempt(proxy.command_inout_reply, early, text=False)[:2])
    found.append(attempt(proxy.command_inout_reply, early, 3000))
    return [*found, proxy.limited]


@operation
def locking(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    first = attempt(proxy.is_locked)
    if first[0] == "error":  # without a database there is no locking
        return [first, attempt(proxy.lock), attempt(proxy.unlock)]
    found: list[Any] = [first]
    proxy.lock()
    found += [proxy.is_locked(), proxy.is_locked_by_me(), proxy.limited is not None]
    proxy.unlock()
    return [*found, proxy.is_locked(), proxy.locking_status()]


@operation
def polling(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    proxy.poll_attribute("limited", 200)
    proxy.poll_command("State", 300)
    until(lambda: is_kept(proxy.attribute_history, "limited"))
    until(lambda: is_kept(proxy.command_history, "State", count=2))
    found = [
        proxy.is_attribute_polled("limited"), proxy.get_attribute_poll_period("limited"),
        proxy.get_command_poll_period("State"), len(proxy.attribute_history("limited", 3)),
        len(proxy.command_history("State", 2)), sorted(line.split("\n")[0] for line in proxy.polling_status()),
    ]  # fmt: skip
    proxy.stop_poll_attribute("limited")
    proxy.stop_poll_command("State")
    return [
        *found,
        proxy.is_attribute_polled("limited"),
        proxy.get_attribute_poll_period("limited"),
    ]


@operation
def polled_values(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    proxy.write_attribute("limited", 2.5)
    proxy.poll_attribute("limited", 200)
    until(lambda: is_kept(proxy.attribute_history, "limited", count=2))
    proxy.set_source(tango.DevSource.CACHE)
    found: list[Any] = []
    if "#dbase=no" not in name:  # without a database PyTango's cache is always too old
        found.append(attempt(lambda: reading(proxy.read_attribute("limited"))))
    history = proxy.attribute_history("limited", 2)
    found.append([reading(one) for one in history])
    proxy.stop_poll_attribute("limited")
    return [*found, attempt(proxy.read_attribute, "limited")]


@operation
def admin_device(tango: Any, name: str) -> Any:
    proxy = tango.DeviceProxy(name)
    base = name.rpartition("/")[0].rpartition("/")[0].rpartition("/")[0]
    suffix = "#dbase=no" if "#dbase=no" in name else ""
    admin = tango.DeviceProxy((f"{base}/" if base else "") + proxy.adm_name().rpartition("://")[2].partition(
        "dserver/")[1] + proxy.adm_name().partition("dserver/")[2].partition("#")[0] + suffix)  # fmt: skip
    return [
        list(admin.QueryClass()), sorted(admin.QueryDevice()), list(admin.QuerySubDevice()),
        sorted(map(str, admin.get_command_list())), str(admin.state()), admin.info().dev_class,
        plain(admin.QueryWizardDevProperty("Rich")), plain(admin.QueryWizardClassProperty("Rich")),
        admin.command_inout("GetLoggingLevel", [proxy.dev_name()])[1],
    ]  # fmt: skip
