"""The list of a device's attributes, which changes while clients are connected."""

from __future__ import annotations

import sys
import threading
from typing import Any

import pytest

from puretango.server import Device, attribute
from puretango.server.attribute import _attributes as _multiattribute
from puretango.values import CmdArgType, DevState
from tests.unit.server.attribute.test_server_attributes import failure
from tests.unit.server.conftest import Serve
from tests.waiting import Gate


def test_attributes_come_and_go_while_clients_are_connected(serve: Serve) -> None:
    class Dynamic(Device):
        def initialize_dynamic_attributes(self) -> None:
            self.add_attribute(attribute(name="first", dtype=int, fget=self.read_any))

        def read_any(self, attr: Any) -> int:
            return len(attr.get_name())

    served = serve(Dynamic)
    proxy = served.proxy()
    assert proxy.first == 5
    served.device.add_attribute(attribute(name="second", dtype=int, fget=Dynamic.read_any))
    assert proxy.second == 6
    served.device.remove_attribute("first")
    assert failure(proxy.read_attribute, "first").args[0].reason == "API_AttrNotFound"
    assert "second" in proxy.get_attribute_list()
    refused = failure(served.device.remove_attribute, "State")
    assert [error.reason for error in refused.args] == ["API_AttrOptProp", "API_AttrNotFound"]


class Changing(Device):
    def read_any(self, _attribute: Any) -> int:
        return 2


def test_attributes_that_come_and_go_while_clients_look(serve: Serve) -> None:
    served = serve(Changing)
    device, proxy = served.device, served.proxy()
    over = threading.Event()
    failures: list[Exception] = []

    def change(name: str) -> None:
        while not over.is_set():
            try:
                device.add_attribute(attribute(name=name, dtype=int, fget=Changing.read_any))
                device.remove_attribute(name)
            except Exception as error:
                failures.append(error)
                return

    threads = [threading.Thread(target=change, args=(f"passing{i}",)) for i in range(3)]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for thread in threads:
            thread.start()
        for _ in range(30):
            proxy.get_attribute_list()
            proxy.state()
            device.get_device_attr().index_of("status")
    finally:
        over.set()
        for thread in threads:
            thread.join()
        sys.setswitchinterval(before)
    assert not failures


def test_an_attribute_is_made_once_and_stays_removed(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = serve(Changing).device
    attributes = device.get_device_attr()
    spec = device.add_attribute(attribute(name="late", dtype=int, fget=Changing.read_any))
    make = _multiattribute.make_attribute

    gate = Gate()

    def slowly(*args: Any) -> Any:
        gate.hold()
        return make(*args)

    attributes.add(spec)
    attributes._made.pop("late")
    monkeypatch.setattr(_multiattribute, "make_attribute", slowly)
    found: list[Any] = []
    threads = [
        threading.Thread(target=lambda: found.append(attributes.find("late"))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    gate.reached()
    removing = threading.Thread(target=attributes.remove, args=("late",))
    removing.start()
    removing.join(0.02)
    gate.open()
    removing.join()
    for thread in threads:
        thread.join()
    assert len({id(each) for each in found}) == 1
    assert attributes.find("late") is None


def test_an_author_s_state_is_listed_and_its_name_reaches_the_library_s(serve: Serve) -> None:
    """As with PyTango, whose list has both."""

    class Named(Device):
        def init_device(self) -> None:
            super().init_device()
            self.set_state(DevState.MOVING)

        readback = attribute(dtype=float, fget="read_any")
        state = attribute(dtype=float, fget="read_any")

        def read_any(self) -> float:
            return 2.5

    proxy = serve(Named).proxy()
    assert list(proxy.get_attribute_list()) == ["readback", "state", "State", "Status"]
    types = [(one.name, one.data_type) for one in proxy.attribute_list_query()]
    assert types[1:3] == [("state", CmdArgType.DevDouble), ("State", CmdArgType.DevState)]
    for name in ("state", "State", "STATE"):
        assert proxy.read_attribute(name).value == DevState.MOVING
        assert proxy.get_attribute_config(name).data_type == CmdArgType.DevState
