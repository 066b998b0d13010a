"""Failures of a command: one line for people, an exit code for programs."""

from __future__ import annotations

import re
import socket

from puretango.errors import DevFailed, PuretangoError

__all__ = ["FAILED", "INTERRUPTED", "UNREACHABLE", "USAGE", "Failure", "explained"]

FAILED = 1
"""The requested action failed."""
USAGE = 2
"""The command line is wrong."""
UNREACHABLE = 3
"""The database or the device cannot be reached."""
INTERRUPTED = 130
"""Ended by Ctrl-C."""

_UNREACHABLE = {
    "API_CantConnectToDatabase",
    "API_CantConnectToDevice",
    "API_DatabaseConnectionFailed",
    "API_ServerNotRunning",
    "API_DeviceNotExported",
    "API_DeviceTimedOut",
    "API_CorbaException",
    "API_CommunicationFailed",
    "API_TangoHostNotSet",
}


class Failure(PuretangoError):
    """A command cannot be carried out; the text is for the user."""

    def __init__(self, text: str, code: int = FAILED) -> None:
        super().__init__(text)
        self.code = code


def explained(error: BaseException) -> tuple[str, int]:
    """One line that explains an error, and the exit code."""
    if isinstance(error, Failure):
        return one_line(str(error)), error.code
    if isinstance(error, DevFailed):
        return _explained_stack(error)
    if isinstance(error, OSError) and error.strerror:
        where = f": {error.filename}" if error.filename else ""
        return one_line(f"{error.strerror}{where}"), FAILED
    return one_line(str(error) or type(error).__name__), FAILED


def _explained_stack(error: DevFailed) -> tuple[str, int]:
    stack = error.errors
    if not stack:
        return "failed, for a reason unknown", FAILED
    reasons = {one.reason for one in stack}
    code = UNREACHABLE if reasons & _UNREACHABLE else FAILED
    for one in stack:
        found = _DATABASE.search(one.desc)
        if found and one.reason == "API_CantConnectToDatabase":
            host, port = found.groups()
            cause = one_line(stack[0].desc) if stack[0] is not one else "nobody answers"
            cause = _wrong_address(host, port) or _cause(cause)
            return f"no database at {host}:{port}: {cause} ({_DATABASE_CURE})", UNREACHABLE
    first = stack[0]
    text = one_line(first.desc) or first.reason
    if first.reason == "API_CorbaException" and len(stack) > 1:
        # The second error says in Tango's terms what the first says in CORBA's.
        text = f"{one_line(stack[1].desc)}: {_cause(text)}"
        return text, code
    cure = _CURES.get(first.reason)
    return f"{text} ({first.reason}{'; ' + cure if cure else ''})", code


def one_line(text: str) -> str:
    """A text without line ends."""
    return " ".join(text.split())


_DATABASE = re.compile(r"database on host (\S+) with port (\d+)")

_DATABASE_CURE = "puretango db starts one; --tango-host or TANGO_HOST names another"

_CURES = {
    "DB_DeviceNotDefined": "those that are: puretango ls",
    "API_AttrNotFound": "what there is: puretango ls DEVICE",
    "API_CommandNotFound": "what there is: puretango ls DEVICE",
    "API_AttributePollingNotStarted": "puretango poll DEVICE/ATTRIBUTE starts it",
    "API_ServerAlreadyRunning": "end that one first, or name another instance",
}

_CAUSES: list[tuple[str, str]] = [
    ("CallTimedout", "no answer in time"),
    ("ConnectFailed", "nobody listens there"),
    ("TRANSIENT", "nobody listens there"),
    ("TIMEOUT", "no answer in time"),
    ("COMM_FAILURE", "the connection broke"),
]


def _cause(text: str) -> str:
    return next((plain for sign, plain in _CAUSES if sign in text), text)


def _wrong_address(host: str, port: str) -> str:
    """The explanation for an address that cannot be listened on."""
    if not 0 < int(port) < 65536:
        return "a port is a number from 1 to 65535"
    try:
        socket.getaddrinfo(host, int(port))
    except OSError:
        return f"there is no host {host}"
    return ""
