"""The admin device: commands, locks, logging, sub-devices."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from puretango.client import DeviceProxy
from puretango.errors import DevFailed
from puretango.idl import CppClntIdent_6, LockerLanguage, TraceContextW3C
from puretango.server import (
    DebugIt,
    Device,
    InfoIt,
    LogAttributeMixin,
    attribute,
    command,
)
from puretango.server.admin._parts import AdminParts
from puretango.server.base._peer import Client
from puretango.server.device.parts._locking import Lock
from puretango.server.logs._target import MOST_WAITING, DeviceTarget, Message
from tests.unit.server.conftest import Serve


class Target(LogAttributeMixin, Device):
    kept = 0.0

    @attribute
    def a(self) -> float:
        return self.kept

    @a.setter
    def a(self, value: float) -> None:
        self.kept = value

    @command
    @InfoIt(show_args=True, show_ret=True)
    def Double(self, value: int) -> int:
        self.debug_stream("doubling %d", value)
        return 2 * value

    @command
    @DebugIt()
    def Fail(self) -> None:
        raise ValueError("as it should")


def test_all_commands_are_there(serve: Serve) -> None:
    names = set(serve(Target).admin().get_command_list())
    assert names == {*AdminParts.commands(), "Init", "State", "Status"}
    assert len(names) == 51


def other_client() -> Client:
    ident = (LockerLanguage.CPP_6, CppClntIdent_6(4711, (0, TraceContextW3C("", ""))))
    return Client("10.0.0.9", ident)


def test_locks(serve: Serve) -> None:
    served = serve(Target)
    proxy, admin = served.proxy(), served.admin()
    numbers, texts = admin.command_inout("DevLockStatus", served.name)
    assert (numbers[0], texts[0]) == (0, "Device test/unit/1 is not locked")
    admin.command_inout("LockDevice", ([10], [served.name]))
    proxy.a = 1.0
    numbers, _ = admin.command_inout("DevLockStatus", served.name)
    assert numbers[0] == 1
    assert admin.command_inout("UnLockDevice", ([0], [served.name])) == 0
    served.device._tango.locking.lock_for(other_client(), 10)
    for call in (
        lambda: proxy.write_attribute("a", 2.0),
        lambda: proxy.command_inout("Double", 1),
        lambda: admin.command_inout("DevRestart", served.name),
    ):
        with pytest.raises(DevFailed) as caught:
            call()
        assert caught.value.args[0].reason == "API_DeviceLocked"
    assert proxy.a == 1.0
    assert proxy.command_inout("State") is not None
    served.device._tango.locking.lock.last -= 11  # its client has not been heard of
    proxy.a = 3.0
    assert served.device.kept == 3.0


def test_a_lock_taken_away_in_the_middle_of_a_check(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = serve(Target)
    device, proxy = served.device, served.proxy()
    valid = Lock.valid.fget
    reasons = set()

    def lost_meanwhile(lock: Lock) -> bool:
        found = valid(lock)
        device._tango.locking.lock = None  # by the thread of another client
        return bool(found)

    for request in (
        lambda: device.is_device_locked(),
        lambda: proxy.write_attribute("a", 2.0),
        lambda: served.admin().command_inout("DevLockStatus", served.name),
        lambda: served.admin().command_inout("DevRestart", served.name),
    ):
        device._tango.locking.lock_for(other_client(), 10)
        with monkeypatch.context() as patched:
            patched.setattr(Lock, "valid", property(lost_meanwhile))
            try:
                request()
            except DevFailed as error:
                reasons.add(error.args[0].reason)
    assert reasons == {"API_DeviceLocked"}


def test_the_lock_of_the_next_client_outlives_the_end_of_the_one_before(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = serve(Target).device
    device._tango.locking.lock_for(other_client(), 10)
    fresh = Lock(other_client(), 10)

    def replaced_meanwhile(lock: Lock) -> bool:
        device._tango.locking.lock = fresh
        return False

    with monkeypatch.context() as patched:
        patched.setattr(Lock, "valid", property(replaced_meanwhile))
        device.is_device_locked()
    assert device._tango.locking.lock is fresh


def messages(path: Path) -> list[str]:
    """The texts of the log4j events in a file."""
    return re.findall(r"<log4j:message><!\[CDATA\[(.*?)\]\]></log4j:message>", path.read_text())


def test_logging_targets_and_levels(serve: Serve, tmp_path: Path) -> None:
    served = serve(Target)
    proxy, admin = served.proxy(), served.admin()
    path = tmp_path / "device.log"
    admin.command_inout("AddLoggingTarget", [served.name, "console", served.name, f"file::{path}"])
    assert admin.command_inout("GetLoggingTarget", served.name) == [
        "console::cout",
        f"file::{path}",
    ]
    admin.command_inout("RemoveLoggingTarget", ["*", "console::cout"])
    admin.command_inout("SetLoggingLevel", ([5], [served.name]))
    assert admin.command_inout("GetLoggingLevel", [served.name])[0].tolist() == [5]
    assert proxy.Double(21) == 42
    with pytest.raises(DevFailed):
        proxy.Fail()
    assert messages(path) == [
        "-> Target.Double(21)",
        "doubling 21",
        "42 <- Target.Double()",
        "-> Target.Fail()",
        "<- Target.Fail() raised exception!",
    ]
    assert 'logger="test/unit/1"' in path.read_text()
    assert proxy.log[1].endswith("DEBUG doubling 21")
    admin.command_inout("StopLogging")
    proxy.Double(1)
    assert len(messages(path)) == 5
    admin.command_inout("StartLogging")
    with pytest.raises(DevFailed):
        admin.command_inout("SetLoggingLevel", ([9], [served.name]))


def test_levels_and_targets_from_properties(serve: Serve, tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    served = serve(
        Target,
        properties={"test/unit/1": {"logging_level": "DEBUG", "logging_target": [f"file::{path}"]}},
    )
    served.proxy().Double(1)
    assert len(messages(path)) == 3


def test_messages_to_a_log_consumer(serve: Serve) -> None:
    seen: list[list[str]] = []

    class Consumer(Device):
        @command
        def Log(self, fields: list[str]) -> None:
            seen.append(fields)

    consumer = serve(Consumer, name="test/log/1")
    served = serve(Target)
    target = f"device::{consumer.server.access('test/log/1')}"
    served.admin().command_inout("AddLoggingTarget", [served.name, target])
    served.device.error_stream("it burns")
    served.admin().command_inout("RemoveLoggingTarget", [served.name, target])
    assert seen[0][1:4] == ["ERROR", "test/unit/1", "it burns"]


def test_a_log_consumer_that_hangs_costs_no_memory_and_no_thread(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    goes_on = threading.Event()

    def send(_fields: list[str]) -> None:
        goes_on.wait(5)
        raise RuntimeError("gone for good")

    target = DeviceTarget(Mock(log_consumer=lambda _device: send), "a/log/1")
    for number in range(MOST_WAITING + 500):
        target.write(Message("a/b/c", 1, str(number), "", 0))
    assert target._queue.qsize() <= MOST_WAITING
    timer = threading.Timer(0.1, goes_on.set)
    timer.start()
    target.close()
    assert not target._thread.is_alive()
    timer.join()
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert "gone for good" in told[0]
    assert "messages found no place" in told[0]


def test_a_client_says_who_it_is(serve: Serve) -> None:
    seen: list[str] = []

    class Curious(Device):
        @command
        def Ask(self) -> None:
            seen.append(str(self.get_client_ident()))

    serve(Curious).proxy().Ask()
    assert seen[0].startswith("CPP or Python client with PID ")


def test_telemetry_settings_are_kept(serve: Serve) -> None:
    served = serve(Target)
    admin = served.admin()
    admin.command_inout("StartTelemetry", [served.name])
    assert admin.command_inout("IsTelemetryEnabled", [served.name])[0].tolist() == [1]
    admin.command_inout("SetTelemetryTopics", [served.name, "1", "user"])
    assert admin.command_inout("GetTelemetryTopics", [served.name]) == [served.name, "1", "user"]
    endpoint = [served.name, "http", "http://x:1"]
    admin.command_inout("AddTelemetryTracingEndpoints", endpoint)
    assert admin.command_inout("GetTelemetryTracingEndpoints", [served.name]) == [
        served.name,
        *("2", "console", "cout", "http", "http://x:1"),
    ]
    admin.command_inout("RemoveTelemetryTracingEndpoints", endpoint)
    assert admin.command_inout("GetTelemetryTracingEndpoints", [served.name]) == [
        served.name,
        *("1", "console", "cout"),
    ]


@pytest.mark.parametrize(
    ("name", "argument", "reason"),
    [
        ("DevRestart", "no/such/device", "API_DeviceNotFound"),
        ("QueryWizardDevProperty", "Nothing", "API_ClassNotFound"),
        ("RemObjPolling", ["test/unit/1", "attribute", "a"], "API_DeviceNotPolled"),
        ("RemObjPolling", ["test/unit/1", "pipe", "a"], "API_DeviceNotPolled"),
        ("RemObjPolling", ["test/unit/1"], "API_WrongNumberOfArgs"),
        ("EventConfirmSubscription", ["a"], "API_WrongNumberOfArgs"),
        (
            "ZmqEventSubscriptionChange",
            ["test/unit/1", "a", "subscribe", "odd"],
            "API_WrongNumberOfArgs",
        ),
        ("AddLoggingTarget", ["test/unit/1", "pigeon::x"], "API_MethodArgument"),
        ("AddLoggingTarget", ["test/unit/1", "device::a/b/nowhere"], "API_ConnectionFailed"),
    ],
)
def test_what_is_asked_wrongly(serve: Serve, name: str, argument: Any, reason: str) -> None:
    with pytest.raises(DevFailed) as caught:
        serve(Target).admin().command_inout(name, argument)
    assert caught.value.args[0].reason == reason


def test_sub_devices(serve: Serve) -> None:
    class User(Device):
        @command
        def Use(self, name: str) -> None:
            self._tango.server.subdevices.register_sub_device(self.get_name(), name)

    served = serve(User)
    served.proxy().Use("A/B/C")
    assert served.admin().command_inout("QuerySubDevice") == ["test/unit/1 a/b/c"]


def test_the_black_box(serve: Serve) -> None:
    served = serve(Target, properties={"test/unit/1": {"blackbox_depth": 3}})
    proxy = DeviceProxy(served.server.access(served.name))
    proxy.ping()
    proxy.state()
    proxy.command_inout("Double", 2)
    texts = proxy.black_box(10)
    assert len(texts) == 3
    assert "Operation command_inout_4 (cmd = Double)" in texts[0]
    with pytest.raises(DevFailed) as caught:
        proxy.black_box(0)
    assert caught.value.args[0].reason == "API_BlackBoxArgument"


def test_the_size_of_the_polling_pool(serve: Serve) -> None:
    """The admin device's property, and Util's functions."""
    properties = {"dserver/target/unit": {"polling_threads_pool_size": ["2"]}}
    server = serve(Target, properties=properties).server
    assert server.util.get_polling_threads_pool_size() == 2
    server.util.set_polling_threads_pool_size(5)
    assert server.poller.scheduler.most_threads == 5
    assert serve(Target).server.util.get_polling_threads_pool_size() > 5
