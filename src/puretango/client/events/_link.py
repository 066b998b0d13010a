"""The network side of subscriptions: asking servers, and listening to what they publish."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import wait
from functools import partial
from typing import TYPE_CHECKING, Any

from puretango.client.commands._asked import info_of
from puretango.client.commands._typed import STRINGS
from puretango.client.names._environment import environment_number
from puretango.errors import DevFailed
from puretango.events import (
    SUBSCRIBER_HWM,
    Channel,
    ChannelState,
    Topic,
    heartbeat_topic,
    local_name,
    parse_answer,
)
from puretango.net import EventSubscriber

if TYPE_CHECKING:
    from puretango.client.events.delivery._source import Source
    from puretango.client.session._io import IO
    from puretango.client.session._session import Session
    from puretango.events import SubscriberBook, Subscription, SubscriptionAnswer
    from puretango.net import Subscriptions

__all__ = ["CLIENT_IDL", "EventLink"]

CLIENT_IDL = "6"

_SETTLE_NEW = 0.03
_SETTLE_KNOWN = 0.002
"""Seconds for a subscription to reach the publisher, over a new connection or a known one.

Of our own servers the second needs no wait: their events wait for a subscriber that has announced itself.
"""

_PATIENCE = 5.0
"""Seconds to wait for the receiving thread: it may be in a callback that waits for us."""

_PROBE = 0.3
"""Seconds to find out whether one of several addresses of a publisher can be reached."""


class EventLink:
    """The receiving socket of a client, made when first needed and closed when not needed.

    A change of the book and the change of the socket are made together under the book's lock, so that a
    thread that subscribes while another one unsubscribes finds both in the same state. The socket's thread does
    it later, in the same order: it is never waited for under the lock, which it takes itself.
    """

    def __init__(
        self,
        receive: Callable[[list[bytes]], None],
        connected: Callable[[str, bool], None],
        lock: threading.RLock,
        clock: Callable[[], float],
        room: int | None,
    ) -> None:
        self._room = room
        self._receive = receive
        self._connected = connected
        self._subscriber: EventSubscriber | None = None
        self._lock = lock
        self._clock = clock
        self._endpoints: dict[str, bool] = {}
        """Where we listen, and whether events wait there for subscribers on their way."""

    def _socket(self) -> EventSubscriber:
        if self._subscriber is None:
            # cppTango's figure: how many events may wait here while callbacks are busy.
            room = self._room or environment_number("TANGO_EVENT_BUFFER_HWM", SUBSCRIBER_HWM)
            self._subscriber = EventSubscriber(
                self._receive, high_water=room, connected=self._connected
            )
        return self._subscriber

    async def subscribe(
        self, io: IO, book: SubscriberBook, entry: Subscription, proxy: Source
    ) -> None:
        """Ask the device's server, and listen where it says."""
        answer = await self.ask(io, entry, proxy)
        database = proxy.is_dbase_used()
        beat = heartbeat_topic(answer.heartbeat, database)
        endpoints = _reachable(answer)
        known = self._endpoints.get(endpoints[1])
        waits = await self._waits(io, await proxy._admin(io)) if known is None else known
        with self._lock:
            if entry.id not in book.subscriptions:
                return
            channel = book.channel(answer.heartbeat)
            old = channel.endpoints
            again = (
                endpoints if channel.state is ChannelState.SILENT and not channel.connected else ()
            )
            unused, gone = book.accepted(
                entry, channel, [answer.topic], [beat], self._clock(), endpoints
            )
            done_with = self._unwanted(unused, gone)
            left = [] if old is None or old == endpoints else self._left(old)
            if endpoints[1] not in self._endpoints:
                known = None
            for endpoint in endpoints:
                self._endpoints[endpoint] = waits
            topics = [beat.encode(), answer.topic.encode()]

            def listen(wire: Subscriptions) -> None:
                wire.leave(*done_with)
                wire.leave(left, ())
                wire.leave(again, ())  # the socket may still hold a dead connection to it
                wire.listen(endpoints, topics, answer.zmq_release)

            listening = self._socket().change(listen)
        # With a limit: a callback may hold up the receiving thread until the thread that waits here is done.
        wait([listening], _PATIENCE)
        if listening.done():
            listening.result()
        if known is None:
            await io.sleep(_SETTLE_NEW)
        elif not waits:
            await io.sleep(_SETTLE_KNOWN)

    @staticmethod
    async def _waits(io: IO, admin: Session) -> bool:
        """True for a server whose events wait for subscribers on their way: one like ours."""
        if admin.local is not None:
            return True
        try:
            return "puretango" in (await info_of(io, admin)).version_info
        except DevFailed:
            return False

    @staticmethod
    async def ask(io: IO, entry: Subscription, proxy: Source) -> SubscriptionAnswer:
        """Ask the device's server for the subscription; asking again renews it."""
        attribute = entry.attribute or "dummy"
        argument = [proxy.dev_name(), attribute, "subscribe", entry.event, CLIENT_IDL]
        longs, strings = await proxy._ask_admin(io, "ZmqEventSubscriptionChange", STRINGS, argument)
        answer = parse_answer(longs, strings)
        if answer.topic:
            return answer
        # A server of Tango 9.2 or before does not send the names: they are made here.
        name = proxy._name
        host = f"{name.host}:{name.port}"
        if proxy.is_dbase_used():
            host = f"{proxy.get_db_host()}:{proxy.get_db_port()}".lower()
        topic = Topic(
            host, proxy.dev_name(), entry.attribute, entry.event, 5, database=proxy.is_dbase_used()
        )
        return answer.with_names(host, local_name(await proxy._admin_name(io)), topic)

    @staticmethod
    def answers(endpoint: str) -> bool:
        """True if somebody listens at a publisher's endpoint; blocks for a moment at most."""
        return _answers(endpoint)

    def drop(
        self, topics: Iterable[str], channel: Channel | None, *, last: bool = False
    ) -> Callable[[], object]:
        """Stop listening to topics, and to a server that has no subscription left.

        Call it with the lock held, and the returned function without the lock: that one waits until it is done.
        """
        wire = self._subscriber
        if wire is None:
            return _nothing
        if last:
            self._subscriber = None
            self._endpoints.clear()
            return wire.close
        done_with = self._unwanted(topics, channel)
        done = wire.change(lambda wire: wire.leave(*done_with))
        return partial(wait, [done], _PATIENCE)

    def _unwanted(
        self, topics: Iterable[str], channel: Channel | None
    ) -> tuple[list[str], list[bytes]]:
        """The endpoints and topics that nobody needs once these topics and this server are dropped."""
        unused, endpoints = list(topics), list[str]()
        if channel is not None:
            unused += channel.heartbeat_topics
            endpoints = self._left(channel.endpoints or ())
        return endpoints, [topic.encode() for topic in unused]

    def _left(self, endpoints: Iterable[str]) -> list[str]:
        return [each for each in endpoints if self._endpoints.pop(each, None) is not None]

    def close(self) -> None:
        """Close the socket and end its thread."""
        with self._lock:
            finish = self.drop((), None, last=True)
        finish()


def _nothing() -> None:
    """Do nothing: there is nothing to wait for."""


def _reachable(answer: SubscriptionAnswer) -> tuple[str, str]:
    """The heartbeat's and the events' endpoint of a server that can be reached from here."""
    pairs = answer.endpoints
    if "pgm://" in pairs[0][1]:
        raise DevFailed.make(
            "API_UnsupportedFeature",
            f"The server sends this event by multicast ({pairs[0][1]}), for which the libzmq of "
            "pyzmq's wheels is not made: take the event out of CtrlSystem/MulticastEvent",
            "EventConsumer::connect_event_channel()",
        )
    if len(pairs) > 1:
        for pair in pairs:
            if _answers(pair[1]):
                return pair
    return pairs[0]


def _answers(endpoint: str) -> bool:
    host, _, port = endpoint.removeprefix("tcp://").rpartition(":")
    if not port.isdigit():
        return False
    try:
        with socket.create_connection((host.strip("[]"), int(port)), _PROBE):
            return True
    except OSError:
        return False


def confirmation(triples: list[str]) -> tuple[str, Any, list[str]]:
    """The command that tells a server that its subscribers are still there."""
    return "EventConfirmSubscription", STRINGS, triples
