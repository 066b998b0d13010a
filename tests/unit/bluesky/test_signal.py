"""TangoSignal and its kin against a real server."""

from __future__ import annotations

import math
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from bluesky.protocols import (
    Checkable,
    Configurable,
    HasHints,
    HasName,
    HasParent,
    Locatable,
    Movable,
    Readable,
    Stageable,
    Status,
    Subscribable,
)
from ophyd import Component, Device, EpicsSignal, Kind
from ophyd.utils import DestroyedError, LimitError, ReadOnlyError

from puretango.bluesky import (
    AttributeFailed,
    TangoAttribute,
    TangoDevice,
    TangoSignal,
    TangoSignalRO,
)
from puretango.bluesky.signals._dispatcher import CONTROL_LAYER, SerialQueue
from puretango.server import Server
from tests.unit.bluesky.conftest import start_server
from tests.waiting import until

Locate = Callable[[str], str]


def test_a_reading(trl: Locate) -> None:
    signal = TangoAttribute(trl("test/odd/1/position"))
    assert signal.name == "position"
    reading = signal.read()["position"]
    assert reading["value"] == 1.5
    assert reading["alarm_severity"] == 0
    assert abs(reading["timestamp"] - time.time()) < 5
    assert signal.describe() == {
        "position": {
            "source": trl("test/odd/1/position"),
            "dtype": "number",
            "shape": [],
            "dtype_numpy": "<f8",
            "units": "mm",
            "precision": 3,
        }
    }


def test_protocols(trl: Locate) -> None:
    signal = TangoAttribute(trl("test/odd/1/position"))
    for protocol in (
        Readable,
        Configurable,
        Movable,
        Locatable,
        Checkable,
        Subscribable,
        HasName,
        HasParent,
        HasHints,
    ):
        assert isinstance(signal, protocol), protocol
    assert not isinstance(signal, Stageable)


def test_a_trigger_is_done_at_once(trl: Locate) -> None:
    status = TangoAttribute(trl("test/odd/1/position")).trigger()
    assert isinstance(status, Status)
    assert status.done
    assert status.success
    assert status.exception(timeout=30) is None
    told: list[Any] = []
    status.add_callback(told.append)
    assert told == [status]


def test_limits_of_every_kind(trl: Locate) -> None:
    signal = TangoSignal(trl("test/odd/1/limited"))
    assert signal.limits == (-5, 5)
    assert signal.describe()["limited"]["limits"] == {
        "control": {"low": -5.0, "high": 5.0},
        "warning": {"low": -3.0, "high": 3.0},
        "alarm": {"low": -4.0, "high": 4.0},
    }
    with pytest.raises(LimitError):
        signal.put(5.1)
    with pytest.raises(LimitError):
        signal.set(-6)
    with pytest.raises(AttributeFailed, match="limited"):
        signal.put(6, force=True)
    signal.put(3.5)
    assert signal.read()["limited"]["alarm_severity"] == 1
    assert signal.read()["limited"]["message"] == "warning"
    signal.put(4.5)
    assert signal.read()["limited"]["alarm_severity"] == 2


def test_labels(trl: Locate) -> None:
    signal = TangoSignal(trl("test/odd/1/mode"))
    assert signal.get() == "FAST"
    key = signal.describe()["mode"]
    assert (key["dtype"], key["choices"]) == ("string", ["IDLE", "FAST", "SLOW"])
    signal.set("SLOW").wait(30)
    assert signal.get() == "SLOW"
    signal.put(0)
    assert signal.get() == "IDLE"
    with pytest.raises(ValueError, match="none of IDLE, FAST, SLOW"):
        signal.set("WILD")


@pytest.mark.parametrize(
    ("name", "dtype", "shape", "numpy"),
    [
        ("states", "array", [2], "<U7"),
        ("texts", "array", [2, 2], "<U256"),
        ("encoded", "array", [3], "|u1"),
        ("ramp", "array", [4], "<f8"),
        ("State", "string", [], "<U7"),
    ],
)
def test_kinds_of_value(trl: Locate, name: str, dtype: str, shape: list[int], numpy: str) -> None:
    signal = TangoSignal(trl(f"test/odd/1/{name}"))
    key = signal.describe()[name]
    assert (key["dtype"], key["shape"], key["dtype_numpy"]) == (dtype, shape, numpy)
    assert list(np.shape(signal.get())) == shape


