"""Event calls of a DeviceProxy."""

from __future__ import annotations

import logging
import sys
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, cast, overload

from puretango.client.events.delivery._subscribing import (
    SubscribeArguments,
    event_function,
    parse_subscribe,
)
from puretango.client.green._green import (
    get_object_executor,
    get_object_green_mode,
    gives,
    green_core,
    run_green,
)
from puretango.values import EventType, ExtractAs, GreenMode, TimeVal

if TYPE_CHECKING:
    from puretango.client.events._room import EventRoom, OwnedSubscription
    from puretango.client.events._stream import EventStream
    from puretango.client.events.delivery._source import Source
    from puretango.client.session._io import IO
    from puretango.client.session._session import Session

__all__ = ["Events"]

LOG = logging.getLogger("puretango.client.events")


class Events:
    """Subscribing to a device's events, and taking them from a queue."""

    _session: Session
    __dict__: dict[str, Any]

    @property
    def _event_room(self) -> EventRoom:
        from puretango.client.events._room import events_of  # loads ZMQ

        return events_of(self._session.context)

    @gives(int)
    def subscribe_event(
        self,
        /,
        *args: Any,
        green_mode: GreenMode | None = None,
        wait: bool | None = None,
        timeout: float | None = None,
        **kwargs: Any,
    ) -> Any:
        """Subscribe to events: ``(attribute, event type, callback or queue size[, mode])``.

        A callback is a function or has a method ``push_event``. ``coalesce=True`` lets a callback
        that is slower than the events get the latest one only; ``keep="oldest"`` lets a full
        queue refuse new events instead of dropping old ones. Returns the subscription's id.
        """
        wanted = parse_subscribe(args, kwargs)
        return run_green(self, self._subscribe, (wanted, green_mode), {}, green_mode, wait, timeout)

    async def _subscribe(
        self, io: IO, wanted: SubscribeArguments, green_mode: GreenMode | None
    ) -> int:
        deliver = None
        if wanted.callback is not None:
            mode = get_object_green_mode(self) if green_mode is None else green_mode
            executor = get_object_executor(self, mode)
            if mode == GreenMode.Asyncio:
                executor = _on_this_loop(executor)
            callback = wanted.callback
            if mode == GreenMode.Synchronous:
                deliver = callback
            else:

                def deliver(event: Any) -> Any:
                    running = executor.submit(callback, event)
                    if isinstance(running, Future):
                        running.add_done_callback(_tell_failure)
                    return running

        number = await self._event_room.subscribe(io, cast("Source", self), wanted, deliver)
        self.__dict__.setdefault("_event_numbers", set()).add(number)
        return number

    def _subscription(self, event_id: int) -> OwnedSubscription:
        if event_id not in self.__dict__.get("_event_numbers", ()):
            raise KeyError(f"This device proxy does not own this subscription {event_id}")
        return self._event_room.subscription(event_id)

    @green_core
    async def unsubscribe_event(self, io: IO, event_id: int) -> None:
        """End a subscription; its callback is not run any more."""
        subscription = self._subscription(event_id)
        self.__dict__["_event_numbers"].discard(event_id)
        await self._event_room.unsubscribe(io, subscription)

    @overload
    def get_events(
        self, event_id: int, callback: None = None, extract_as: ExtractAs = ExtractAs.Numpy
    ) -> list[Any]: ...

    @overload
    def get_events(
        self, event_id: int, callback: object, extract_as: ExtractAs = ExtractAs.Numpy
    ) -> None: ...

    def get_events(
        self, event_id: int, callback: Any = None, extract_as: ExtractAs = ExtractAs.Numpy
    ) -> list[Any] | None:
        """The events in a subscription's queue, as a list or each given to a callback."""
        if event_id not in self.__dict__.get("_event_numbers", ()):
            raise ValueError(f"Invalid event_id. You are not subscribed to event {event_id}.")
        if callback is not None and event_function(callback) is None:
            raise TypeError(
                "Parameter 'callback' should be None, a callable object or an object with a "
                "'push_event' method."
            )
        events = self._subscription(event_id).take_queued()
        if callback is None:
            return events
        function = event_function(callback)
        assert function is not None
        for event in events:
            function(event)
        return None

    def event_queue_size(self, event_id: int) -> int:
        """How many events are in a subscription's queue."""
        return self._subscription(event_id).queued()

    def is_event_queue_empty(self, event_id: int) -> bool:
        """True if no event is in a subscription's queue."""
        return self._subscription(event_id).queued() == 0

    def get_last_event_date(self, event_id: int) -> TimeVal:
        """When the last event of a subscription came."""
        return self._subscription(event_id).last_date()

    @green_core
    async def diagnose(self, io: IO, event_id: int) -> dict[str, Any]:
        """What a subscription has received and missed, and why nothing comes if nothing does.

        Asks the server, if its events are simply absent, whether it could send any.
        """
        from puretango.client.events._diagnosis import examine

        return await examine(io, self._event_room, self._subscription(event_id))

    def events(
        self, attr_name: str, event_type: EventType = EventType.CHANGE_EVENT, **options: Any
    ) -> EventStream:
        """An asynchronous iterator over events: ``async for event in proxy.events(name): …``.

        ``queuesize`` bounds what waits for a slow loop (``keep`` as in :meth:`subscribe_event`);
        what is dropped is counted by the iterator's ``discarded``.
        """
        from puretango.client.events._stream import EventStream

        return EventStream(cast("Source", self), attr_name, event_type, options)

    def _abandon(self, event_id: int) -> None:
        """End a subscription without waiting, in whatever thread the garbage collector runs."""
        self.__dict__["_event_numbers"].discard(event_id)
        self._event_room.abandon([event_id])

    def __del__(self) -> None:
        numbers = self.__dict__.get("_event_numbers")
        session = self.__dict__.get("_session")
        # When the interpreter shuts down nothing can be imported any more, and no subscription is left.
        if not numbers or session is None or sys.is_finalizing():
            return
        try:
            from puretango.client.events._room import has_events  # loaded: there are ids
        except ImportError:
            return  # the interpreter is shutting down: nothing can be imported any more

        if not has_events(session.context):
            return
        self._event_room.abandon(numbers)


def _tell_failure(done: Future[Any]) -> None:
    """Log a callback that fails on a loop or in a pool like any other."""
    if not done.cancelled() and (error := done.exception()) is not None:
        LOG.error("an event callback failed", exc_info=error)


def _on_this_loop(executor: Any) -> Any:
    """An asyncio executor whose callbacks run on the loop that subscribes.

    The process's executor belongs to whatever loop came first; that one may be closed by now.
    """
    import asyncio

    from puretango.client.green._asyncio_executor import AsyncioExecutor

    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return executor
    return executor if executor.loop is loop else AsyncioExecutor(loop=loop)
