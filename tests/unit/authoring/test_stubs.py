"""Stubs: a type checker passes a script that uses them rightly and catches one that does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from puretango.authoring import find_model
from puretango.authoring.stubs import ophyd_async_source, ophyd_source, proxy_source
from puretango.model import ClassModel
from puretango.testing import DeviceTestContext

PUMP = '''
import enum

from puretango import AttrWriteType, DevState
from puretango.server import Device, attribute, command


class Mode(enum.IntEnum):
    SLOW = 0
    FAST = 1


class Pump(Device):
    """A pump."""

    speed = attribute(dtype=float, access=AttrWriteType.READ_WRITE)
    mode = attribute(dtype=Mode, access=AttrWriteType.READ_WRITE)
    position = attribute(dtype=float)
    trace = attribute(dtype=(float,), max_dim_x=10)
    names = attribute(dtype=(str,), max_dim_x=10)

    def init_device(self):
        super().init_device()
        self._speed, self._mode = 0.0, Mode.SLOW
        self.set_state(DevState.ON)

    def read_speed(self):
        return self._speed

    def write_speed(self, value):
        self._speed = value

    def read_mode(self):
        return self._mode

    def write_mode(self, value):
        self._mode = Mode(value)

    def read_position(self):
        return 1.0

    def read_trace(self):
        return [1.0, 2.0]

    def read_names(self):
        return ["a"]

    @command(dtype_in=float, dtype_out=str)
    def Start(self, speed):
        return "ok"

    @command
    def Halt(self):
        pass
'''
RIGHT = """
from pump_proxy import PumpMode, PumpProxy, connect


def use(name: str) -> None:
    pump = PumpProxy(name)
    speed: float = pump.speed
    pump.speed = speed + 1
    pump.mode = PumpMode.FAST
    said: str = pump.Start(3.0)
    total: float = float(pump.trace.sum())
    pump.Halt()
    print(said, total, pump.ping())


async def use_async(name: str) -> None:
    pump = await connect(name)
    speed: float = await pump.speed
    await pump.write_attribute("speed", speed + 1)
    await pump.Halt()
"""
WRONG = """
from pump_proxy import PumpProxy, connect


def use(name: str) -> None:
    pump = PumpProxy(name)
    said: str = pump.speed
    pump.position = 3.0
    pump.Start("fast")
    print(said)


async def use_async(name: str) -> None:
    pump = await connect(name)
    await pump.write_attribute("speed", "fast")
    await pump.Halt(3)
"""


@pytest.fixture
def pump(tmp_path: Path) -> ClassModel:
    """A class, its stubs beside it."""
    (tmp_path / "pump.py").write_text(PUMP)
    model = find_model(str(tmp_path / "pump.py"))
    (tmp_path / "pump_proxy.py").write_text(proxy_source(model))
    (tmp_path / "pump_ophyd.py").write_text(ophyd_source(model))
    (tmp_path / "pump_aio.py").write_text(ophyd_async_source(model))
    return model


def mypy(folder: Path, *names: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", *names], cwd=folder, capture_output=True,
        text=True, check=False, timeout=120,
    )  # fmt: skip
    return done.stdout


@pytest.mark.slow
def test_a_type_checker_sees_what_is_right_and_what_is_wrong(
    pump: ClassModel, tmp_path: Path
) -> None:
    (tmp_path / "right.py").write_text(RIGHT)
    (tmp_path / "wrong.py").write_text(WRONG)
    assert "Success" in mypy(tmp_path, "right.py", "pump_aio.py")
    found = mypy(tmp_path, "wrong.py")
    lines = {line.split(":")[1] for line in found.splitlines() if ": error:" in line}
    assert lines == {"7", "8", "9", "15", "16"}, found


def modules(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> Any:
    monkeypatch.syspath_prepend(str(folder))
    return __import__(name)


@pytest.fixture
def running(pump: ClassModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A device of the class, and its name."""
    module = modules(tmp_path, monkeypatch, "pump")
    with DeviceTestContext(module.Pump) as proxy:
        yield f"tango://{proxy.get_dev_host()}:{proxy.get_dev_port()}/{proxy.dev_name()}#dbase=no"
    monkeypatch.delitem(sys.modules, "pump")


def test_a_typed_proxy_is_a_proxy(
    running: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = modules(tmp_path, monkeypatch, "pump_proxy")
    proxy = module.PumpProxy(running)
    proxy.speed = 3.5
    assert proxy.speed == 3.5
    proxy.mode = module.PumpMode.FAST
    assert proxy.mode == module.PumpMode.FAST
    assert proxy.Start(1.0) == "ok"


async def test_and_so_is_its_twin(
    running: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = modules(tmp_path, monkeypatch, "pump_proxy")
    proxy = await module.connect(running)
    await proxy.write_attribute("speed", 2.0)
    assert await proxy.speed == 2.0
    await proxy.Halt()


def test_classic_ophyd(running: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPHYD_CONTROL_LAYER", "dummy")  # as nobody here wants EPICS
    module = modules(tmp_path, monkeypatch, "pump_ophyd")
    device = module.Pump(running, name="pump")
    device.wait_for_connection(timeout=30)
    device.speed.set(1.5).wait(timeout=30)
    reading = device.read()
    assert reading["pump_speed"]["value"] == 1.5
    assert reading["pump_position_"]["value"] == 1.0
    assert device.Start(2.0) == "ok"
    device.destroy()


async def test_ophyd_async(running: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = modules(tmp_path, monkeypatch, "pump_aio")
    device = module.Pump(running, name="pump", auto_fill=False)
    await device.connect()
    await device.speed.set(2.5)
    reading = await device.read()
    assert reading["pump-speed"]["value"] == 2.5
    assert reading["pump-mode"]["value"] == "SLOW"
    assert list(reading["pump-trace"]["value"]) == [1.0, 2.0]
