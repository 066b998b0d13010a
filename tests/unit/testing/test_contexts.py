"""Test contexts: PyTango's arguments, in this process and in one of their own, quick, any number, no trace."""

from __future__ import annotations

import os
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from puretango import AttrWriteType, Database, DevFailed, DeviceProxy, DevState
from puretango.server import Device, attribute, class_property, command, device_property
from puretango.testing import DeviceTestContext, MultiDeviceTestContext, TangoSystem
from tests.waiting import LIMIT


class Lamp(Device):
    """A lamp with a memory."""

    colour = device_property(dtype=str, default_value="white")
    steps = device_property(dtype=(int,), default_value=[1, 2])
    maker = class_property(dtype=str, default_value="nobody")
    _level = 0.0

    def init_device(self) -> None:
        super().init_device()
        self.set_state(DevState.ON)

    @attribute(dtype=float, access=AttrWriteType.READ_WRITE, memorized=True, hw_memorized=True)
    def level(self) -> float:
        return self._level

    @level.write
    def level(self, value: float) -> None:
        self._level = value

    @command(dtype_out=(str,))
    def properties(self) -> list[str]:
        return [self.colour, str(list(self.steps)), self.maker]

    @command(dtype_out=int)
    def process(self) -> int:
        return os.getpid()


class Room(Device):
    """A device that talks to another by its short name."""

    @attribute(dtype=float)
    def brightness(self) -> Any:
        return DeviceProxy("lab/lamp/1").level


class Broken(Device):
    """Fails as early as it can."""

    def __init__(self, *args: Any) -> None:
        raise RuntimeError("cannot be built")


class Late(Device):
    """Takes its time at the start."""

    def init_device(self) -> None:
        time.sleep(0.5)


class Stuck(Device):
    """Does not end until it is let go."""

    let_go = threading.Event()

    def delete_device(self) -> None:
        Stuck.let_go.wait(LIMIT)


@pytest.mark.parametrize("process", [False, True])
def test_device_with_properties_and_memorized_value(process: bool) -> None:
    with DeviceTestContext(
        Lamp,
        properties={"colour": "red", "steps": [4, 5]},
        class_properties={"maker": "somebody"},
        memorized={"level": 0.5},
        process=process,
    ) as lamp:
        assert list(lamp.properties()) == ["red", "[4, 5]", "somebody"]
        assert lamp.level == 0.5
        lamp.level = 0.75
        assert lamp.read_attribute("level").value == 0.75
        assert lamp.state() == DevState.ON
        assert (lamp.process() == os.getpid()) is not process


def test_names() -> None:
    context = DeviceTestContext(Lamp)
    with context as lamp:
        assert lamp.dev_name() == "test/nodb/lamp"
        assert (
            context.get_device_access()
            == f"tango://127.0.0.1:{context.port}/test/nodb/lamp#dbase=no"
        )
        assert (
            context.get_server_access()
            == f"tango://127.0.0.1:{context.port}/dserver/Lamp/lamp#dbase=no"
        )
        assert DeviceProxy(context.get_server_access()).info().dev_class == "DServer"
        assert context.get_device("test/nodb/lamp") is context.get_device("test/nodb/lamp")


@pytest.mark.parametrize("process", [False, True])
def test_short_names_among_devices(process: bool) -> None:
    devices = (
        {
            "class": Lamp,
            "devices": [{"name": "lab/lamp/1", "memorized": {"level": 3}}, {"name": "lab/lamp/2"}],
        },
        {"class": Room, "devices": [{"name": "lab/room/1"}]},
    )
    with MultiDeviceTestContext(devices, process=process) as context:
        assert context.get_device("lab/room/1").brightness == 3
        assert DeviceProxy("lab/lamp/2").level == 0
    with pytest.raises(DevFailed):
        DeviceProxy("lab/lamp/2").ping()


def test_any_number_at_once() -> None:
    with ExitStack() as stack:
        lamps = [
            stack.enter_context(DeviceTestContext(Lamp, memorized={"level": n})) for n in range(10)
        ]
        assert [lamp.level for lamp in lamps] == list(range(10))


def test_one_after_the_other_in_milliseconds() -> None:
    def cycle() -> float:
        started = time.perf_counter()
        with DeviceTestContext(Lamp) as lamp:
            assert lamp.level == 0
        return time.perf_counter() - started

    cycle()
    times = sorted(cycle() for _ in range(20))
    assert times[0] < 0.1  # 5 ms on a quiet machine; the benchmark measures it


