"""A way to a server that can be cut, or fall silent, as a network does."""

from __future__ import annotations

import socket
import threading
from types import TracebackType
from typing import Self

__all__ = ["Relay"]


class Relay:
    """Listens on a port of its own and passes on what comes, both ways, until it is told otherwise."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._passing = threading.Event()
        self._passing.set()
        self._ends: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def silence(self, silent: bool = True) -> None:
        """Pass nothing on, and end nothing either: the other side's machine has lost its power."""
        (self._passing.clear if silent else self._passing.set)()

    def cut(self) -> None:
        """End every connection; new ones are taken."""
        ends, self._ends = self._ends, []
        for end in ends:
            _end(end)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return  # closed
            try:
                far = socket.create_connection(("127.0.0.1", self._to))
            except OSError:
                near.close()
                continue
            self._ends += [near, far]
            for source, target in ((near, far), (far, near)):
                thread = threading.Thread(target=self._pass, args=(source, target), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                self._passing.wait()
                target.sendall(data)
        except OSError:
            pass  # one of both is gone: so is the other
        _end(target)
        source.close()  # the other thread closes the other one

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._passing.set()
        _end(self._listening)
        self._listening.close()
        self._threads[0].join(5)
        self.cut()
        for thread in self._threads[1:]:
            thread.join(5)


def _end(end: socket.socket) -> None:
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it has ended already
