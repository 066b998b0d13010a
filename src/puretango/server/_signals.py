"""Signals: one process-wide handler, while any server wants a signal; then the old one again."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from puretango.server._server import Server


class Signals:
    """The devices and classes of one server that want to hear of signals."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._wanted: dict[int, list[Any]] = {}
        self._before: dict[int, Any] = {}

    def register(self, signo: int, who: Any) -> None:
        """Call the signal_handler of a device or class when that signal arrives."""
        waiting = self._wanted.setdefault(signo, [])
        if who not in waiting:
            waiting.append(who)
        if signo not in self._before and threading.current_thread() is threading.main_thread():
            self._before[signo] = signal.signal(signo, self._arrived)

    def unregister(self, signo: int, who: Any) -> None:
        """Call it no more."""
        waiting = self._wanted.get(signo, [])
        if who in waiting:
            waiting.remove(who)
        if not waiting:
            self._restore(signo)

    def _restore(self, signo: int) -> None:
        before = self._before.pop(signo, None)
        if before is not None and threading.current_thread() is threading.main_thread():
            signal.signal(signo, before)

    def clear(self) -> None:
        """The server stops."""
        self._wanted.clear()
        for signo in list(self._before):
            self._restore(signo)

    def _arrived(self, signo: int, _frame: Any) -> None:
        # A signal handler must not wait: the devices' code runs in a thread of its own.
        for who in list(self._wanted.get(signo, ())):
            threading.Thread(target=self._tell, args=(who, signo), daemon=True).start()

    def _tell(self, who: Any, signo: int) -> None:
        self._server.adopt_thread()
        handler: Callable[[int], Any] = who.signal_handler
        run = getattr(who, "run", None)
        if run is not None:
            run(who.call(handler, signo))
        else:
            handler(signo)
