"""Events as an asynchronous iterator."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from puretango.values import EventType, GreenMode

if TYPE_CHECKING:
    from puretango.client.events.delivery._source import Source

__all__ = ["EventStream", "subscribe_where_it_arrives"]

_END: Final = object()


async def subscribe_where_it_arrives(
    proxy: Source,
    attribute: str,
    event_type: EventType,
    callback: Callable[[Any], None],
    undecoded: bool = False,
    **options: Any,
) -> int:
    """Subscribe on the running loop with a function that only hands events over.

    It is called in the thread in which the events arrive: no task, and no waking of the loop,
    for each. With ``undecoded`` it gets ``(EventShape, payload)`` in place of the event of a number
    or a boolean whose shape is known from the one before, for callers that decode many at once.
    """
    from puretango.client.events.delivery._subscribing import parse_subscribe
    from puretango.client.session._io import AsyncioIO

    wanted = parse_subscribe((attribute, event_type, callback), options)
    wanted.undecoded = undecoded
    io = AsyncioIO(asyncio.get_running_loop())
    return await proxy._subscribe(io, wanted, GreenMode.Synchronous)


class _Buffer:
    """The events that wait for a loop's tasks.

    The subscription refers to this and not to the stream, which can thus be collected when unused; a task that
    waits here is referred to, and so kept alive, by the queue.
    """

    def __init__(self, size: int, keep_oldest: bool) -> None:
        self.queue: asyncio.Queue[Any] = asyncio.Queue(size)
        self.closed = False
        self.discarded = 0
        self._keep_oldest = keep_oldest

    def put(self, event: Any) -> None:
        """Take an event."""
        queue = self.queue
        if self.closed:
            return
        if queue.full():
            self.discarded += 1
            if self._keep_oldest:
                return
            queue.get_nowait()
        queue.put_nowait(event)

    async def get(self) -> Any:
        """The next event; the end marker if there will be none."""
        if not self.closed:
            event = await self.queue.get()
            if event is not _END:
                return event
            self.queue.put_nowait(_END)  # for the next task that waits
        raise StopAsyncIteration

    def close(self) -> None:
        """Wake the waiting tasks; nothing more will come."""
        if not self.closed:
            self.closed = True
            while not self.queue.empty():
                self.queue.get_nowait()
            self.queue.put_nowait(_END)


class EventStream:
    """``async for event in stream``; subscribed from the first event on, until closed.

    As a context manager (``async with``) it ends the subscription by itself.
    """

    def __init__(
        self, proxy: Source, attribute: str, event_type: EventType, options: dict[str, Any]
    ) -> None:
        self._number: int | None = None
        self._proxy = proxy
        self._arguments = (attribute, event_type)
        self._options = dict(options)
        keep_oldest = self._options.pop("keep", "newest") == "oldest"
        self._buffer = _Buffer(self._options.pop("queuesize", 0), keep_oldest)
        self._starting = asyncio.Lock()

    @property
    def discarded(self) -> int:
        """Events that a full queue has dropped."""
        return self._buffer.discarded

    async def _start(self) -> None:
        async with self._starting:  # several tasks may iterate
            if self._number is None and not self._buffer.closed:
                await self._subscribe()

    async def _subscribe(self) -> None:
        loop = asyncio.get_running_loop()
        take = self._buffer.put

        def put(event: Any) -> None:
            try:
                loop.call_soon_threadsafe(take, event)
            except RuntimeError:
                pass  # the loop has been closed: no task waits for events any more

        self._number = await subscribe_where_it_arrives(
            self._proxy, *self._arguments, put, **self._options
        )
        if self._buffer.closed:  # meanwhile
            self._unsubscribe()

    def _unsubscribe(self) -> None:
        # Not awaited, since an await can be cancelled.
        number, self._number = self._number, None
        if number is not None:
            self._proxy.unsubscribe_event(number, green_mode=GreenMode.Synchronous)

    def __aiter__(self) -> EventStream:
        return self

    async def __anext__(self) -> Any:
        if self._number is None:
            await self._start()
        return await self._buffer.get()

    async def aclose(self) -> None:
        """End the subscription, and the iteration of tasks that wait for an event."""
        self._buffer.close()
        self._unsubscribe()

    def __del__(self) -> None:
        # A caller that leaves the loop over a stream by "break" does not close it.
        if self._number is not None:
            self._proxy._abandon(self._number)

    async def __aenter__(self) -> EventStream:
        await self._start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.aclose()
