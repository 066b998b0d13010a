"""The receiver of one subscription's events: a callback, or a queue that the user reads."""

from __future__ import annotations

import logging
import threading
import weakref
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from time import time_ns
from typing import TYPE_CHECKING, Any

from puretango.client.events.delivery._data import (
    AttrConfEventData,
    DataReadyEventData,
    DevIntrChangeEventData,
    EventData,
    PipeEventData,
)
from puretango.errors import DevError
from puretango.events import VALUE_EVENTS
from puretango.values import (
    AttributeInfoListEx,
    CommandInfoList,
    DevicePipe,
    EventReason,
    ExtractAs,
    ScalarLayout,
    TimeVal,
    attribute_info,
    command_info,
    decode_value,
)

if TYPE_CHECKING:
    from puretango.client.events.delivery._source import Source
    from puretango.client.events.delivery._subscribing import SubscribeArguments

__all__ = ["Receiver"]

LOG = logging.getLogger("puretango.client.events")

_NO_ERRORS: tuple[DevError, ...] = ()


class Receiver:
    """Makes PyTango's event objects and hands them to the user.

    A queue holds ``queue_size`` events, the newest or the oldest ones; 0 is no limit. Events that find
    no place are counted. A coalescing receiver runs its callback in a thread of its own and skips
    events that are outdated by then.
    """

    def __init__(
        self,
        proxy: Source,
        wanted: SubscribeArguments,
        event: str,
        attribute_name: str,
        callback: Callable[[Any], Any] | None,
    ) -> None:
        self.proxy = weakref.ref(proxy)
        self.event = event
        self.attribute = wanted.attribute
        self.attribute_name = attribute_name
        self.extract_as: ExtractAs = wanted.extract_as
        self.mode = wanted.sub_mode
        self.alive = True
        self.coalesced = 0
        self.discarded = 0
        """How many events found the queue full, or were dropped for newer ones."""
        self._keep_oldest = wanted.keep_oldest
        self._callback = callback
        self._lock = threading.Lock()
        self._queue: deque[Any] | None = None
        self._last = TimeVal()
        self._held: list[Any] | None = None
        if wanted.queue_size is not None:
            self._queue = deque(maxlen=wanted.queue_size or None)
        self._latest: _Latest | None = None
        if wanted.coalesce and callback is not None:
            self._latest = _Latest(self, callback)

    # ------------------------------------------------------------------ deliveries

    def deliver(self, event: Any) -> None:
        """Hand an event over."""
        if not self.alive:
            return
        if self._held is not None:
            with self._lock:
                if self._held is not None:
                    self._held.append(event)
                    return
        self._hand_over(event)

    def hold(self) -> None:
        """Keep events back until the first one, which subscribing itself makes, is delivered."""
        self._held = []

    def drop_held(self) -> None:
        """Drop the events kept back so far: the value that is about to be read is newer."""
        with self._lock:
            if self._held:
                self.coalesced += len(self._held)
                self._held = []

    def release(self, first: Any = None) -> None:
        """Deliver the first event, then those that were kept back."""
        if first is not None and self.alive:
            self._hand_over(first)
        while True:
            with self._lock:
                held, self._held = self._held, None if not self._held else []
            if not held:
                return
            for event in held:
                if self.alive:
                    self._hand_over(event)

    def _hand_over(self, event: Any) -> None:
        if self._queue is not None:
            with self._lock:
                self._put(self._queue, event)
        elif self._latest is not None:
            self._latest.put(event)
        else:
            callback = (
                self._callback
            )  # a local copy: another thread may end the subscription just now
            if callback is not None:
                self._last = event.reception_date
                self._run(callback, event)

    def _put(self, queue: deque[Any], event: Any) -> None:
        if queue.maxlen is not None and len(queue) == queue.maxlen:
            self.discarded += 1
            if self._keep_oldest:
                return
        event.device = (
            None  # set when the event is taken: a waiting event must not keep its own proxy alive
        )
        queue.append(event)
        self._last = event.reception_date

    @staticmethod
    def _run(callback: Callable[[Any], Any], event: Any) -> Any:
        try:
            return callback(event)
        except BaseException as exc:  # the user's error must not stop other subscriptions
            if threading.current_thread() is threading.main_thread() and not isinstance(
                exc, Exception
            ):
                raise  # Ctrl-C or an exit in the first event's callback, in the user's own thread, takes effect
            LOG.exception("an event callback failed")
            return None

    def payload(
        self,
        value: Any,
        errors: tuple[DevError, ...] = _NO_ERRORS,
        reason: EventReason = EventReason.Update,
    ) -> Any:
        """The event object for what a server sent."""
        attribute = None
        if self.event in VALUE_EVENTS:
            if value is not None:
                attribute = decode_value(value, self.extract_as)
                errors = errors or attribute.get_err_stack()
            return self.value_event(attribute, errors, reason)
        if self.event == "attr_conf":
            info = None if value is None else attribute_info(value)
            return self.config_event(info, errors, reason)
        if self.event == "data_ready":
            return DataReadyEventData(
                device_proxy=self.proxy(),
                attr_data_ready=value,
                event_name=self.event,
                errors=errors,
                event_reason=reason,
                attr_name=self.attribute_name,
            )
        if self.event == "pipe":
            return PipeEventData(
                device_proxy=self.proxy(),
                pipe_name=self.attribute_name,
                event_name=self.event,
                pipe_value=None if value is None else DevicePipe(value, self.extract_as),
                errors=errors,
                event_reason=reason,
            )
        commands = [] if value is None else [command_info(item) for item in value.cmds]
        attributes = [] if value is None else [attribute_info(item) for item in value.atts]
        started = value is not None and value.dev_started
        return self.interface_event(commands, attributes, started, errors, reason)

    def value_event(
        self, attribute: Any, errors: tuple[DevError, ...], reason: EventReason
    ) -> EventData:
        """An event with an attribute's value, or with errors."""
        failed = bool(errors)
        return EventData(
            device_proxy=self.proxy(),
            attr_name=self.attribute_name,
            event_name=self.event,
            attr_value=None if failed else attribute,
            errors=errors,
            event_reason=reason,
        )

    def plan(self, layout: ScalarLayout) -> Callable[[bytes], Any]:
        """The argument of :meth:`plain_event`, from a payload with the layout of the one before; None for another."""
        return layout.decode

    def plain_event(self, attribute: Any) -> Any:
        """An event with an attribute's value, made quickly."""
        event = object.__new__(EventData)
        event.device = self.proxy()
        event.event = self.event
        event._errors = _NO_ERRORS
        event.err = False
        event.event_reason = EventReason.Update
        event.reception_date = TimeVal.of_nanoseconds(time_ns())
        event.attr_name = self.attribute_name
        event.attr_value = attribute
        return event

    def config_event(
        self, info: Any, errors: tuple[DevError, ...], reason: EventReason
    ) -> AttrConfEventData:
        """An event with an attribute's configuration."""
        return AttrConfEventData(
            device_proxy=self.proxy(),
            attr_name=self.attribute_name,
            event_name=self.event,
            attr_conf=info,
            errors=errors,
            event_reason=reason,
        )

    def interface_event(
        self,
        commands: list[Any],
        attributes: list[Any],
        started: bool,
        errors: tuple[DevError, ...],
        reason: EventReason,
    ) -> DevIntrChangeEventData:
        """An event with a device's commands and attributes."""
        proxy = self.proxy()
        return DevIntrChangeEventData(
            device_proxy=proxy,
            event_name=self.event,
            device_name=proxy.dev_name() if proxy is not None else "",
            cmd_list=CommandInfoList(commands),
            att_list=AttributeInfoListEx(attributes),
            dev_started=started,
            errors=errors,
            event_reason=reason,
        )

    def failure(self, errors: tuple[DevError, ...], reason: EventReason) -> Any:
        """An event that carries errors."""
        return self.payload(None, errors, reason)

    # ----------------------------------------------------------------------- queue

    def queued(self) -> int:
        """How many events wait in the queue."""
        return 0 if self._queue is None else len(self._queue)

    def take_queued(self) -> list[Any]:
        """The events in the queue, which is empty then."""
        if self._queue is None:
            return []
        with self._lock:
            events = list(self._queue)
            self._queue.clear()
        proxy = self.proxy()
        for event in events:
            event.device = proxy
        return events

    def last_date(self) -> TimeVal:
        """When the last event came."""
        return self._last

    def stop(self) -> None:
        """Stop handing events over."""
        self.alive = False
        self._callback = None
        if self._latest is not None:
            self._latest.stop()


class _Latest:
    """Runs a slow callback in its own thread, with the latest event only.

    A callback that runs on a loop or in a pool gets its next event when it has finished there.
    """

    def __init__(self, receiver: Receiver, callback: Callable[[Any], Any]) -> None:
        self._receiver = receiver
        self._callback = callback
        self._event: Any = None
        self._changed = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(
            target=self._run, name="puretango-latest-event", daemon=True
        )
        self._thread.start()

    def put(self, event: Any) -> None:
        with self._changed:
            if self._event is not None:
                self._receiver.coalesced += 1
            self._event = event
            self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._stopped or self._event is not None)
                if self._stopped:
                    return
                event, self._event = self._event, None
            self._receiver._last = event.reception_date
            running = self._receiver._run(self._callback, event)
            if isinstance(running, Future):
                self._wait(running)
            del event, running  # otherwise the last event would keep its own proxy alive

    def _wait(self, running: Future[Any]) -> None:
        running.add_done_callback(self._look)
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or running.done())

    def _look(self, _done: Future[Any]) -> None:
        with self._changed:
            self._changed.notify()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify()
        if threading.current_thread() is not self._thread:
            self._thread.join(5)
