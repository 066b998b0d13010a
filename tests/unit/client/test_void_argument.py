"""A command without an argument is given none, by whatever way."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import puretango as tango
from puretango.asyncio import DeviceProxy as AsyncProxy
from puretango.server import Device, command
from puretango.testing import DeviceTestContext

VALUES = (1, -1, 0, "text", "", [], (), {}, 1.5, 2**70)
WORDS = "Invalid input argument for command Five: .* cannot be converted to type DevVoid"


class Plain(Device):
    @command(dtype_out=int)
    def Five(self) -> int:
        return 5


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_refused_before_and_after_the_first_call(value: Any) -> None:
    context = DeviceTestContext(Plain)
    with context as proxy:
        group = tango.Group("group")
        group.add(context.get_device_access())
        for _ in range(3):
            for way in (proxy.command_inout, proxy.command_inout_asynch, group.command_inout):
                with pytest.raises(TypeError, match=WORDS):
                    way("Five", value)
            with pytest.raises(TypeError, match=WORDS):
                proxy.Five(value)
            assert proxy.Five() == proxy.command_inout("Five", None) == 5


def test_refused_on_a_loop() -> None:
    async def ask(name: str) -> None:
        proxy = await AsyncProxy(name)
        for _ in range(3):
            with pytest.raises(TypeError, match=WORDS):
                await proxy.command_inout("Five", 3)
            assert await proxy.command_inout("Five") == 5

    context = DeviceTestContext(Plain)
    with context:
        asyncio.run(ask(context.get_device_access()))
