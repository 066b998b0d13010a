"""A TCP relay that keeps what passes: the bytes of a conversation, as the two ends really sent them."""

from __future__ import annotations

import socket
import threading
from types import TracebackType
from typing import Self


class Relay:
    """Listens on a port of its own, passes everything to another, and keeps both directions."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self._target = (host, port)
        self._listener = socket.create_server((host, 0))
        self._threads: list[threading.Thread] = []
        self._sockets: list[socket.socket] = []
        self.port = int(self._listener.getsockname()[1])
        self.to_server = bytearray()
        self.to_client = bytearray()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._target)
            self._sockets += [client, server]
            self._start(self._pump, client, server, self.to_server)
            self._start(self._pump, server, client, self.to_client)

    def _pump(self, source: socket.socket, target: socket.socket, kept: bytearray) -> None:
        try:
            while data := source.recv(1 << 16):
                kept += data
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            return

    def _start(self, function: object, *arguments: object) -> None:
        thread = threading.Thread(target=function, args=arguments)  # type: ignore[arg-type]  # each function has its own arguments
        self._threads.append(thread)
        thread.start()

    def messages(self, data: bytearray) -> list[bytes]:
        """The GIOP messages of one direction."""
        found, start = [], 0
        while start < len(data):
            order = "little" if data[start + 6] & 1 else "big"
            end = start + 12 + int.from_bytes(data[start + 8 : start + 12], order)  # type: ignore[arg-type]  # the order is one of two literals
            found.append(bytes(data[start:end]))
            start = end
        return found

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in self._sockets:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()
        for thread in self._threads:
            thread.join(30)
