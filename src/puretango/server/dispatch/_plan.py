"""Plans: what is to be done for requests that are alike, prepared once.

Clients ask the same thing again and again, with the same bytes but for the number of the request,
and perhaps a value. A plan holds what such requests need: the frame (:mod:`base._visit`), the work
inside it, the client's identity, and how a value is read out of the message. It is good as long as
the device has the stamp that it had when the plan was made.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from puretango.errors import MarshalError
from puretango.server.base._failure import AUTHORS_ERRORS
from puretango.server.base._peer import Client, client_with
from puretango.server.dispatch._table import told

if TYPE_CHECKING:
    from puretango.giop import Span
    from puretango.net import Peer
    from puretango.server.base._visit import Visit
    from puretango.server.device._deviceimpl import DeviceImpl
    from puretango.server.dispatch._table import Failed

Plan = Callable[..., Any]
"""From the peer and the message to the answer, or to something that is awaited for it.

None if the plan is no longer valid, or the value is not of its type.
"""
Parse = Callable[[bytes], Any]


class Task:
    """What a plan is made of.

    ``work`` takes the value, or nothing if there is none, and gives the answer; for devices on a
    loop it is a coroutine function, unless it is ``at_once``. ``parse`` reads the value
    at ``span`` in the message, and raises MarshalError for bytes that hold none.
    """

    __slots__ = ("at_once", "failed", "identity", "parse", "span", "visit", "work")

    def __init__(
        self,
        visit: Visit,
        work: Callable[..., Any],
        identity: Any = None,
        *,
        span: Span | None = None,
        parse: Parse | None = None,
        failed: Failed = told,
        at_once: bool = False,
    ) -> None:
        self.visit = visit
        self.work = work
        self.identity = identity
        self.span = span
        self.parse = parse
        self.failed = failed
        self.at_once = at_once


def plan_of(device: DeviceImpl, task: Task) -> Plan:
    """The plan for a task."""
    if device._tango.is_asyncio and not task.at_once:
        return _awaited(device, task)
    stamp = device._tango.stamp
    identity, key = task.identity, Client("", task.identity).key()
    visit, work, parse, failed = task.visit.run, task.work, task.parse, task.failed

    def plan(peer: Peer, data: bytes = b"") -> Any:
        if device._tango.stamp is not stamp:
            return None
        try:
            return visit(client_with(peer, identity, key), work)
        except BaseException as error:  # a thread that serves requests is never cancelled
            return failed(error)

    if parse is None:
        return plan

    def plan_with_value(peer: Peer, data: bytes = b"") -> Any:
        if device._tango.stamp is not stamp:
            return None
        try:
            value = parse(data)
        except MarshalError:
            return None
        try:
            return visit(client_with(peer, identity, key), work, value)
        except BaseException as error:  # as above
            return failed(error)

    return plan_with_value


def _awaited(device: DeviceImpl, task: Task) -> Plan:
    """The plan for a task of a device on a loop: the answer has to be awaited."""
    stamp = device._tango.stamp
    identity, key = task.identity, Client("", task.identity).key()
    visit, work, parse, failed = task.visit.run_on_loop, task.work, task.parse, task.failed

    async def answer(client: Client, *value: Any) -> Any:
        try:
            return await visit(client, work, *value)
        except AUTHORS_ERRORS as error:
            return failed(error)

    def plan(peer: Peer, data: bytes = b"") -> Any:
        if device._tango.stamp is not stamp:
            return None
        client = client_with(peer, identity, key)
        if parse is None:
            return answer(client)
        try:
            value = parse(data)
        except MarshalError:
            return None
        return answer(client, value)

    return plan
