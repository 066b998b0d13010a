"""Other event loops: nothing is asked for the class of what a loop gives."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from puretango.asyncio import DeviceProxy
from puretango.server import Device, Server, attribute, command
from puretango.values import EventType, GreenMode

uvloop = pytest.importorskip("uvloop")


class Slow(Device):
    green_mode = GreenMode.Asyncio
    value = 1.0

    @attribute
    async def number(self) -> float:
        await asyncio.sleep(0)
        return self.value

    @number.setter
    async def number(self, value: float) -> None:
        self.value = value

    @attribute(dtype=(float,), max_dim_x=100_000)
    async def many(self) -> list[float]:
        return [1.5] * 100_000

    @command
    async def echo(self, text: str) -> str:
        return text


async def _exercise(access: str) -> None:
    proxy = await DeviceProxy(access)
    assert (await proxy.read_attribute("number")).value == 1.0
    await proxy.write_attribute("number", 2.5)
    assert (await proxy.read_attribute("number")).value == 2.5
    assert len((await proxy.read_attribute("many")).value) == 100_000
    assert await proxy.command_inout("echo", "x" * 1_000_000) == "x" * 1_000_000
    answers = await asyncio.gather(*(proxy.command_inout("echo", str(n)) for n in range(50)))
    assert answers == [str(n) for n in range(50)]

    async def callback(_event: object) -> None: ...

    number = await proxy.subscribe_event("number", EventType.USER_EVENT, callback)
    await proxy.unsubscribe_event(number)


@pytest.mark.leaks("uvloop keeps a pipe of its own in the process")
def test_client_under_uvloop() -> None:
    with Server("x", [Slow], devices={"Slow": ["a/b/c"]}) as server:
        uvloop.run(_exercise(server.access("a/b/c")))


SERVED = """
import asyncio, uvloop
from puretango.server import Server
from tests.unit.net.test_net_uvloop import Slow, _exercise

async def main():
    async with Server("x", [Slow], devices={"Slow": ["a/b/c"]}) as server:
        await _exercise(server.access("a/b/c"))
        print(type(asyncio.get_running_loop()).__module__)

uvloop.run(main())
"""


def test_server_and_client_on_one_uvloop() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SERVED], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == "uvloop\n", done.stderr
