"""Devices and their server: initialisation, state, hooks, restart, many servers, many names."""

from __future__ import annotations

import signal
import threading
from typing import Any

import pytest

from puretango.client import DeviceProxy
from puretango.errors import DevFailed
from puretango.server import (
    Device,
    Device_4Impl,
    DeviceClass,
    Server,
    Util,
    attribute,
    class_property,
    command,
    device_property,
)
from puretango.values import (
    AttrDataFormat,
    AttrWriteType,
    CmdArgType,
    DevState,
    SerialModel,
)
from tests.unit.server.conftest import Serve
from tests.waiting import LIMIT, until


class Plain(Device):
    """A plain device."""

    @attribute
    def a(self) -> float:
        return 1.0


def test_a_new_device(serve: Serve) -> None:
    proxy = serve(Plain).proxy()
    assert proxy.state() is DevState.UNKNOWN
    assert proxy.status() == "The device is in UNKNOWN state."
    assert proxy.description() == "A plain device."
    assert proxy.get_command_list() == ["Init", "State", "Status"]
    assert proxy.info().dev_class == "Plain"
    assert proxy.ping() > 0
    assert proxy.command_inout("State") is proxy.read_attribute("State").value is proxy.state()
    assert proxy.command_inout("Status") == proxy.read_attribute("Status").value


def test_init_device_that_fails_gives_fault_and_the_reason(serve: Serve) -> None:
    class Weak(Device):
        broken = True

        def init_device(self) -> None:
            super().init_device()
            if self.broken:
                raise RuntimeError("no hardware")
            self.set_state(DevState.ON)

    served = serve(Weak)
    proxy = served.proxy()
    assert proxy.state() is DevState.FAULT
    assert "RuntimeError: no hardware" in proxy.status()
    assert [str(error.args[0].desc) for _, error in served.server.init_failures] == [
        "RuntimeError: no hardware\n"
    ]
    with pytest.raises(DevFailed):
        proxy.Init()
    Weak.broken = False
    proxy.Init()
    assert proxy.state() is DevState.ON


def test_the_status_tells_what_led_to_the_failure_first(serve: Serve) -> None:
    class Weak(Device):
        def init_device(self) -> None:
            super().init_device()
            try:
                raise ValueError("cable out")
            except ValueError as error:
                raise RuntimeError("no hardware") from error

    assert serve(Weak).proxy().status().splitlines() == [
        "The device is in FAULT state.",
        "ValueError: cable out",
        "RuntimeError: no hardware",
    ]


def test_hooks_come_in_the_documented_order(serve: Serve) -> None:
    calls: list[str] = []

    class Hooked(Device):
        def always_executed_hook(self) -> None:
            calls.append("always")

        def read_attr_hardware(self, attr_list: list[int]) -> None:
            calls.append(f"hardware {len(attr_list)}")

        def write_attr_hardware(self, attr_list: list[int]) -> None:
            calls.append("write hardware")

        @attribute
        def a(self) -> float:
            calls.append("read")
            return 1.0

        @a.setter
        def a(self, _value: float) -> None:
            calls.append("write")

        @a.is_allowed
        def a(self, request: Any) -> bool:
            calls.append(f"allowed {request.name}")
            return True

        @command
        def Go(self) -> None:
            calls.append("command")

        def is_Go_allowed(self) -> bool:
            calls.append("may go")
            return True

    proxy = serve(Hooked).proxy()
    proxy.get_attribute_config("a")
    for _ in range(2):
        calls.clear()
        proxy.read_attribute("a")
        assert calls == ["always", "hardware 1", "allowed READ_REQ", "read"]
    calls.clear()
    proxy.write_attribute("a", 1.0)
    assert calls == ["always", "allowed WRITE_REQ", "write", "write hardware"]
    calls.clear()
    proxy.Go()
    assert calls == ["always", "may go", "command"]


