"""DeviceProxy and AttributeProxy on a device of this process."""

from __future__ import annotations

import gc
import sys
import threading
import weakref
from typing import Any

import numpy as np
import pytest

import puretango as tango
from puretango import (
    AttributeProxy,
    DevFailed,
    DeviceProxy,
    DevState,
    ExtractAs,
    GreenMode,
    PyTangoUserWarning,
)
from puretango.client import default_context
from puretango.client.context._proxywatch import tell_of_proxy, watch_proxies


def test_basics(thing: Any) -> None:
    assert thing.ping() >= 0
    assert (thing.state(), thing.name(), thing.dev_name()) == (
        DevState.ON,
        "test/thing/1",
        "test/thing/1",
    )
    assert thing.info().dev_class == "Thing"
    assert (str(thing), repr(thing)) == ("Thing(test/thing/1)", "Thing(test/thing/1)")
    assert thing.adm_name().endswith("/dserver/Thing/thing#dbase=no")
    assert not thing.is_dbase_used()
    assert thing.get_idl_version() == 6
    assert "number" in thing.get_attribute_list()
    assert "Twice" in thing.get_command_list()


def test_read_and_write(thing: Any) -> None:
    for value in (2.5, 1e308, -0.0):
        thing.write_attribute("number", value)  # the long way first, then from kept bytes
        assert thing.read_attribute("number").value == value
    assert thing.write_read_attribute("number", 7.5).value == 7.5
    thing.write_attributes([("number", 1.0), ("count", 3)])
    number, count = thing.read_attributes(["number", "count"])
    assert (number.value, number.w_value, count.value) == (1.0, 1.0, 3)
    info = thing.get_attribute_config("number")
    thing.write_attribute(info, 9)
    assert thing.number == 9
    thing.write_attribute("numbers", [1, 2, 3])
    assert thing.read_attribute("numbers").value.tolist() == [1, 2, 3]
    assert thing.read_attribute("numbers", ExtractAs.List).value == [1.0, 2.0, 3.0]


def test_failures_of_attributes(thing: Any) -> None:
    for _ in range(3):
        with pytest.raises(DevFailed) as caught:
            thing.read_attribute("broken")
        assert [error.reason for error in caught.value.args] == [
            "Thing_Broken",
            "API_AttributeFailed",
        ]
    assert thing.read_attributes(["broken"])[0].has_failed
    with pytest.raises(DevFailed, match="API_AttrNotFound"):
        thing.read_attribute("nothing")
    for _ in range(2):
        with pytest.raises(TypeError):
            thing.write_attribute("number", "text")
        thing.write_attribute("number", 1.0)
    with pytest.raises(DevFailed, match="API_AttrNotWritable"):
        thing.write_attribute("broken", 1.0)


def test_commands(thing: Any) -> None:
    for value in (1.5, 2, np.float64(3)):
        assert thing.command_inout("Twice", value) == 2 * value
    assert thing.Echo("é") == "é"
    assert thing.command_inout("State") == DevState.ON
    assert thing.command_inout_raw("Twice", 2.0).extract() == 4.0
    with pytest.raises(TypeError, match="Invalid input argument for command Twice"):
        thing.Twice("text")
    for _ in range(2):
        with pytest.raises(DevFailed) as caught:
            thing.Fail()
        assert caught.value.args[0].reason == "Thing_Failed"
        assert caught.value.args[-1].reason == "API_CommandFailed"
    with pytest.raises(DevFailed, match="API_CommandNotFound"):
        thing.command_inout("Nothing", 1)


def test_members(thing: Any) -> None:
    thing.NUMBER = 4.5
    assert thing.number == 4.5
    assert thing["number"].value == 4.5
    thing["number"] = 5.5
    assert thing.number == 5.5
    assert "NUMBER" in thing
    assert {"number", "Twice", "twice", "ping"} <= set(dir(thing))
    thing.colour = "RED"
    assert thing.colour.name == "RED"
    with pytest.raises(AttributeError, match="Invalid enum value"):
        thing.colour = "BLUE"
    with pytest.raises(AttributeError):
        _ = thing.nothing
    with pytest.raises(AttributeError, match="frozen"):
        thing.nothing = 1
    with pytest.raises(TypeError, match="Cannot set the value of a command"):
        thing.Twice = 1
    with pytest.warns(PyTangoUserWarning):
        thing.unfreeze_dynamic_interface()
    thing.nothing = 1
    assert thing.nothing == 1


def test_settings(thing: Any) -> None:
    thing.set_timeout_millis(1234)
    assert thing.get_timeout_millis() == 1234
    thing.set_source(tango.DevSource.DEV)
    assert thing.get_source() == tango.DevSource.DEV
    thing.set_transparency_reconnection(False)
    assert not thing.get_transparency_reconnection()
    copy = DeviceProxy(thing)
    assert copy.number == thing.number


def test_timeouts(thing: Any) -> None:
    thing.set_timeout_millis(100)
    with pytest.raises(tango.CommunicationFailed) as caught:
        thing.read_attribute("slow")
    assert caught.value.args[0].reason == "API_CorbaException"
    assert caught.value.args[1].reason == "API_DeviceTimedOut"
    assert caught.value.args[1].desc == "Timeout (100 mS) exceeded on device test/thing/1"
    with pytest.raises(tango.CommunicationFailed, match="command Sleep"):
        thing.Sleep(0.3)
    thing.set_timeout_millis(3000)
    assert thing.slow == 1.0


