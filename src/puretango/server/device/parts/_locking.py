"""Locks: one client keeps a device for itself for a while."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING, Any

from puretango.server.base._failure import throw
from puretango.server.base._peer import host_name
from puretango.server.device.parts._clientident import COLLOCATED
from puretango.server.device.parts._part import Part

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
        """True once another client has broken the lock: its owner gets an error at its next request."""

    @property
    def valid(self) -> bool:
        """False once the client has not renewed it in time, or has lost it."""
        return not self.broken and time.monotonic() - self.last <= self.validity


class LockingPart(Part):
    """The lock of a client on a device."""

    lock: Lock | None = None

    def valid(self) -> Lock | None:
        """The lock that holds now; another thread may take it away or set a new one at any time."""
        lock = self.lock
        if lock is None or lock.valid:
            return lock
        if not lock.broken:
            self._forget(lock)
        return None

    def _forget(self, lock: Lock) -> None:
        with _SETTING:
            if self.lock is lock:  # and not another client's, set meanwhile
                self.lock = None

    def lock_for(self, client: Client, validity: int) -> None:
        """Lock the device for a client, or once more if it has it already."""
        lock = self.valid()
        if lock is not None:
            if lock.client.key() != client.key():
                raise throw(
                    "API_DeviceLocked",
                    f"Device {self.tango.name} is already locked by another client",
                    "Device_Impl::lock",
                )
            lock.validity = validity
            lock.count += 1
            lock.last = time.monotonic()
            return
        with _SETTING:
            self.lock = Lock(client, validity)
        self.tango.changed()
        for device in self._root_devices():
            device.lock(validity)

    def _root_devices(self) -> list[Any]:
        """Proxies to the devices of the forwarded attributes' roots, which are locked together with this one."""
        found: dict[str, Any] = {}
        for attribute in self.tango.attributes.forwarded():
            if attribute.root.known:
                proxy = attribute.root.proxy().get_device_proxy()
                found.setdefault(proxy.dev_name().lower(), proxy)
        return list(found.values())

    def relock_for(self, client: Client) -> None:
        """The client renews its lock."""
        lock = self.valid()
        if lock is None:
            raise throw(
                "API_DeviceNotLocked",
                f"{self.tango.name}: Device {self.tango.name} is not locked. Can't re-lock it",
                "Device_Impl::relock",
            )
        if lock.client.key() != client.key():
            raise throw(
                "API_DeviceLocked",
                f"{self.tango.name}: Device {self.tango.name} is already locked by another client",
                "Device_Impl::relock",
            )
        lock.last = time.monotonic()

    def unlock_for(self, client: Client, forced: bool) -> int:
        """The client gives its lock back; returns how many times it still holds it."""
        lock = self.valid()
        if lock is None:
            return 0
        if not forced and lock.client.key() != client.key():
            raise throw(
                "API_DeviceLocked",
                f"Device {self.tango.name} is locked by another client, can't unlock it",
                "Device_Impl::unlock",
            )
        lock.count = 0 if forced else lock.count - 1
        if lock.count > 0:
            return lock.count
        for device in self._root_devices():
            device.unlock(forced)
        lock.broken = forced
        if not forced:
            self._forget(lock)
        return 0

    def check(self, operation: str, client: Client, command: str = "") -> None:
        """Raise if another client has locked the device, unless the command is allowed to every client.

        The class property AllowedAccessCmd names the commands that are.
        """
        lock = self.lock
        if lock is None or command.lower() in ("state", "status"):
            return
        own = lock.client.key() == client.key()
        if lock.valid:
            if not own and not (
                command and self.tango.server.store.is_command_allowed(self.device, command)
            ):
                raise throw(
                    "API_DeviceLocked",
                    f"Device {self.tango.name} is locked by another client",
                    f"Device_Impl::{operation}",
                )
            return
        if lock.broken and own:
            raise throw(
                "API_DeviceUnlocked",
                f"Device {self.tango.name} has been unlocked by an administrative client!!!",
                f"Device_Impl::{operation}",
            )
        self._forget(lock)

    def status(self) -> tuple[list[int], list[str]]:
        """The result of DevLockStatus."""
        lock = self.valid()
        if lock is None:
            return [0] * 6, [
                f"Device {self.tango.name} is not locked",
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
                f"Device {self.tango.name} is locked by JAVA client class {client.java_class} "
                f"from host {host}"
            )
            return [1, 0, *signed], [text, address, client.java_class]
        text = (
            f"Device {self.tango.name} is locked by CPP or Python client with PID {client.pid} "
            f"from host {host}"
        )
        return [1, client.pid, 0, 0, 0, 0], [text, address, "Not defined"]
