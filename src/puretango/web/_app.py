"""The ASGI application: pages, the HTTP interface under /api, the WebSocket under /ws."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from puretango.client import ClientContext
from puretango.errors import DevFailed, PuretangoError
from puretango.hub import Hub
from puretango.web._call import BadRequest, Call, Rule, get
from puretango.web._front import Front
from puretango.web._journal import Journal
from puretango.web._logroom import LogMessage, LogRoom
from puretango.web._settings import Settings
from puretango.web._site import Site
from puretango.web._store import Store
from puretango.web.access._guard import Guard
from puretango.web.access._identity import COOKIE, Identity, token_role
from puretango.web.live._browser import Browser, Browsers
from puretango.web.pages._changes import Changes
from puretango.web.pages._device import DevicePage
from puretango.web.pages._diagnosis import Diagnosis
from puretango.web.pages._history import History
from puretango.web.pages._hosts import Hosts
from puretango.web.pages._logs import Logs
from puretango.web.pages._navigator import Navigator
from puretango.web.pages._polling import PollingPage
from puretango.web.pages._properties import Properties
from puretango.web.pages._setup import Setup
from puretango.web.pages._watchlists import WatchLists

__all__ = ["Application", "make_app"]

LOG = logging.getLogger("puretango.web")

STATIC = Path(__file__).with_name("static")
_LARGEST = 2_000_000
"""The largest body of a request, in bytes."""
_PATIENCE = 0.85
"""Seconds; with the second between two questions, what hangs is grey within three."""


class Application:
    """The objects of one server, made for one loop."""

    def __init__(self, settings: Settings, hub: Hub, context: ClientContext) -> None:
        self.settings = settings
        self.hub = hub
        self.site = Site(settings.tango_host, hub, context)
        self.journal = Journal(settings.state)
        self.browsers = Browsers()
        self.log_room = LogRoom(self.site.proxy, settings.tango_host)
        self.logs = Logs(self.log_room, self.journal, Store(settings.state / "logs"))
        self.navigator = Navigator(self.site)
        self.rules = {(rule.method, rule.path): rule for rule in self._all_rules()}
        self.journal.listen(lambda entry: self.browsers.tell({"t": "journal", "entry": entry}))
        self.log_room.listen(self._tell_log)
        self._beginning: asyncio.Task[None] | None = None

    def _all_rules(self) -> list[Rule]:
        site, journal = self.site, self.journal
        properties = Properties(site)
        pages = (
            self.navigator,
            DevicePage(site, journal),
            properties,
            Changes(site, journal, properties),
            Setup(site, journal),
            PollingPage(site, journal),
            Diagnosis(site, journal),
            Hosts(site, journal, self.browsers.tell_progress),
            self.logs,
            WatchLists(Store(self.settings.state / "watch"), journal),
            History(site, self.settings.archive),
        )
        return [get("me", self._me), *(rule for page in pages for rule in page.rules())]

    async def _me(self, call: Call) -> Any:
        """The user of the request, their role, and the control system."""
        return {
            "user": call.identity.user,
            "role": call.identity.role.name.lower(),
            "read_only": self.settings.read_only,
            "tokens": bool(self.settings.tokens),
            "tango_host": self.settings.tango_host,
            "archive": bool(self.settings.archive),
            "version": version("puretango"),
        }

    def _tell_log(self, message: LogMessage) -> None:
        self.browsers.tell({"t": "log", "message": message._asdict()})

    def begin(self) -> None:
        """Start the background work that needs no browser."""
        self._beginning = asyncio.create_task(self._begin(), name="beginning")

    async def _begin(self) -> None:
        await self.navigator.begin()
        await self.logs.begin()

    async def close(self) -> None:
        """Close everything, and leave nothing behind in the control system."""
        if self._beginning is not None:
            self._beginning.cancel()
            await asyncio.gather(self._beginning, return_exceptions=True)
        await self.navigator.close()
        await self.log_room.close()

    # ---------------------------------------------------------------------- requests

    async def answer(self, request: Request, path: str) -> Response:
        """Answer a request to the interface."""
        identity: Identity = request.scope["identity"]
        rule = self.rules.get((request.method, path))
        if rule is None:
            return _failure("there is no such question", 404)
        if not identity.known:
            return _failure("a token is wanted", 401, "Web_NoToken")
        if identity.role < rule.role:
            return _failure(f"this is for the role {rule.role.name.lower()}", 403, "Web_Role")
        try:
            fields = await _fields(request)
            found = await rule.handler(Call(identity, fields))
        except BadRequest as bad:
            return _failure(str(bad), bad.status, "Web_BadRequest")
        except DevFailed as failed:
            return _dev_failed(failed)
        except PuretangoError as error:
            return _failure(str(error), 502)
        except OSError as error:
            LOG.error("%s: %s", rule.path, error)
            return _failure(f"this server cannot keep it: {error}", 500)
        except Exception as error:
            LOG.exception("%s failed", rule.path)
            return _failure(f"an error of this server's own: {error!r}", 500)
        return JSONResponse(found, headers={"cache-control": "no-store"})

    async def login(self, request: Request) -> Response:
        """Exchange a token for a cookie."""
        try:
            token = (await _fields(request)).get("token")
        except BadRequest as bad:
            return _failure(str(bad), bad.status)
        role = token_role(self.settings, token) if isinstance(token, str) else None
        if role is None:
            await asyncio.sleep(0.5)  # slows down guessing
            return _failure("this token is not known", 401, "Web_NoToken")
        answer = JSONResponse({"role": role.name.lower()})
        secure = request.headers.get("x-forwarded-proto", request.url.scheme) == "https"
        answer.set_cookie(COOKIE, str(token), httponly=True, samesite="strict", secure=secure)
        return answer

    async def socket(self, socket: WebSocket) -> None:
        """Serve a browser's WebSocket."""
        identity: Identity = socket.scope["identity"]
        if not identity.known:
            await socket.close(4401)
            return
        await socket.accept()
        browser = Browser(socket, self.site, self.hub)
        self.browsers.all.add(browser)
        try:
            await browser.run()
        finally:
            self.browsers.all.discard(browser)
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await socket.close()


