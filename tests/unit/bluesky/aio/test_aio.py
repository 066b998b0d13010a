"""ophyd-async over Tango: signals, commands, devices and motors on asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated as A
from typing import Any

import numpy as np
import pytest
from ophyd_async.core import (
    Array1D,
    Command,
    NotConnectedError,
    SignalR,
    SignalRW,
    StandardReadableFormat,
    StrictEnum,
    SubsetEnum,
    TriggerableCommand,
    set_mock_value,
    wait_for_value,
)

from puretango.bluesky import AttributeFailed
from puretango.bluesky.aio import (
    TangoDevice,
    TangoName,
    TangoReadable,
    TangoState,
    tango_command,
    tango_signal_r,
    tango_signal_rw,
)
from puretango.bluesky.aio.transport._link import AsyncLink
from puretango.bluesky.aio.transport._together import Together
from puretango.bluesky.attributes import equal_values
from tests.unit.bluesky.conftest import start_server
from tests.waiting import LIMIT, alone, eventually

Locate = Callable[[str], str]


class Mode(StrictEnum):
    IDLE = "IDLE"
    FAST = "FAST"
    SLOW = "SLOW"


class SomeModes(SubsetEnum):
    FAST = "FAST"


class WrongModes(StrictEnum):
    IDLE = "IDLE"
    QUICK = "QUICK"


async def test_read_and_write(trl: Locate) -> None:
    signal = tango_signal_rw(float, trl("test/odd/1/position"), name="p")
    await signal.connect()
    assert await signal.get_value() == 1.5
    await signal.set(2.5)
    assert await signal.locate() == {"setpoint": 2.5, "readback": 2.5}
    reading = (await signal.read())["p"]
    assert (reading["value"], reading["alarm_severity"]) == (2.5, 0)
    key = (await signal.describe())["p"]
    assert (key["dtype"], key["units"], key["precision"]) == ("number", "mm", 3)


@pytest.mark.parametrize(
    ("datatype", "name"),
    [
        (int, "test/odd/1/position"),
        (float, "test/odd/1/ramp"),
        (Array1D[np.int32], "test/odd/1/ramp"),
        (WrongModes, "test/odd/1/mode"),
        (Mode, "test/odd/1/position"),
        (str, "test/odd/1/counted"),
    ],
)
async def test_a_wrong_datatype_does_not_connect(trl: Locate, datatype: Any, name: str) -> None:
    signal = tango_signal_r(datatype, trl(name))
    with pytest.raises((TypeError, NotConnectedError), match=r"has (type|labels)"):
        await signal.connect()


@pytest.mark.parametrize(
    ("datatype", "value"), [(Mode, Mode.FAST), (SomeModes, SomeModes.FAST), (str, "FAST")]
)
async def test_enums_by_label(trl: Locate, datatype: Any, value: Any) -> None:
    signal = tango_signal_rw(datatype, trl("test/odd/1/mode"))
    await signal.connect()
    assert await signal.get_value() == value
    await signal.set("SLOW" if datatype is str else value)


async def test_nobody_there(trl: Locate) -> None:
    with pytest.raises(NotConnectedError):
        await tango_signal_r(float, "tango://127.0.0.1:1/a/b/c/d#dbase=no").connect(timeout=2)
    with pytest.raises(NotConnectedError, match="nothing"):
        await tango_signal_r(float, trl("test/odd/1/nothing")).connect()


async def test_any_device_connects(trl: Locate) -> None:
    for name in ("sys/tg_test/1", "test/odd/1", "test/broken/1"):
        device = TangoReadable(trl(name), name="d")
        await device.connect()
        assert set(await device.read()) == set(await device.describe())
    texts = await TangoDevice_of(trl("test/odd/1"))
    assert (await texts.texts.get_value()).tolist() == [["a", "b"], ["c", "déjà"]]
    assert await texts.states.get_value() == [TangoState.ON, TangoState.MOVING]
    assert (await texts.encoded.get_value()).tolist() == [1, 2, 3]
    assert await texts.position.get_value() == 1.5


async def TangoDevice_of(trl: str) -> Any:
    device: Any = TangoDevice(trl, name="d")
    await device.connect()
    return device


async def test_reads_travel_together(trl: Locate, monkeypatch: pytest.MonkeyPatch) -> None:
    device: Any = TangoReadable(trl("sys/tg_test/1"), name="d")
    await device.connect()
    asked: list[int] = []
    proxy = await device._connector.link.proxy()
    read_attributes = proxy.read_attributes

    def counting(names: list[str]) -> Any:
        asked.append(len(names))
        return read_attributes(names)

    monkeypatch.setattr(device._connector.link, "_proxy", Counting(counting))
    await device.read()
    assert asked == [36]
    asked.clear()
    signals = [device.double_scalar, device.wave, device.State, device.long_scalar]
    values = await asyncio.gather(*(signal.get_value() for signal in signals))
    assert values[2] == TangoState.RUNNING
    assert asked == [4]


async def test_signals_with_one_link_connect_and_are_read_together(trl: Locate) -> None:
    """One request each; a name that does not exist fails its own signal only."""
    link = AsyncLink(trl("test/odd/1"))
    asked: list[list[str]] = []
    configurations = link._configurations

    async def counting(names: list[str]) -> Any:
        asked.append(names)
        return await configurations(names)

    link._asked = Together(counting)
    link._loop = asyncio.get_running_loop()
    signals = [
        tango_signal_r(float, trl(f"test/odd/1/{name}"), link=link)
        for name in ("position", "limited", "nothing", "tuning")
    ]
    ends = await asyncio.gather(*(each.connect() for each in signals), return_exceptions=True)
    assert [isinstance(end, NotConnectedError) for end in ends] == [False, False, True, False]
    assert [len(names) for names in asked] == [4]
    del signals[2]
    assert await asyncio.gather(*(each.get_value() for each in signals)) == [1.5, 0.0, 3.0]


class Counting:
    """A proxy that only reads."""

    def __init__(self, read_attributes: Any) -> None:
        self.read_attributes = read_attributes


class Annotated(TangoReadable):
    where: A[SignalRW[float], TangoName("position"), StandardReadableFormat.HINTED_SIGNAL]
    mode: A[SignalRW[Mode], StandardReadableFormat.CONFIG_SIGNAL]
    State: A[SignalR[TangoState], StandardReadableFormat.UNCACHED_SIGNAL]  # type: ignore[valid-type]  # a type that is made at run time
    Fail: TriggerableCommand
    Echo: Command[[str], str]


async def test_annotated(trl: Locate) -> None:
    device = Annotated(trl("test/odd/1"), name="d", auto_fill=False)
    await device.connect()
    assert await device.where.get_value() == 1.5
    assert await device.mode.get_value() is Mode.FAST
    assert await device.State.get_value() == TangoState.ON
    assert "d-mode" in await device.read_configuration()
    assert device.hints == {"fields": ["d-where"]}
    status = device.Echo.execute("hello")
    await status
    assert status.result() == "hello"
    with pytest.raises(AttributeFailed, match="cannot"):
        await device.Fail.trigger()
    assert not hasattr(device, "ramp")


async def test_a_whole_device_hints_at_nothing_of_itself(trl: Locate) -> None:
    device = TangoReadable(trl("test/odd/1"), name="d")
    await device.connect()
    assert "d-mode" in await device.read()
    assert device.hints == {"fields": []}
    device = Annotated(trl("test/odd/1"), name="d")
    await device.connect()
    assert device.hints == {"fields": ["d-where"]}


async def test_mock() -> None:
    device = Annotated("a/b/c", name="d", auto_fill=False)
    await device.connect(mock=True)
    set_mock_value(device.where, 7.0)
    assert await device.where.get_value() == 7.0
    await device.mode.set(Mode.SLOW)
    assert await device.mode.get_value() is Mode.SLOW


async def test_what_is_annotated_must_be_there(trl: Locate) -> None:
    class Missing(TangoDevice):
        nothing: SignalR[float]

    with pytest.raises((RuntimeError, NotConnectedError), match="nothing"):
        await Missing(trl("test/odd/1"), name="d").connect()

    class Writes(TangoDevice):
        ramp: SignalRW[Array1D[np.float64]]

    with pytest.raises((TypeError, NotConnectedError), match="cannot be written"):
        await Writes(trl("test/odd/1"), name="d").connect()


async def test_watching(trl: Locate) -> None:
    polled = tango_signal_rw(float, trl("test/odd/1/position"), polling_period=0.02, name="p")
    pushed = tango_signal_r(float, trl("test/odd/1/events"), name="e")
    push = tango_command(None, trl("test/odd/1/Push"))
    for device in (polled, pushed, push):
        await device.connect()
    seen: list[float] = []
    events: list[float] = []

    def on_reading(reading: Any) -> None:
        seen.append(reading["p"]["value"])

    def on_event(reading: Any) -> None:
        events.append(reading["e"]["value"])

    polled.subscribe_reading(on_reading)
    pushed.subscribe_reading(on_event)
    await eventually(lambda: seen == [1.5])
    await polled.set(3.0)
    await eventually(lambda: seen[-1] == 3.0)
    await eventually(lambda: events)
    await push.execute(8.0)
    await eventually(lambda: events[-1] == 8.0)
    polled.clear_sub(on_reading)
    pushed.clear_sub(on_event)
    await alone()


async def test_a_subscriber_that_fails_ends_nobody_elses_watch(trl: Locate) -> None:
    link = AsyncLink(trl("test/odd/1"))
    seen: list[Any] = []

    def fail(_: Any) -> None:
        raise ValueError("of the subscriber")

    await link.proxy()
    stops = [
        link.poll("position", 0.02, (take, seen.append))
        for take in (fail, lambda answer: seen.append(answer.value))
    ]
    await eventually(lambda: len(seen) >= 3)
    for stop in stops:
        stop()
    await alone()


async def test_any_error_of_a_request_reaches_who_waits(trl: Locate) -> None:
    link = AsyncLink(trl("test/odd/1"))
    with pytest.raises(TypeError):
        await asyncio.wait_for(link.read(3), LIMIT)  # type: ignore[arg-type]  # on purpose: it is refused


async def test_watching_survives_a_restart() -> None:
    server = start_server()
    port = server.port
    signal = tango_signal_rw(
        float,
        f"tango://127.0.0.1:{port}/test/odd/1/position#dbase=no",
        polling_period=0.02,
        name="p",
    )
    await signal.connect()
    seen: list[Any] = []

    def on_reading(reading: Any) -> None:
        seen.append(reading["p"])

    signal.subscribe_reading(on_reading)
    await signal.set(2.0)
    await eventually(lambda: seen and seen[-1]["value"] == 2.0)
    await asyncio.to_thread(server.stop)
    await eventually(lambda: seen[-1]["alarm_severity"] == -1)
    again = await asyncio.to_thread(start_server, port)
    try:
        await eventually(lambda: seen[-1]["value"] == 1.5)
    finally:
        signal.clear_sub(on_reading)
        await alone()
        await asyncio.to_thread(again.stop)


async def test_a_staged_signal_is_never_stale(trl: Locate) -> None:
    """By events or without: what it gives is the device's value, or its error, at once."""
    push = tango_command(None, trl("test/odd/1/Push"))
    await push.connect()
    for name in ("test/odd/1/events", "test/odd/1/position"):
        signal = tango_signal_r(float, trl(name), name="s", polling_period=60.0)
        writer = tango_signal_rw(float, trl("test/odd/1/position"))
        for each in (signal, writer):
            await each.connect()
        await signal.stage()
        first = await signal.get_value()
        await push.execute(first + 1)
        await writer.set(first + 1)
        assert await signal.get_value() == first + 1
        assert (await signal.read())["s"]["value"] == first + 1
        await signal.unstage()
    broken = tango_signal_r(float, trl("test/odd/1/broken"))
    await broken.connect()
    await broken.stage()
    with pytest.raises(AttributeFailed, match="out of order"):
        await broken.read()
    await broken.unstage()
    await alone()


async def test_staged_and_waited_for(trl: Locate) -> None:
    device = Annotated(trl("test/odd/1"), name="d", auto_fill=False)
    await device.connect()
    await device.stage()
    assert (await device.read())["d-where"]["value"] == 1.5
    waiting = asyncio.create_task(wait_for_value(device.where, 4.0, timeout=LIMIT))
    await device.where.set(4.0)
    await waiting
    assert (await device.read())["d-where"]["value"] == 4.0
    await device.unstage()
    await alone()


@pytest.mark.parametrize(
    ("before", "now", "same"),
    [
        ([1.0, 2.0], [1.0, 2.0, 3.0], False),
        ([], [1.0], False),
        ([2.0], [2.0, 2.0], False),
        ([1.0, np.nan], [1.0, np.nan], True),
    ],
)
def test_an_array_that_grows_is_another_one(
    before: list[float], now: list[float], same: bool
) -> None:
    """What is read in turn is told when it changed, by its length too."""
    assert equal_values(np.array(now), np.array(before)) is same
