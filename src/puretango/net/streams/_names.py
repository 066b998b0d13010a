"""Addresses of a host's name, within a time: the system's resolver knows no limit of its callers'."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as LateError
from time import monotonic
from typing import Any, Final, TypeVar

__all__ = [
    "Address",
    "NameTimeoutError",
    "addresses",
    "asked_for",
    "numeric_addresses",
    "why_not_connected",
]

T = TypeVar("T")
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
        self.answers: dict[tuple[str, int | None], Future[Any]] = {}


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
        return list(socket.getaddrinfo(host, port, type=_STREAM, flags=_NUMBERS))
    except (OSError, UnicodeError):
        return []


def asked_for(host: str, port: int) -> Future[list[Address]]:
    """The answer to come of a thread that asks where a host is."""
    return _in_thread((host, port), lambda: _asked(host, port))


def name_of(address: str, seconds: float = 1.0) -> str:
    """The name of the host at an address; the address, if it has none or nobody tells in time."""
    asked = _in_thread((address, None), lambda: socket.gethostbyaddr(address)[0])
    try:
        return asked.result(seconds)
    except (LateError, OSError, UnicodeError):
        return address


def _in_thread(question: tuple[str, int | None], ask: Callable[[], T]) -> Future[T]:
    """The answer to come; whoever asks the same meanwhile gets the same one.

    A thread that is kept longer than its callers wait goes on by itself: nothing can end it. So there
    is one per question, and not one per call.
    """
    with _ASKED.lock:
        known = _ASKED.answers.get(question)
        if known is not None:
            return known
        answer: Future[T] = Future()
        answer.set_running_or_notify_cancel()  # a caller that gives up cannot cancel it for the others
        _ASKED.answers[question] = answer
    threading.Thread(
        target=_ask, args=(question, ask, answer), name=f"resolve {question[0]}", daemon=True
    ).start()
    return answer


def _asked(host: str, port: int) -> list[Address]:
    return list(socket.getaddrinfo(host, port, type=_STREAM))


def _ask(question: tuple[str, int | None], ask: Callable[[], T], answer: Future[T]) -> None:
    try:
        found = ask()
    except Exception as failed:  # noqa: BLE001 - whoever asked is told
        _forget(question)
        answer.set_exception(failed)
    else:
        _forget(question)
        answer.set_result(found)


def _forget(question: tuple[str, int | None]) -> None:
    with _ASKED.lock:
        _ASKED.answers.pop(question, None)
