"""The client's side of QueryEventSystem: subscriptions, channels, and samples of deliveries."""

from __future__ import annotations

import time
from collections import deque
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from puretango.events import SubscriberBook, Subscription

__all__ = ["DeliverySamples", "event_report"]

SAMPLES = 256


class DeliverySamples:
    """How long the last deliveries took."""

    def __init__(self) -> None:
        self._samples: deque[dict[str, Any]] = deque(maxlen=SAMPLES)
        self._ended: float | None = None

    def add(self, entries: tuple[Subscription, ...], started: float) -> None:
        """A message has been delivered."""
        now = time.monotonic()
        before, self._ended = self._ended, now
        entry = entries[0]
        self._samples.append(
            {
                "attr_name": entry.attribute,
                "micros_since_last_event": None if before is None else _micros(now - before),
                "sleep_micros": None if before is None else _micros(started - before),
                "process_micros": _micros(now - started),
                "first_callback_latency_micros": None,
                "callback_count": len(entries),
                "wake_count": 1,
                "discarded": entry.skipped,
            }
        )

    def take(self) -> list[dict[str, Any]]:
        """The samples since the last time."""
        found = list(self._samples)
        self._samples.clear()
        return found


def _micros(seconds: float) -> int:
    return int(seconds * 1e6)


def event_report(book: SubscriberBook, samples: DeliverySamples | None) -> dict[str, Any]:
    """A client's subscriptions and their state; called with the book's lock held."""
    callbacks: dict[str, Any] = {}
    waiting = []
    for entry in book.subscriptions.values():
        if entry.channel is None:
            waiting.append(
                {
                    "device": entry.device,
                    "attribute": entry.attribute,
                    "event_type": entry.event,
                    "last_heartbeat": None,
                    "tango_host": None,
                }
            )
            continue
        for topic in entry.topics:
            one = callbacks.setdefault(
                topic,
                {
                    "channel_name": _channel_name(entry),
                    "callback_count": 0,
                    "server_counter": entry.counter or 0,
                    "event_count": entry.counts.received,
                    "missed_event_count": entry.counts.missed,
                    "discarded_event_count": entry.counts.duplicates,
                    "last_resubscribed": _when(entry),
                },
            )
            one["callback_count"] += 1
    channels = {
        _beat_base(channel.heartbeat_topics): {
            "endpoint": channel.endpoints[0] if channel.endpoints else None
        }
        for channel in book.channels.values()
    }
    return {
        "event_callbacks": callbacks,
        "not_connected": waiting,
        "event_channels": channels,
        "perf": None if samples is None else samples.take(),
    }


def _channel_name(entry: Subscription) -> str:
    return "" if entry.channel is None else _beat_base(entry.channel.heartbeat_topics)


def _beat_base(topics: tuple[str, ...]) -> str:
    return topics[0].removesuffix(".heartbeat") if topics else ""


def _when(entry: Subscription) -> str | None:
    """When the subscription was last renewed; None if it has never been renewed."""
    if entry.renewed is None:
        return None
    ago = time.monotonic() - entry.renewed
    return datetime.fromtimestamp(time.time() - ago).isoformat(timespec="seconds")
