"""Listeners to the making of device proxies: servers, for their devices' sub-devices."""

from __future__ import annotations

from functools import partial
from typing import Protocol
from weakref import ref

__all__ = ["ProxyWatcher", "tell_of_proxy", "watch_proxies"]


class ProxyWatcher(Protocol):
    """Told of every device proxy, in the thread or task that made it."""

    def proxy_made(self, device: str) -> None:
        """A proxy of this device has been made."""


# Not a WeakSet: it cannot be iterated over while another thread starts a server.
_watchers: dict[int, ref[ProxyWatcher]] = {}


def watch_proxies(watcher: ProxyWatcher) -> None:
    """Tell the watcher of proxies for as long as it lives."""
    _watchers[id(watcher)] = ref(watcher, partial(_gone, id(watcher)))


def _gone(key: int, _watcher: ref[ProxyWatcher]) -> None:
    _watchers.pop(key, None)


def tell_of_proxy(device: str) -> None:
    """A proxy of this device has been made here."""
    for known in list(_watchers.values()):
        watcher = known()
        if watcher is not None:
            watcher.proxy_made(device)
