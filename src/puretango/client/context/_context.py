"""A client context: the connections, databases, locks and pending calls of one client.

Any number of contexts can live in a process; the default one is made when first used, is shared
by the proxies that are not given another, and can be closed and made again.
"""

from __future__ import annotations

import atexit
import os
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from puretango.client.context._locks import LockKeeper
from puretango.client.context._pending import PendingCalls
from puretango.net import ConnectionPool
from puretango.values import unzeroed

if TYPE_CHECKING:
    import asyncio

    from puretango.client.context._loopkeeper import LoopKeeper, LoopPool
    from puretango.client.context._ports import Reconnecting

__all__ = ["ClientContext", "default_context", "using_names"]

T = TypeVar("T")
NameResolver = Callable[[str], "str | None"]


class ClientContext:
    """Everything that the proxies of one client share."""

    def __init__(self, event_buffer: int | None = None) -> None:
        """Make a context.

        Args:
            event_buffer: Events that may wait here while callbacks are busy; those of TANGO_EVENT_BUFFER_HWM, else
                1,000, if not given. It holds from the first subscription on.
        """
        self.event_buffer = event_buffer
        self.sessions: weakref.WeakSet[Reconnecting] = weakref.WeakSet()
        self.closed = False
        self._begin()
        _contexts.add(self)

    def _begin(self) -> None:
        """Start with nothing open and nothing under way."""
        self.pid = os.getpid()
        self.pool = ConnectionPool(allocate=unzeroed)
        self.locks = LockKeeper()
        self.pending = PendingCalls()
        self._asyncio_pools: dict[asyncio.AbstractEventLoop, LoopKeeper] = {}
        self._parts: dict[Any, Any] = {}
        self._lock = threading.RLock()

    def begin_in_child(self) -> None:
        """In a forked child: leave the parent its connections, threads and subscriptions."""
        self._begin()
        for session in list(self.sessions):
            session.lost()
            session.failed_at = None

    def asyncio_pool(self, loop: asyncio.AbstractEventLoop) -> LoopPool:
        """The connections of one event loop; they are closed when the loop shuts down."""
        kept = self._asyncio_pools.get(loop)
        if kept is None:
            from puretango.client.context._loopkeeper import LoopKeeper

            kept = LoopKeeper(self._asyncio_pools, loop)
            if (
                self.closed
            ):  # a call that was under way tries again, and fails as a blocking one does
                kept.pool.close()
            else:
                self._asyncio_pools[loop] = kept
        return kept.pool

    def part(self, make: Callable[[ClientContext], T]) -> T:
        """What another room keeps in this context, made by ``make`` when first asked for."""
        with self._lock:
            found: T | None = self._parts.get(make)
            if found is None:
                found = self._parts[make] = make(self)
            return found

    def has(self, make: Callable[[ClientContext], Any]) -> bool:
        """True once that part was asked for."""
        return make in self._parts

    def close(self) -> None:
        """Give up locks and subscriptions and close every connection."""
        self.closed = True
        if self.pid != os.getpid():
            return  # a forked child does not own its parent's threads and sockets
        parts, self._parts = list(self._parts.values()), {}
        for part in reversed(parts):
            part.close()
        self.locks.close()
        self.pending.close()
        self.pool.close()
        for kept in list(self._asyncio_pools.values()):
            kept.close()


_contexts: weakref.WeakSet[ClientContext] = weakref.WeakSet()


def _in_child() -> None:
    for context in list(_contexts):
        context.begin_in_child()
    _Default.lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)


class _Default:
    """The context of proxies that are not given one."""

    context: ClientContext | None = None
    lock = threading.Lock()
    resolvers: list[NameResolver] = []


def default_context() -> ClientContext:
    """The default client context, made when first used and remade in a forked child."""
    context = _Default.context
    if context is not None and not context.closed and context.pid == os.getpid():
        return context
    with _Default.lock:
        context = _Default.context
        if context is None or context.closed or context.pid != os.getpid():
            context = _Default.context = ClientContext()
        return context


def close_default_context() -> None:
    """Close the default context; the next proxy makes another."""
    context = _Default.context
    if context is not None:
        _Default.context = None
        context.close()


atexit.register(close_default_context)


@contextmanager
def using_names(resolver: NameResolver) -> Iterator[None]:
    """Within this, proxies ask ``resolver`` for the full name of a short device name.

    It gives the full name, or None for a name that it does not know.
    """
    add_name_resolver(resolver)
    try:
        yield
    finally:
        remove_name_resolver(resolver)


def add_name_resolver(resolver: NameResolver) -> None:
    """Ask ``resolver`` first for the full name of a short device name, from now on."""
    _Default.resolvers.append(resolver)


def remove_name_resolver(resolver: NameResolver) -> None:
    """Stop asking ``resolver``."""
    if resolver in _Default.resolvers:
        _Default.resolvers.remove(resolver)


def full_name(name: str) -> str:
    """The name under which a test's server has a device; else the name itself."""
    for resolver in reversed(_Default.resolvers):
        full = resolver(name)
        if full is not None:
            return full
    return name


def full_attribute_name(text: Any) -> Any:
    """The attribute's name with its device's full one, within a test."""
    if not isinstance(text, str) or text.count("/") != 3 or "://" in text:
        return text
    device, _, attribute = text.rpartition("/")
    full = full_name(device)
    if full == device:
        return text
    base, hash_sign, modifier = full.partition("#")
    return f"{base}/{attribute}{hash_sign}{modifier}"
