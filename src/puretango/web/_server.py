"""uvicorn around the application: in the foreground until Ctrl-C, or in a thread."""

from __future__ import annotations

import socket
import threading
from types import TracebackType
from typing import Self

import uvicorn

from puretango.web._app import make_app
from puretango.web._settings import Settings, SettingsError

__all__ = ["WebServer"]


class WebServer:
    """Listens as soon as it is made; :meth:`run` serves in this thread, a ``with`` block in another one."""

    def __init__(self, settings: Settings) -> None:
        app = make_app(settings)
        self._socket = _listening(settings.host, settings.port)
        self.port: int = self._socket.getsockname()[1]
        shown = "localhost" if settings.is_loopback else settings.host
        if settings.host in ("0.0.0.0", "::"):
            shown = socket.gethostname()
        self.address = f"http://{shown}:{self.port}"
        config = uvicorn.Config(
            app,
            loop="asyncio",
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            ws_max_size=1_000_000,
            timeout_graceful_shutdown=3,
            lifespan="on",
        )
        self._server = uvicorn.Server(config)
        self._thread: threading.Thread | None = None

    def run(self) -> None:
        """Serve until Ctrl-C."""
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._socket.close()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.run, name="puretango-web", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(10)


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sets TCP_NODELAY only if the protocol is given: otherwise small answers would wait 40 ms for an ACK.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise SettingsError(f"cannot listen on {host}:{port}: {error.strerror or error}") from error
    return listening