def test_values_of_odd_types(trl: Locate) -> None:
    assert TangoSignal(trl("test/odd/1/states")).get().tolist() == ["ON", "MOVING"]
    assert TangoSignal(trl("test/odd/1/texts")).get().tolist() == [["a", "b"], ["c", "déjà"]]
    assert TangoSignal(trl("test/odd/1/encoded")).get().tolist() == [1, 2, 3]


@pytest.mark.parametrize(("quality", "severity"), [(0, 0), (2, 2), (3, 0), (4, 1)])
def test_quality_is_mapped(server: Server, trl: Locate, quality: int, severity: int) -> None:
    from puretango.client import DeviceProxy

    DeviceProxy(trl("test/odd/1")).SetQuality(quality)
    signal = TangoSignal(trl("test/odd/1/uneven"))
    assert signal.read()["uneven"]["alarm_severity"] == severity


def test_a_value_of_quality_invalid(trl: Locate) -> None:
    from puretango.client import DeviceProxy

    DeviceProxy(trl("test/odd/1")).SetQuality(1)
    reading = TangoSignal(trl("test/odd/1/uneven")).read()["uneven"]
    assert math.isnan(reading["value"])
    assert reading["alarm_severity"] == -1
    with pytest.raises(AttributeFailed, match=r"counted.*ATTR_INVALID"):
        TangoSignal(trl("test/odd/1/counted")).read()


def test_a_failure_names_the_attribute(trl: Locate) -> None:
    with pytest.raises(AttributeFailed, match=r"test/odd/1/broken.*out of order.*TEST_Broken"):
        TangoSignal(trl("test/odd/1/broken")).read()
    with pytest.raises(AttributeFailed, match="nothing"):
        TangoSignal(trl("test/odd/1/nothing")).get()


def test_nobody_there() -> None:
    signal = TangoSignal("tango://127.0.0.1:1/a/b/c/d#dbase=no")
    assert not signal.connected
    with pytest.raises(TimeoutError, match="cannot connect"):
        signal.wait_for_connection(timeout=0.3)
    with pytest.raises(AttributeFailed):
        signal.read()


def test_a_server_that_went_away_is_told_in_plain_words() -> None:
    server = start_server()
    device = f"tango://127.0.0.1:{server.port}/test/odd/1"
    signal = TangoSignal(f"{device}/position#dbase=no")
    whole = TangoDevice(f"{device}#dbase=no")
    server.stop()
    for request in (signal.read, whole.read, lambda: signal.put(1.0), lambda: whole.Echo("x")):
        with pytest.raises(AttributeFailed, match="Failed to connect to device"):
            request()
    away = TangoDevice(f"{device}#dbase=no")
    with pytest.raises(TimeoutError, match="cannot connect: Failed to connect to"):
        away.wait_for_connection(timeout=0.2)


def test_read_only(trl: Locate) -> None:
    signal = TangoSignal(trl("test/odd/1/ramp"))
    with pytest.raises(ReadOnlyError):
        signal.put([1.0])
    with pytest.raises(ReadOnlyError):
        signal.set([1.0])
    guarded = TangoSignalRO(trl("test/odd/1/position"))
    assert not guarded.facts.expert
    assert not guarded.write_access
    with pytest.raises(ReadOnlyError):
        guarded.put(1)


def test_setpoint_and_readback(trl: Locate) -> None:
    signal = TangoSignal(trl("test/odd/1/position"))
    signal.set(4.0).wait(30)
    assert signal.locate() == {"setpoint": 4.0, "readback": 4.0}
    assert signal.setpoint == 4.0
    assert signal.value == 4.0


def test_put_with_callback(trl: Locate) -> None:
    signal = TangoSignal(trl("test/odd/1/position"))
    done = threading.Event()
    signal.put(2.5, wait=False, callback=lambda **_: done.set())
    assert done.wait(30)
    assert signal.get() == 2.5


