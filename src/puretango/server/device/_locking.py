"""Locks: one client keeps a device for itself for a while."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING, Any

from puretango.server.base._failure import throw
from puretango.server.base._peer import host_name
from puretango.server.device._clientident import COLLOCATED, ClientIdent
from puretango.server.device._core import DeviceCore

if TYPE_CHECKING:
    from puretango.server.base._peer import Client

_SETTING = threading.Lock()
DEFAULT_VALIDITY = 10


class Lock:
    """A client's lock on a device."""

    __slots__ = ("broken", "client", "count", "last", "validity")

    def __init__(self, client: Client, validity: int) -> None:
        self.client = client
        self.validity = validity
        self.last = time.monotonic()
        self.count = 1
        self.broken = False
        """True once another client has taken it away: its own client is told when it comes."""

    @property
    def valid(self) -> bool:
        """False once the client has not renewed it in time, or has lost it."""
        return not self.broken and time.monotonic() - self.last <= self.validity


class DeviceLocking(DeviceCore):
    """The part of a device that knows its clients."""

    _tango_lock: Lock | None = None

    def get_client_ident(self) -> ClientIdent | None:
        """The client of the request that this thread serves.

        None outside of any request, and in asyncio devices, as in PyTango.
        """
        client = self._tango_server.subdevices.visits.client()
        return None if client is None or self._tango_is_asyncio else ClientIdent(client)

    def is_device_locked(self) -> bool:
        """True while a client has locked the device."""
        return self._tango_valid_lock() is not None

    def _tango_valid_lock(self) -> Lock | None:
        """The lock that holds now; another thread may take it away or set a new one at any time."""
        lock = self._tango_lock
        if lock is None or lock.valid:
            return lock
        if not lock.broken:
            self._tango_forget_lock(lock)
        return None

    def _tango_forget_lock(self, lock: Lock) -> None:
        with _SETTING:
            if self._tango_lock is lock:  # and not the next client's
                self._tango_lock = None

    def _tango_lock_for(self, client: Client, validity: int) -> None:
        """Lock the device for a client, or once more if it has it already."""
        lock = self._tango_valid_lock()
        if lock is not None:
            if lock.client.key() != client.key():
                raise throw(
                    "API_DeviceLocked",
                    f"Device {self._tango_name} is already locked by another client",
                    "Device_Impl::lock",
                )
            lock.validity = validity
            lock.count += 1
            lock.last = time.monotonic()
            return
        with _SETTING:
            self._tango_lock = Lock(client, validity)
        self._tango_changed()
        for device in self._tango_root_devices():
            device.lock(validity)

    def _tango_root_devices(self) -> list[Any]:
        """Proxies to the devices that the forwarded attributes' roots are in: locked with this one."""
        found: dict[str, Any] = {}
        for attribute in self._tango_attributes.forwarded():
            if attribute.root.known:
                proxy = attribute.root.proxy().get_device_proxy()
                found.setdefault(proxy.dev_name().lower(), proxy)
        return list(found.values())

    def _tango_relock_for(self, client: Client) -> None:
        """The client renews its lock."""
        lock = self._tango_valid_lock()
        if lock is None:
            raise throw(
                "API_DeviceNotLocked",
                f"{self._tango_name}: Device {self._tango_name} is not locked. Can't re-lock it",
                "Device_Impl::relock",
            )
        if lock.client.key() != client.key():
            raise throw(
                "API_DeviceLocked",
                f"{self._tango_name}: Device {self._tango_name} is already locked by another client",
                "Device_Impl::relock",
            )
        lock.last = time.monotonic()

    def _tango_unlock_for(self, client: Client, forced: bool) -> int:
        """The client gives its lock back; gives how many times it still has it."""
        lock = self._tango_valid_lock()
        if lock is None:
            return 0
        if not forced and lock.client.key() != client.key():
            raise throw(
                "API_DeviceLocked",
                f"Device {self._tango_name} is locked by another client, can't unlock it",
                "Device_Impl::unlock",
            )
        lock.count = 0 if forced else lock.count - 1
        if lock.count > 0:
            return lock.count
        for device in self._tango_root_devices():
            device.unlock(forced)
        lock.broken = forced
        if not forced:
            self._tango_forget_lock(lock)
        return 0

    def _tango_check_lock(self, operation: str, client: Client, command: str = "") -> None:
        """Raise if another client has the device, and the command is not free for all.

        The class property AllowedAccessCmd names the commands that are.
        """
        lock = self._tango_lock
        if lock is None or command.lower() in ("state", "status"):
            return
        own = lock.client.key() == client.key()
        if lock.valid:
            if not own and not (
                command and self._tango_server.store.is_command_allowed(self, command)
            ):
                raise throw(
                    "API_DeviceLocked",
                    f"Device {self._tango_name} is locked by another client",
                    f"Device_Impl::{operation}",
                )
            return
        if lock.broken and own:
            raise throw(
                "API_DeviceUnlocked",
                f"Device {self._tango_name} has been unlocked by an administrative client!!!",
                f"Device_Impl::{operation}",
            )
        self._tango_forget_lock(lock)

    def _tango_lock_status(self) -> tuple[list[int], list[str]]:
        """What DevLockStatus tells."""
        lock = self._tango_valid_lock()
        if lock is None:
            return [0] * 6, [
                f"Device {self._tango_name} is not locked",
                "Not defined",
                "Not defined",
            ]
        client = lock.client
        host = COLLOCATED if client.pid == os.getpid() else host_name(client.address)
        address = COLLOCATED if client.pid == os.getpid() else client.endpoint
        if client.is_java:
            uuid = [int(part) for part in client.java.uuid]
            halves = [half for part in uuid for half in (part >> 32, part & 0xFFFFFFFF)]
            signed = [half - (1 << 32) if half >= 1 << 31 else half for half in halves]
            text = (
                f"Device {self._tango_name} is locked by JAVA client class {client.java_class} "
                f"from host {host}"
            )
            return [1, 0, *signed], [text, address, client.java_class]
        text = (
            f"Device {self._tango_name} is locked by CPP or Python client with PID {client.pid} "
            f"from host {host}"
        )
        return [1, client.pid, 0, 0, 0, 0], [text, address, "Not defined"]
