"""Addresses of a host's name, within a time: the system's resolver knows no limit of its callers'."""

from __future__ import annotations

import os
import socket
import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as LateError
from time import monotonic
from typing import Any, Final

__all__ = [
    "Address",
    "NameTimeoutError",
    "addresses",
    "asked_for",
    "numeric_addresses",
    "why_not_connected",
]

Address = tuple[int, int, int, str, tuple[Any, ...]]
"""Family, kind, protocol, canonical name and place, as getaddrinfo has them."""

_STREAM: Final = socket.SOCK_STREAM
_NUMBERS: Final = socket.AI_NUMERICHOST


class NameTimeoutError(TimeoutError):
    """The name servers have not told in time where a host is."""

    def __init__(self, host: str) -> None:
        super().__init__(f"no name server has told in time where {host} is")


def why_not_connected(error: BaseException, timeout: float | None) -> object:
    """What to say of an attempt to connect that failed, or took longer than its time."""
    if isinstance(error, TimeoutError) and not isinstance(error, NameTimeoutError):
        return f"no answer within {timeout} s"
    return error


class _Asked:
    """The names that threads ask for just now."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """With none: a forked child has the table, and not the threads."""
        self.lock = threading.Lock()
        self.answers: dict[tuple[str, int], Future[list[Address]]] = {}


_ASKED: Final = _Asked()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_ASKED.begin)


def addresses(host: str, port: int, end: float | None) -> list[Address]:
    """Where a host is, asked until ``end`` (of ``time.monotonic``) at most; None is for ever.

    Raises:
        NameTimeoutError: Nobody has told until then.
        OSError: There is no such host.
    """
    found = numeric_addresses(host, port)
    if found:
        return found
    if end is None:
        return _asked(host, port)
    try:
        return asked_for(host, port).result(max(end - monotonic(), 0.0))
    except LateError:
        raise NameTimeoutError(host) from None


def numeric_addresses(host: str, port: int) -> list[Address]:
    """The same for a host that is an address already, which takes no time; empty for a name."""
    try:
        return socket.getaddrinfo(host, port, type=_STREAM, flags=_NUMBERS)  # type: ignore[return-value]  # its stubs know more shapes of places
    except (OSError, UnicodeError):
        return []


def asked_for(host: str, port: int) -> Future[list[Address]]:
    """The answer to come of a thread that asks; whoever wants the same name meanwhile gets the same one.

    A thread that is kept longer than its callers wait goes on by itself: nothing can end it. So there
    is one per name, and not one per call.
    """
    with _ASKED.lock:
        known = _ASKED.answers.get((host, port))
        if known is not None:
            return known
        answer: Future[list[Address]] = Future()
        answer.set_running_or_notify_cancel()  # a caller that gives up cannot cancel it for the others
        _ASKED.answers[host, port] = answer
    threading.Thread(
        target=_ask, args=(host, port, answer), name=f"resolve {host}", daemon=True
    ).start()
    return answer


def _asked(host: str, port: int) -> list[Address]:
    return socket.getaddrinfo(host, port, type=_STREAM)  # type: ignore[return-value]  # its stubs know more shapes of places


def _ask(host: str, port: int, answer: Future[list[Address]]) -> None:
    found: list[Address] = []
    error: Exception | None = None
    try:
        found = _asked(host, port)
    except Exception as failed:  # noqa: BLE001 - whoever asked is told
        error = failed
    with _ASKED.lock:
        _ASKED.answers.pop((host, port), None)
    if error is not None:
        answer.set_exception(error)
    else:
        answer.set_result(found)
