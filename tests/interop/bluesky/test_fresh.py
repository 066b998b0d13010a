"""Never old news, on PyTango: configurations, positions, labels; and never a write twice."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import bluesky.plan_stubs as bps
import numpy as np
import pytest
from bluesky import RunEngine
from ophyd import Component, PVPositioner, PVPositionerPC
from ophyd.utils import LimitError
from ophyd_async.plan_stubs import ensure_connected

from puretango.bluesky import (
    AttributeFailed,
    TangoAttribute,
    TangoDevice,
    TangoMotor,
    TangoSignal,
    TangoSignalRO,
    aio,
)
from puretango.client import DeviceProxy
from tests.interop.bluesky.conftest import Locate
from tests.waiting import alone


def configure(proxy: DeviceProxy, labels: list[str], unit: str, highest: str) -> None:
    """Change the configuration, as Jive does."""
    config = proxy.get_attribute_config("choices")
    config.enum_labels = labels
    proxy.set_attribute_config(config)
    config = proxy.get_attribute_config("amount")
    config.unit, config.max_value = unit, highest
    proxy.set_attribute_config(config)


@pytest.fixture
def proxy(trl: Locate) -> Any:
    """The odd device, whose configuration is put back."""
    found = DeviceProxy(trl("test/odd/1"))
    yield found
    configure(found, ["A", "B", "C"], "mm", "5")


def test_a_staged_device_has_the_present_configuration(trl: Locate, proxy: Any) -> None:
    device = TangoDevice(trl("test/odd/1"), name="d")
    configure(proxy, ["X", "Y", "Z"], "um", "2")
    device.stage()
    assert device.read()["d_choices"]["value"] == "Y"
    keys = device.describe()
    assert keys["d_choices"]["choices"] == ["X", "Y", "Z"]
    assert keys["d_amount"]["units"] == "um"
    device.unstage()
    device.choices.put("Z")
    assert proxy.choices == 2
    with pytest.raises(LimitError):
        device.amount.set(3.0)


def test_a_label_is_written_as_the_server_has_it_now(trl: Locate, proxy: Any) -> None:
    signal = TangoAttribute(trl("test/odd/1/choices"))
    assert signal.get() == "B"
    configure(proxy, ["C", "B", "A"], "mm", "5")
    signal.put("A")
    assert proxy.choices == 2
    assert signal.describe()["choices"]["choices"] == ["C", "B", "A"]


def test_configuration_events(trl: Locate, proxy: Any) -> None:
    signal = TangoAttribute(trl("test/odd/1/amount"))
    told = threading.Event()
    signal.subscribe(lambda **_: None)
    signal.subscribe(
        lambda units=None, **_: told.set() if units == "um" else None, event_type=signal.SUB_META
    )
    configure(proxy, ["A", "B", "C"], "um", "4")
    assert told.wait(30)
    assert signal.limits == (-5, 4)
    signal.destroy()


def test_a_staged_device_has_the_present_configuration_async(
    trl: Locate, proxy: Any, RE: RunEngine
) -> None:
    device = aio.TangoReadable(trl("test/odd/1"), name="d")
    RE(ensure_connected(device))
    configure(proxy, ["X", "Y", "Z"], "um", "5")
    found = {}

    def plan() -> Any:
        yield from bps.stage(device, wait=True)
        yield from bps.open_run()
        found.update((yield from bps.trigger_and_read([device])))
        yield from bps.close_run()
        yield from bps.unstage(device, wait=True)
        yield from bps.abs_set(device.choices, "Z", wait=True)

    documents = []
    RE(plan(), lambda name, document: documents.append((name, document)))
    assert found["d-choices"]["value"] == "Y"
    keys = next(one for name, one in documents if name == "descriptor")["data_keys"]
    assert (keys["d-choices"]["choices"], keys["d-amount"]["units"]) == (["X", "Y", "Z"], "um")
    assert proxy.choices == 2


@pytest.mark.parametrize("patience", [0, 5])
def test_a_write_that_is_late_is_not_repeated(trl: Locate, patience: float) -> None:
    proxy = DeviceProxy(trl("test/slow/1"))
    proxy.SlowDown(1.0)
    signal = TangoAttribute(trl("test/slow/1/step"), patience=patience, write_timeout=0.3)
    with pytest.raises(AttributeFailed, match="API_DeviceTimedOut"):
        signal.put(1.0)
    assert (proxy.writes, proxy.Position) == (1, 1.0)


async def test_a_write_that_is_late_is_not_repeated_async(
    trl: Locate, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = DeviceProxy(trl("test/slow/1"))
    proxy.SlowDown(1.0)
    link = aio.AsyncLink(trl("test/slow/1"), patience=5.0)
    with pytest.raises(Exception, match="API_DeviceTimedOut"):
        await link.write("step", 1.0, timeout=0.3)
    assert (proxy.writes, proxy.Position) == (1, 1.0)


def test_a_motor_that_answers_when_it_is_there(trl: Locate) -> None:
    proxy = DeviceProxy(trl("test/slow/1"))
    proxy.SlowDown(1.2)
    motor = TangoMotor(trl("test/slow/1"), name="m", request_timeout=0.4, patience=5)
    motor.set(2.0).wait(30)
    assert (proxy.writes, proxy.Position) == (1, 2.0)


def test_a_motor_that_answers_when_it_is_there_async(trl: Locate, RE: RunEngine) -> None:
    proxy = DeviceProxy(trl("test/slow/1"))
    motor = aio.TangoMotor(trl("test/slow/1"), "m", patience=5)
    RE(ensure_connected(motor))
    proxy.SlowDown(1.2)
    RE(bps.mv(motor, 2.0))
    assert (proxy.writes, proxy.Position) == (1, 2.0)


class ByDone(PVPositioner):
    """A positioner of a state."""

    setpoint = Component(TangoSignal, "/position", events=False)
    readback = Component(TangoSignalRO, "/position", events=False)
    done = Component(TangoSignalRO, "/State", events=False)
    done_value = "STANDBY"


class ByPut(PVPositionerPC):
    """A positioner that is there when its put is done."""

    setpoint = Component(TangoSignal, "/at_once")
    readback = Component(TangoSignalRO, "/at_once")


def test_a_positioner_of_a_polled_state(trl: Locate) -> None:
    positioner = ByDone(trl("test/quick/1"), name="p")
    positioner.wait_for_connection(timeout=30)
    for target in (0.1, 0.2, 1.0):
        positioner.set(target, timeout=30).wait(31)
        assert positioner.readback.get() == target
    positioner.destroy()


def test_relative_moves_on_a_device_without_events(trl: Locate, RE: RunEngine) -> None:
    # ophyd lets a plan go on before it has forgotten the status of the move, and may forget the next one's instead.
    positioner = ByPut(trl("test/quick/1"), name="p", settle_time=0.1)
    positioner.wait_for_connection(timeout=30)
    RE(bps.mv(positioner, 1.0))
    for _ in range(3):
        RE(bps.mvr(positioner, 0.5))
    assert np.isclose(positioner.readback.get(), 2.5)
    positioner.destroy()


async def test_a_watch_is_not_older_than_the_last_put_async(trl: Locate) -> None:
    signal = aio.tango_signal_rw(float, trl("test/quick/1/at_once"), name="s", polling_period=30)
    await signal.connect()
    heard: list[float] = []
    first = asyncio.Event()

    def hear(reading: Any) -> None:
        heard.append(reading["s"]["value"])
        first.set()

    signal.subscribe_reading(hear)
    await first.wait()
    for target in (1.0, 2.0, 3.0):
        await signal.set(target)
        assert heard[-1] == target
    signal.clear_sub(hear)
    await alone()  # its task ends
