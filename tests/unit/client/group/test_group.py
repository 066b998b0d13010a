"""Groups of devices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import puretango as tango
from puretango import DeviceData, DeviceDataList, Group
from puretango.database import DatabaseServer
from puretango.testing import MultiDeviceTestContext
from tests.unit.client.conftest import Thing


@pytest.fixture
def devices() -> Iterator[MultiDeviceTestContext]:
    """Two devices of one class."""
    names = [{"name": f"test/thing/{number}"} for number in (1, 2)]
    with MultiDeviceTestContext([{"class": Thing, "devices": names}]) as context:
        yield context


@pytest.fixture
def group(devices: MultiDeviceTestContext) -> Group:
    """A group of both."""
    made = Group("both")
    made.add(["test/thing/1", "test/thing/2"])
    return made


def test_calls(group: Group) -> None:
    assert group.ping()
    assert not group.write_attribute("number", 2.5).has_failed()
    assert [reply.get_data().value for reply in group.read_attribute("number")] == [2.5, 2.5]
    group.write_attribute("number", [1.0, 2.0], multi=True)
    replies = group.read_attributes(["number", "count"])
    assert [(reply.obj_name(), reply.get_data().value) for reply in replies] == [
        ("number", 1.0),
        ("count", 7),
        ("number", 2.0),
        ("count", 7),
    ]
    assert [reply.get_data() for reply in group.command_inout("Twice", 4.0)] == [8.0, 8.0]
    arguments = DeviceDataList()
    for value in (1.0, 2.0):
        data = DeviceData()
        data.insert(tango.DevDouble, value)
        arguments.append(data)
    assert [reply.get_data() for reply in group.command_inout("Twice", arguments)] == [2.0, 4.0]
    with pytest.raises(tango.DevFailed, match="expected:2 - got:1"):
        group.write_attribute("number", [1.0], multi=True)


def test_replies_in_every_form(group: Group) -> None:
    for reply in group.read_attribute("numbers"):
        assert reply.get_data().value.tolist() == [1.0, 2.0]
        assert reply.get_data(tango.ExtractAs.List).value == [1.0, 2.0]
        assert reply.get_data(extract_as=tango.ExtractAs.Tuple).value == (1.0, 2.0)
    started = group.command_inout_asynch("Twice", 1.5, True)
    assert [reply.get_data() for reply in group.command_inout_reply(started)] == [3.0, 3.0]


def test_failures(group: Group) -> None:
    group.add("tango://127.0.0.1:1/a/b/c#dbase=no")
    replies = group.read_attribute("broken")
    assert replies.has_failed()
    reasons = [reply.get_err_stack()[0].reason for reply in replies]
    assert reasons == ["Thing_Broken", "Thing_Broken", "API_CorbaException"]
    with pytest.raises(tango.DevFailed):
        replies[0].get_data()
    assert "Thing_Broken" in str(replies[0])
    assert not group.ping()


def test_a_member_in_no_database_costs_the_others_nothing(
    devices: MultiDeviceTestContext,
) -> None:
    """PyTango raises for all of them, when those before it have been written already."""
    with DatabaseServer(":memory:", "127.0.0.1", 0) as database:
        here = devices.get_device_access("test/thing/1")
        group = Group("mixed")
        group.add([here, f"tango://{database.tango_host}/no/such/dev"])
        for replies in (
            group.write_attribute("number", 2.5),
            group.read_attribute("number"),
            group.read_attributes(["number"]),
            group.command_inout("Twice", 1.5),
        ):
            good, bad = replies
            assert not good.has_failed()
            assert bad.get_err_stack()[0].reason == "DB_DeviceNotDefined"


def test_members(group: Group) -> None:
    outer = Group("outer")
    outer.add(group)
    assert (len(outer), outer.get_size(False)) == (2, 0)
    assert "test/thing/1" in outer
    assert "test/thing/*" in outer
    assert outer.get_group("both") is group
    assert group.get_fully_qualified_name() == "outer.both"
    assert outer.get_device("test/thing/2").dev_name() == "test/thing/2"
    assert outer.get_device(1).dev_name() == "test/thing/1"
    with pytest.raises(KeyError, match="no/such/device"):
        outer["no/such/device"]
    outer.disable("test/thing/1")
    assert not outer.is_enabled("test/thing/1")
    first, _second = outer.read_attribute("number")
    assert not first.group_element_enabled()
    outer.remove("test/thing/1")
    assert len(outer) == 1
    assert repr(outer) == "Group(outer)"


def test_replies_only_once(group: Group) -> None:
    number = group.read_attribute_asynch("number")
    assert len(group.read_attribute_reply(number)) == 2
    with pytest.raises(tango.AsynCall):
        group.read_attribute_reply(number)


def _names(replies: Any) -> list[str]:
    return [reply.dev_name() for reply in replies]


def test_names_are_full(group: Group, devices: MultiDeviceTestContext) -> None:
    assert _names(group.read_attribute("number")) == [
        devices.get_device_access(f"test/thing/{number}") for number in (1, 2)
    ]
