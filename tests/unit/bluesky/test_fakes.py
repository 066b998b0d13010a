"""ophyd's fakes of our classes: they run our code, open no socket, and move nothing."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import bluesky.plan_stubs as bps
import bluesky.plans as bp
import pytest
from bluesky import RunEngine
from ophyd import Component, Device, Kind
from ophyd.sim import make_fake_device
from ophyd.utils import LimitError, ReadOnlyError

import puretango.bluesky as ours
from puretango.bluesky import (
    SardanaCounter,
    SardanaGroup,
    SardanaMotor,
    TangoAttribute,
    TangoBusyFlyer,
    TangoCommand,
    TangoDevice,
    TangoMotor,
    TangoPilatus,
    TangoSignal,
    TangoSignalRO,
)
from tests.unit.bluesky.conftest import Documents


@pytest.fixture(autouse=True)
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever connects to anything fails."""

    def refuse(*_: Any) -> None:
        raise AssertionError("a fake connects")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)


class Mine(Device):
    """A device of one's own."""

    ampli = Component(TangoSignal, "/ampli")
    level = Component(TangoSignalRO, "/level")
    on = Component(TangoCommand, "/On")
    motor = Component(TangoMotor, "x/y/z", add_prefix=())


class Named(TangoSignal):
    """A class of signals of one's own."""

    def twice(self) -> Any:
        """Its value, two times."""
        return 2 * self.get()


def test_a_device_of_components() -> None:
    fake = make_fake_device(Mine)("a/b/c", name="f")
    fake.wait_for_connection(timeout=30)
    assert isinstance(fake.ampli, TangoSignal)
    fake.ampli.put(7.25)
    fake.level.sim_put(2.0)
    assert fake.read()["f_ampli"]["value"] == 7.25
    assert fake.read()["f_level"]["value"] == 2.0
    with pytest.raises(ReadOnlyError):
        fake.level.put(1.0)
    fake.on.sim_set_result(4)
    assert fake.on() == 4
    assert "fake://" in fake.describe()["f_ampli"]["source"]


def test_a_signal() -> None:
    fake = make_fake_device(Named)("a/b/c/d", name="s")
    heard: list[Any] = []
    fake.subscribe(lambda value, **_: heard.append(value))
    fake.sim_put(3)
    assert fake.twice() == 6
    fake.sim_set_limits((0, 5))
    with pytest.raises(LimitError):
        fake.set(6)
    fake.set(4).wait(30)
    fake.sim_set_enum_strs(["in", "out"])
    fake.put("out")
    assert fake.get() == "out"
    fake._told()
    assert heard[-1] == "out"
    fake.destroy()


class Source(TangoDevice):
    """A device whose attributes are known."""

    ampli: Annotated[TangoSignal, Kind.config]
    level: Annotated[TangoSignal, Kind.hinted]


def test_a_whole_device(RE: RunEngine, documents: Documents) -> None:
    fake = make_fake_device(Source)("a/b/c", name="f")
    fake.sim_put("level", 5.5)
    fake.sim_put("spare", 1)
    RE(bp.count([fake]))
    data = documents.of("event")[0]["data"]
    assert (data["f_level"], data["f_State"], data["f_spare"]) == (5.5, "ON", 1)


@pytest.mark.parametrize("cls", [TangoMotor, SardanaMotor])
def test_a_motor(cls: Any, RE: RunEngine, documents: Documents) -> None:
    fake = make_fake_device(cls)("a/b/c", name="m")
    RE(bp.scan([], fake, 0, 1, 3))
    assert documents.column("m") == [0, 0.5, 1]
    RE(bps.mvr(fake, 1))
    assert fake.position == 2
    fake.stop()


def test_what_counts(RE: RunEngine, documents: Documents) -> None:
    counter = make_fake_device(SardanaCounter)("a/b/c", name="c", integration_time=0.1)
    counter.sim_put("Value", 12.0)
    RE(bp.count([counter]))
    assert documents.column("c") == [12.0]


@pytest.mark.parametrize("name", [name for name in ours.__all__ if name[0].isupper()])
def test_every_class_has_a_fake(name: str) -> None:
    cls = getattr(ours, name)
    if not (isinstance(cls, type) and issubclass(cls, (TangoSignal, TangoCommand, Device))):
        return
    fake = make_fake_device(cls)
    assert issubclass(fake, cls)
    assert fake is not cls


@pytest.mark.parametrize(
    "make",
    [
        lambda: make_fake_device(TangoBusyFlyer)("a/b/c", name="f"),
        lambda: make_fake_device(TangoPilatus)("a/b/c", name="f", write_path="/data"),
        lambda: make_fake_device(SardanaGroup)("a/b/c", name="f"),
        lambda: make_fake_device(TangoAttribute)("a/b/c/d", name="f"),
    ],
)
def test_made_and_connected(make: Any) -> None:
    fake = make()
    fake.wait_for_connection(timeout=30)
    assert fake.connected


@pytest.mark.slow
def test_ophyd_s_simulations_are_not_imported_before_somebody_does(tmp_path: Path) -> None:
    program = (
        "import sys, puretango.bluesky as ours; ours.TangoMotor; assert 'ophyd.sim' not in sys.modules\n"
        "from ophyd.sim import make_fake_device\n"
        "motor = make_fake_device(ours.TangoMotor)('a/b/c', name='m'); motor.set(2).wait(30)\n"
        "assert motor.position == 2\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=False,
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert done.returncode == 0, done.stderr
