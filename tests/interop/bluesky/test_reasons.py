"""What went wrong is in the stop document and in the failed status, on a PyTango server."""

from __future__ import annotations

from typing import Any

import bluesky.plan_stubs as bps
import bluesky.plans as bp
import pytest
from bluesky import RunEngine
from bluesky.preprocessors import run_wrapper
from bluesky.utils import FailedStatus
from ophyd_async.core import NotConnectedError
from ophyd_async.plan_stubs import ensure_connected

from puretango.bluesky import AttributeFailed, TangoAttribute, TangoDevice, TangoMotor, aio
from puretango.client import DeviceProxy
from tests.interop.bluesky.conftest import Locate
from tests.unit.bluesky.conftest import Documents

AWAY = "tango://127.0.0.1:1/not/there/1#dbase=no"


def reason(documents: Documents) -> str:
    """Why the last run ended."""
    return str(documents.of("stop")[-1]["reason"])


def test_a_signal_that_is_refused(trl: Locate, RE: RunEngine, documents: Documents) -> None:
    proxy = DeviceProxy(trl("test/slow/1"))
    proxy.SlowDown(1.0)
    signal = TangoAttribute(trl("test/slow/1/step"), name="step", write_timeout=0.2)
    with pytest.raises(FailedStatus, match=r"step.*Timeout"):
        RE(run_wrapper(bps.mv(signal, 1)))
    assert "API_DeviceTimedOut" in reason(documents)


def test_a_limit(trl: Locate, RE: RunEngine, documents: Documents) -> None:
    signal = TangoAttribute(trl("test/odd/1/amount"), name="amount")
    with pytest.raises(Exception, match="amount: 9 is outside of -5"):
        RE(run_wrapper(bps.mv(signal, 9)))
    assert "amount: 9 is outside of -5" in reason(documents)


def test_a_motor_that_is_stopped(trl: Locate, RE: RunEngine, documents: Documents) -> None:
    proxy = DeviceProxy(trl("test/slow/1"))
    proxy.SlowDown(1.0)
    motor = TangoMotor(trl("test/slow/1"), name="m")

    def plan() -> Any:
        yield from bps.abs_set(motor, 1, group="move")
        yield from bps.sleep(0.2)
        motor.stop()
        yield from bps.wait("move")

    with pytest.raises(FailedStatus, match="m was stopped"):
        RE(run_wrapper(plan()))
    assert "m was stopped" in reason(documents)


def test_a_device_that_is_away_names_itself(RE: RunEngine, documents: Documents) -> None:
    with pytest.raises(AttributeFailed, match="thermometer"):
        RE(bp.count([TangoDevice(AWAY, name="thermometer")]))
    with pytest.raises(NotConnectedError, match="thermometer"):
        RE(ensure_connected(aio.TangoReadable(AWAY, name="thermometer")))
