"""The hub on devices that nobody here wrote: events and polling of C++ Tango and PyTango, a killed server."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from puretango.asyncio import DeviceProxy
from puretango.client import DbDevInfo
from puretango.hub import ERROR, LOST, NUMBER, OBJECT, POLLED, Hub
from puretango.testing import TangoSystem
from puretango.values import GreenMode
from tests.interop.peers import cpp
from tests.interop.peers.process import Peer, require_pytango

NAMES = ("double_scalar", "long64_scalar", "string_scalar", "wave", "State", "throw_exception")


async def test_cpp_tango_test(cpp_tango_test: Peer) -> None:
    """Polled where the device polls nothing; all kinds of values; one that raises disturbs no other."""
    device = f"tango://127.0.0.1:{cpp_tango_test.port}/sys/tg_test/1"
    async with Hub(poll_period=0.1, linger=0) as hub:
        viewer = hub.viewer()
        for name in NAMES:
            viewer.add(f"{device}/{name}#dbase=no")
        kinds: dict[int, int] = {}
        async for frame in viewer.frames(0.0):
            kinds |= dict(zip(frame.indices.tolist(), frame.kinds.tolist(), strict=True))
            if len(kinds) == len(NAMES):
                break
        assert kinds == {0: NUMBER, 1: NUMBER, 2: OBJECT, 3: OBJECT, 4: NUMBER, 5: ERROR}
        assert viewer.status(f"{device}/wave#dbase=no").how == POLLED


@pytest.mark.slow
async def test_events_of_a_cpp_device(tmp_path: Path) -> None:
    """What a C++ server polls comes as events, and is not read besides."""
    with TangoSystem() as system:
        info = DbDevInfo()
        info.name, info._class, info.server = "sys/tg_test/1", "TangoTest", "TangoTest/test"
        system.database.add_device(info)
        device = f"tango://{system.tango_host}/sys/tg_test/1"
        with cpp.tango_test(tmp_path, system.tango_host) as peer:
            peer.wait_for("Ready to accept request")
            async with Hub(linger=0) as hub:
                proxy = await DeviceProxy(device)
                await proxy.poll_attribute("State", 100, green_mode=GreenMode.Asyncio)
                recorder = hub.recorder()
                recorder.add(f"{device}/State")
                told = {(one.how, str(one.value)) for one in await recorder.take(timeout=30)}
                assert told == {("change", "RUNNING")}
                await proxy.command_inout("SwitchStates")
                told = {(one.how, str(one.value)) for one in await recorder.take(timeout=30)}
                assert ("change", "FAULT") in told <= {("change", "RUNNING"), ("change", "FAULT")}


async def test_a_cpp_server_killed_and_started_again(tmp_path: Path) -> None:
    """Told, and back by itself."""
    peer = cpp.tango_test(tmp_path)
    name = f"tango://127.0.0.1:{peer.port}/sys/tg_test/1/ampli#dbase=no"
    async with Hub(poll_period=0.2, linger=0) as hub:
        recorder = hub.recorder()
        recorder.add(name)
        for _ in range(2):
            with peer:
                while recorder.status(name).how != POLLED:
                    await hub.changed()
                peer.kill()
                async with asyncio.timeout(30):
                    while recorder.status(name).how != LOST:
                        await hub.changed()


async def test_pytango_pushes(tmp_path: Path, pytango_server: Peer) -> None:
    """A PyTango device's values come."""
    require_pytango()
    device = f"tango://127.0.0.1:{pytango_server.port}/test/rich/1"
    async with Hub(poll_period=0.1, linger=0) as hub:
        recorder = hub.recorder()
        proxy = await DeviceProxy(f"{device}#dbase=no")
        names = [str(name) for name in await asyncio.to_thread(proxy.get_attribute_list)]
        for name in names:
            recorder.add(f"{device}/{name}#dbase=no")
        seen: set[str] = set()
        while len(seen) < len(names):
            seen |= {sample.name for sample in await recorder.take(timeout=30)}
        assert recorder.status(f"{device}/State#dbase=no").received > 0
