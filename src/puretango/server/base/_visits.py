"""Which device works in a thread or task of a server, and for which client."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from puretango.server.base._peer import Client

Visiting = tuple[Any, "Client | None"]
"""The device (or the name of one), and the client whose request it serves."""

_NOWHERE: Visiting = (None, None)
_in_task: ContextVar[Visiting] = ContextVar("puretango_visit", default=_NOWHERE)


class _Thread(threading.local):
    visit: Visiting = _NOWHERE


class Visits:
    """Kept by thread, and by task for the devices on a loop, whose requests share a thread."""

    def __init__(self) -> None:
        self.thread = _Thread()
        """``thread.visit`` is the visit of the running thread."""

    def enter(self, device: Any, client: Client | None) -> Visiting:
        """Note that the device works in this thread now; returns the visit before."""
        thread = self.thread
        before = thread.visit
        thread.visit = (device, client)
        return before

    def leave(self, before: Visiting) -> None:
        """Back to what was before."""
        self.thread.visit = before

    @staticmethod
    def enter_task(device: Any, client: Client | None) -> Token[Visiting]:
        """Note that the device works in this task now; returns the visit before."""
        return _in_task.set((device, client))

    @staticmethod
    def leave_task(before: Token[Visiting]) -> None:
        """Back to what was before."""
        _in_task.reset(before)

    @contextmanager
    def visiting(self, device: Any, client: Client | None, in_task: bool) -> Iterator[None]:
        """For a while, the device works for that client."""
        if in_task:
            token = self.enter_task(device, client)
            try:
                yield
            finally:
                self.leave_task(token)
            return
        before = self.enter(device, client)
        try:
            yield
        finally:
            self.leave(before)

    def working(self) -> Any:
        """The device that works here, or None."""
        return _in_task.get()[0] or self.thread.visit[0]

    def client(self) -> Client | None:
        """The client for which this thread or task works; None outside of a request."""
        return _in_task.get()[1] or self.thread.visit[1]