def test_properties_of_device_and_class(serve: Serve) -> None:
    class Props(Device):
        number = device_property(dtype=int, default_value=3)
        flags = device_property(dtype=(bool,))
        shared = class_property(dtype=str, default_value="nothing")
        needed = device_property(dtype=float, mandatory=True)

    served = serve(
        Props,
        properties={"test/unit/1": {"flags": ["true", "no"], "needed": 2.5}},
        class_properties={"Props": {"shared": "all"}},
    )
    device = served.device
    assert (device.number, device.flags, device.shared, device.needed) == (
        3,
        [True, False],
        "all",
        2.5,
    )
    admin = served.admin()
    wizard = admin.command_inout("QueryWizardDevProperty", "Props")
    assert wizard[:3] == ["number", "", "3"]


@pytest.mark.parametrize("given", [{}, {"needed": "maybe"}])
def test_a_property_that_is_missing_or_wrong(serve: Serve, given: dict[str, str]) -> None:
    class Props(Device):
        needed = device_property(dtype=bool, mandatory=True)

    served = serve(Props, properties={"test/unit/1": given})
    assert served.proxy().state() is DevState.FAULT
    assert "needed" in served.proxy().status()


def test_restart_keeps_the_clients_proxies(serve: Serve) -> None:
    class Counted(Device):
        made = 0

        def init_device(self) -> None:
            super().init_device()
            type(self).made += 1

        @attribute
        def count(self) -> int:
            return type(self).made

    served = serve(Counted)
    proxy = served.proxy()
    admin = served.admin()
    assert proxy.count == 1
    admin.command_inout("DevRestart", served.name)
    assert proxy.count == 2
    admin.command_inout("RestartServer")
    until(lambda: Counted.made >= 3 and not served.server.is_starting)
    assert proxy.count == 3
    assert admin.command_inout("QueryDevice") == ["Counted::test/unit/1"]


def test_kill_ends_the_wait(serve: Serve) -> None:
    served = serve(Plain)
    assert not served.server.wait(0)
    served.admin().command_inout("Kill")
    assert served.server.wait(LIMIT)


def test_a_signal_that_comes_in_the_middle_of_another_ends_the_server(serve: Serve) -> None:
    server = serve(Plain).server
    server.signals.end_server()
    with server._end.ended._cond:  # as when the first signal's handler is interrupted
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)
    assert server.wait(30)


def test_servers_live_beside_each_other_and_leave_nothing() -> None:
    servers = [Server(f"s{i}", [Plain], devices={"Plain": [f"a/b/{i}"]}) for i in range(5)]
    for server in servers:
        server.start()
    assert len({server.port for server in servers}) == 5
    for number, server in enumerate(servers):
        proxy = DeviceProxy(server.access(f"a/b/{number}"))
        assert proxy.name() == f"a/b/{number}"
        assert server.util.get_ds_inst_name() == f"s{number}"
    for server in servers:
        server.stop()


def test_util_knows_the_server_of_the_device(serve: Serve) -> None:
    class Asks(Device):
        @command
        def Who(self) -> str:
            return Util.instance().get_ds_name()

    one = serve(Asks, server_name="One")
    two = serve(Asks, server_name="Two")
    assert (one.proxy().Who(), two.proxy().Who()) == ("One/unit", "Two/unit")


def test_a_slow_device_holds_up_no_other(serve: Serve) -> None:
    release = threading.Event()

    class Slow(Device):
        @command
        def Wait(self) -> None:
            release.wait(30)

        @attribute
        def a(self) -> float:
            return 1.0

    served = serve(Slow, devices={"Slow": ["test/unit/1", "test/unit/2"]})
    waiting = threading.Thread(target=lambda: served.proxy().Wait())
    waiting.start()
    try:
        assert served.proxy("test/unit/2").a == 1.0
        assert waiting.is_alive()
    finally:
        release.set()
        waiting.join()