def test_a_put_that_fails_later_is_not_silent(trl: Locate) -> None:
    signal = TangoSignal(trl("test/odd/1/limited"))
    errors: list[Any] = []
    signal.subscribe(lambda error, **_: errors.append(error), event_type=signal.SUB_ERROR)
    called: list[Any] = []
    signal.put(9, force=True, wait=False, callback=lambda **_: called.append(1))
    until(lambda: errors)
    assert not called
    signal.destroy()


def test_tolerance_waits_for_the_readback(trl: Locate) -> None:
    signal = TangoSignal(trl("test/axis/1/Position"), tolerance=0.01)
    started = time.monotonic()
    signal.set(8.0).wait(30)
    assert signal.get() == pytest.approx(8.0, abs=0.01)
    assert time.monotonic() - started > 0.1


def test_patience_outlasts_a_restart() -> None:
    server = start_server()
    port = server.port
    signal = TangoSignal(f"tango://127.0.0.1:{port}/test/odd/1/position#dbase=no", patience=10)
    assert signal.get() == 1.5
    server.stop()
    box: list[Server] = []
    timer = threading.Timer(0.5, lambda: box.append(start_server(port)))
    timer.start()
    try:
        assert signal.get() == 1.5
    finally:
        timer.join()
        box[0].stop()


class Pair(Device):
    """An ophyd device made of Tango attributes."""

    position_readback = Component(TangoSignalRO, "/position", kind=Kind.hinted)
    limited = Component(TangoSignal, "/limited", kind=Kind.config)


def test_in_components(trl: Locate) -> None:
    pair = Pair(trl("test/odd/1"), name="pair")
    pair.wait_for_connection(timeout=30)
    assert pair.read()["pair_position_readback"]["value"] == 1.5
    assert pair.read_configuration()["pair_limited"]["value"] == 0.0
    assert pair.hints == {"fields": ["pair_position_readback"]}
    pair.stage_sigs = {"limited": 1.0}
    pair.stage()
    assert pair.limited.get() == 1.0
    pair.unstage()
    assert pair.limited.get() == 0.0
    old, new = pair.configure({"limited": 2.0})
    assert (old["pair_limited"]["value"], new["pair_limited"]["value"]) == (0.0, 2.0)
    pair.destroy()


def test_device_code_for_epics_signals(trl: Locate) -> None:
    """Its arguments are taken, and what it asks of a signal is answered."""
    options = {"string": True, "put_complete": True, "auto_monitor": False}
    signal = TangoSignal(trl("test/odd/1/limited"), connection_timeout=3.0, limits=False, **options)
    names = {name for name in dir(EpicsSignal) if not name.startswith("_")}
    missing = {name for name in names if not hasattr(signal, name)}
    # The last two are for a class as a whole; setpoint and readback are one attribute.
    assert missing == {"SUB_SETPOINT_META", "set_defaults", "set_default_timeout"}
    signal.wait_for_connection()
    assert signal.pvname == signal.setpoint_pvname == signal.trl
    assert signal.get() == 0.0
    assert (signal.alarm_severity, signal.alarm_status) == (0, None)
    with pytest.raises(AttributeFailed, match="limited"):
        signal.put(1e9)  # not refused here: the server is asked
    signal.destroy()


def test_destroyed(trl: Locate) -> None:
    signal = TangoSignal(trl("test/odd/1/position"))
    signal.get()
    signal.destroy()
    with pytest.raises(DestroyedError):
        signal.get()
    assert not signal.connected


def test_an_exit_in_a_callback_ends_nobody_elses_callbacks(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The thread of all callbacks goes on; it is said what happened."""
    calls, later = SerialQueue("test"), threading.Event()
    calls.run(sys.exit)
    until(lambda: "SystemExit" in caplog.text)
    calls.run(later.set)
    assert later.wait(30)


def test_a_put_is_not_held_up_by_other_devices(trl: Locate) -> None:
    """Another's device that does not answer keeps the thread that connects; not the puts."""
    position = TangoSignal(trl("test/odd/1/position"), name="position")
    position.wait_for_connection(5)
    written, there = threading.Event(), threading.Event()
    CONTROL_LAYER.get_dispatcher().schedule_utility_task(there.wait, 5)
    position.put(2.5, wait=False, callback=lambda **_: written.set())
    in_time = written.wait(30)
    there.set()
    assert in_time
