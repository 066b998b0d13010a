"""Notifying a host's Starter that the database has something new for it."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from typing import Any

from puretango.errors import PuretangoError
from puretango.store import Store

__all__ = ["NOTICED", "StarterNotices", "hosts_concerned"]

LOG = logging.getLogger("puretango.database")
STARTER = "tango/admin/"
"""The name of a Starter's device is this followed by the host's name."""

TIMEOUT_MILLISECONDS = 1000


def hosts_concerned(store: Store, command: str, argin: Any) -> list[str]:
    """The hosts whose Starters a command concerns; to be called before it is executed."""
    if command == "DbExportDevice":
        if len(argin) < 3 or not argin[0].lower().startswith("dserver/"):
            return []
        if argin[0].lower().startswith(("dserver/starter/", "dserver/databaseds/")):
            return []
        return [*_host_of(store, argin[0]), argin[2]]
    if command == "DbPutServerInfo":
        return [*_host_of(store, f"dserver/{argin[0]}"), argin[1]] if len(argin) > 1 else []
    server = argin if isinstance(argin, str) else "".join(argin[:1])
    return _host_of(store, f"dserver/{server}")


def _host_of(store: Store, admin: str) -> list[str]:
    found = store.devices.named(admin)
    return [] if found is None or found.host == "nada" else [found.host]


NOTICED = frozenset({"DbExportDevice", "DbPutServerInfo", "DbDeleteServer", "DbRenameServer"})
"""The commands after which Starters have to update."""


class StarterNotices:
    """Sends ``UpdateServersInfo`` to the Starters of hosts, from a thread of its own.

    The thread starts with the first notice to a running Starter: most control systems that
    begin small have no Starter.
    """

    def __init__(self, store: Store, tango_host: Callable[[], str]) -> None:
        self._store = store
        self._tango_host = tango_host
        self._hosts: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False

    def tell(self, *hosts: str) -> None:
        """Notify the Starters of these hosts, if they run; returns at once."""
        for host in set(hosts):
            device = STARTER + host.partition(".")[0]
            found = self._store.devices.named(device) if host.strip() else None
            if found is None or not found.exported:
                continue
            with self._lock:
                if self._closed:
                    return
                self._hosts.put(device)
                if self._thread is None:
                    self._thread = threading.Thread(
                        target=self._work, name="starter notices", daemon=True
                    )
                    self._thread.start()

    def _work(self) -> None:
        from puretango.client import ClientContext, DeviceProxy

        context = ClientContext()
        try:
            while (device := self._hosts.get()) is not None:
                try:
                    proxy = DeviceProxy(f"tango://{self._tango_host()}/{device}", context=context)
                    proxy.set_timeout_millis(TIMEOUT_MILLISECONDS)
                    proxy.command_inout("UpdateServersInfo")
                except PuretangoError:
                    continue  # the Starter has ended; it asks the database when it is started again
                except Exception:
                    LOG.exception(
                        "no notice to %s", device
                    )  # the other Starters must still be notified
        finally:
            context.close()

    def close(self) -> None:
        """End the thread."""
        with self._lock:
            self._closed = True
            thread = self._thread
        if thread is not None:
            self._hosts.put(None)
            thread.join(2 * TIMEOUT_MILLISECONDS / 1000)
