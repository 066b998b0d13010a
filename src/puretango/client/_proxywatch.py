"""Who wants to know that a device proxy has been made: servers, for their devices' sub-devices."""

from __future__ import annotations

from typing import Protocol
from weakref import WeakSet

__all__ = ["ProxyWatcher", "tell_of_proxy", "watch_proxies"]


class ProxyWatcher(Protocol):
    """Told of every device proxy, in the thread or task that made it."""

    def proxy_made(self, device: str) -> None:
        """A proxy of this device has been made."""


_watchers: WeakSet[ProxyWatcher] = WeakSet()


def watch_proxies(watcher: ProxyWatcher) -> None:
    """Tell the watcher of proxies for as long as it lives."""
    _watchers.add(watcher)


def tell_of_proxy(device: str) -> None:
    """A proxy of this device has been made here."""
    for watcher in list(_watchers):
        watcher.proxy_made(device)
