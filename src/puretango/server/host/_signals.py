"""Signals: one process-wide handler as long as any server wants a signal; afterwards the old one is put back."""

from __future__ import annotations

import _thread
import logging
import signal
import threading
from typing import Any, Protocol

from puretango.server.base._failure import AUTHORS_ERRORS
from puretango.server.device._deviceimpl import DeviceImpl

LOG = logging.getLogger("puretango.server")

_ENDING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGQUIT") if hasattr(signal, name)
)
"""The signals that shut a server down in order."""
_IGNORED = tuple(getattr(signal, name) for name in ("SIGHUP",) if hasattr(signal, name))
"""Signals without effect on a server unless a device registers for them: it outlives its terminal."""


class Endable(Protocol):
    """A server, as its signals see it."""

    def kill(self) -> None: ...
    def adopt_thread(self) -> None: ...


class Signals:
    """The devices and classes of one server that are registered for signals, and the signals that end it."""

    def __init__(self, server: Endable) -> None:
        self._server = server
        self._wanted: dict[int, list[Any]] = {}
        self._before: dict[int, Any] = {}
        self._end_server = False

    def end_server(self) -> None:
        """From now on signals shut the server down in order; only the program's main thread can ask for this."""
        if threading.current_thread() is not threading.main_thread():
            return
        self._end_server = True
        for signo in (*_ENDING, *_IGNORED):
            self._take(signo)

    def register(self, signo: int, who: Any) -> None:
        """Call the signal_handler of a device or class when that signal arrives."""
        waiting = self._wanted.setdefault(signo, [])
        if who not in waiting:
            waiting.append(who)
        self._take(signo)

    def unregister(self, signo: int, who: Any) -> None:
        """Stop calling the signal_handler of a device or class."""
        waiting = self._wanted.get(signo, [])
        if who in waiting:
            waiting.remove(who)
        if not waiting and not (self._end_server and signo in (*_ENDING, *_IGNORED)):
            self._restore(signo)

    def _take(self, signo: int) -> None:
        if signo not in self._before and threading.current_thread() is threading.main_thread():
            self._before[signo] = signal.signal(signo, self._arrived)

    def _restore(self, signo: int) -> None:
        before = self._before.pop(signo, None)
        if before is not None and threading.current_thread() is threading.main_thread():
            signal.signal(signo, before)

    def clear(self) -> None:
        """Forget all registrations: the server stops."""
        self._wanted.clear()
        self._end_server = False
        for signo in list(self._before):
            self._restore(signo)

    def _arrived(self, signo: int, _frame: Any) -> None:
        # A signal handler must not wait: it may run while its own thread holds the lock that it wants, in
        # a wait for the server's end or in the handler of another signal. So has threading.Thread, hence _thread.
        if signo in _IGNORED and not self._wanted.get(signo):
            return
        if signo in _ENDING and not self._wanted.get(signo):
            _thread.start_new_thread(self._server.kill, ())
        else:
            _thread.start_new_thread(self._start_telling, (signo,))

    def _start_telling(self, signo: int) -> None:
        """Handlers and logging run in a threading.Thread: for a bare thread, threading would keep a dummy for ever."""
        threading.Thread(
            target=self._tell_all, args=(signo,), name="puretango-signal", daemon=True
        ).start()

    def _tell_all(self, signo: int) -> None:
        """First those who registered, in their order; then, as in cppTango, the server ends all the same."""
        for who in list(self._wanted.get(signo, ())):
            try:
                self._tell(who, signo)
            except AUTHORS_ERRORS:
                LOG.exception("signal_handler of %s failed on signal %s", who.get_name(), signo)
        if self._end_server and signo in _ENDING:
            self._server.kill()

    def _tell(self, who: Any, signo: int) -> None:
        self._server.adopt_thread()
        if isinstance(who, DeviceImpl):
            who._tango.run(who._tango.call(who.signal_handler, signo))
        else:
            who.signal_handler(signo)
