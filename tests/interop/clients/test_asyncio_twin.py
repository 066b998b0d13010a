"""The same operations through `puretango.asyncio`: what the blocking proxy answers, the awaited one answers."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.interop.conftest import Answers, neutral, nodb
from tests.interop.peers.operations.operations import OPERATIONS
from tests.interop.peers.plain import attempt
from tests.interop.peers.process import Peer
from tests.interop.test_matrix import check

# The proxies that poll for replies are the asynchronous calls of the blocking world.
CHOSEN = [name for name in OPERATIONS if name not in {"asynchronous_calls", "replies_that_failed"}]


class Awaited:
    """A proxy of puretango.asyncio whose coroutines are run to their end."""

    def __init__(self, proxy: Any, runner: asyncio.Runner) -> None:
        self.__dict__.update(_proxy=proxy, _runner=runner)

    def __getattr__(self, name: str) -> Any:
        value = self._runner.run(_done(getattr, self._proxy, name))
        if callable(value):
            return lambda *arguments, **options: self._runner.run(
                _done(value, *arguments, **options)
            )
        return value


async def _done(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Call it within the loop, and wait for what is to be waited for."""
    value = function(*arguments, **options)
    return await value if inspect.isawaitable(value) else value


class Facade:
    """puretango with the asyncio proxies in place of the blocking ones."""

    def __init__(self, runner: asyncio.Runner) -> None:
        self._runner = runner

    def __getattr__(self, name: str) -> Any:
        import puretango

        return getattr(puretango, name)

    def DeviceProxy(self, name: str) -> Awaited:
        from puretango.asyncio import DeviceProxy

        return Awaited(self._runner.run(_done(DeviceProxy, name)), self._runner)

    def AttributeProxy(self, name: str) -> Awaited:
        from puretango.asyncio import AttributeProxy

        return Awaited(self._runner.run(_done(AttributeProxy, name)), self._runner)


@pytest.fixture
def facade() -> Iterator[Facade]:
    with asyncio.Runner() as runner:
        yield Facade(runner)


@pytest.mark.parametrize("name", CHOSEN)
def test_asyncio_client_to_pytango_server(
    name: str, facade: Facade, pytango_server: Peer, reference: Answers
) -> None:
    device = nodb(pytango_server.port)
    facade.DeviceProxy(device).Init()
    got = attempt(OPERATIONS[name], facade, device)
    check(neutral(got, f"127.0.0.1:{pytango_server.port}"), reference(name, ""))
