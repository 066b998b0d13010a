"""Code written for ``ophyd_async.tango`` on puretango by changing the import: ophyd-async's own, as installed.

Its demo's servers and its tests' run on PyTango; the classes for them are its own source, where one word is replaced.
"""

from __future__ import annotations

import ast
import asyncio
import importlib
import inspect
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated as A
from typing import Any

import bluesky.plan_stubs as bps
import bluesky.plans as bp
import numpy as np
import ophyd_async
import pytest
from bluesky import RunEngine
from ophyd_async.core import (
    Ignore,
    SignalR,
    SignalRW,
    SignalW,
    StandardReadableFormat,
    TriggerableCommand,
    YamlSettingsProvider,
    walk_rw_signals,
)
from ophyd_async.plan_stubs import (
    apply_settings,
    ensure_connected,
    retrieve_settings,
    store_settings,
)

import puretango
from puretango.asyncio import DeviceProxy
from puretango.bluesky import aio
from puretango.bluesky.aio import DevStateEnum, TangoPolling, TangoReadable
from puretango.idl import DevState
from tests.interop.bluesky.conftest import Locate
from tests.interop.conftest import nodb
from tests.interop.peers.process import Peer, free_port, require_pytango
from tests.unit.bluesky.conftest import Documents

SOURCE = Path(ophyd_async.__file__).parent / "tango"


def serve(folder: Path, script: str, *words: str) -> Iterator[int]:
    """One of ophyd-async's own device servers, on PyTango."""
    require_pytango()
    port = free_port()
    command = [sys.executable, str(SOURCE / script / "_tango_device_servers.py"), "test/moved"]
    with subprocess.Popen(
        [*command, str(port), *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(folder)},
    ) as server:
        assert server.stdout is not None
        try:
            for line in server.stdout:
                if "READY" in line:
                    break
            yield port
        finally:
            server.kill()


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[int]:
    """The demo's servers."""
    yield from serve(tmp_path, "demo", "2")


@pytest.fixture
def everything(tmp_path: Path) -> Iterator[int]:
    """The servers of ophyd-async's own tests."""
    yield from serve(tmp_path, "testing")


@pytest.fixture
def moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Imports one of ophyd-async's modules with ``ophyd_async.tango.core`` replaced."""
    package = tmp_path / "moved_to_puretango"
    package.mkdir()
    (package / "__init__.py").touch()
    for folder in ("demo", "testing"):
        for file in (SOURCE / folder).glob("_*.py"):
            if file.name not in ("__init__.py", "_tango_device_servers.py", "__main__.py"):
                text = file.read_text().replace("ophyd_async.tango.core", "puretango.bluesky.aio")
                (package / file.name).write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield lambda name: importlib.import_module(f"moved_to_puretango.{name}")
    for name in [name for name in sys.modules if name.startswith("moved_to_puretango")]:
        del sys.modules[name]


def test_the_demo(demo: int, moved: Any, RE: RunEngine, documents: Documents) -> None:
    x, y = (nodb(demo, f"test/moved/motor-{axis}") for axis in "xy")
    stage = moved("_stage").DemoStage(x, y, name="stage")
    detector = moved("_point_detector").DemoPointDetector(
        nodb(demo, "test/moved/detector"),
        [nodb(demo, f"test/moved/channel-{number}") for number in (1, 2)],
        name="det",
    )
    RE(ensure_connected(stage, detector))
    RE(bps.mv(stage.x.velocity, 10.0, detector.acquire_time, 0.1))
    RE(bp.scan([detector], stage.x, 0, 1, 3))
    assert documents.column("stage-x") == pytest.approx([0, 0.5, 1.0])
    mode = detector.channel[1].mode
    RE(bps.mv(mode, "High Energy"))
    RE(bp.count([mode]))
    assert documents.of("event")[-1]["data"]["det-channel-1-mode"] == "High Energy"
    values = {"det-channel-1-value", "det-channel-2-value"}
    assert values <= set(documents.of("event")[0]["data"])
    assert stage.x.get_trl() == x
    assert stage.x.get_proxy() is not None


