"""The only sockets: clients' connections, listeners, event publishers and subscribers.

What a blocking client does without (listeners, asyncio, ZMQ) is imported when first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from puretango.net._chain import Step, listens_here, own_step, present_step, under
from puretango.net._client import ClientConnection
from puretango.net._failure import (
    CALL_TIMED_OUT,
    CLOSED_BY_SERVER,
    CONNECT_FAILED,
    CONNECTION_LOST,
)
from puretango.net._pool import ConnectionPool
from puretango.net._shared import CONNECT_TIMEOUT, DEFAULT_TIMEOUT

if TYPE_CHECKING:
    from puretango.net._async_client import AsyncClientConnection
    from puretango.net._async_listener import AsyncListener
    from puretango.net._async_pool import AsyncConnectionPool
    from puretango.net._async_subscriber import AsyncEventSubscriber
    from puretango.net._listener import Listener
    from puretango.net._publisher import EventPublisher
    from puretango.net._serving import MAX_CONNECTIONS, Answer, AsyncHandler, Handler, Locate, Peer
    from puretango.net._sockets import allow_descriptors
    from puretango.net._subscriber import EventSubscriber, Subscriptions
    from puretango.net._worker import WorkerPool

_LATE = {
    "Answer": "_serving",
    "AsyncHandler": "_serving",
    "AsyncClientConnection": "_async_client",
    "AsyncConnectionPool": "_async_pool",
    "AsyncEventSubscriber": "_async_subscriber",
    "AsyncListener": "_async_listener",
    "EventPublisher": "_publisher",
    "EventSubscriber": "_subscriber",
    "Handler": "_serving",
    "Listener": "_listener",
    "Locate": "_serving",
    "MAX_CONNECTIONS": "_serving",
    "Peer": "_serving",
    "Subscriptions": "_subscriber",
    "WorkerPool": "_worker",
    "allow_descriptors": "_sockets",
}

__all__ = [
    "CALL_TIMED_OUT",
    "CLOSED_BY_SERVER",
    "CONNECTION_LOST",
    "CONNECT_FAILED",
    "CONNECT_TIMEOUT",
    "DEFAULT_TIMEOUT",
    "MAX_CONNECTIONS",
    "Answer",
    "AsyncClientConnection",
    "AsyncConnectionPool",
    "AsyncEventSubscriber",
    "AsyncHandler",
    "AsyncListener",
    "ClientConnection",
    "ConnectionPool",
    "EventPublisher",
    "EventSubscriber",
    "Handler",
    "Listener",
    "Locate",
    "Peer",
    "Step",
    "Subscriptions",
    "WorkerPool",
    "allow_descriptors",
    "listens_here",
    "own_step",
    "present_step",
    "under",
]


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
    globals()[name] = value
    return value
