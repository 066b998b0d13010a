"""The only sockets: clients' connections, listeners, event publishers and subscribers.

What a blocking client does not need (listeners, asyncio, ZMQ) is imported when first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from puretango.net._chain import Step, listens_here, own_step, present_step, under
from puretango.net._failure import (
    CALL_TIMED_OUT,
    CLOSED_BY_SERVER,
    CONNECT_FAILED,
    CONNECTION_LOST,
)
from puretango.net.calling._client import ClientConnection
from puretango.net.calling._pool import ConnectionPool
from puretango.net.calling._shared import CONNECT_TIMEOUT, DEFAULT_TIMEOUT
from puretango.net.streams._names import name_of

if TYPE_CHECKING:
    from puretango.net.calling._async_client import AsyncClientConnection
    from puretango.net.calling._async_pool import AsyncConnectionPool
    from puretango.net.pubsub._async_subscriber import AsyncEventSubscriber
    from puretango.net.pubsub._publisher import EventPublisher
    from puretango.net.pubsub._subscriber import EventSubscriber, Subscriptions
    from puretango.net.serving._async_listener import AsyncListener
    from puretango.net.serving._listener import Listener
    from puretango.net.serving._serving import (
        MAX_CONNECTIONS,
        Answer,
        AsyncHandler,
        Handler,
        Locate,
        Peer,
    )
    from puretango.net.serving._worker import WorkerPool
    from puretango.net.streams._sockets import allow_descriptors

_LATE = {
    "Answer": "serving._serving",
    "AsyncHandler": "serving._serving",
    "AsyncClientConnection": "calling._async_client",
    "AsyncConnectionPool": "calling._async_pool",
    "AsyncEventSubscriber": "pubsub._async_subscriber",
    "AsyncListener": "serving._async_listener",
    "EventPublisher": "pubsub._publisher",
    "EventSubscriber": "pubsub._subscriber",
    "Handler": "serving._serving",
    "Listener": "serving._listener",
    "Locate": "serving._serving",
    "MAX_CONNECTIONS": "serving._serving",
    "Peer": "serving._serving",
    "Subscriptions": "pubsub._subscriber",
    "WorkerPool": "serving._worker",
    "allow_descriptors": "streams._sockets",
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
    "name_of",
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
