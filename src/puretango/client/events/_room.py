"""All event subscriptions of a client context.

One thread receives for all of them; another, the keeper, supervises: it notices servers that
fall silent, tells their subscribers, subscribes again (wherever the server is by then), and
confirms subscriptions before the servers forget them. Both live while there are subscriptions.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from puretango.client.events._complaints import Complaints
from puretango.client.events._firstevent import first_event
from puretango.client.events._keeper import EventKeeper
from puretango.client.events._link import EventLink
from puretango.client.events._names import (
    event_name,
    full_attribute_name,
    full_device_name,
    missed_events,
    subscription_failure,
)
from puretango.client.events._report import DeliverySamples, event_report
from puretango.client.events.delivery._receiver import Receiver
from puretango.client.events.delivery._undecoded import UndecodedReceiver
from puretango.client.session._replies import NONSENSE
from puretango.errors import DevError, DevFailed, MarshalError
from puretango.events import (
    VALUE_EVENTS,
    Arrival,
    SubscriberBook,
    Subscription,
    byte_order,
    decode_call,
    decode_errors,
    decode_payload,
    is_heartbeat,
    parse_topic,
    plain_counter,
)
from puretango.idl import AttributeValue_5
from puretango.values import (
    EventReason,
    EventSubMode,
    ExtractAs,
    ScalarLayout,
    TimeVal,
    decode_value,
)

if TYPE_CHECKING:
    from puretango.client.context._context import ClientContext
    from puretango.client.events.delivery._source import Source
    from puretango.client.events.delivery._subscribing import SubscribeArguments
    from puretango.client.session._io import IO

__all__ = ["EventRoom", "OwnedSubscription", "events_of", "has_events"]

LOG = logging.getLogger("puretango.client.events")

_LATER = (EventSubMode.Async, EventSubMode.AsyncRead)
_RAISING = (EventSubMode.Sync, EventSubMode.SyncRead)


class OwnedSubscription:
    """A subscription as its proxy sees it."""

    __slots__ = ("entry", "receiver")

    def __init__(self, entry: Subscription, receiver: Receiver) -> None:
        self.entry = entry
        self.receiver = receiver

    def queued(self) -> int:
        """How many events wait in the queue."""
        return self.receiver.queued()

    def take_queued(self) -> list[Any]:
        """The events in the queue, which is empty then."""
        return self.receiver.take_queued()

    def last_date(self) -> TimeVal:
        """When the last event came."""
        return self.receiver.last_date()


class EventRoom:
    """Subscribes, receives, delivers and supervises."""

    def __init__(self, context: ClientContext, clock: Callable[[], float] = time.monotonic) -> None:
        self.context = context
        self.clock = clock
        """The clock in seconds, never set back: by it heartbeats are late, and attempts and confirmations due."""
        self.book = SubscriberBook()
        self.lock = threading.RLock()
        self.keeper = EventKeeper(self)
        self.link = EventLink(
            self.receive,
            self.connection_changed,
            self.lock,
            lambda: self.clock(),
            context.event_buffer,
        )
        self._samples: DeliverySamples | None = None
        self._complaints = Complaints()

    # ----------------------------------------------------------------- subscribing

    async def subscribe(
        self,
        io: IO,
        proxy: Source,
        wanted: SubscribeArguments,
        callback: Callable[[Any], Any] | None,
    ) -> int:
        """Make a subscription; returns its id."""
        event = event_name(wanted.event_type)
        attribute = wanted.attribute.lower()
        device = full_device_name(proxy)
        kind = UndecodedReceiver if wanted.undecoded else Receiver
        receiver = kind(proxy, wanted, event, full_attribute_name(device, attribute), callback)
        with self.lock:
            entry = self.book.add(
                device, "" if event == "intr_change" else attribute, event, receiver
            )
        if wanted.sub_mode in _LATER:
            self.keeper.do(lambda: self.subscribe_later(entry))
            return entry.id
        if wanted.sub_mode != EventSubMode.Sync:
            receiver.hold()
        try:
            await self.connect(io, entry)
        except (DevFailed, MarshalError, OSError) as exc:
            failed = subscription_failure(exc, entry)
            if wanted.sub_mode in _RAISING:
                self._forget(entry)
                raise failed from exc
            with self.lock:
                self.book.refused(entry, exc, self.clock())
            try:
                receiver.release(receiver.failure(failed.errors, EventReason.SubFail))
            except (
                BaseException
            ):  # Ctrl-C in the callback: the caller never gets the id to unsubscribe with
                self._forget(entry)
                raise
            self.keeper.wake()
            return entry.id
        except BaseException:
            self._forget(entry)
            raise
        self.keeper.wake()
        if wanted.sub_mode != EventSubMode.Sync:
            try:
                await self.fresh(io, entry, EventReason.SubSuccess)
            except BaseException:  # cancelled, or Ctrl-C: the caller never gets the id
                self._forget(entry)
                raise
        return entry.id

    def subscribe_later(self, entry: Subscription) -> None:
        """Make a subscription in the keeper's thread, and deliver its outcome as an event."""
        from puretango.client.session._io import BLOCKING, drive

        receiver: Receiver = entry.owner
        if not receiver.alive:
            return
        known = entry.error is not None
        receiver.hold()
        try:
            drive(self.connect(BLOCKING, entry))
        except (DevFailed, MarshalError, OSError) as exc:
            failed = subscription_failure(exc, entry)
            with self.lock:
                self.book.refused(entry, exc, self.clock())
            receiver.release(
                None if known else receiver.failure(failed.errors, EventReason.SubFail)
            )
            return
        if receiver.mode == EventSubMode.Async:
            receiver.release(receiver.payload(None, (), EventReason.SubSuccess))
        else:
            drive(self.fresh(BLOCKING, entry, EventReason.SubSuccess))

    def rejected(self, entry: Subscription, error: BaseException) -> None:
        """Handle a server that is back and refuses what it accepted before."""
        receiver: Receiver = entry.owner
        failed = subscription_failure(error, entry)
        with self.lock:
            unused, channel = self.book.rejected(entry, error, self.clock())
            finish = self.link.drop(unused, channel)
        finish()
        receiver.deliver(receiver.failure(failed.errors, EventReason.SubFail))

    async def connect(self, io: IO, entry: Subscription) -> None:
        """Ask the server for the subscription and listen."""
        receiver: Receiver = entry.owner
        proxy = receiver.proxy()
        if proxy is None:
            return
        await self.link.subscribe(io, self.book, entry, proxy)

    async def fresh(self, io: IO, entry: Subscription, reason: EventReason) -> None:
        """Deliver the present value, read from the device."""
        receiver: Receiver = entry.owner
        proxy = receiver.proxy()
        if proxy is None or not receiver.alive:
            return
        receiver.drop_held()
        event = await first_event(io, proxy, receiver, reason)
        receiver.release(event)

    # --------------------------------------------------------------- unsubscribing

    def subscription(self, number: int) -> OwnedSubscription:
        """A subscription by its number."""
        entry = self.book.subscriptions[number]
        return OwnedSubscription(entry, entry.owner)

    async def unsubscribe(self, io: IO, subscription: OwnedSubscription) -> None:
        """End a subscription."""
        del io  # a server drops by itself a subscription that is not confirmed
        self._forget(subscription.entry)

    def abandon(self, numbers: Iterable[int]) -> None:
        """End the subscriptions of a proxy that is gone."""
        for number in list(numbers):
            entry = self.book.subscriptions.get(number)
            if entry is not None:
                # This may run in the garbage collector, in a thread that holds any lock: work that may
                # wait (for a slow callback) is left to the keeper.
                entry.owner.alive = False
                self.keeper.do(partial(self._forget, entry))

    def _forget(self, entry: Subscription) -> None:
        entry.owner.stop()
        with self.lock:
            if entry.id not in self.book.subscriptions:
                return
            _, unused, channel = self.book.remove(entry.id)
            finish = self.link.drop(unused, channel, last=not self.book.subscriptions)
        finish()
        self.keeper.wake()

    # ------------------------------------------------------------------- receiving

    def receive(self, frames: list[bytes]) -> None:
        """Take a message from the network: an event or a heartbeat."""
        entries = self.book.routes.get(frames[0])
        now = self.clock()
        if entries is None:
            text = str(frames[0], "utf-8", "replace")
            if is_heartbeat(text):
                with self.lock:
                    channel, was_silent = self.book.heartbeat(text, now)
                if was_silent and channel is not None:
                    self.keeper.do(lambda: self.keeper.subscribe_again(channel))
            return
        try:
            self._route(entries, frames, now)
        except NONSENSE as exc:
            entry = entries[0]
            self._complaints.tell(f"{entry.device} ({entry.event} of {entry.attribute})", exc)
            return
        if self._samples is not None:
            self._samples.add(entries, now)

    def connection_changed(self, endpoint: str, there: bool) -> None:
        """A connection to a server's events has been made or has ended."""
        with self.lock:
            if not there:
                if self.book.disconnected(endpoint):
                    self.keeper.wake()
                return
            silent = self.book.connected(endpoint)
        for channel in silent:
            self.keeper.do(partial(self.keeper.subscribe_again, channel))

    def _route(self, entries: tuple[Subscription, ...], frames: list[bytes], now: float) -> None:
        counter = plain_counter(frames)
        if counter >= 0 and self._receive_plain(entries, counter, now, frames[3]):
            return
        if len(frames) != 4:
            return
        little = byte_order(frames[1])
        call = decode_call(frames[2], little)
        value: Any = None
        errors: tuple[DevError, ...] = ()
        event = entries[0].event
        if call.is_error:
            errors = decode_errors(frames[3], event, little)
        else:
            idl = parse_topic(str(frames[0], "utf-8", "replace")).idl
            value = decode_payload(frames[3], event, idl, little)
        for entry in entries:
            self._arrived(entry, call.counter, now, value, errors)
            if value is not None and entry.layout is None:
                _learn(entry, value, frames[3], little)

    @staticmethod
    def _receive_plain(
        entries: tuple[Subscription, ...], counter: int, now: float, payload: bytes
    ) -> bool:
        """Deliver a scalar like the one before it; False if it has to go the long way."""
        found = []
        for entry in entries:
            decode = entry.layout
            attribute = decode(payload) if decode else None
            if attribute is None or counter != entry.following:
                return False
            found.append((entry, attribute))
        for entry, attribute in found:
            entry.arrive_next(counter, now)
            receiver: Receiver = entry.owner
            receiver.deliver(receiver.plain_event(attribute))
        return True

    def _arrived(
        self,
        entry: Subscription,
        counter: int,
        now: float,
        value: Any,
        errors: tuple[DevError, ...],
    ) -> None:
        receiver: Receiver = entry.owner
        arrival, missing = entry.arrive(counter, now)
        if arrival is Arrival.DUPLICATE:
            return
        if arrival is Arrival.GAP:
            receiver.deliver(receiver.failure(missed_events(missing), EventReason.Update))
        if errors:
            entry.counts.errors += 1
        receiver.deliver(receiver.payload(value, errors))
        if arrival is Arrival.GAP and entry.event in VALUE_EVENTS:
            self.keeper.refresh(entry)

    # ------------------------------------------------------------------- questions

    def report(self) -> dict[str, Any]:
        """The client's part of QueryEventSystem."""
        with self.lock:
            return event_report(self.book, self._samples)

    def set_monitoring(self, flag: bool) -> None:
        """Start or stop measuring the delivery of events."""
        self._samples = DeliverySamples() if flag else None

    def close(self) -> None:
        """End every subscription and both threads."""
        for entry in list(self.book.subscriptions.values()):
            self._forget(entry)
        self.link.close()
        self.keeper.close()


def _learn(entry: Subscription, value: Any, payload: bytes, little: bool) -> None:
    """Keep the layout of a scalar's event, for those that follow."""
    entry.layout = False
    if entry.event in VALUE_EVENTS and isinstance(value, AttributeValue_5):
        layout = ScalarLayout.learn(payload, little, decode_value(value), event=True)
        if layout is not None and entry.owner.extract_as is not ExtractAs.Nothing:
            entry.layout = entry.owner.plan(layout)


def events_of(context: ClientContext) -> EventRoom:
    """The subscriptions of a client context."""
    return context.part(EventRoom)


def has_events(context: ClientContext) -> bool:
    """True once anything was subscribed to in a context."""
    return context.has(EventRoom)
