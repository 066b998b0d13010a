"""Supervision of subscriptions: the thread that notices silence and subscribes again."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from puretango.client.commands._typed import STRINGS, typed_command
from puretango.client.session._io import BLOCKING, CAREFUL, drive
from puretango.errors import (
    CommunicationFailed,
    ConnectionFailed,
    DevError,
    DevFailed,
    ErrSeverity,
    MarshalError,
    PuretangoError,
)
from puretango.events import Channel, ChannelState, Confirm, Lost, Retry
from puretango.values import EventReason

if TYPE_CHECKING:
    from puretango.client.events.delivery._receiver import Receiver
    from puretango.client.events.delivery._source import Supervised
    from puretango.events import Subscription

__all__ = ["EventKeeper"]

LOG = logging.getLogger("puretango.client.events")

_IDLE = 5.0


class EventKeeper:
    """Runs what may block, so that the receiving thread never does."""

    def __init__(self, room: Supervised) -> None:
        self._room = room
        self._tasks: deque[Callable[[], None]] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._refreshing: set[int] = set()
        self._closed = False

    def do(self, task: Callable[[], None]) -> None:
        """Run a task in the keeper's thread."""
        with self._changed:
            if self._closed:
                return
            self._tasks.append(task)
            self._start()
            self._changed.notify_all()

    def wake(self) -> None:
        """Look again at what is due."""
        with self._changed:
            if self._room.book.subscriptions and not self._closed:
                self._start()
            self._changed.notify_all()
            thread = self._thread
            ending = not self._room.book.subscriptions and not self._tasks
        if ending and thread is not None and thread is not threading.current_thread():
            thread.join(_IDLE)

    def _start(self) -> None:
        if self._thread is None:
            thread = threading.Thread(target=self._run, name="puretango-event-keeper", daemon=True)
            thread.start()  # if it fails, the next task tries again
            self._thread = thread

    def close(self) -> None:
        """End the thread."""
        with self._changed:
            self._closed = True
            self._tasks.clear()
            self._changed.notify_all()
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(_IDLE)

    # ------------------------------------------------------------------ the thread

    def _run(self) -> None:
        while True:
            with self._changed:
                if self._closed or not (self._tasks or self._room.book.subscriptions):
                    self._thread = None
                    return
                if not self._tasks:
                    self._changed.wait(self._pause())
                task = self._tasks.popleft() if self._tasks else self._due
            try:
                task()
            except Exception:  # one server's trouble must not end the supervision of others
                LOG.exception("supervision of event subscriptions")

    def _pause(self) -> float | None:
        now = self._room.clock()
        due = self._room.book.next_due(now)
        return None if due is None else max(0.01, due - now)

    def _due(self) -> None:
        room = self._room
        with room.lock:
            actions = room.book.due(room.clock())
        for action in actions:
            if isinstance(action, Lost):
                self._tell_lost(action)
            elif isinstance(action, Confirm):
                self._confirm(action)
            elif isinstance(action, Retry):
                if action.channel is None:
                    for entry in action.subscriptions:
                        room.subscribe_later(entry)
                else:
                    self.subscribe_again(action.channel)

    @staticmethod
    def _tell_lost(action: Lost) -> None:
        error = DevError(
            "API_EventTimeout",
            ErrSeverity.ERR,
            "Event channel is not responding anymore, maybe the server or event system is down",
            "EventConsumer::KeepAliveThread()",
        )
        for entry in action.subscriptions:
            receiver: Receiver = entry.owner
            receiver.deliver(receiver.failure((error,), EventReason.SubFail))

    def _confirm(self, action: Confirm) -> None:
        proxy = self._proxy_of(action.channel)
        if proxy is None:
            return
        try:
            admin = drive(proxy._admin(BLOCKING))
            drive(
                typed_command(BLOCKING, admin, "EventConfirmSubscription", STRINGS, action.triples)
            )
        except PuretangoError as exc:
            LOG.debug("subscriptions could not be confirmed: %s", exc)

    def _proxy_of(self, channel: Channel) -> Any:
        for entry in self._room.book.of(channel):
            proxy = entry.owner.proxy()
            if proxy is not None:
                return proxy
        return None

    def subscribe_again(self, channel: Channel) -> None:
        """Subscribe again to everything of a server that was silent, and read what is new."""
        room = self._room
        with room.lock:
            entries = room.book.of(channel)
        for entry in entries:
            if not entry.owner.alive:
                continue
            try:
                self._forget_server(entry)
                drive(room.connect(CAREFUL, entry))
            except (DevFailed, MarshalError, OSError) as exc:
                if _is_refusal(exc):
                    room.rejected(entry, exc)
                    continue
                with room.lock:
                    if channel.state is not ChannelState.CLOSED:
                        channel.failed(room.clock(), exc)
                return
            drive(room.fresh(BLOCKING, entry, EventReason.Update))

    @staticmethod
    def _forget_server(entry: Subscription) -> None:
        """Look up server and device again: the server may have moved, and the device may be in another one."""
        proxy = entry.owner.proxy()
        if proxy is not None:
            admin = proxy.__dict__.get("_admin_session")
            if admin is not None:
                admin.lost()
                admin.failed_at = None
            if entry.channel is not None and entry.channel.attempts:
                proxy.__dict__.pop("_admin_session", None)
                proxy._session.failed_at = None

    def refresh(self, entry: Subscription) -> None:
        """Read an attribute whose events were missed; once, however many gaps there are."""
        if entry.id in self._refreshing:
            return
        self._refreshing.add(entry.id)

        def read() -> None:
            self._refreshing.discard(entry.id)
            drive(self._room.fresh(BLOCKING, entry, EventReason.Update))

        self.do(read)


def _is_refusal(error: BaseException) -> bool:
    """True if a server has answered with a refusal; False if it only is shutting down."""
    if not isinstance(error, DevFailed) or isinstance(
        error, (ConnectionFailed, CommunicationFailed)
    ):
        return False
    return all(each.reason != "API_ShutdownInProgress" for each in error.args)
