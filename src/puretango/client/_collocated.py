"""Calls from a device to a device of its own server.

A request that a device makes while it serves one itself runs in the same thread, without the
network: it enters the monitors that the thread holds already, where another thread would wait
for ever.
"""

from __future__ import annotations

import inspect
import threading
from typing import TYPE_CHECKING, Any

from puretango.giop import Invocation, Reply, Request
from puretango.net import Peer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from puretango.client._session import Session
    from puretango.giop import RequestTemplate
    from puretango.net import Handler

__all__ = ["call_here", "register_server", "served_here", "unregister_server"]

_HEADER = bytes(24)
_SERVING = "-worker"
"""How the names of the threads that serve requests end."""

servers: dict[int, Handler] = {}
"""Port → handler of the servers of this process."""


def register_server(port: int, handler: Handler) -> None:
    """Say that a server of this process listens on a port."""
    servers[port] = handler


def unregister_server(port: int) -> None:
    """Say that no server of this process listens on a port any more."""
    servers.pop(port, None)


def served_here(session: Session) -> Handler | None:
    """What serves a session's target, if that is this very thread's server."""
    if not servers or not threading.current_thread().name.endswith(_SERVING):
        return None
    target = session.target
    if target is None:
        return None
    for host, port in target.addresses:
        handler = servers.get(port)
        if handler is not None and _is_local(host):
            return handler
    return None


def _is_local(host: str) -> bool:
    import socket

    return host in ("localhost", "127.0.0.1", "::1", "0.0.0.0", socket.gethostname())


def call_here(handler: Handler, template: RequestTemplate, body: Sequence[Any]) -> Reply | None:
    """Have a request answered in this thread; None if that takes an event loop."""
    arguments = b"".join(bytes(each) for each in body)
    data = bytes(template.body_offset) + arguments
    request = Request(
        0,
        template.object_key,
        template.operation,
        data=data,
        body_start=template.body_offset,
        minor=template.version.minor,
        response_expected=template.response_expected,
    )
    answer: Any = handler(Invocation(request), Peer("127.0.0.1", 0))
    if inspect.isawaitable(answer):
        if inspect.iscoroutine(answer):
            answer.close()
        return None
    status, content = answer
    joined = content if isinstance(content, bytes) else b"".join(bytes(each) for each in content)
    return Reply(0, status, data=_HEADER + joined, body_start=24)