async def test_the_device_of_its_tests(everything: int, moved: Any) -> None:
    device = moved("_test_device").TangoTestDevice(nodb(everything, "test/moved/everything"), "d")
    await device.connect()
    await device.a_str.set("text")
    assert await device.a_str.get_value() == "text"
    assert isinstance(await device.my_state.get_value(), DevStateEnum)
    await device.int32_spectrum.set(np.array([1, 2, 3]))
    assert (await device.int32_spectrum.get_value()).tolist() == [1, 2, 3]
    assert (await device.float64_image.get_value()).ndim == 2
    await device.void_cmd.trigger()
    assert await device.float_to_bool_cmd.execute(1.0) in (True, False)


async def test_everything_at_once(everything: int) -> None:
    """What ophyd-async's tests call the procedural flavour: no annotations, all that the server has."""
    device = TangoReadable(nodb(everything, "test/moved/everything"), False, "d", True)
    await device.connect()
    readings, keys = await device.read(), await device.describe()
    assert set(readings) == set(keys)
    assert len(list(device.children())) > 30


def test_arguments_in_ophyd_asyncs_order() -> None:
    names = list(inspect.signature(aio.TangoDevice.__init__).parameters)[1:6]
    assert names == ["trl", "support_events", "name", "auto_fill_signals", "connector"]
    assert TangoPolling(0.5, 0.1, 0.2) == TangoPolling(
        ophyd_polling_period=0.5, abs_change=0.1, rel_change=0.2
    )
    assert TangoReadable("a/b/c", support_events=True, name="x").name == "x"
    assert TangoReadable("a/b/c", "x").name == "x"


class Coarse(TangoReadable):
    """Attributes that are polled, and told where they have changed enough."""

    at_once: A[SignalRW[float], TangoPolling(0.02, 0.5, None), StandardReadableFormat.HINTED_SIGNAL]
    position: A[SignalR[float], TangoPolling(0.02, None, 0.5)]


async def test_dead_bands(trl: Locate) -> None:
    device = Coarse(trl("test/quick/1"), support_events=False, name="d", auto_fill_signals=False)
    await device.connect()
    heard: list[float] = []

    def hear(reading: Any) -> None:
        heard.append(reading["d-at_once"]["value"])

    device.at_once.subscribe_reading(hear)
    for value in (0.4, 0.6, 1.0, 1.2):
        await device.at_once.set(value)
        await device.at_once._connector.backend.reader._pollers[0.02].look_now()
    device.at_once.clear_sub(hear)
    # From 0: 0.4 is near, 0.6 is not; from 0.6: 1.0 is near, 1.2 is not.
    assert [value for value in heard if value] == [0.6, 1.2]


async def test_numbers_beside_texts(trl: Locate) -> None:
    command = aio.tango_command(None, trl("test/odd/1/Echo"), name="echo")
    await command.connect()
    table = aio.TangoLongStringTable(long=np.array([1, 2], np.int32), string=["a", "b"])
    assert await command.execute(table) == table
    other = await command.execute(([3], ["c", "d"]))
    assert (other.long.tolist(), list(other.string)) == ([3], ["c", "d"])
    device = TangoReadable(trl("test/odd/1"), name="d")
    await device.connect()
    assert await device.Echo.execute(table) == table


async def test_inference(cpp_tango_test: Peer) -> None:
    name = nodb(cpp_tango_test.port, "sys/tg_test/1")

    def member(attribute: str) -> str:
        return aio.get_full_attr_trl(name, attribute)

    assert aio.get_device_trl_and_attr(member("ampli")) == (name, "ampli")
    for attribute, signal, datatype in (
        ("ampli", SignalW, float),
        ("double_scalar", SignalRW, float),
        ("wave", SignalR, None),
        ("State", SignalR, DevStateEnum),
        ("string_spectrum", SignalRW, Sequence[str]),
    ):
        assert await aio.infer_signal_type(member(attribute)) is signal
        if datatype is not None:
            assert (await aio.infer_python_type(member(attribute)))[1] == datatype
    assert await aio.infer_signal_type(member("SwitchStates")) is TriggerableCommand
    taken, given = await aio.infer_python_type(member("DevDouble"))
    assert (taken, given) == (float, float)
    with pytest.raises(RuntimeError, match="Cannot find nothing"):
        await aio.infer_signal_type(member("nothing"))
    switch = aio.tango_triggerable_command(member("SwitchStates"), name="switch")
    await switch.connect()
    await switch.trigger()
    await switch.trigger()
    backend = aio.make_backend(float, member("ampli"))
    await backend.connect(5)
    assert isinstance(await backend.get_value(), float)


