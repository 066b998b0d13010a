"""Keeping the locks of devices alive: they are renewed until they are given up."""

from __future__ import annotations

import threading
from typing import Protocol

__all__ = ["Admin", "LockKeeper"]


class Admin(Protocol):
    """The admin device of a locked device, as the keeper sees it; it handles its failures itself."""

    @property
    def key(self) -> int:
        """Equal for the same admin device."""

    def renew(self, devices: list[str]) -> None:
        """Keep the locks of devices."""

    def give_up(self, device: str) -> None:
        """Give the lock of a device up."""


_MARGIN = 0.5
"""A lock is renewed at the latest this many seconds before half of its validity has passed."""


class LockKeeper:
    """Renews the locks that this client holds, from one thread that lives while there are any."""

    def __init__(self) -> None:
        self._held: dict[tuple[int, str], tuple[Admin, str, int]] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False

    def hold(self, admin: Admin, device: str, validity: int) -> None:
        """Renew the lock of a device until it is released."""
        with self._changed:
            if self._closed:
                return  # meanwhile: the lock ends with its validity
            self._held[admin.key, device] = (admin, device, validity)
            if self._thread is None:
                thread = threading.Thread(target=self._renew, name="puretango-locks", daemon=True)
                thread.start()  # may fail: the next lock tries again
                self._thread = thread
            self._changed.notify_all()

    def release(self, key: int, device: str) -> None:
        """Stop renewing the lock of a device."""
        with self._changed:
            self._held.pop((key, device), None)
            self._changed.notify_all()
            thread = self._thread if not self._held else None
        if thread is not None and thread is not threading.current_thread():
            thread.join(5)

    def close(self) -> None:
        """Give up every lock."""
        with self._changed:
            held = list(self._held.values())
            self._held.clear()
            self._closed = True
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join(5)
        for admin, device, _ in held:
            admin.give_up(device)

    def _renew(self) -> None:
        while True:
            with self._changed:
                if not self._held:
                    self._thread = None
                    return
                shortest = min(validity for _, _, validity in self._held.values())
                self._changed.wait(max(shortest / 2 - _MARGIN, _MARGIN))
                by_admin: dict[int, tuple[Admin, list[str]]] = {}
                for admin, device, _ in self._held.values():
                    by_admin.setdefault(admin.key, (admin, []))[1].append(device)
            for admin, devices in by_admin.values():
                admin.renew(devices)
