"""The asyncio client: native, one future per call."""

from __future__ import annotations

import asyncio
import gc
import time
from typing import Any

import pytest

import puretango
import puretango.asyncio
from puretango import DevFailed, GreenMode
from puretango.client import ClientContext
from puretango.testing import DeviceTestContext
from tests.unit.client.conftest import Thing
from tests.waiting import eventually


async def test_calls(thing: Any) -> None:
    proxy = await puretango.asyncio.DeviceProxy("test/thing/1")
    assert await proxy.state() == puretango.DevState.ON
    for value in (1.0, 2.0, 3.0):
        await proxy.write_attribute("number", value)
        assert (await proxy.read_attribute("number")).value == value
        assert await proxy.number == value
    assert await proxy.command_inout("Twice", 4.0) == 8.0
    assert await proxy.Twice(4.0) == 8.0
    assert [a.value for a in await proxy.read_attributes(["number", "count"])] == [3.0, 7]
    assert (await proxy.info(green_mode=GreenMode.Asyncio)).dev_class == "Thing"
    for _ in range(3):
        with pytest.raises(DevFailed, match="Thing_Broken"):
            await proxy.read_attribute("broken")
    with pytest.raises(DevFailed, match="API_AttrNotFound"):
        await proxy.read_attribute("nothing")


async def test_calls_run_at_once_and_can_be_cancelled(thing: Any) -> None:
    proxy = await puretango.asyncio.DeviceProxy("test/thing/1")
    await proxy.read_attribute("number")
    future = proxy.read_attribute("slow")
    assert isinstance(future, asyncio.Future)
    future.cancel()
    with pytest.raises(asyncio.CancelledError):
        await future
    values = await asyncio.gather(*(proxy.read_attribute("number") for _ in range(50)))
    assert {attribute.value for attribute in values} == {1.5}


async def test_timeout(thing: Any) -> None:
    proxy = await puretango.asyncio.DeviceProxy("test/thing/1")
    proxy.set_timeout_millis(100)
    start = time.monotonic()
    for name in ("read_attribute", "read_attribute"):
        with pytest.raises(puretango.CommunicationFailed, match="API_DeviceTimedOut"):
            await getattr(proxy, name)("slow")
    assert time.monotonic() - start < 20


async def test_attribute_proxy(thing: Any) -> None:
    proxy = await puretango.asyncio.AttributeProxy("test/thing/1/number")
    await proxy.write(2.5)
    assert (await proxy.read()).value == 2.5


async def test_one_proxy_in_both_styles(thing: Any) -> None:
    proxy = await puretango.asyncio.DeviceProxy("test/thing/1")
    await proxy.read_attribute("number")
    assert proxy.read_attribute("number", green_mode=GreenMode.Synchronous).value == 1.5
    assert (await proxy.read_attribute("number")).value == 1.5


async def test_nobody_listens() -> None:
    proxy = await puretango.asyncio.DeviceProxy("tango://127.0.0.1:1/a/b/c#dbase=no")
    with pytest.raises(puretango.ConnectionFailed):
        await proxy.read_attribute("x")
    with pytest.raises(puretango.ConnectionFailed, match="API_CantConnectToDatabase"):
        await puretango.asyncio.DeviceProxy("a/b/c")


def of(context: ClientContext, server: DeviceTestContext) -> Any:
    """A proxy with asyncio calls."""
    trl = server.get_device_access()
    return puretango.DeviceProxy(trl, context=context, green_mode=GreenMode.Asyncio)


def test_a_read_that_nobody_awaits_outlives_its_loop(
    context: DeviceTestContext, caplog: pytest.LogCaptureFixture
) -> None:
    """It fails as the loop shuts down, and does not connect again."""
    client = ClientContext()
    reads: list[Any] = []

    async def main() -> None:
        proxy = of(client, context)
        await proxy.read_attribute("slow")
        reads.append(proxy.read_attribute("slow"))

    asyncio.run(main())
    assert not client._asyncio_pools
    assert isinstance(reads.pop().exception(), DevFailed)
    gc.collect()
    assert "was destroyed but it is pending" not in caplog.text
    client.close()


async def test_the_context_is_closed_under_a_call(context: DeviceTestContext) -> None:
    client = ClientContext()
    proxy = of(client, context)
    await proxy.read_attribute("slow")
    before = Thing.slow_reads
    reading = proxy.read_attribute("slow")
    await eventually(lambda: Thing.slow_reads > before)
    client.close()
    for each in (reading, proxy.read_attribute("number"), proxy.ping()):
        with pytest.raises(puretango.ConnectionFailed):
            await each
    assert not client._asyncio_pools


def test_closed_where_another_loop_runs(context: DeviceTestContext) -> None:
    client = ClientContext()
    loop = asyncio.new_event_loop()

    async def read() -> None:
        await of(client, context).read_attribute("number")

    async def close() -> None:
        client.close()

    loop.run_until_complete(read())
    asyncio.run(close())
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
