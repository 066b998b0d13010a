"""The configuration of attributes: precedence, reset texts, errors, all releases."""

from __future__ import annotations

from typing import Any

import pytest

from puretango import idl
from puretango.cdr import CdrReader, CdrWriter
from puretango.errors import DevFailed
from puretango.giop import RequestTemplate
from puretango.idl import OPERATIONS
from puretango.net import ClientConnection
from puretango.server import DeclarationError, Device, MultiAttrProp, attribute
from puretango.values import AttrWriteType, DevState
from tests.unit.server.conftest import Serve, Served


class Configured(Device):
    @attribute(label="Author", unit="mm", max_value=10, min_value=0, abs_change=1)
    def value(self) -> float:
        return 1.0

    @value.setter
    def value(self, _value: float) -> None: ...

    @attribute
    def word(self) -> str:
        return ""


def change(proxy: Any, **properties: str) -> Any:
    info = proxy.get_attribute_config("value")
    for name, text in properties.items():
        owner, _, member = name.rpartition("__")
        setattr(getattr(info, owner) if owner else info, member, text)
    proxy.set_attribute_config(info)
    return proxy.get_attribute_config("value")


def stored(served: Served) -> Any:
    return dict(served.server.store.attribute_properties(served.name, "value"))


IN_CLASS = {"Configured": {"value": {"label": "Class", "max_value": "20"}}}
IN_DEVICE = {"test/unit/1": {"value": {"label": "Device"}}}


@pytest.mark.parametrize(
    ("in_class", "in_device", "label", "maximum"),
    [
        ({}, {}, "Author", "10"),
        (IN_CLASS, {}, "Class", "20"),
        (IN_CLASS, IN_DEVICE, "Device", "20"),
        ({}, IN_DEVICE, "Device", "10"),
        ({}, {"test/unit/1": {"value": {"label": "Not specified"}}}, "Not specified", "10"),
        (IN_CLASS, {"test/unit/1": {"value": {"label": ""}}}, "", "20"),
        (IN_CLASS, {"test/unit/1": {"value": {"label": "NaN"}}}, "NaN", "20"),
    ],
)
def test_device_before_class_before_author_before_library(
    serve: Serve, in_class: Any, in_device: Any, label: str, maximum: str
) -> None:
    served = serve(Configured, class_attribute_properties=in_class, attribute_properties=in_device)
    info = served.proxy().get_attribute_config("value")
    assert (info.label, info.max_value) == (label, maximum)


@pytest.mark.parametrize(
    ("text", "shown", "kept"),
    [
        ("Mine", "Mine", ["Mine"]),
        ("Not specified", "value", ["value"]),
        ("", "Author", ["Author"]),
        ("NaN", "Class", None),
    ],
)
def test_reset_texts_and_what_the_database_keeps(
    serve: Serve, text: str, shown: str, kept: list[str] | None
) -> None:
    served = serve(Configured, class_attribute_properties=IN_CLASS)
    proxy = served.proxy()
    change(proxy, label="Other")
    assert change(proxy, label=text).label == shown
    assert stored(served).get("label") == kept


def test_an_empty_unit_is_the_authors(serve: Serve) -> None:
    proxy = serve(Configured).proxy()
    assert change(proxy, unit="Not specified").unit == ""
    assert change(proxy, unit="km").unit == "km"
    assert change(proxy, unit="").unit == "mm"


@pytest.mark.parametrize(
    ("properties", "reason", "text"),
    [
        ({"max_value": "abc"}, "API_AttrOptProp", "max_value is defined in an unsupported"),
        ({"max_value": "-1"}, "API_IncoherentValues", "min_value is greater than or equal"),
        ({"events__ch_event__rel_change": "a"}, "API_AttrOptProp", "rel_change"),
        ({"events__per_event__period": "soon"}, "API_AttrOptProp", "event_period"),
    ],
    ids=str,
)
def test_a_wrong_text_changes_nothing(
    serve: Serve, properties: dict[str, str], reason: str, text: str
) -> None:
    served = serve(Configured)
    proxy = served.proxy()
    before = str(proxy.get_attribute_config("value"))
    info = proxy.get_attribute_config("value")
    for name, value in properties.items():
        owner: Any = info
        *path, member = name.split("__")
        for part in path:
            owner = getattr(owner, part)
        setattr(owner, member, value)
    with pytest.raises(DevFailed) as caught:
        proxy.set_attribute_config(info)
    assert caught.value.args[0].reason == reason
    assert text in caught.value.args[0].desc
    assert str(proxy.get_attribute_config("value")) == before
    assert not stored(served)


def test_removing_a_level_removes_the_alarm(serve: Serve) -> None:
    served = serve(Configured)
    proxy = served.proxy()
    served.device.set_state(DevState.ON)
    change(proxy, alarms__max_alarm="0.5")
    assert proxy.state() is DevState.ALARM
    change(proxy, alarms__max_alarm="Not specified")
    assert proxy.state() is DevState.ON


def test_authors_change_the_configuration_too(serve: Serve) -> None:
    served = serve(Configured)
    found = served.device.get_device_attr().get_attr_by_name("value")
    properties = found.get_properties()
    assert isinstance(properties, MultiAttrProp)
    properties.unit = "km"
    properties.max_alarm = 7
    found.set_properties(properties)
    info = served.proxy().get_attribute_config("value")
    assert (info.unit, info.alarms.max_alarm) == ("km", "7")
    found.set_max_alarm(6.5)
    assert found.get_max_alarm() == 6.5
    with pytest.raises(AttributeError):
        properties.colour = "red"


