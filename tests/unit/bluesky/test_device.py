"""TangoDevice: the structure from the server, whatever the server has."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import pytest
from bluesky.protocols import Configurable, HasHints, Readable, Stageable, Stoppable, Triggerable
from ophyd import Component, Device, Kind

from puretango.bluesky import (
    AttributeFailed,
    TangoAttribute,
    TangoCommand,
    TangoDevice,
    TangoSignal,
)
from puretango.bluesky.devices._kinds import component_names
from puretango.client import AttributeProxy, DeviceProxy

Locate = Callable[[str], str]


def test_tangotest_whole(trl: Locate, data: Path) -> None:
    interface = json.loads((data / "tangotest-9.3.4.json").read_text())
    device = TangoDevice(trl("sys/tg_test/1"), name="tt")
    assert set(device.attributes) == set(interface["attributes"])
    assert set(device.commands) == set(interface["commands"]) - {"State", "Status"}
    assert set(device.failing) == {"no_value", "throw_exception"}
    readings, keys = device.read(), device.describe()
    assert list(readings) == list(keys)
    assert len(readings) == 36
    assert readings["tt_State"]["value"] == "RUNNING"
    assert "tt_double_image" not in readings
    assert "tt_ampli" in device.read_configuration()
    assert list(device.read_configuration()) == list(device.describe_configuration())


def test_protocols(trl: Locate) -> None:
    device = TangoDevice(trl("test/odd/1"))
    for protocol in (Readable, Configurable, Triggerable, Stageable, Stoppable, HasHints):
        assert isinstance(device, protocol), protocol


def test_names_that_ophyd_keeps(trl: Locate) -> None:
    device = TangoDevice(trl("test/odd/1"), name="odd")
    assert device.renamed == {"position_": "position", "read_": "read"}
    assert device.position_.get() == 1.5
    assert device.attribute("position") is device.position_
    assert device.read()["odd_position"]["value"] == 1.5
    assert device.read()["odd_read"]["value"] == 2.0
    with pytest.raises(AttributeError, match="nothing"):
        _ = device.nothing
    with pytest.raises(KeyError):
        device.attribute("nothing")


def test_default_kinds(trl: Locate) -> None:
    device = TangoDevice(trl("test/odd/1"), name="odd")
    kinds = {name: signal.kind for name, signal in device.attributes.items()}
    assert kinds["mode"] == kinds["states"] == kinds["ramp"] == Kind.normal
    assert kinds["tuning"] == kinds["setpoint"] == Kind.config
    assert kinds["texts"] == kinds["encoded"] == kinds["Status"] == Kind.omitted
    assert kinds["broken"] == Kind.omitted
    assert "out of order" in str(device.failing["broken"])


def test_chosen_kinds(trl: Locate) -> None:
    device = TangoDevice(
        trl("test/odd/1"),
        name="odd",
        kinds={"*": "omitted", "Mode": "hinted", "texts": Kind.normal},
    )
    assert list(device.read()) == ["odd_mode", "odd_texts"]
    assert device.hints == {"fields": ["odd_mode"]}
    everything = TangoDevice(trl("test/axis/1"), name="a", kinds="normal")
    assert set(everything.read()) == {"a_Position", "a_Velocity", "a_State", "a_Status"}


def test_a_failing_attribute_that_was_asked_for_fails_the_reading(trl: Locate) -> None:
    device = TangoDevice(trl("test/odd/1"), kinds={"broken": "normal"})
    with pytest.raises(AttributeFailed, match="broken"):
        device.read()


class Annotated_(TangoDevice):
    """Kinds by annotation."""

    mode: Annotated[TangoSignal, Kind.config]
    ramp: Annotated[TangoSignal, Kind.hinted]


def test_kinds_by_annotation(trl: Locate) -> None:
    device = Annotated_(trl("test/odd/1"), name="odd")
    assert "odd_mode" in device.read_configuration()
    assert device.hints["fields"] == ["odd_ramp"]
    assert device.mode.get() == "FAST"


def test_everything_fails_and_it_connects(trl: Locate) -> None:
    device = TangoDevice(trl("test/broken/1"), name="broken")
    assert set(device.failing) == {"one", "two"}
    assert list(device.read()) == ["broken_State"]


def test_one_request_for_all(trl: Locate, monkeypatch: pytest.MonkeyPatch) -> None:
    device = TangoDevice(trl("sys/tg_test/1"))
    asked: list[int] = []
    read_many = type(device._link).read_many

    def counting(link: Any, names: Any) -> Any:
        asked.append(len(names))
        return read_many(link, names)

    monkeypatch.setattr(type(device._link), "read_many", counting)
    device.read()
    assert asked == [36]


def test_commands(trl: Locate) -> None:
    device = TangoDevice(trl("test/odd/1"), name="odd")
    assert device.Echo("hello") == "hello"
    assert device.command("echo")("x") == "x"
    with pytest.raises(AttributeFailed, match=r"Fail.*cannot"):
        device.Fail()
    status = device.Echo.set("set")
    status.wait(30)
    assert device.Echo.read()["odd_Echo"]["value"] == "set"
    assert device.Echo.describe()["odd_Echo"]["dtype"] == "string"
    failing = device.Fail.trigger()
    with pytest.raises(AttributeFailed):
        failing.wait(30)
    lone = TangoCommand(trl("test/odd/1/Echo"), argument="again")
    lone.trigger().wait(30)
    assert lone.get() == "again"


def test_get_and_states(trl: Locate) -> None:
    device = TangoDevice(trl("test/odd/1"))
    values = device.get()
    assert values.position_ == 1.5
    assert values.broken is None
    assert device.connected
    assert "mode" in dir(device)


class Table(Device):
    """A Tango device inside an ophyd one."""

    odd = Component(TangoDevice, "/test/odd/1#dbase=no", kinds={"*": "omitted", "mode": "normal"})


def test_nested(trl: Locate) -> None:
    table = Table(trl("").removesuffix("/#dbase=no"), name="table")
    table.wait_for_connection(timeout=30)
    assert list(table.read()) == ["table_odd_mode"]
    table.stage()
    table.unstage()
    table.stop()


def test_not_there_yet() -> None:
    device = TangoDevice("tango://127.0.0.1:1/a/b/c#dbase=no", name="away")
    assert not device.connected
    with pytest.raises(TimeoutError, match="away: cannot connect"):
        device.wait_for_connection(timeout=0.2)


def test_from_proxies(trl: Locate) -> None:
    device = TangoDevice(DeviceProxy(trl("test/odd/1")))
    assert device.name == "test_odd_1"
    assert device.position_.get() == 1.5
    signal = TangoAttribute(AttributeProxy(trl("test/odd/1/position")))
    assert signal.read()["position"]["value"] == 1.5


def test_letters_that_python_has_not_in_names() -> None:
    """Tango's names are Latin-1: such an attribute must not keep its device from connecting."""
    names = component_names(Device("", name="d"), ["area²", "µm", "2theta"])
    assert names == {"area²": "area_xb2", "µm": "µm", "2theta": "_2theta"}
