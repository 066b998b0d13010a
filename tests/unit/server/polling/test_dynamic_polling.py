"""Polling that clients have configured holds for static and dynamic attributes and commands alike."""

from __future__ import annotations

from typing import Any

import pytest

from puretango import Attr, AttrWriteType, CmdArgType, EventType
from puretango.server import Device, attribute, command
from puretango.values import DevState
from tests.unit.server.conftest import Serve

NAMES = ["static", "in_init", "in_hook", "low_level"]


class Dynamic(Device):
    """Attributes and commands that come in every way there is."""

    added_period = 0

    def init_device(self) -> None:
        super().init_device()
        self.set_state(DevState.ON)
        self.add_attribute(
            attribute(name="in_init", dtype=int, fget=self.give, polling_period=self.added_period)
        )
        self.add_command(command(f=self.DynamicCommand, dtype_out=int))

    def initialize_dynamic_attributes(self) -> None:
        self.add_attribute(attribute(name="in_hook", dtype=int, fget=self.give))
        low_level = Attr("low_level", CmdArgType.DevLong, AttrWriteType.READ)
        self.add_attribute(low_level, self.set_it)

    def give(self, _attribute: Any) -> int:
        return 5

    def set_it(self, given: Any) -> None:
        given.set_value(6)

    def DynamicCommand(self) -> int:
        return 3

    @attribute(dtype=int)
    def static(self) -> int:
        return 1


class Declaring(Dynamic):
    """The same, and its author polls one that is added."""

    added_period = 1000


def periods(device: Any) -> dict[str, int]:
    found = {name: device.get_attribute_poll_period(name) for name in NAMES}
    return {**found, "DynamicCommand": device.get_command_poll_period("DynamicCommand")}


KEPT = {
    "polled_attr": [word for name in NAMES for word in (name, "300")],
    "polled_cmd": ["dynamiccommand", "300"],
}


@pytest.mark.parametrize("cls", [Dynamic, Declaring])
def test_what_the_database_says_is_polled_after_each_restart(serve: Serve, cls: Any) -> None:
    served = serve(cls, properties={"test/unit/1": KEPT})
    for _ in range(2):
        assert periods(served.device) == dict.fromkeys([*NAMES, "DynamicCommand"], 300)
        got: list[Any] = []
        proxy = served.proxy()
        number = proxy.subscribe_event("in_hook", EventType.PERIODIC_EVENT, got.append)
        proxy.unsubscribe_event(number)
        assert not got[0].err
        served.admin().command_inout("DevRestart", served.name)


def test_what_clients_configure_holds_after_a_restart(serve: Serve) -> None:
    served = serve(Declaring)
    proxy = served.proxy()
    assert periods(served.device)["in_init"] == 1000
    for name in NAMES:
        proxy.poll_attribute(name, 200)
    proxy.poll_command("DynamicCommand", 200)
    served.admin().command_inout("DevRestart", served.name)
    assert periods(served.device) == dict.fromkeys([*NAMES, "DynamicCommand"], 200)


def test_what_clients_have_stopped_stays_stopped(serve: Serve) -> None:
    served = serve(Declaring)
    served.proxy().stop_poll_attribute("in_init")
    served.admin().command_inout("DevRestart", served.name)
    assert periods(served.device)["in_init"] == 0


def test_a_period_is_kept_for_what_is_not_there_yet(serve: Serve) -> None:
    kept = {"polled_attr": ["later", "300", "static", "300"]}
    served = serve(Dynamic, properties={"test/unit/1": kept})
    served.proxy().poll_attribute("static", 500)
    device = served.device
    device.add_attribute(attribute(name="later", dtype=int, fget=device.give))
    assert device.get_attribute_poll_period("later") == 300
    assert device.get_attribute_poll_period("static") == 500
