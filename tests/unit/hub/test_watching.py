"""What is known early: first values before the subscriptions, a death by the connection's end."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from puretango.asyncio import DeviceProxy
from puretango.client import until_disconnected
from puretango.hub import CONNECTING, NUMBER, OBJECT, Budget, Hub, _watch
from puretango.hub._watch import Watches
from puretango.testing import TangoSystem
from tests.unit.hub.devices import Pushing
from tests.unit.hub.test_viewers import until_seen
from tests.waiting import eventually


async def test_a_page_of_attributes_has_values_before_it_is_subscribed(
    hub: Hub, pushing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attributes that raise, or send no events, or are no numbers, among them."""

    async def never(*_: Any, **_options: Any) -> int:
        await asyncio.Event().wait()
        return 0

    monkeypatch.setattr("puretango.hub._source.subscribe_where_it_arrives", never)
    viewer = hub.viewer()
    names = ("number", "text", "large", "counted", "curve", "broken")
    numbers = {name: viewer.add(f"{pushing}/{name}#dbase=no") for name in names}
    seen = await until_seen(viewer, 5)
    assert seen[numbers["number"]] == (NUMBER, 0.0)
    assert seen[numbers["counted"]] == (NUMBER, 7.0)
    assert {seen[numbers[name]][0] for name in ("text", "large", "curve")} == {OBJECT}
    status = viewer.status(f"{pushing}/number#dbase=no")
    assert (status.how, status.error) == (CONNECTING, "")
    viewer.close()


async def test_each_attribute_is_read_once_for_its_first_value(hub: Hub, pushing: str) -> None:
    """And a recorder's, which wants events alone, not at all."""
    recorder = hub.recorder()
    proxy = await DeviceProxy(f"{pushing}#dbase=no")
    for name in ("number", "text"):
        recorder.add(f"{pushing}/{name}#dbase=no", poll=False)
    assert len({(await recorder.take(1))[0].name for _ in range(2)}) == 2
    assert (await proxy.read_attribute("readings_so_far")).value == 0


class Device:
    """One that is watched."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def lost(self, reason: str, error: str) -> None:
        self.told.append("lost")

    def back(self) -> None:
        self.told.append("back")


async def test_the_end_of_a_process_is_noticed_by_its_connection() -> None:
    """Asked once a minute only, its death is known all the same."""
    with TangoSystem() as system:
        server = system.add_server({Pushing: ["lab/push/1"]})
        device = Device()
        watches = Watches(None, Budget(), interval=60.0, patience=1.5)
        admin = await DeviceProxy(f"tango://{system.tango_host}/lab/push/1")
        watches.add(admin.adm_name(), device)
        watch = watches._of[device]
        await eventually(lambda: watch.answered)
        await asyncio.to_thread(server.stop)
        await eventually(lambda: device.told == ["lost"])
        await asyncio.to_thread(system.add_server, {Pushing: ["lab/push/1"]})
        await eventually(lambda: device.told == ["lost", "back"])
        await watches.remove(device)


async def test_a_connection_that_stays(pushing: str) -> None:
    proxy = await DeviceProxy(f"{pushing}#dbase=no")
    await proxy.ping()
    assert not await until_disconnected(proxy, 0.01)


async def test_silence_is_asked_about_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """One question without an answer is followed by another at once; the second one's silence is the end."""
    asked: list[float] = []
    deaf = asyncio.Event()
    lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    class Silent:
        async def ping(self) -> None:
            asked.append(asyncio.get_running_loop().time())
            if len(asked) > 1 and len(asked) != 3:
                await deaf.wait()

    async def proxy(*_args: object, **_kwargs: object) -> Silent:
        return Silent()

    async def connected(_proxy: object, _timeout: float) -> bool:
        await asyncio.sleep(0)
        return False

    class Device:
        def lost(self, reason: str, error: str) -> None:
            if not lost.done():
                lost.set_result(reason)

        def back(self) -> None:
            raise AssertionError("it was never away")

    monkeypatch.setattr(_watch, "get_device_proxy", proxy)
    monkeypatch.setattr(_watch, "until_disconnected", connected)
    watches = Watches(None, Budget(), interval=0.0, patience=0.05)
    device: Any = Device()  # all that a watch asks of one
    watches.add("dserver/silent/1", device)
    assert await lost == "API_DeviceTimedOut"
    # Answered; silent, asked again and answered; silent twice.
    assert len(asked) == 5
    await watches.remove(device)
