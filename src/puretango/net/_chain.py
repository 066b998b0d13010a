"""Chains of calls within one process: which request a call is made for.

A device that in its own request calls another device of the process, or itself, waits for a
request that another thread serves. That request belongs to the first one: a lock that the first
one holds must let it in, or both would wait for ever. So a call that is made over a connection
to a listener of this very process takes its caller's :class:`Step` along, and the request is
served under a step of its own whose parent is the caller's. None of this is in the request itself:
the request's number is the key (:attr:`Family.calls`), and only a connection known to have both its
ends in this process has such a table.

That is found out once, before its first call that has a caller: it asks the listener, with a
LocateRequest, for an object key that consists of 32 random octets. Our listener knows the key,
since both stand in one process, and that it was given to a connection which comes from this very
address; to anybody else's it is an object that does not exist. A foreign client knows no such
key, and one that had read it off the network comes from another address, or too late.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, TypeVar

from puretango.giop import LocateStatus

_KEY_SIZE: Final = 32
Address = tuple[str, int]
"""Host and port, as getsockname and accept give them."""
T = TypeVar("T")


class Step:
    """One request that is being served, or one thread or task that does work of its own."""

    __slots__ = ("ended", "parent", "thread")

    def __init__(self, parent: Step | None = None) -> None:
        self.parent = parent
        """The step whose code is waiting for this one."""
        self.ended = False
        """True once the parent waits no longer: it has the reply, or has given up."""
        self.thread = threading.get_ident()

    def is_for(self, other: Step) -> bool:
        """True if this is ``other``, or if ``other`` waits for it, directly or through other steps."""
        step: Step | None = self
        while step is not None:
            if step is other:
                return True
            step = None if step.ended else step.parent
        return False


_current: ContextVar[Step | None] = ContextVar("puretango_step", default=None)

present_step: Callable[[], Step | None] = _current.get
"""The step that the running code belongs to, if it has one."""


def own_step() -> Step:
    """The step that the running code belongs to; a thread or task that has none gets one."""
    step = _current.get()
    if step is None:
        step = Step()
        _current.set(step)
    return step


@contextmanager
def under(step: Step | None) -> Iterator[None]:
    """Code within this context belongs to that step."""
    token = _current.set(step)
    try:
        yield
    finally:
        _current.reset(token)


def served_under(step: Step, work: Callable[..., T], *arguments: object) -> T:
    """Serve a request under the step that its caller has sent along."""
    step.thread = threading.get_ident()
    with under(step):
        return work(*arguments)


class Family:
    """What both ends of a connection within this process share."""

    __slots__ = ("address", "calls", "known")

    def __init__(self, address: Address) -> None:
        self.address = address
        """The client's end."""
        self.calls: dict[int, Step] = {}
        """The step of each call under way that has a caller, by the request's number."""
        self.known: bool | None = None
        """Whether the listener knows it; None until it has been asked."""

    @contextmanager
    def carrying(
        self, caller: Step, request_id: int, locate: Callable[[bytes], int]
    ) -> Iterator[None]:
        """For one call: send its caller's step along, if the listener knows the connection."""
        if self.known is None:
            key = HOUSEHOLD.ask(self)
            try:
                self.known = locate(key) == LocateStatus.OBJECT_HERE
            finally:
                HOUSEHOLD.asked(key)
        if not self.known:
            yield
            return
        step = self.begin(request_id, caller)
        try:
            yield
        finally:
            self.end(request_id, step)

    def begin(self, request_id: int, caller: Step) -> Step:
        """A call is about to be sent for the caller."""
        step = self.calls[request_id] = Step(caller)
        return step

    def end(self, request_id: int, step: Step) -> None:
        """The caller no longer waits for it."""
        step.ended = True
        self.calls.pop(request_id, None)


class Household:
    """The listeners of one process, and the connections that ask to be known by them."""

    def __init__(self) -> None:
        self._ports: Counter[int] = Counter()
        self._asking: dict[bytes, Family] = {}

    def moved_in(self, port: int) -> None:
        """A listener has taken this port."""
        self._ports[port] += 1

    def moved_out(self, port: int) -> None:
        """A listener has given its port back."""
        self._ports[port] -= 1

    def may_be_here(self, port: int) -> bool:
        """False if nothing in this process listens there: then there is no listener to ask."""
        return self._ports[port] > 0

    def ask(self, family: Family) -> bytes:
        """An object key by which a listener of this process will know the connection."""
        key = os.urandom(_KEY_SIZE)
        self._asking[key] = family
        return key

    def asked(self, key: bytes) -> None:
        """Note that the question has been answered, by whatever listens there."""
        self._asking.pop(key, None)

    def recognise(self, key: bytes, address: Address) -> Family | None:
        """The connection that asked with this key from this address; None for any other key."""
        if len(key) != _KEY_SIZE:
            return None
        family = self._asking.get(bytes(key))
        return family if family is not None and family.address == address else None


HOUSEHOLD: Final = Household()
"""One for the process: it is where the two ends of a connection, which know nothing of each other, find each other."""


def listens_here(port: int) -> bool:
    """True if a listener of this process has that port."""
    return HOUSEHOLD.may_be_here(port)
