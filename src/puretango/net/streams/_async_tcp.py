"""A TCP connection of a loop, within a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from puretango.net.streams._names import Address, NameTimeoutError, asked_for, numeric_addresses

__all__ = ["connect_on_loop"]

LEAST: Final = 0.01
P = TypeVar("P", bound=asyncio.BaseProtocol)


async def connect_on_loop(
    make: Callable[[], P], host: str, port: int, timeout: float | None
) -> tuple[asyncio.Transport, P]:
    """Connect to a server, for ``timeout`` seconds at most; None or 0 is for ever. As ``connect_tcp``.

    A name is not looked up by the loop's own pool of threads: a few names that nobody tells would keep
    all its threads, and the end of the loop waits for them.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + timeout if timeout else None
    places = numeric_addresses(host, port) or await _named(host, port, timeout)
    failure = OSError(f"{host} has no address")
    for number, (family, _, protocol, _, place) in enumerate(places):
        share = max(end - loop.time(), LEAST) / (len(places) - number) if end is not None else None
        try:
            async with asyncio.timeout(share):
                return await loop.create_connection(
                    make, place[0], port, family=family, proto=protocol
                )
        except OSError as error:
            failure = error
    raise failure


async def _named(host: str, port: int, timeout: float | None) -> list[Address]:
    try:
        async with asyncio.timeout(timeout or None):
            return await asyncio.wrap_future(asked_for(host, port))
    except TimeoutError:
        raise NameTimeoutError(host) from None