def test_a_device_its_server_does_not_know(thing: Any) -> None:
    host, port = thing.get_dev_host(), thing.get_dev_port()
    with pytest.raises(tango.ConnectionFailed, match="API_DeviceNotDefined"):
        DeviceProxy(f"tango://{host}:{port}/no/such/device#dbase=no")


def test_nobody_listens() -> None:
    proxy = DeviceProxy("tango://127.0.0.1:1/a/b/c#dbase=no")  # stateless: no error yet
    assert str(proxy) == "Device(a/b/c)"
    with pytest.raises(tango.ConnectionFailed) as caught:
        proxy.ping()
    assert caught.value.args[1].reason == "API_ServerNotRunning"
    with pytest.raises(tango.ConnectionFailed) as caught:
        DeviceProxy("a/b/c")
    assert caught.value.args[1].reason == "API_CantConnectToDatabase"


def test_database_features_without_database(thing: Any) -> None:
    for call in (
        lambda: thing.get_property("x"),
        thing.import_info,
        thing.lock,
        thing.locking_status,
    ):
        with pytest.raises(tango.NonDbDevice):
            call()


def test_uninitialised_proxies_are_safe_to_print() -> None:
    proxy = DeviceProxy.__new__(DeviceProxy)
    assert "Unknown" in repr(proxy)
    for action in (lambda: proxy.anything, lambda: proxy["x"], lambda: dir(proxy)):
        with pytest.raises(RuntimeError, match="not fully initialized"):
            action()


def test_proxies_go_at_once(thing: Any) -> None:
    proxy = DeviceProxy(
        f"tango://{thing.get_dev_host()}:{thing.get_dev_port()}/test/thing/1#dbase=no"
    )
    proxy.ping()
    str(proxy)
    reference = weakref.ref(proxy)
    gc.disable()
    try:
        del proxy
        assert reference() is None
    finally:
        gc.enable()


def test_many_threads_share_a_connection(thing: Any) -> None:
    wrong: list[float] = []

    def work(number: int) -> None:
        for step in range(50):
            value = number + step / 100
            if thing.Twice(value) != 2 * value:
                wrong.append(value)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_attribute_proxy(thing: Any) -> None:
    proxy = AttributeProxy("test/thing/1/number")
    assert (proxy.name(), str(proxy)) == ("number", "AttributeProxy(number)")
    proxy.write(2.5)
    assert proxy.read().value == 2.5
    assert proxy.write_read(3.5).value == 3.5
    assert proxy.get_config().unit == "mm"
    assert not proxy.is_polled()
    assert proxy.get_device_proxy().name() == "test/thing/1"
    assert AttributeProxy(thing, "number").read().value == 3.5
    written = proxy.write_asynch(4.5, wait=True)
    proxy.write_reply(written, 30_000, wait=True)
    read = proxy.read_asynch(wait=True)
    assert proxy.read_reply(read, 30_000, wait=True).value == 4.5
    with pytest.raises(tango.WrongNameSyntax, match="API_UnsupportedAttribute"):
        AttributeProxy("test/thing/1/nothing")


def test_configuration(thing: Any) -> None:
    info = thing.get_attribute_config("number")
    info.label = "Number"
    thing.set_attribute_config(info)
    assert thing.get_attribute_config_ex(["number"])[0].label == "Number"
    with pytest.raises(TypeError):
        thing.set_attribute_config("number")
    assert thing.command_query("Twice").in_type == tango.DevDouble
    assert [each.cmd_name for each in thing.get_command_config(["State", "Twice"])] == [
        "State",
        "Twice",
    ]


def test_polling_and_logging(thing: Any) -> None:
    thing.poll_attribute("number", 500)
    assert thing.is_attribute_polled("number")
    assert thing.get_attribute_poll_period("number") == 500
    thing.poll_attribute("number", 600)
    assert thing.get_attribute_poll_period("number") == 600
    thing.stop_poll_attribute("number")
    assert not thing.is_attribute_polled("number")
    thing.set_logging_level(2)
    assert thing.get_logging_level() == 2


def test_futures(thing: Any) -> None:
    future = thing.read_attribute("number", green_mode=GreenMode.Futures, wait=False)
    assert future.result(30).value == thing.number
    from puretango.client.green import _futures_executor

    pool = _futures_executor._Pool.pool
    assert pool is not None
    pool.shutdown()
    _futures_executor._Pool.pool = None
    _futures_executor.set_global_executor(None)


def test_the_default_context_can_be_closed(thing: Any) -> None:
    before = default_context()
    tango.ApiUtil.cleanup()
    assert before.closed
    assert DeviceProxy("test/thing/1").number == 1.5


def test_a_proxy_is_made_while_a_server_starts_elsewhere() -> None:
    """Servers want to know of proxies: who is told must not change under who tells."""

    class Watcher:
        def proxy_made(self, device: str) -> None:
            seen.add(device)

    def come_and_go() -> None:
        while not ended.is_set():
            watchers = [Watcher() for _ in range(20)]
            for watcher in watchers:
                watch_proxies(watcher)

    seen: set[str] = set()
    ended = threading.Event()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    thread = threading.Thread(target=come_and_go)
    thread.start()
    try:
        for _ in range(1000):
            tell_of_proxy("a/b/c")
    finally:
        ended.set()
        thread.join()
        sys.setswitchinterval(interval)
    assert seen == {"a/b/c"}
