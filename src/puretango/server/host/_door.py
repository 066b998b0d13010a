"""Where a server's clients come in: its listener, blocking or on a loop."""

from __future__ import annotations

from puretango.net import AsyncListener, Listener
from puretango.server.dispatch._dispatch import Dispatcher
from puretango.server.host._threads import Threads


class Door:
    """A host and port, and the listener there once it has been opened."""

    def __init__(
        self, host: str, port: int, dispatcher: Dispatcher, threads: Threads, most: int
    ) -> None:
        self.host = host
        self.most = most
        """Clients that are connected at once; for one more, the one that has been idle longest is closed."""
        self.listener: Listener | AsyncListener | None = None
        self._port = port
        self._dispatcher = dispatcher
        self._threads = threads

    @property
    def port(self) -> int:
        """The port that is listened on; before that, the one that was asked for."""
        return self.listener.port if self.listener is not None else self._port

    @property
    def connections(self) -> str:
        """How many clients are connected, and how many may be; empty without a listener."""
        if self.listener is None:
            return ""
        return f"{self.listener.connections} of {self.listener.max_connections}"

    def bind(self) -> None:
        """Take the address, which the devices' references hold, before there are any devices."""
        loop = self._threads.loop_thread
        if loop is None:
            self.listener = Listener(
                self.host,
                self._port,
                self._dispatcher.handle,
                locate=self._dispatcher.locate,
                max_connections=self.most,
                at_thread=self._threads.adopt_thread,
            )
            self.listener.bind()
        else:
            self.listener = self._on_loop()
            loop.run(self.listener.bind())

    async def bind_async(self) -> None:
        """bind() on the running loop."""
        self.listener = self._on_loop()
        await self.listener.bind()

    def _on_loop(self) -> AsyncListener:
        return AsyncListener(
            self.host,
            self._port,
            self._dispatcher.handle,
            locate=self._dispatcher.locate,
            max_connections=self.most,
        )

    def open(self) -> None:
        """Let clients in; those that connected before the devices were there have waited until now."""
        if isinstance(self.listener, Listener):
            self.listener.start()
        elif self.listener is not None and self._threads.loop_thread is not None:
            self._threads.loop_thread.run(self.listener.start())

    async def open_async(self) -> None:
        """open() on the running loop."""
        if isinstance(self.listener, AsyncListener):
            await self.listener.start()

    def close(self) -> None:
        """Let no more clients in; requests under way get some time to end."""
        if isinstance(self.listener, Listener):
            self.listener.stop()
        elif self.listener is not None and self._threads.loop_thread is not None:
            self._threads.loop_thread.run(self.listener.stop())

    async def close_async(self) -> None:
        """close() on the running loop."""
        if isinstance(self.listener, AsyncListener):
            await self.listener.stop()
