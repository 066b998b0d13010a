"""Events as an asynchronous iterator."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from puretango.values import EventType, GreenMode

if TYPE_CHECKING:
    from puretango.client._device_proxy import DeviceProxy

__all__ = ["EventStream", "subscribe_where_it_arrives"]


async def subscribe_where_it_arrives(
    proxy: DeviceProxy,
    attribute: str,
    event_type: EventType,
    callback: Callable[[Any], None],
    **options: Any,
) -> int:
    """Subscribe on the running loop with a function that only hands over.

    It is called in the thread in which the events arrive: no task, and no waking of the loop,
    for each.
    """
    from puretango.client._io import AsyncioIO
    from puretango.client._subscribing import parse_subscribe

    wanted = parse_subscribe((attribute, event_type, callback), options)
    io = AsyncioIO(asyncio.get_running_loop())
    return await proxy._subscribe(io, wanted, GreenMode.Synchronous)


class EventStream:
    """``async for event in stream``; subscribed from the first event on, until closed.

    As a context manager (``async with``) it ends the subscription by itself.
    """

    def __init__(
        self, proxy: DeviceProxy, attribute: str, event_type: EventType, options: dict[str, Any]
    ) -> None:
        self._proxy = proxy
        self._arguments = (attribute, event_type)
        self._options = dict(options)
        self._keep_oldest = self._options.pop("keep", "newest") == "oldest"
        self._queue: asyncio.Queue[Any] = asyncio.Queue(self._options.pop("queuesize", 0))
        self.discarded = 0
        """Events that a full queue has dropped."""
        self._number: int | None = None

    async def _start(self) -> None:
        if self._number is not None:
            return
        loop = asyncio.get_running_loop()

        def put(event: Any) -> None:
            try:
                loop.call_soon_threadsafe(self._put, event)
            except RuntimeError:
                pass  # the loop has been closed: nobody waits for events any more

        self._number = await subscribe_where_it_arrives(
            self._proxy, *self._arguments, put, **self._options
        )

    def _put(self, event: Any) -> None:
        queue = self._queue
        if queue.full():
            self.discarded += 1
            if self._keep_oldest:
                return
            queue.get_nowait()
        queue.put_nowait(event)

    def __aiter__(self) -> EventStream:
        return self

    async def __anext__(self) -> Any:
        await self._start()
        return await self._queue.get()

    async def aclose(self) -> None:
        """End the subscription."""
        number, self._number = self._number, None
        if number is not None:
            await self._proxy.unsubscribe_event(number, green_mode=GreenMode.Asyncio)

    async def __aenter__(self) -> EventStream:
        await self._start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.aclose()
