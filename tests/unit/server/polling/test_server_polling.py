"""Polling: cache and source, histories, triggers, filling, periods under load, errors."""

from __future__ import annotations

import asyncio
import itertools
import re
import threading
import time
from typing import Any

import pytest

from puretango.errors import DevFailed
from puretango.server import Device, TimedAttrData, attribute, command
from puretango.server.access._ring import Polled, Record
from puretango.values import DevSource, GreenMode
from tests.unit.server.conftest import Serve
from tests.waiting import LIMIT, Clock, until


class Counting(Device):
    reads = 0
    commands = 0

    @attribute(polling_period=20)
    def polled(self) -> int:
        self.reads += 1
        return self.reads

    @attribute
    def free(self) -> int:
        return 1

    @command(polling_period=20)
    def Count(self) -> int:
        self.commands += 1
        return self.commands

    @command
    def Twice(self, value: int) -> int:
        return 2 * value


def reason(call: Any, *args: Any) -> str:
    with pytest.raises(DevFailed) as caught:
        call(*args)
    return str(caught.value.args[0].reason)


def test_cache_and_device(serve: Serve) -> None:
    served = serve(Counting)
    proxy = served.proxy()
    until(lambda: served.device.reads > 2 and served.device.commands > 2)
    proxy.set_source(DevSource.CACHE)

    def unread() -> bool:
        """Whether a value came without the device being read, between two turns of polling."""
        before = served.device.reads
        return bool(proxy.polled <= before == served.device.reads)

    until(unread)
    assert proxy.Count() >= 1
    assert reason(proxy.read_attribute, "free") == "API_AttrNotPolled"
    assert reason(proxy.command_inout, "Twice", 1) == "API_IncompatibleCmdArgumentType"
    proxy.set_source(DevSource.DEV)
    before = served.device.reads
    assert proxy.polled > before
    history = proxy.attribute_history("polled", 3)
    assert [b.value - a.value for a, b in itertools.pairwise(history)]
    assert len(proxy.command_history("Count", 2)) == 2
    assert reason(proxy.attribute_history, "free", 2) == "API_AttrNotPolled"


def test_polling_is_steered_from_everywhere(serve: Serve) -> None:
    served = serve(Counting)
    proxy, admin = served.proxy(), served.admin()
    assert proxy.is_attribute_polled("polled")
    assert proxy.get_attribute_poll_period("polled") == 20
    proxy.poll_attribute("free", 30)
    assert admin.command_inout("PolledDevice") == ["test/unit/1"]
    (text,) = [t for t in admin.command_inout("DevPollStatus", served.name) if "= free" in t]
    assert "Polling period (mS) = 30" in text
    assert served.server.store.read_device(served.name)["polled_attr"] == [
        "polled",
        "20",
        "free",
        "30",
    ]
    add = ([100], [served.name, "attribute", "free"])
    assert reason(admin.command_inout, "AddObjPolling", add) == "API_AlreadyPolled"
    add = ([1], [served.name, "attribute", "State"])
    assert reason(admin.command_inout, "AddObjPolling", add) == "API_NotSupported"
    assert reason(proxy.poll_command, "init", 1000) == "API_NotSupported"
    proxy.stop_poll_attribute("polled")
    assert not proxy.is_attribute_polled("polled")
    admin.command_inout("DevRestart", served.name)
    assert not proxy.is_attribute_polled("polled")
    assert proxy.get_attribute_poll_period("free") == 30
    admin.command_inout("StopPolling")
    assert "OFF" in admin.status()
    admin.command_inout("StartPolling")


def test_values_that_are_too_old(serve: Serve) -> None:
    hold = threading.Event()

    class Stuck(Device):
        @attribute(polling_period=10)
        def slow(self) -> float:
            hold.wait(LIMIT)
            return 1.0

    served = serve(Stuck)
    served.device._tango.monitor.timeout = 0.01
    proxy = served.proxy()
    proxy.set_source(DevSource.CACHE)
    assert reason(proxy.read_attribute, "slow") == "API_NoDataYet"
    hold.set()
    until(lambda: served.device._tango.polled["attribute", "slow"].ring)
    hold.clear()
    until(lambda: served.device._tango.polled["attribute", "slow"].is_stale)
    assert reason(proxy.read_attribute, "slow") == "API_NotUpdatedAnyMore"
    hold.set()


def test_triggers_and_filling(serve: Serve) -> None:
    served = serve(Counting)
    device, util = served.device, served.server.util
    device.poll_attribute("free", 0)
    assert reason(util.trigger_attr_polling, device, "polled") == "API_NotSupported"
    util.trigger_attr_polling(device, "free")
    proxy = served.proxy()
    proxy.set_source(DevSource.CACHE)
    assert proxy.free == 1
    device.fill_attr_polling_buffer(
        "free", [TimedAttrData(5, time_stamp=100.0), TimedAttrData(error=ValueError("x"))]
    )
    old, filled, failed = proxy.attribute_history("free", 10)
    assert (old.value, filled.value, filled.time.totime()) == (1, 5, 100.0)
    assert failed.has_failed
    too_many = [TimedAttrData(0)] * 11
    assert reason(device.fill_attr_polling_buffer, "free", too_many) == "API_DeviceNotPolled"


