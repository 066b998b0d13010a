"""Waiting for the end of the connection to a server, which shows at once that the server has died."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from puretango.client.session._session import Session

__all__ = ["until_disconnected"]


class _Connected(Protocol):
    _session: Session


async def until_disconnected(proxy: _Connected, longest: float) -> bool:
    """Wait until the connection ends over which this loop's calls to a device go.

    Args:
        proxy: The device's DeviceProxy.
        longest: Seconds after which there is no more waiting.

    Returns:
        True if it has ended; False if it is still there, or there is none to be watched.
    """
    session = proxy._session
    pool = session.context.asyncio_pool(asyncio.get_running_loop())
    places = () if session.target is None else session.target.addresses
    links = [link for host, port in places if (link := pool.known(host, port)) is not None]
    if not links:
        await asyncio.sleep(longest)
        return False
    try:
        async with asyncio.timeout(longest):
            await links[0].wait_closed()
    except TimeoutError:
        return False
    return True
