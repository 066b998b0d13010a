"""Author code that ends in sys.exit, a cancelled task, KeyboardInterrupt or StopIteration."""

from __future__ import annotations

import asyncio
import re
import signal

import pytest

from puretango.errors import DevFailed
from puretango.server import Device, attribute, command
from puretango.values import DevState, GreenMode
from tests.unit.server.conftest import Serve
from tests.unit.server.device.test_server_asyncio import Loop, Plain


class Leaving(Plain):
    """Its code ends in sys.exit, as that of a library may."""

    @attribute
    def gone(self) -> float:
        raise SystemExit(3)

    @gone.write
    def gone(self, value: float) -> None:
        raise SystemExit(4)

    @command
    def Leave(self) -> None:
        raise SystemExit(5)


class LeavingLoop(Device):
    """The same on the server's loop, which such an exception would end."""

    green_mode = GreenMode.Asyncio

    @attribute
    async def gone(self) -> float:
        raise SystemExit(3)

    @gone.write
    async def gone(self, value: float) -> None:
        raise SystemExit(4)

    @command
    async def Leave(self) -> None:
        raise SystemExit(5)


@pytest.mark.parametrize("kind", [Leaving, LeavingLoop])
def test_a_device_s_exit_is_an_error_of_its_request(kind: type[Device], serve: Serve) -> None:
    proxy = serve(kind).proxy()
    for number, request in enumerate(
        [
            lambda: proxy.read_attribute("gone"),
            lambda: proxy.write_attribute("gone", 1.0),
            lambda: proxy.command_inout("Leave"),
        ]
    ):
        with pytest.raises(DevFailed, match=f"SystemExit: {number + 3}"):
            request()
    assert [value.has_failed for value in proxy.read_attributes(["State", "gone"])] == [False, True]


class Ending(Device):
    """Asyncio code that waits for a task which somebody has cancelled, or that wants to end it all."""

    green_mode = GreenMode.Asyncio

    async def _cancelled(self) -> None:
        task = asyncio.ensure_future(asyncio.Event().wait())
        task.cancel()
        await task

    @attribute
    async def value(self) -> float:
        await self._cancelled()
        return 1.0

    @command
    async def Cancelled(self) -> None:
        await self._cancelled()

    @command
    async def Interrupted(self) -> None:
        raise KeyboardInterrupt

    @command(green_mode=False)
    def Exhausted(self) -> None:
        next(iter(()))


class EndingPlain(Device):
    """The same in threads."""

    @attribute
    def value(self) -> float:
        raise asyncio.CancelledError

    @command
    def Cancelled(self) -> None:
        raise asyncio.CancelledError

    @command
    def Interrupted(self) -> None:
        raise KeyboardInterrupt

    @command
    def Exhausted(self) -> None:
        next(iter(()))


@pytest.mark.parametrize("kinds", [[Ending], [EndingPlain], [EndingPlain, Loop]])
def test_whatever_ends_a_request_is_told_to_its_client(
    kinds: list[type[Device]], serve: Serve
) -> None:
    proxy = serve(*kinds).proxy()
    for request in (
        lambda: proxy.read_attribute("value"),
        lambda: proxy.read_attribute("value"),  # by a plan
        lambda: proxy.Cancelled(),
        lambda: proxy.Exhausted(),
        lambda: proxy.Interrupted(),
    ):
        with pytest.raises(DevFailed) as caught:
            request()
        assert not re.search("TRANSIENT|COMM_FAILURE", str(caught.value))
    assert proxy.State() is DevState.UNKNOWN


class LeavingHooks(Device):
    """Its hooks end in sys.exit."""

    def init_device(self) -> None:
        raise SystemExit("left early")

    def delete_device(self) -> None:
        raise SystemExit("left late")

    def server_init_hook(self) -> None:
        raise SystemExit("left on time")

    def signal_handler(self, signo: int) -> None:
        raise SystemExit(signo)


class LeavingHooksLoop(Device):
    green_mode = GreenMode.Asyncio

    async def init_device(self) -> None:
        raise SystemExit("left early")

    async def delete_device(self) -> None:
        raise SystemExit("left late")

    async def server_init_hook(self) -> None:
        raise SystemExit("left on time")

    async def signal_handler(self, signo: int) -> None:
        raise SystemExit(signo)


@pytest.mark.parametrize("kind", [LeavingHooks, LeavingHooksLoop])
def test_hooks_that_end_in_an_exit_leave_the_server_alive(
    kind: type[Device], serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    served = serve(kind)
    proxy = served.proxy()
    assert proxy.state() is DevState.FAULT
    assert "left on time" in proxy.status()
    served.admin().DevRestart(served.name)
    assert "left early" in proxy.status()
    with pytest.raises(DevFailed, match="left late"):
        proxy.Init()
    served.device.register_signal(signal.SIGTERM)
    served.server.signals.end_server()
    signal.raise_signal(signal.SIGTERM)
    assert served.server.wait(30)
    assert "signal_handler of test/unit/1 failed" in caplog.text
