"""The only sockets: clients' connections, listeners, event publishers and subscribers."""

from puretango.net._async_client import AsyncClientConnection
from puretango.net._async_listener import AsyncListener
from puretango.net._async_pool import AsyncConnectionPool
from puretango.net._client import CONNECT_TIMEOUT, DEFAULT_TIMEOUT, ClientConnection
from puretango.net._failure import (
    CALL_TIMED_OUT,
    CLOSED_BY_SERVER,
    CONNECT_FAILED,
    CONNECTION_LOST,
)
from puretango.net._listener import Listener
from puretango.net._pool import ConnectionPool
from puretango.net._serving import Answer, AsyncHandler, Handler, Locate, Peer
from puretango.net._worker import WorkerPool

__all__ = [
    "CALL_TIMED_OUT",
    "CLOSED_BY_SERVER",
    "CONNECTION_LOST",
    "CONNECT_FAILED",
    "CONNECT_TIMEOUT",
    "DEFAULT_TIMEOUT",
    "Answer",
    "AsyncClientConnection",
    "AsyncConnectionPool",
    "AsyncHandler",
    "AsyncListener",
    "ClientConnection",
    "ConnectionPool",
    "Handler",
    "Listener",
    "Locate",
    "Peer",
    "WorkerPool",
]
