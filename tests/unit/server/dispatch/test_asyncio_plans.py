"""Plans of asyncio devices: the same answers as the general way gives, and as many at once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from puretango.asyncio import DeviceProxy
from puretango.errors import DevFailed, Except
from puretango.net import Peer
from puretango.server import Device, attribute, command
from puretango.values import AttrQuality, AttrWriteType, DevState, GreenMode
from tests.unit.server.conftest import Serve
from tests.waiting import eventually

from .test_server_plans import decoded, invocation

NAMES = ["double", "State", "short", "broken", "text", "curve", "written", "target", "refused"]


class Loop(Device):
    green_mode = GreenMode.Asyncio
    hooks = 0
    turn = 0

    async def init_device(self) -> None:
        await super().init_device()
        self.set_state(DevState.ON)
        self.go = asyncio.Event()

    async def always_executed_hook(self) -> None:
        if self.hooks < 0:
            Except.throw_exception("HOOK", "not now", "hook")
        self.hooks += 1

    @attribute
    async def double(self) -> float:
        return 2.5

    @attribute(dtype="int16")
    async def short(self) -> int:
        await asyncio.sleep(0)
        return -5

    @attribute
    async def broken(self) -> float:
        raise ValueError("as it should")

    @attribute
    async def text(self) -> str:
        return "caf\xe9"

    @attribute(dtype=(float,), max_dim_x=5)
    async def curve(self) -> list[float]:
        return [1.0, 2.0]

    @attribute
    async def turns(self) -> int:
        """Each request has a number of its own, however many wait at once."""
        self.turn += 1
        mine = self.turn
        await self.go.wait()
        return mine

    written = attribute(dtype=float, access=AttrWriteType.READ_WRITE)

    async def read_written(self) -> float:
        return 3.5

    async def write_written(self, _value: float) -> None: ...

    target = attribute(dtype=float, access=AttrWriteType.WRITE)

    async def write_target(self, _value: float) -> None: ...

    @attribute
    async def refused(self) -> float:
        return 1.0

    @refused.is_allowed
    async def refused(self, _request: Any) -> bool:
        return False

    @command
    async def Go(self) -> None:
        self.go.set()

    @command(dtype_in=int)
    async def Hooks(self, hooks: int) -> None:
        self.hooks = hooks


def test_answers_are_those_of_the_general_way(serve: Serve) -> None:
    served = serve(Loop)
    handle, peer = served.server.dispatcher.handle, Peer("127.0.0.1", 1)
    for names in ([name] for name in NAMES):
        call = invocation(names)
        first = decoded(served.server.run_on_loop(handle(call, peer)))
        assert call.plan is not None
        assert decoded(served.server.run_on_loop(handle(call, peer)))[0].value == first[0].value
    values = decoded(served.server.run_on_loop(handle(invocation(NAMES), peer)))
    assert [one.name for one in values] == NAMES
    assert [bool(one.err_list) for one in values] == [
        name in ("broken", "refused") for name in NAMES
    ]
    assert [value.value[1] for value in values[4:7]] == [["caf\xe9"], [1.0, 2.0], [3.5, 0.0]]
    served.server.restart_device(served.device)
    again = decoded(served.server.run_on_loop(handle(call, peer)))
    assert again[0].err_list == first[0].err_list


def test_requests_at_once_have_each_their_own_value(serve: Serve) -> None:
    served = serve(Loop)

    async def ask() -> list[Any]:
        proxy = await DeviceProxy(served.server.access(served.name))
        await proxy.read_attribute("short")
        reads = [asyncio.ensure_future(proxy.read_attribute("turns")) for _ in range(20)]
        await eventually(lambda: served.device.turn == 20)
        await proxy.Go()
        return [(await read).value for read in reads]

    assert sorted(asyncio.run(ask())) == list(range(1, 21))


def test_a_failing_hook_fails_the_request(serve: Serve) -> None:
    served = serve(Loop)
    proxy = served.proxy()
    assert proxy.read_attribute("double").quality == AttrQuality.ATTR_VALID
    proxy.Hooks(-10)
    for _ in range(2):
        with pytest.raises(DevFailed, match="not now"):
            proxy.read_attribute("double")