def test_the_periods_of_state_and_status_can_be_changed(serve: Serve) -> None:
    """The rest is ignored, what is fixed is refused."""
    proxy = serve(Configured).proxy()
    for name in ("State", "Status"):
        info = proxy.get_attribute_config(name)
        info.label, info.events.per_event.period = "another", "2500"
        info.events.arch_event.archive_period, info.alarms.min_alarm = "1500", "nonsense"
        proxy.set_attribute_config(info)
        now = proxy.get_attribute_config(name)
        assert (now.label, now.alarms.min_alarm) == (name, "Not specified")
        assert now.events.per_event.period == "2500"
        assert now.events.arch_event.archive_period == "1500"
        info.max_dim_x = 7
        with pytest.raises(DevFailed, match="max_dim_x is not changeable at run time"):
            proxy.set_attribute_config(info)


@pytest.mark.parametrize(
    ("name", "value"),
    [("abs_change", "1"), ("archive_rel_change", "1"), ("min_warning", "1"), ("delta_val", "1")],
)
def test_levels_and_changes_of_a_type_without_them(serve: Serve, name: str, value: str) -> None:
    """An error for the author and in the database; a client is not told."""
    text = f"The property {name} is not settable for the attribute data type"
    served = serve(Configured)
    found = served.device.get_device_attr().get_attr_by_name("word")
    properties = found.get_properties()
    setattr(properties, name, value)
    with pytest.raises(DevFailed, match=text):
        found.set_properties(properties)
    with pytest.raises(DeclarationError, match=text):
        wrong = attribute(dtype=str, fget="get_name", **{name: value})
        type(Device)("Wrong", (Configured,), {"word": wrong})
    proxy = served.proxy()
    info = proxy.get_attribute_config("word")
    info.alarms.min_warning = info.events.ch_event.abs_change = "1"
    proxy.set_attribute_config(info)
    assert proxy.get_attribute_config("word").events.ch_event.abs_change == "Not specified"
    proxy = serve(Configured, attribute_properties={"test/unit/1": {"word": {name: value}}}).proxy()
    with pytest.raises(DevFailed, match=text) as caught:
        proxy.read_attribute("word")
    assert caught.value.args[0].reason == "API_AttrConfig"


def test_half_an_rds_in_the_database(serve: Serve) -> None:
    half = {"test/unit/1": {"value": {"delta_val": "1"}, "Status": {"abs_change": "1"}}}
    proxy = serve(Configured, attribute_properties=half).proxy()
    with pytest.raises(DevFailed, match=r"RDS alarm properties .* are not correctly defined"):
        proxy.read_attribute("value")
    assert (
        "Attributes value, Status have wrong configuration" in proxy.read_attribute("Status").value
    )


def call(served: Served, operation: str, *args: Any) -> Any:
    """Call an operation as an old client does."""
    connection = ClientConnection("127.0.0.1", served.server.port)
    try:
        template = RequestTemplate(served.name.encode(), operation)
        writer = CdrWriter(offset=template.body_offset)
        OPERATIONS[operation].encode_args(writer, *args)
        reply = connection.invoke(template, writer.buffers())
        assert int(reply.status) == 0
        reader = CdrReader(reply.data, reply.little, reply.body_start)
        return OPERATIONS[operation].decode_result(reader)
    finally:
        connection.close()


def test_old_clients_have_their_own_releases(serve: Serve) -> None:
    served = serve(Configured)
    for operation, kind in (
        ("get_attribute_config", idl.AttributeConfig),
        ("get_attribute_config_2", idl.AttributeConfig_2),
        ("get_attribute_config_3", idl.AttributeConfig_3),
    ):
        (config,) = call(served, operation, ["value"])
        assert isinstance(config, kind)
        assert (config.label, config.max_value) == ("Author", "10")
    config.unit = "cm"
    call(served, "set_attribute_config_3", [config])
    assert served.proxy().get_attribute_config("value").unit == "cm"
    (value,) = call(served, "read_attributes", ["value"])
    assert list(value.value.value) == [1.0, 0.0]
    (value,) = call(served, "read_attributes_3", ["value"], 0)
    assert (value.r_dim.dim_x, value.w_dim.dim_x) == (1, 1)
    value = idl.AttributeValue(value.value, value.quality, value.time, "value", 1, 0)
    value.value.value = [5.0]
    call(served, "write_attributes", [value])
    assert served.proxy().read_attribute("value").w_value == 5.0
    assert call(served, "command_list_query")[0].cmd_name == "Init"
    assert call(served, "info").dev_class == "Configured"


def test_limits_beyond_the_memorized_value_are_refused(serve: Serve) -> None:
    class Memorizing(Device):
        value = attribute(
            dtype=float, access=AttrWriteType.READ_WRITE, memorized=True, hw_memorized=True
        )

        def read_value(self) -> float:
            return 1.0

        def write_value(self, value: float) -> None:
            pass

    served = serve(Memorizing)
    proxy = served.proxy()
    proxy.write_attribute("value", 50.0)
    for name, limit in (("max_value", "10"), ("min_value", "60")):
        with pytest.raises(DevFailed, match="memorized value"):
            change(proxy, **{name: limit})
    assert change(proxy, max_value="50").max_value == "50"
    assert change(proxy, max_value="Not specified", min_value="50").min_value == "50"


def test_a_state_cannot_be_memorized() -> None:
    with pytest.raises(DeclarationError, match="can not be memorized"):

        class Wrong(Device):
            value = attribute(dtype=DevState, access=AttrWriteType.READ_WRITE, memorized=True)

            def read_value(self) -> DevState:
                return DevState.ON

            def write_value(self, value: DevState) -> None:
                pass
