"""The end of a server and the restart of its devices, in the middle of something."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from puretango.asyncio import DeviceProxy as AsyncProxy
from puretango.client import DeviceProxy
from puretango.errors import DevFailed
from puretango.server import Device, Server, attribute, command
from puretango.server.host import _stopping
from puretango.values import GreenMode
from tests.unit.server.conftest import Serve
from tests.waiting import alone


class Busy(Device):
    """Notes what happens to it, in order."""

    notes: list[str]
    started: threading.Event
    goes_on: threading.Event
    deletable: threading.Event
    """Not set: the end is held up."""

    def init_device(self) -> None:
        self.notes.append("init")

    def delete_device(self) -> None:
        self.notes.append("delete")
        self._tango.server.stop()  # asked for in the middle of the end, or of a restart
        self.deletable.wait(30)

    @attribute
    def value(self) -> float:
        self.notes.append("read")
        self.started.set()
        self.goes_on.wait(30)
        self.notes.append("done")
        return 1.0

    @command
    def Stop(self) -> None:
        self._tango.server.stop()


class Quiet(Busy):
    def delete_device(self) -> None:
        self.notes.append("delete")


@pytest.fixture(autouse=True)
def _fresh() -> None:
    Busy.notes, Busy.started, Busy.goes_on = [], threading.Event(), threading.Event()
    Busy.deletable = threading.Event()
    Busy.deletable.set()


def test_a_device_is_deleted_once_however_many_stop_the_server() -> None:
    server = Server("unit", [Busy], devices={"Busy": ["test/unit/1"]}).start()
    Busy.deletable.clear()
    asked = threading.Semaphore(0)

    def stop() -> None:
        asked.release()
        server.stop()

    threads = [threading.Thread(target=stop) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert asked.acquire(timeout=30)
    Busy.deletable.set()
    for thread in threads:
        thread.join()
        assert not server.alive
    assert Busy.notes == ["init", "delete"]


def test_a_reading_that_hangs_does_not_keep_the_server_from_its_end() -> None:
    with Server("unit", [Quiet], devices={"Quiet": ["test/unit/1"]}) as server:
        server.find_device("test/unit/1").poll_attribute("value", 50)
        assert Busy.started.wait(30)
        began = time.monotonic()
        server.stop()
        assert 1 < time.monotonic() - began < 25
        Busy.goes_on.set()
    for thread in threading.enumerate():
        if thread.name == "puretango-polling":
            thread.join(30)


@pytest.mark.parametrize("how", ["DevRestart", "RestartServer"])
def test_a_device_is_not_deleted_in_the_middle_of_a_request(how: str, serve: Serve) -> None:
    served = serve(Quiet)
    reader = threading.Thread(target=served.proxy().read_attribute, args=("value",))
    reader.start()
    assert Busy.started.wait(30)
    timer = threading.Timer(0.3, Busy.goes_on.set)
    timer.start()
    served.admin().command_inout(how, *([served.name] if how == "DevRestart" else []))
    reader.join()
    timer.join()
    assert served.server.threads.join_restart(30)
    assert Busy.notes == ["init", "read", "done", "delete", "init"]


def test_a_restart_that_fails_ends_the_server(serve: Serve, caplog: Any) -> None:
    served = serve(Quiet)

    def away() -> None:
        raise RuntimeError("the database is away")

    served.server.store.begin = away
    served.admin().RestartServer()
    assert served.server.wait(30)
    assert "the database is away" in caplog.text


def test_a_device_restarted_while_the_server_stops_is_deleted_too() -> None:
    going_on = threading.Event()

    class Slow(Quiet):
        def init_device(self) -> None:
            super().init_device()
            if len(self.notes) > 1:
                self.started.set()
                going_on.wait(30)

    server = Server("unit", [Slow], devices={"Slow": ["test/unit/1"]}).start()
    device = server.find_device("test/unit/1")
    restart = threading.Thread(target=server.restart_device, args=(device,))
    restart.start()
    assert Busy.started.wait(30)
    timer = threading.Timer(0.2, going_on.set)
    timer.start()
    server.stop()
    restart.join()
    timer.join()
    assert Busy.notes == ["init", "delete"] * 2
    assert not server.dispatcher.by_key
    with pytest.raises(DevFailed, match="meanwhile"):
        server.restart_device(device)


def test_a_restart_that_hangs_does_not_keep_the_server_from_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Hanging(Quiet):
        def init_device(self) -> None:
            super().init_device()
            if len(self.notes) > 1:
                self.started.set()
                self.goes_on.wait(30)

    monkeypatch.setattr(_stopping, "RESTART", 0.1)
    monkeypatch.setattr(_stopping, "GRACE", 0.1)
    server = Server("unit", [Hanging], devices={"Hanging": ["test/unit/1"]}).start()
    server.run_restart()
    assert Busy.started.wait(30)
    began = time.monotonic()
    server.stop()
    assert time.monotonic() - began < 25
    Busy.goes_on.set()
    assert server.threads.join_restart(30)  # the other threads are looked for after every test


def test_a_subscription_that_comes_too_late_opens_no_sockets(serve: Serve) -> None:
    server = serve(Quiet).server
    server.publisher.stop()
    with pytest.raises(DevFailed, match="shutting down"):
        server.publisher.subscribe(server.find_device("test/unit/1"), "value", "user_event", 6)


class Awaiting(Device):
    green_mode = GreenMode.Asyncio
    notes: list[str]

    async def delete_device(self) -> None:
        await self._tango.server.stop_async()
        self.notes.append("delete")

    @command
    async def Stop(self) -> None:
        await self._tango.server.stop_async()

    @command
    async def StopWrongly(self) -> None:
        self._tango.server.stop()


async def test_a_request_may_await_the_end_of_its_server() -> None:
    Awaiting.notes = []
    server = Server("unit", [Awaiting], devices={"Awaiting": ["test/unit/1"]})
    await server.start_async()
    proxy = await AsyncProxy(server.access("test/unit/1"))
    proxy.set_timeout_millis(6000)
    with pytest.raises(DevFailed):  # the connection ends before the answer
        await proxy.command_inout("Stop")
    await server.stop_async()
    assert not server.alive
    assert Awaiting.notes == ["delete"]
    await alone()


def test_a_stop_that_would_wait_for_itself_changes_nothing(serve: Serve) -> None:
    Awaiting.notes = []
    server = serve(Awaiting).server
    proxy = DeviceProxy(server.access("test/unit/1"))
    with pytest.raises(DevFailed, match="await stop_async"):
        proxy.StopWrongly()
    assert not server.is_stopping
    assert proxy.ping() > 0
