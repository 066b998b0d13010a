"""Typed proxies: they work, and a type checker tells right use from wrong."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from puretango.authoring import stubs_of
from puretango.model import model_of_class
from puretango.server import AttrWriteType, Device, DevState, attribute, command
from puretango.testing import DeviceTestContext

RIGHT = """
from stubs import AsyncOvenProxy, Mode, OvenProxy

def use(oven: OvenProxy) -> float:
    oven.temperature = 20.0
    oven.mode = Mode.HOLD
    oven.Heat()
    total: float = oven.Fit([1.0, 2.0])
    return oven.temperature + total + float(oven.history.sum())

async def use_async(oven: AsyncOvenProxy) -> float:
    await oven.write_temperature(20.0)
    return await oven.read_temperature()
"""
WRONG = {
    "oven.temperature = 'hot'": "assignment",
    "oven.history = None": "misc",
    "oven.temperatur": "attr-defined",
    "oven.Heat(1)": "call-arg",
    "oven.Fit('x', 1)": "call-arg",
    "x: str = oven.temperature": "assignment",
    "oven.mode = 1": "assignment",
}


class Oven(Device):
    """Heats."""

    def init_device(self) -> None:
        super().init_device()
        self._temperature, self._mode = 1.5, 0
        self.set_state(DevState.ON)

    temperature = attribute(dtype=float, access=AttrWriteType.READ_WRITE, doc="Of the stage")
    mode = attribute(dtype="DevEnum", enum_labels=["RAMP", "HOLD"], access=AttrWriteType.READ_WRITE)
    history = attribute(dtype=(float,), max_dim_x=8)

    def read_temperature(self) -> float:
        return self._temperature

    def write_temperature(self, value: float) -> None:
        self._temperature = value

    def read_mode(self) -> int:
        return self._mode

    def write_mode(self, value: int) -> None:
        self._mode = value

    def read_history(self) -> list[float]:
        return [1.0, 2.0]

    @command
    def Heat(self) -> None:
        """Heat."""

    @command
    def Fit(self, values: list[float]) -> float:
        """Fit."""
        return float(sum(values))


@pytest.fixture
def stubs(tmp_path: Path) -> Path:
    path = tmp_path / "stubs.py"
    path.write_text(stubs_of(model_of_class(Oven), bluesky=False))
    return path


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], Any]:
    """Runs a stubs' file as the module `stubs`, which it is until the test ends."""

    def run(path: Path) -> Any:
        module = ModuleType("stubs")
        monkeypatch.setitem(sys.modules, "stubs", module)
        exec(compile(path.read_text(), str(path), "exec"), module.__dict__)
        return module

    return run


def test_they_work(stubs: Path, load: Callable[[Path], Any]) -> None:
    module = load(stubs)
    with DeviceTestContext(Oven) as proxy:
        name = f"tango://127.0.0.1:{proxy.get_dev_port()}/{proxy.dev_name()}#dbase=no"
        oven = module.OvenProxy(name)
        oven.temperature = 20.5
        assert oven.temperature == 20.5
        oven.mode = module.Mode.HOLD
        assert oven.mode is module.Mode.HOLD
        assert oven.Fit([1.0, 2.0]) == 3.0
        assert oven.Heat() is None
        assert oven.history.sum() == 3.0
        assert (oven.state, "ON" in oven.status) == (DevState.ON, True)

        async def awaited() -> float:
            device = await module.AsyncOvenProxy.connect(name)
            await device.write_temperature(21.0)
            await device.Heat()
            return float(await device.read_temperature())

        assert asyncio.run(awaited()) == 21.0


def _mypy(folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "use.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.timeout(280)
def test_a_type_checker_tells_right_from_wrong(stubs: Path) -> None:
    (stubs.parent / "use.py").write_text(RIGHT)
    assert _mypy(stubs.parent) == ""
    lines = "\n".join(f"    {statement}" for statement in WRONG)
    head = "from stubs import OvenProxy\n\n\ndef use(oven: OvenProxy) -> None:\n"
    (stubs.parent / "use.py").write_text(head + lines + "\n")
    told = _mypy(stubs.parent)
    for number, (statement, kind) in enumerate(WRONG.items(), 5):
        assert f"use.py:{number}: error" in told, (statement, told)
        assert f"[{kind}]" in told, (statement, kind, told)


@pytest.mark.slow
@pytest.mark.timeout(280)
def test_with_bluesky_they_pass_and_connect(tmp_path: Path, load: Callable[[Path], Any]) -> None:
    path = tmp_path / "stubs.py"
    path.write_text(stubs_of(model_of_class(Oven)))
    (tmp_path / "use.py").write_text("import stubs\n")
    assert _mypy(tmp_path) == ""
    module = load(path)
    with DeviceTestContext(Oven) as proxy:
        name = f"tango://127.0.0.1:{proxy.get_dev_port()}/{proxy.dev_name()}#dbase=no"
        classic = module.OvenOphyd(name, name="oven")
        classic.temperature.set(3.0).wait(timeout=5)
        assert classic.read()["oven_temperature"]["value"] == 3.0
        classic.destroy()

        async def connected() -> float:
            device = module.OvenReadable(name, name="oven", auto_fill=False)
            await device.connect()
            await device.temperature.set(4.0)
            return float(await device.temperature.get_value())

        assert asyncio.run(connected()) == 4.0
