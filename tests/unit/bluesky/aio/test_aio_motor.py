"""The motor for ophyd-async: the same moves, ends and failures as the classic one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from bluesky import protocols
from ophyd.utils import LimitError
from ophyd_async.core import get_mock_put, set_mock_value

from puretango.asyncio import DeviceProxy
from puretango.bluesky.aio import MoveFailed, SardanaMotor, TangoMotor, tango_signal_rw
from puretango.server import Server
from puretango.sim import Motor
from tests.unit.bluesky.conftest import start_server
from tests.waiting import LIMIT, alone, eventually

Locate = Callable[[str], str]


@pytest.fixture
async def motor(trl: Locate) -> AsyncIterator[TangoMotor]:
    made = TangoMotor(trl("test/axis/1"), "m", timeout=20, period=0.01)
    await made.connect()
    yield made
    await alone()


async def in_motion(motor: Any) -> None:
    async with asyncio.timeout(LIMIT):
        while not await motor.moving():
            pass


async def slow_down(motor: Any, speed: float) -> None:
    await motor.Velocity.set(speed)


async def ends(status: Any) -> BaseException | None:
    try:
        await status
    except Exception as error:
        return error
    return None


async def test_it_is(motor: TangoMotor) -> None:
    for protocol in (
        *(protocols.Readable, protocols.Movable, protocols.Locatable, protocols.Stoppable),
        *(protocols.Stageable, protocols.Checkable, protocols.Configurable, protocols.HasHints),
        protocols.Subscribable,
    ):
        assert isinstance(motor, protocol), protocol
    assert await motor.limits() == (-10, 10)
    assert list(await motor.read()) == ["m"]
    assert (await motor.describe())["m"]["units"] == "mm"
    assert list(await motor.read_configuration()) == ["m-Velocity"]
    assert motor.hints == {"fields": ["m"]}
    await motor.stage()
    await motor.unstage()


async def test_a_move_and_its_progress(motor: TangoMotor) -> None:
    seen: list[Any] = []
    begin = asyncio.get_running_loop().time()
    status = motor.set(7.0)
    status.watch(lambda **update: seen.append(update))
    await in_motion(motor)
    assert (await motor.locate())["setpoint"] == 7.0
    with pytest.raises(RuntimeError, match="moving to 7"):
        await motor.set(5.0)
    await status
    assert asyncio.get_running_loop().time() - begin > 0.08
    assert await motor.locate() == {"setpoint": 7.0, "readback": 7.0}
    assert not await motor.moving()
    assert (seen[0]["initial"], seen[0]["target"], seen[0]["unit"]) == (5.0, 7.0, "mm")
    assert seen[-1]["current"] == 7.0
    assert len(seen) > 2
    await motor.set(7.0)


async def test_limits(motor: TangoMotor, trl: Locate) -> None:
    with pytest.raises(LimitError):
        await motor.set(11)
    with pytest.raises(ValueError, match="not a position"):
        await motor.set(float("nan"))
    await motor.check_value(10)
    narrow = TangoMotor(trl("test/axis/1"), limits=(0, 6))
    await narrow.connect()
    with pytest.raises(LimitError):
        await narrow.check_value(7)


async def test_stopped(motor: TangoMotor) -> None:
    await slow_down(motor, 2.0)
    status = motor.set(-5.0)
    await in_motion(motor)
    await motor.stop()
    with pytest.raises(MoveFailed, match="was stopped"):
        await status
    good = motor.set(-5.0)
    await in_motion(motor)
    await motor.stop(success=True)
    await good
    status = motor.set(-5.0)
    await in_motion(motor)
    await motor.Stop.trigger()  # type: ignore[attr-defined]  # found at the device when it connects
    with pytest.raises(MoveFailed, match=r"not at -5"):
        await status


async def test_too_late_or_given_up(motor: TangoMotor) -> None:
    await slow_down(motor, 1.0)
    with pytest.raises(TimeoutError, match="in time"):
        await motor.set(-5.0, timeout=0.2)
    assert not await motor.moving()
    status = motor.set(-5.0)
    await in_motion(motor)
    status.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await status
    assert not await motor.moving()


async def test_fault(motor: TangoMotor) -> None:
    await slow_down(motor, 2.0)
    status = motor.set(-5.0)
    await in_motion(motor)
    await motor.Break.trigger()  # type: ignore[attr-defined]  # found at the device when it connects
    with pytest.raises(MoveFailed, match="FAULT"):
        await status


async def test_settle_time_and_tolerance(motor: TangoMotor, trl: Locate) -> None:
    motor.settle_time = 0.3
    begin = asyncio.get_running_loop().time()
    await motor.set(5.5)
    assert asyncio.get_running_loop().time() - begin > 0.3
    motor.settle_time = 0.0
    motor.tolerance = 20.0
    await slow_down(motor, 2.0)
    status = motor.set(-5.0)
    await in_motion(motor)
    await motor.Stop.trigger()  # type: ignore[attr-defined]  # found at the device when it connects
    await status


async def test_whole_steps_abort_and_a_late_state(trl: Locate) -> None:
    """An integer position, Abort where there is no Stop, a state that says MOVING late."""
    motor = TangoMotor(trl("test/stepper/1"), "s", position="steps", period=0.01)
    await motor.connect()
    await motor.set(20)
    assert await motor.readback.get_value() == 20
    status = motor.set(300)
    await in_motion(motor)
    await motor.stop()
    assert "was stopped" in str(await ends(status))
    without = TangoMotor(trl("test/stepper/1"), position="steps", stop_commands=("Halt",))
    await without.connect()
    with pytest.raises(RuntimeError, match="none of the commands"):
        await without.stop()


async def test_subscribed(motor: TangoMotor) -> None:
    seen: list[float] = []

    def take(reading: Any) -> None:
        seen.append(reading["m"]["value"])

    motor.subscribe_reading(take)
    await motor.set(9.0)
    await eventually(lambda: seen and seen[-1] == 9.0)
    motor.clear_sub(take)


async def test_mock() -> None:
    motor = TangoMotor("no/such/motor", "m", limits=(0, 5))
    await motor.connect(mock=True)
    await motor.set(3.0)
    get_mock_put(motor.readback).assert_awaited_once_with(3.0)
    assert await motor.locate() == {"setpoint": 3.0, "readback": 3.0}
    set_mock_value(motor.readback, 4.0)
    assert (await motor.read())["m"]["value"] == 4.0
    with pytest.raises(LimitError):
        await motor.set(6.0)
    await motor.stop()


async def test_a_server_that_dies_during_a_move() -> None:
    server = start_server()
    trl = f"tango://127.0.0.1:{server.port}/test/axis/1#dbase=no"
    motor: Any = TangoMotor(trl, "m", period=0.01)
    await motor.connect()
    await motor.Velocity.set(1.0)
    status = motor.set(-5.0)
    await in_motion(motor)
    await asyncio.to_thread(server.stop)
    with pytest.raises(MoveFailed, match="cannot be reached"):
        await asyncio.wait_for(status, LIMIT)


async def test_patience_outlasts_a_restart() -> None:
    server = start_server()
    port = server.port
    trl = f"tango://127.0.0.1:{port}/test/axis/1#dbase=no"
    signal = tango_signal_rw(float, trl.replace("#", "/Position#"), patience=10.0)
    motor = TangoMotor(trl, "m", period=0.01, patience=10.0)
    await signal.connect()
    await motor.connect()
    await asyncio.to_thread(server.stop)
    later = asyncio.gather(signal.get_value(), motor.set(6.0))
    await asyncio.sleep(0.3)
    again = await asyncio.to_thread(start_server, port)
    try:
        await later
        assert await signal.get_value() == 6.0
    finally:
        await asyncio.to_thread(again.stop)


async def test_the_shipped_motor() -> None:
    with Server("m", [Motor], devices={"Motor": ["sim/motor/1"]}) as server:
        trl = f"tango://127.0.0.1:{server.port}/sim/motor/1#dbase=no"
        for made in (TangoMotor, SardanaMotor):
            motor = made(trl, "m")
            await motor.connect()
            await motor.set(1.0)
            assert (await motor.read())["m"]["value"] == pytest.approx(1.0, abs=0.02)
            status = motor.set(500.0)
            await in_motion(motor)
            await motor.stop()
            with pytest.raises(MoveFailed):
                await status
            await motor.set(0.0)


async def test_stopped_before_it_began(motor: TangoMotor, monkeypatch: pytest.MonkeyPatch) -> None:
    """However early the stop comes, nothing moves afterwards."""
    await slow_down(motor, 2.0)
    for turns in range(12):
        status = motor.set(-5.0)
        for _ in range(turns):
            await asyncio.sleep(0)
        await motor.stop(success=True)
        assert await ends(status) is None
        assert not await motor.moving()
        assert await motor.readback.get_value() > 4.5
    look = motor._look

    async def look_and_stop() -> Any:
        monkeypatch.setattr(motor, "_look", look)
        found = await look()
        await motor.stop(success=True)
        return found

    monkeypatch.setattr(motor, "_look", look_and_stop)
    assert await ends(motor.set(-5.0)) is None
    assert await motor.readback.get_value() > 4.5


async def test_limits_that_change(motor: TangoMotor) -> None:
    """What the server allows by now is not refused by what was known of it before."""
    with pytest.raises(LimitError, match="-10"):
        await motor.check_value(12.0)
    proxy = await DeviceProxy(motor.trl)
    configuration = (await proxy.get_attribute_config_ex(["Position"]))[0]
    configuration.max_value = "15"
    await proxy.set_attribute_config([configuration])
    await motor.check_value(12.0)
    assert await motor.limits() == (-10, 15)
