"""The guard before everything: it finds out who sent a request, and whether it came from our own pages."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from puretango.web._settings import Settings
from puretango.web.access._identity import identify

__all__ = ["MARK", "Guard"]

MARK = "x-puretango"
"""The header of our own pages' requests: another site's page cannot send it without a preflight request."""

_SAFE = {"GET", "HEAD"}


class Guard:
    """ASGI middleware: refuses foreign hosts, foreign origins and unmarked writes; adds the user to the scope."""

    def __init__(self, app: ASGIApp, settings: Settings, policy: str) -> None:
        self._app = app
        self._settings = settings
        self._names = _own_names(settings)
        self._headers = {
            "content-security-policy": policy,
            "x-content-type-options": "nosniff",
            "x-frame-options": "SAMEORIGIN",
            "referrer-policy": "same-origin",
            "cross-origin-opener-policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal:
            await _refuse(refusal, scope, receive, send)
            return
        client = scope.get("client")
        scope["identity"] = identify(self._settings, headers, client[0] if client else "")

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    answer.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, sending if scope["type"] == "http" else send)

    def _refusal(self, scope: Scope, headers: Headers) -> str:
        host = headers.get("host", "")
        if not self._is_ours(host):
            return f"this server is not called {host!r} (--allow-host)"
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            return f"a page of {origin} may not ask this server"
        if scope["type"] == "websocket":
            if origin is None and MARK not in headers:
                return "a socket without Origin"
            return ""
        if scope["method"] not in _SAFE and MARK not in headers:
            return f"a request that may write needs the header {MARK}"
        return ""

    def _is_ours(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        if name in self._names:
            return True
        try:
            # An IP address, unlike a name, cannot be redirected to another machine by DNS.
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True


def _own_names(settings: Settings) -> set[str]:
    here = socket.gethostname().lower()
    names = {"localhost", settings.host.lower(), here, here.partition(".")[0]}
    return names | {name.lower() for name in settings.hosts}


async def _refuse(reason: str, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 4403, "reason": reason[:100]})
        return
    answer = JSONResponse({"error": reason, "reason": "Web_Refused"}, 403)
    await answer(scope, receive, send)