async def _fields(request: Request) -> dict[str, Any]:
    if request.method == "GET":
        return dict(request.query_params)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _LARGEST:
            raise BadRequest("more than this server reads", 413)
    try:
        fields = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise BadRequest("the body is no JSON") from None
    if not isinstance(fields, dict):
        raise BadRequest("the body is no JSON object")
    return fields


def _failure(text: str, status: int, reason: str = "Web_Error") -> Response:
    return JSONResponse({"error": text, "reason": reason}, status)


def _dev_failed(failed: DevFailed) -> Response:
    stack = [
        {"reason": error.reason, "desc": error.desc.strip(), "origin": error.origin}
        for error in failed.args
    ]
    first = stack[0] if stack else {"reason": "API_Exception", "desc": str(failed)}
    return JSONResponse({"error": first["desc"], "reason": first["reason"], "stack": stack}, 502)


def make_app(settings: Settings) -> Starlette:
    """The application, to be served by uvicorn or mounted in a site's own application. Raises SettingsError."""
    settings.check()
    front = Front(STATIC)
    there: dict[str, Application] = {}

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        context = ClientContext()
        try:
            async with Hub(context=context, patience=_PATIENCE) as hub:
                application = Application(settings, hub, context)
                there["it"] = app.state.application = application
                application.begin()
                try:
                    yield
                finally:
                    await application.close()
        finally:
            await asyncio.to_thread(context.close)

    async def api(request: Request) -> Response:
        return await there["it"].answer(request, request.path_params["path"])

    async def archived(request: Request) -> Response:
        return await there["it"].answer(request, "archive/data")

    async def login(request: Request) -> Response:
        return await there["it"].login(request)

    async def page(request: Request) -> Response:
        del request  # every address shows the same page
        return HTMLResponse(front.index, headers={"cache-control": "no-cache"})

    async def file(request: Request) -> Response:
        return front.answer(request.path_params["path"], request.headers)

    async def socket(websocket: WebSocket) -> None:
        await there["it"].socket(websocket)

    return Starlette(
        routes=[
            Route("/api/login", login, methods=["POST"]),
            Route("/api/{path:path}", api, methods=["GET", "POST"]),
            Route("/archive/data", archived, methods=["GET"]),
            WebSocketRoute("/ws", socket),
            Route("/static/{path:path}", file, methods=["GET"]),
            Route("/{path:path}", page, methods=["GET"]),
        ],
        middleware=[
            Middleware(Guard, settings=settings, policy=front.policy),
            Middleware(GZipMiddleware, minimum_size=1500, compresslevel=5),
        ],
        lifespan=lifespan,
    )