def test_configurations_that_cannot_be() -> None:
    one = {"class": Lamp, "devices": [{"name": "a/b/1"}]}
    for info, error in (
        ((), IndexError),
        (({"not-class": Lamp, "devices": []},), KeyError),
        (({"class": Lamp, "not-devices": []},), KeyError),
        (({"class": Lamp, "devices": [{"not-name": "a/b/1"}]},), KeyError),
        ((one, one), ValueError),
    ):
        with pytest.raises(error):
            MultiDeviceTestContext(info)  # type: ignore[arg-type]  # on purpose: it is refused


@pytest.mark.parametrize("process", [False, True])
def test_a_server_that_cannot_start_says_why(process: bool) -> None:
    with (
        pytest.raises(Exception, match="cannot be built"),
        DeviceTestContext(Broken, process=process),
    ):
        pass


@pytest.mark.parametrize("process", [False, True])
def test_a_server_that_comes_up_too_late_ends_by_itself(process: bool) -> None:
    context = DeviceTestContext(Late, process=process, timeout=0.1)
    with pytest.raises(RuntimeError, match="stuck at initialization"):
        context.start()
    context.join(30)
    assert not context.thread.is_alive()


def test_a_device_stuck_at_its_end_is_reported() -> None:
    context = DeviceTestContext(Stuck)
    context.start()
    context.timeout = 0.2
    with pytest.raises(RuntimeError, match="failed to exit cleanly"):
        context.stop()
    Stuck.let_go.set()
    context.thread.join(30)
    Stuck.let_go.clear()


def test_a_process_stuck_at_its_end_is_killed() -> None:
    context = DeviceTestContext(Stuck, process=True)
    context.start()
    context.timeout = 0.2
    with pytest.raises(RuntimeError, match=r"failed to exit cleanly.*kill subprocess"):
        context.stop()
    assert not context.thread.is_alive()


@pytest.mark.parametrize("process", [False, True])
def test_kill_by_a_client_ends_it(process: bool) -> None:
    context = DeviceTestContext(Lamp, process=process)
    context.start()
    context.server.command_inout("Kill")
    context.join(30)
    assert not context.thread.is_alive()
    context.stop()


def test_file_with_what_a_database_would_hold() -> None:
    context = DeviceTestContext(
        Lamp, properties={"steps": [1, 2], "colour": 'say "red"'}, memorized={"level": 2}
    )
    with context:
        text = Path(context.db).read_text()
    assert "Lamp/lamp/DEVICE/Lamp: test/nodb/lamp\n" in text
    assert 'test/nodb/lamp->steps: "1", "2"\n' in text
    assert 'test/nodb/lamp/level->__value: "2"\n' in text


def test_system_with_a_database() -> None:
    with TangoSystem(
        {Lamp: ["lab/lamp/1", "lab/lamp/2"]}, properties={"lab/lamp/1": {"colour": "blue"}}
    ) as system:
        lamp = system.get_device("lab/lamp/1")
        assert next(iter(lamp.properties())) == "blue"
        lamp.level = 1.5
        system.add_server({Room: ["lab/room/1"]})
        assert system.get_device("lab/room/1").brightness == 1.5
        exported = Database(system.host, system.port).get_device_exported("lab/*")
        assert sorted(exported) == ["lab/lamp/1", "lab/lamp/2", "lab/room/1"]


def test_systems_side_by_side_and_a_store_that_stays(tmp_path: Any) -> None:
    store = str(tmp_path / "control.sqlite")
    with (
        TangoSystem({Lamp: ["lab/lamp/1"]}, store=store) as one,
        TangoSystem({Lamp: ["lab/lamp/1"]}) as other,
    ):
        one.get_device("lab/lamp/1").level = 1
        assert other.get_device("lab/lamp/1").level == 0
    with TangoSystem({Lamp: ["lab/lamp/1"]}, store=store) as again:
        assert again.get_device("lab/lamp/1").level == 1


def test_fixtures(device_context: Any, tango_system: Any) -> None:
    assert device_context(Lamp, memorized={"level": 4}).level == 4
    assert tango_system({Lamp: ["lab/lamp/7"]}).get_device("lab/lamp/7").level == 0
