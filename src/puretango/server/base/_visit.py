"""The frame of a request: what is done before and after its work, whatever is asked.

Every request of every kind goes through here, from a plan or not, of a client, of polling or of
the server itself: its line in the black box, the client that its device sees, the lock of another
client, the monitor, in C++ Tango's order. What is done inside, and how the answer is sent, is the
caller's. The frame stands twice, line for line: for devices in threads and for devices on a loop.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from puretango.client import Trace, part_of
from puretango.server.base._calling import drive
from puretango.server.base._peer import trace_of

if TYPE_CHECKING:
    from puretango.server.base._blackbox import Asker
    from puretango.server.base._ports import Owner

_time_ns = time.time_ns


class Rules(NamedTuple):
    """How the requests of one operation visit a device."""

    noted: bool = True
    """The requests leave a line in the black box."""
    first: bool = True
    """They leave it as soon as they arrive, rather than once they are in the monitor."""
    alone: bool = True
    """They wait for the monitor: one request at a time is inside."""
    locked: bool = False
    """They are refused while another client has locked the device."""
    apart: bool = False
    """None of the author's code runs, so nobody can ask for the client."""


READS = Rules()
COMMANDS = Rules(locked=True)
WRITES = Rules(first=False, locked=True)
STATES = Rules(first=False)
QUESTIONS = Rules(alone=False)
"""Requests that the library answers by itself, or whose work takes the monitor itself when needed."""
FACTS = Rules(alone=False, apart=True)
"""Requests whose answer is kept from before and still holds."""
ORDERS = Rules(alone=False, locked=True)
UNNOTED = Rules(noted=False, alone=False)
INNER = Rules(noted=False)
"""Requests made inside another request, or by the server itself."""


class Visit:
    """Requests that differ in their client only: the device, the rules, the line in the black box.

    ``run(client, work, *arguments)`` gives what ``work(*arguments)`` gives and raises what it
    raises, or DevFailed if the device is busy for too long or locked. ``run_on_loop`` is the same
    for devices on a loop; there the work is a coroutine function.
    """

    __slots__ = ("run", "run_on_loop")

    run: Callable[..., Any]
    run_on_loop: Callable[..., Awaitable[Any]]

    def __init__(
        self,
        device: Owner,
        rules: Rules,
        operation: str = "",
        detail: Any = None,
        source: int | None = None,
        command: str = "",
        asker: Asker | None = None,
    ) -> None:
        """``asker`` is what the black box names instead of a client."""
        note = _noter(device, rules, (operation, detail, source, asker), command)
        if device._tango.is_asyncio:
            self.run_on_loop = _on_loop(device, rules, note)
        self.run = _blocking(device, rules, note)


Note = Callable[["Asker | None"], None]


def _noter(
    device: Owner,
    rules: Rules,
    line: tuple[str, Any, int | None, Asker | None],
    command: str,
) -> Note | None:
    """A function that leaves the line, and refuses the client if another one has locked the device."""
    if not rules.noted:
        return None
    add, locked = device._tango.black_box.add, rules.locked
    operation, detail, source, asker = line

    def note(client: Any) -> None:
        add((_time_ns() * 1e-9, operation, detail, source, asker or client))
        if locked and device._tango.locking.lock is not None:
            device._tango.locking.check(operation, client, command)

    return note


def _blocking(device: Owner, rules: Rules, note: Note | None) -> Callable[..., Any]:
    """The frame of a device whose requests come in threads."""
    early, late = (note, None) if rules.first else (None, note)
    alone, monitor = rules.alone, device._tango.monitor
    acquire, release = monitor.acquire, monitor.release
    thread = device._tango.server.subdevices.visits.thread

    def run_apart(client: Any, work: Callable[..., Any]) -> Any:
        if early is not None:
            early(client)
        return work()

    if rules.apart:
        return run_apart

    def run(client: Any, work: Callable[..., Any], *arguments: Any) -> Any:
        if early is not None:
            early(client)
        if alone:
            acquire()
        before, thread.visit = thread.visit, (device, client)
        try:
            if late is not None:
                late(client)
            return work(*arguments)
        finally:
            thread.visit = before
            if alone:
                release()

    return run


def _on_loop(device: Owner, rules: Rules, note: Note | None) -> Callable[..., Awaitable[Any]]:
    """The frame of a device on a loop, whose requests run side by side."""
    early, late = (note, None) if rules.first else (None, note)
    visits = device._tango.server.subdevices.visits
    enter, leave = visits.enter_task, visits.leave_task

    async def run(client: Any, work: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
        if early is not None:
            early(client)
        before = enter(device, client)
        try:
            if late is not None:
                late(client)
            return await work(*arguments)
        finally:
            leave(before)

    return run


async def visiting(
    device: Owner, visit: Visit, client: Any, work: Callable[..., Awaitable[Any]], *arguments: Any
) -> Any:
    """Do a coroutine function's work in the frame, of either kind; the client's trace is continued."""
    context = None if client is None else trace_of(getattr(client, "identity", None))
    if context is None:
        return await _visiting(device, visit, client, work, arguments)
    with part_of(Trace(context.trace_parent, context.trace_state)):
        return await _visiting(device, visit, client, work, arguments)


async def _visiting(
    device: Owner,
    visit: Visit,
    client: Any,
    work: Callable[..., Awaitable[Any]],
    arguments: tuple[Any, ...],
) -> Any:
    if device._tango.is_asyncio:
        return await visit.run_on_loop(client, work, *arguments)
    return visit.run(client, _driven, work, arguments)


def _driven(work: Callable[..., Awaitable[Any]], arguments: tuple[Any, ...]) -> Any:
    return drive(work(*arguments))


async def inside(device: Owner, work: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
    """Do something in the device's monitor, for the client that is being served already."""
    client = device._tango.server.subdevices.visits.client()
    return await _visiting(device, Visit(device, INNER), client, work, arguments)