def test_every_public_name_is_here() -> None:
    """PyTango is not imported for it."""
    for statement in ast.parse((SOURCE / "core" / "__init__.py").read_text()).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__":
            theirs = ast.literal_eval(statement.value)
    assert len(theirs) > 30
    assert [name for name in theirs if not hasattr(aio, name)] == []


async def test_proxies_of_members(cpp_tango_test: Peer) -> None:
    name = nodb(cpp_tango_test.port, "sys/tg_test/1")
    device = await DeviceProxy(name)
    ampli = await aio.get_tango_trl(f"{name.replace('#', '/ampli#')}", device, 5)
    assert isinstance(ampli, aio.AttributeProxy)
    await ampli.put(2.5)
    assert (await ampli.get(), await ampli.get_w_value()) == (2.5, 2.5)
    assert (await ampli.get_reading())["alarm_severity"] == 0
    assert (await ampli.get_config()).name == "ampli"
    heard: asyncio.Queue[float] = asyncio.Queue()
    ampli.support_events = False
    with pytest.raises(RuntimeError, match="polling is disabled"):
        ampli.subscribe_callback(heard.put_nowait)
    ampli.set_polling(True, 0.02, abs_change=1.0, rel_change=None)
    ampli.subscribe_callback(lambda reading: heard.put_nowait(reading["value"]))
    assert await heard.get() == 2.5
    await ampli.put(3.0)
    await ampli.put(4.0)
    assert await heard.get() == 4.0  # 3.0 is near
    ampli.unsubscribe_callback()
    double = await aio.get_tango_trl(name.replace("#", "/DevDouble#"), None, 5)
    assert isinstance(double, aio.CommandProxy)
    assert (await double.put(1.5), await double.get_w_value()) == (1.5, 1.5)
    with pytest.raises(RuntimeError, match="cannot be found"):
        await aio.get_tango_trl(name.replace("#", "/nothing#"), device, 5)
    broken = aio.AttributeProxy(device, "throw_exception")
    with pytest.raises(RuntimeError, match="throw_exception"):
        await broken.get()


async def test_metadata_and_converters(cpp_tango_test: Peer, trl: Locate) -> None:
    device = await DeviceProxy(nodb(cpp_tango_test.port, "sys/tg_test/1"))
    config = await device.get_attribute_config("double_scalar")
    assert aio.parse_precision(config) == 2
    image = aio.get_python_type(await device.get_attribute_config("double_image"))
    assert aio.get_dtype_extended(image) == np.dtype(float)
    assert aio.make_converter(await device.get_attribute_config("State")).value(DevState.ON) == "ON"
    odd = await DeviceProxy(trl("test/odd/1"))
    mode = await odd.get_attribute_config("choices")
    found = aio.get_source_metadata("x", {"x": mode})
    converter = aio.make_converter(mode)
    assert [converter.write_value(label) for label in found["choices"]] == [0, 1, 2]
    assert isinstance(mode, aio.AttributeConfig)


class Settable(TangoReadable):
    """What is stored and put back."""

    ampli: SignalRW[float]
    string_scalar: SignalRW[str]
    long_scalar: Ignore


@pytest.mark.parametrize("auto_fill", [True, False])
def test_settings_of_ophyd_async(
    cpp_tango_test: Peer, RE: RunEngine, tmp_path: Path, auto_fill: bool
) -> None:
    """Its own providers and plans find every signal that can be written, and write it again."""
    name = nodb(cpp_tango_test.port, "sys/tg_test/1")
    device = Settable(name, name="tt", auto_fill=auto_fill)
    provider = YamlSettingsProvider(tmp_path)

    def plan() -> Any:
        yield from ensure_connected(device)
        yield from bps.mv(device.ampli, 7.0, device.string_scalar, "kept")
        if auto_fill:
            return
        yield from store_settings(provider, "kept", device)
        yield from bps.mv(device.ampli, 1.0, device.string_scalar, "lost")
        settings = yield from retrieve_settings(provider, "kept", device)
        yield from apply_settings(settings)

    RE(plan())
    assert (len(walk_rw_signals(device)) > 20) is auto_fill
    assert not hasattr(device, "long_scalar")
    proxy = puretango.DeviceProxy(name)
    assert (proxy.ampli, proxy.string_scalar) == (7.0, "kept")