def test_a_slow_device_delays_no_other(serve: Serve) -> None:
    release = threading.Event()

    class Slow(Device):
        @attribute(polling_period=10)
        def slow(self) -> float:
            release.wait(LIMIT)
            return 1.0

    served = serve(Slow, Counting, devices={"Slow": ["test/unit/1"], "Counting": ["test/unit/2"]})
    quick = served.server.find_device("test/unit/2")
    before = quick.reads
    until(lambda: quick.reads - before > 20)
    assert not release.is_set()
    release.set()


def test_polling_that_is_started_again_watches_over_a_device_that_hangs(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs, goes_on = threading.Event(), threading.Event()

    class Moody(Device):
        @attribute(polling_period=20)
        def value(self) -> float:
            if hangs.is_set():
                goes_on.wait(LIMIT)
            return 1.0

    served = serve(Moody, Counting, devices={"Moody": ["test/unit/1"], "Counting": ["test/unit/2"]})
    scheduler = served.server.poller.scheduler
    quick = served.server.find_device("test/unit/2")
    hangs.set()
    until(lambda: len(scheduler._threads) > 1)  # one for the others
    hangs.clear()
    goes_on.set()
    groups = scheduler._groups.values()
    until(lambda: all(group.took < 0.002 for group in groups))
    limits: dict[int, float | None] = {}
    wait = scheduler._lock.wait

    def noted(timeout: float | None = None) -> bool:
        limits[threading.get_ident()] = timeout
        return wait(timeout)

    monkeypatch.setattr(scheduler._lock, "wait", noted)
    served.admin().StopPolling()
    until(lambda: all(limits.get(each.ident or 0, 1.0) is None for each in scheduler._threads))
    goes_on.clear()
    hangs.set()
    served.admin().StartPolling()
    try:
        before = quick.reads
        until(lambda: quick.reads - before > 5)
    finally:
        goes_on.set()


@pytest.mark.parametrize("error", [KeyboardInterrupt, asyncio.CancelledError, SystemExit])
def test_what_a_device_raises_costs_no_polling_thread(
    error: type[BaseException], serve: Serve
) -> None:
    class Ending(Device):
        @attribute(polling_period=10)
        def value(self) -> float:
            raise error

        @command(polling_period=10)
        def Count(self) -> int:
            raise error

    served = serve(Ending)
    scheduler = served.server.poller.scheduler
    device = served.device
    until(lambda: all(len(polled.ring) > 2 for polled in device._tango.polled.values()))
    with pytest.raises(DevFailed, match=error.__name__):
        served.proxy().read_attribute("value")
    assert all(thread.is_alive() for thread in scheduler._threads)


def test_periods_do_not_drift(serve: Serve) -> None:
    moments: list[float] = []
    clock = Clock()

    class Timed(Device):
        @attribute
        def now(self) -> float:
            moments.append(clock())
            clock.step(0.005)  # what would be added to each period, were it not corrected
            return 1.0

    served = serve(Timed)
    scheduler = served.server.poller.scheduler
    scheduler.clock = clock
    served.device.poll_attribute("now", 20)
    (group,) = scheduler._groups.values()
    until(lambda: moments)
    for count in range(1, 30):
        until(lambda: group.due > clock())  # the turn before is over
        clock.now = group.due
        with scheduler._lock:
            scheduler._lock.notify_all()
        until(lambda count=count: len(moments) > count)  # type: ignore[misc]  # mypy infers no such lambda
    assert moments == pytest.approx([moments[0] + 0.02 * count for count in range(30)])


def test_asyncio_devices_are_polled_on_their_loop(serve: Serve) -> None:
    threads: set[str] = set()

    class Loop(Device):
        green_mode = GreenMode.Asyncio

        @attribute(polling_period=10)
        async def value(self) -> float:
            threads.add(threading.current_thread().name)
            return 2.5

    served = serve(Loop)
    until(lambda: served.device._tango.polled["attribute", "value"].ring)
    assert threads == {"puretango-loop"}
    proxy = served.proxy()
    proxy.set_source(DevSource.CACHE)

    def told() -> bool:
        try:
            return bool(proxy.value == 2.5)
        except DevFailed:  # on a busy machine the last turn may be long ago
            return False

    until(told)


def test_the_wall_clock_makes_no_value_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is polled is as old as it is, wherever the machine's clock has been set."""
    polled = Polled("attribute", "value", 1000, 10, 4)
    true = time.time
    polled.add(Record(true(), 1.0))
    for hours in (5, -7):
        monkeypatch.setattr(time, "time", lambda hours=hours: true() + 3600 * hours)
        polled.period = int(LIMIT * 1000)
        assert not polled.is_stale
        assert _age(polled) < LIMIT * 1000


def _age(polled: Polled) -> int:
    """Milliseconds, as DevPollStatus tells them."""
    text = polled.describe("attribute", "value")
    found = re.search(r"not updated since (?:(\d+) s and )?(\d+) mS", text)
    assert found is not None
    return 1000 * int(found[1] or 0) + int(found[2])
