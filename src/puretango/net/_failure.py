"""The system exceptions of a client's connection, with omniORB's minor codes."""

from __future__ import annotations

import errno
import os
import socket
from typing import Final

from puretango.errors import COMM_FAILURE, TRANSIENT, SystemException

CONNECT_FAILED: Final = 0x41540002
"""Minor of TRANSIENT: no connection could be made."""

CALL_TIMED_OUT: Final = 0x41540004
"""Minor of TRANSIENT: the reply did not come in time."""

CONNECTION_LOST: Final = 0x41540001
"""Minor of COMM_FAILURE: the connection broke while a request was under way."""

CLOSED_BY_SERVER: Final = 0x41540005
"""Minor of COMM_FAILURE: the server closed in order, so the request was not executed."""

_NO: Final = 1
_MAYBE: Final = 2


def connect_failed(address: str, reason: object) -> SystemException:
    """Nothing accepted a connection there."""
    return TRANSIENT(f"cannot connect to {address}: {reason}", minor=CONNECT_FAILED, completed=_NO)


def call_timed_out(address: str, timeout: float | None) -> SystemException:
    """The server did not answer in time."""
    text = f"{address} did not answer within {(timeout or 0) * 1000:.0f} ms"
    return TRANSIENT(text, minor=CALL_TIMED_OUT, completed=_MAYBE)


def connection_lost(address: str, reason: object) -> SystemException:
    """The connection broke."""
    text = f"connection to {address} lost: {reason}"
    return COMM_FAILURE(text, minor=CONNECTION_LOST, completed=_MAYBE)


def closed_by_server(address: str) -> SystemException:
    """The server closed in order what it had not executed: the request may be repeated."""
    return COMM_FAILURE(f"{address} closed the connection", minor=CLOSED_BY_SERVER, completed=_NO)


def check_port(host: str, port: int) -> None:
    """Raise for a number that is not a port, before a socket is made."""
    if not 0 <= port < 65536:
        text = f"cannot listen at {host}:{port}: a port is a number from 0 to 65535"
        raise OSError(errno.EINVAL, text)


def cannot_listen(host: str, port: int, error: OSError) -> OSError:
    """The address cannot be listened on: which one, and why, in one line."""
    number = error.errno or errno.EINVAL
    if isinstance(error, socket.gaierror) or number < 0:  # the resolver's own numbers
        reason = "there is no such host"
    else:
        reason = os.strerror(number).lower()
    return OSError(number, f"cannot listen at {host}:{port}: {reason}")


def again(error: SystemException) -> SystemException:
    """A copy for one more waiter: each raises its own, with its own traceback."""
    text = str(error.args[0]) if error.args else ""
    kind = type(error)
    return kind(text, minor=error.minor, completed=error.completed, repo_id=error.repo_id)
