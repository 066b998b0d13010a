"""The client's book of subscriptions: routing, gaps, supervision, diagnosis.

No clock and no socket: times are arguments, and what is to be done comes back as actions.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any, NamedTuple

from puretango.events._channel import (
    Channel,
    ChannelInput,
    ChannelState,
    Timing,
    without_frames,
)
from puretango.events._life import SubscriptionInput, SubscriptionState
from puretango.events._subscription import Subscription

#: Shared by all books of the process: a proxy from before a fork still has the ids
#: of the parent's book, and must not end others' subscriptions in the child's book with them.
_numbers = itertools.count(1)


class Confirm(NamedTuple):
    """Send EventConfirmSubscription to a server."""

    channel: Channel
    triples: list[str]


class Lost(NamedTuple):
    """A server is silent: tell its subscribers; again and again while it is."""

    channel: Channel
    subscriptions: list[Subscription]


class Retry(NamedTuple):
    """Try to subscribe again: a silent server's subscriptions, or one that never succeeded."""

    channel: Channel | None
    subscriptions: list[Subscription]


Action = Confirm | Lost | Retry


class SubscriberBook:
    """All subscriptions of one client context."""

    def __init__(self, timing: Timing = Timing()) -> None:  # noqa: B008 - immutable
        self.timing = timing
        self.subscriptions: dict[int, Subscription] = {}
        self.channels: dict[str, Channel] = {}
        self.routes: dict[bytes, tuple[Subscription, ...]] = {}
        """Topic frame → subscriptions: replaced, never changed, so readers need no lock."""
        self._heartbeats: dict[str, Channel] = {}

    def add(self, device: str, attribute: str, event: str, owner: Any = None) -> Subscription:
        """Note a subscription, which the server has not accepted yet."""
        made = Subscription(next(_numbers), device, attribute, event, owner)
        self.subscriptions[made.id] = made
        return made

    def channel(self, admin: str) -> Channel:
        """The channel of a server, by its admin device's full name."""
        found = self.channels.get(admin)
        if found is None:
            found = self.channels[admin] = Channel(admin, self.timing)
        return found

    def accepted(
        self,
        subscription: Subscription,
        channel: Channel,
        topics: Iterable[str],
        heartbeat_topics: Iterable[str],
        now: float,
        endpoints: tuple[str, str] | None = None,
    ) -> tuple[set[str], Channel | None]:
        """The server has accepted: events with these topics belong to the subscription.

        Returns, as :meth:`rejected`, what is no longer needed of a server that it belonged to before.
        """
        subscription.feed(SubscriptionInput.ACCEPTED)
        newcomer = subscription.channel is not channel
        if subscription.channel in (None, channel):
            unused, left = self._unroute(subscription), None
        else:
            unused, left = self._detach(subscription)
        subscription.channel = channel
        subscription.topics = tuple(topics)
        subscription.error = None
        subscription.attempts = 0
        subscription.renewed = None if subscription.since is None else now
        subscription.since = now
        # A new server counts from 1; nobody can tell what was missed meanwhile.
        subscription.counter = None
        for topic in subscription.topics:
            key = topic.encode()
            self.routes[key] = (*self.routes.get(key, ()), subscription)
        channel.heartbeat_topics = tuple(heartbeat_topics)
        for topic in channel.heartbeat_topics:
            self._heartbeats[topic] = channel
        if endpoints is not None:
            channel.endpoints = endpoints
        if newcomer and channel.state is ChannelState.SILENT:
            channel.answered()
        else:
            channel.subscribed(now)
        return unused.difference(subscription.topics), left

    def refused(self, subscription: Subscription, error: BaseException, now: float) -> None:
        """Subscribing failed; it stays in the book, to be tried again."""
        subscription.feed(SubscriptionInput.REFUSED)
        self._note(subscription, error, now)

    @staticmethod
    def _note(subscription: Subscription, error: BaseException, now: float) -> None:
        subscription.error = without_frames(error)
        subscription.retried = now
        subscription.attempts += 1

    def remove(self, id: int) -> tuple[Subscription, set[str], Channel | None]:
        """Forget a subscription.

        Returns it, the topics to which nobody listens any more, and its channel if that has no
        subscription left.  KeyError if there is no such subscription.
        """
        gone = self.subscriptions.pop(id)
        gone.feed(SubscriptionInput.END)
        unused, channel = self._detach(gone)
        return gone, unused, channel

    def rejected(
        self, subscription: Subscription, error: BaseException, now: float
    ) -> tuple[set[str], Channel | None]:
        """A server no longer accepts the subscription, which it accepted before: it is to be tried again.

        Returns the topics to which nobody listens any more, and the channel if nothing is left of it.
        """
        subscription.feed(SubscriptionInput.REJECTED)
        left = self._detach(subscription)
        subscription.attempts = 0
        self._note(subscription, error, now)
        return left

    def _detach(self, subscription: Subscription) -> tuple[set[str], Channel | None]:
        unused = self._unroute(subscription)
        channel, subscription.channel = subscription.channel, None
        subscription.topics = ()
        if channel is None or self.of(channel):
            return unused, None
        channel.feed(ChannelInput.CLOSE)
        self.channels.pop(channel.admin, None)
        for topic in channel.heartbeat_topics:
            self._heartbeats.pop(topic, None)
        return unused, channel

    def _unroute(self, subscription: Subscription) -> set[str]:
        unused = set()
        for topic in subscription.topics:
            key = topic.encode()
            rest = tuple(each for each in self.routes.get(key, ()) if each is not subscription)
            if rest:
                self.routes[key] = rest
            else:
                self.routes.pop(key, None)
                unused.add(topic)
        return unused

    def of(self, channel: Channel) -> list[Subscription]:
        """The subscriptions of a server."""
        # Over a copy, as in next_due: another thread may subscribe while this one reads without a lock.
        return [each for each in list(self.subscriptions.values()) if each.channel is channel]

    def heartbeat(self, topic: str, now: float) -> tuple[Channel | None, bool]:
        """A heartbeat has arrived: its server's channel, and whether that server had been silent."""
        channel = self._heartbeats.get(topic)
        if channel is None:
            return None, False
        return channel, channel.beat(now)

    def disconnected(self, endpoint: str) -> bool:
        """A connection has ended: True if the server behind it counts as silent now."""
        told = False
        for channel in list(self.channels.values()):
            if channel.endpoints is None or endpoint not in channel.endpoints:
                continue
            if channel.state in (ChannelState.WAITING, ChannelState.ALIVE):
                channel.silent(ChannelInput.LEFT)
                told = True
        return told

    def connected(self, endpoint: str) -> list[Channel]:
        """There is a connection again; returns the channels of servers behind it that counted as silent."""
        found = []
        for channel in list(self.channels.values()):
            if channel.endpoints is not None and endpoint == channel.endpoints[1]:
                channel.connected = True
                if channel.state is ChannelState.SILENT:
                    found.append(channel)
        return found

    def due(self, now: float) -> list[Action]:
        """What is to be done now."""
        actions: list[Action] = []
        for channel in list(self.channels.values()):
            mine = self.of(channel)
            if channel.is_late(now):
                channel.silent(ChannelInput.LATE)
            if channel.needs_telling(now):
                channel.told = now
                actions.append(Lost(channel, mine))
            if channel.needs_retry(now):
                channel.retried = now
                actions.append(Retry(channel, mine))
            elif channel.needs_confirmation(now):
                channel.confirmed = now
                actions.append(Confirm(channel, _triples(mine)))
        for each in list(self.subscriptions.values()):
            due = self._retry_due(each)
            if due is not None and now >= due:
                each.retried = now
                actions.append(Retry(None, [each]))
        return actions

    def next_due(self, now: float) -> float | None:
        """When :meth:`due` has work again at the earliest; None if there is nothing to watch."""
        times = []
        for channel in list(self.channels.values()):
            if channel.state in (ChannelState.WAITING, ChannelState.ALIVE):
                times.append(channel.heartbeat + channel.timing.patience)
                times.append(channel.confirmed + channel.timing.confirm)
            elif channel.state is ChannelState.SILENT:
                times.append(channel.retry_due())
                times.append(channel.told + channel.timing.retry)
        times += [
            due
            for each in list(self.subscriptions.values())
            if (due := self._retry_due(each)) is not None
        ]
        return max(now, min(times)) if times else None

    def _retry_due(self, subscription: Subscription) -> float | None:
        """When to try a subscription again that has failed; None for all others."""
        if subscription.state is not SubscriptionState.REFUSED:
            return None
        return subscription.retried + self.timing.pause(subscription.attempts)


def _triples(subscriptions: Iterable[Subscription]) -> list[str]:
    """The argument of EventConfirmSubscription: device, attribute, event of each."""
    triples: list[str] = []
    seen = set()
    for each in subscriptions:
        triple = (local_name(each.device), each.attribute or "dummy", each.event)
        if triple not in seen:
            seen.add(triple)
            triples += triple
    return triples


def local_name(device: str) -> str:
    """A device's name without protocol, host and modifiers."""
    if device.startswith("tango://"):
        device = device[8:].partition("/")[2]
    return device.partition("#")[0]