def test_the_monitor_gives_up_in_the_end(serve: Serve) -> None:
    inside, release = threading.Event(), threading.Event()

    class Slow(Device):
        @command
        def Wait(self) -> None:
            inside.set()
            release.wait(30)

        @attribute
        def a(self) -> float:
            return 1.0

    served = serve(Slow)
    served.device._tango.monitor.timeout = 0.05
    waiting = threading.Thread(target=lambda: served.proxy().Wait())
    waiting.start()
    try:
        assert inside.wait(30)
        with pytest.raises(DevFailed) as caught:
            served.proxy().read_attribute("a")
        assert caught.value.args[0].reason == "API_CommandTimedOut"
    finally:
        release.set()
        waiting.join()


def test_without_serialization_requests_meet(serve: Serve) -> None:
    both = threading.Barrier(2, timeout=30)

    class Free(Device):
        @command
        def Meet(self) -> None:
            both.wait()

    served = serve(Free, serial_model=SerialModel.NO_SYNC)
    threads = [threading.Thread(target=lambda: served.proxy().Meet()) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not both.broken


def test_devices_of_one_server_may_call_each_other_and_themselves(serve: Serve) -> None:
    class Chain(Device):
        @command
        def Call(self, names: list[str]) -> str:
            if not names:
                return self.get_name()
            proxy = DeviceProxy(self._tango.server.access(names[0]))
            return str(proxy.command_inout("Call", names[1:]))

    served = serve(Chain, devices={"Chain": ["test/unit/1", "test/unit/2"]})
    names = ["test/unit/2", "test/unit/1", "test/unit/1", "test/unit/2"]
    assert served.proxy().Call(names) == "test/unit/2"


def test_the_low_level_style(serve: Serve) -> None:
    class MotorClass(DeviceClass):
        cmd_list = {"Double": [[CmdArgType.DevLong, "a number"], [CmdArgType.DevLong, "twice it"]]}
        attr_list = {
            "position": [
                [CmdArgType.DevDouble, AttrDataFormat.SCALAR, AttrWriteType.READ_WRITE],
                {"unit": "mm", "max_value": "100"},
            ]
        }
        device_property_list = {"axis": [CmdArgType.DevLong, "the axis", [4]]}

    class Motor(Device_4Impl):
        def __init__(self, cl: Any, name: str) -> None:
            super().__init__(cl, name)
            self.init_device()

        def init_device(self) -> None:
            self.get_device_properties(self.get_device_class())
            self.set_state(DevState.ON)
            self.at = 0.0

        def read_position(self, attr: Any) -> None:
            attr.set_value(self.at)

        def write_position(self, attr: Any) -> None:
            self.at = attr.get_write_value() + self.axis

        def Double(self, value: int) -> int:
            return 2 * value

    server = Server("low", [(MotorClass, Motor, "Motor")], devices={"Motor": ["a/b/c"]})
    with server:
        proxy = DeviceProxy(server.access("a/b/c"))
        proxy.position = 1.0
        assert proxy.position == 5.0
        assert proxy.Double(21) == 42
        assert proxy.get_attribute_config("position").unit == "mm"
        assert proxy.get_idl_version() == 4


def test_a_port_in_use_is_told() -> None:
    with Server("one", [Plain], devices={"Plain": ["a/b/c"]}) as server:
        second = Server("two", [Plain], devices={"Plain": ["a/b/d"]}, port=server.port)
        with pytest.raises(OSError, match="in use"):
            second.start()


def test_the_authors_namespace_has_one_private_name_of_ours(serve: Serve) -> None:
    class Plain(Device):
        level = device_property(dtype=int, default_value=3)

    served = serve(Plain)
    device = served.device
    ours = {name for name in (*vars(device), *dir(type(device))) if name.startswith("_tango")}
    assert ours == {"_tango", "_tango_properties"}  # the second is PyTango's own
    assert device._tango_properties == {"level": 3}
    device._tango_properties = {}
    served.proxy().Init()
    assert device.level == 3
