"""The calls of a group, made by one thread: all requests are sent, then all replies are read.

What is planned goes this way. A member's first call, or one that turns out to be unusual, is started in
the way of an asynchronous call, beside the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from puretango.client.attributes._attributes import attributes_of, tell_failed
from puretango.client.attributes._reading import ReadPlan, read_request
from puretango.client.attributes._writing import WritePlan
from puretango.client.commands._asynch import failure_of_one_write
from puretango.client.commands._commands import command_trouble
from puretango.client.commands._running import CommandPlan
from puretango.client.session._io import BLOCKING, drive
from puretango.client.session._plan import AGAIN, BODY, MISFITS, Plan
from puretango.client.session._replies import result_of
from puretango.client.session._trace import traced
from puretango.errors import DevFailed, NamedDevFailedList, SystemException
from puretango.idl import OPERATIONS
from puretango.values import AccessControlType, DeviceData, ExtractAs

if TYPE_CHECKING:
    from puretango.client.group._member import Member
    from puretango.client.session._session import Session
    from puretango.giop import PreparedRequest, Reply

__all__ = ["call_together", "command_plan", "read_plan", "write_plan"]

Outcome = tuple[Any, DevFailed | None]
"""A result, or a failure."""

PlanOf = Callable[["Session", Any], Plan | None]
"""The plan of a member's call with a value; None if it has none (yet)."""

_READ = OPERATIONS["read_attributes_5"]
_COMMAND = OPERATIONS["command_inout_4"]


class _GroupRead(ReadPlan):
    """How an attribute is read for a group: its failure is part of it."""

    __slots__ = ()

    def decode(self, session: Session, reply: Reply) -> Any:
        if self._layout is not None and reply.body_start == BODY:
            found = self._layout(reply.data[BODY:])
            if found is not None:
                return found
        (attribute,) = attributes_of(_READ, reply, ExtractAs.Nothing)
        tell_failed(session, [attribute])
        if self._layout is None and self._tries:
            (plain,) = attributes_of(_READ, reply, ExtractAs.Numpy)
            self._learn(reply, plain)
        return attribute

    def failure(self, session: Session, failed: DevFailed) -> DevFailed:
        desc = f"Failed to read_attributes on device {session.device_name}, attributes {self._name}"
        return failed.add("API_AttributeFailed", desc, "DeviceProxy:read_attributes")


class _GroupCommand(CommandPlan):
    """How a command is run for a group: its result stays as it came."""

    __slots__ = ()

    def decode(self, session: Session, reply: Reply) -> Any:
        return DeviceData.from_any(result_of(_COMMAND, reply), self._name)

    def failure(self, session: Session, failed: DevFailed) -> DevFailed:
        trouble = command_trouble(session, self._name, "command_inout_asynch")
        assert trouble.added is not None
        reason, desc = trouble.added
        return failed.add(reason, desc, trouble.origin)


class _GroupWrite(WritePlan):
    """How an attribute is written for a group."""

    __slots__ = ()

    def failure(self, session: Session, failed: DevFailed) -> DevFailed:
        if isinstance(failed, NamedDevFailedList):
            return failure_of_one_write(failed, session)
        return failed


def read_plan(name: str) -> PlanOf:
    """Plans to read an attribute."""

    def plan_of(session: Session, _value: Any) -> Plan | None:
        key = ("group read", name)
        plan = session.known.questions.get(key)
        if plan is None and session.idl_version >= 5:
            plan = session.known.questions[key] = _GroupRead(name, read_request(session, name))
        return plan

    return plan_of


def command_plan(name: str) -> PlanOf:
    """Plans to run a command."""

    def plan_of(session: Session, value: Any) -> Plan | None:
        if isinstance(value, DeviceData) or session.access == AccessControlType.ACCESS_READ:
            return None
        key = ("group command", name, value is None)
        plan = session.known.questions.get(key)
        if plan is None and session.idl_version >= 4:
            in_type = session.known.arguments.get(name.lower())
            if value is None or in_type is not None:
                kind = None if value is None else in_type
                plan = _GroupCommand(session, name, kind, ExtractAs.Numpy)
                session.known.questions[key] = plan
        return plan

    return plan_of


def write_plan(name: str) -> PlanOf:
    """Plans to write an attribute."""

    def plan_of(session: Session, _value: Any) -> Plan | None:
        if session.access == AccessControlType.ACCESS_READ:
            return None
        key = ("group write", name)
        plan = session.known.questions.get(key)
        info = session.known.infos.get(name.lower())
        if plan is None and session.idl_version >= 4 and info is not None:
            plan = session.known.questions[key] = _GroupWrite(session, name, info)
        return plan

    return plan_of


class _Sent:
    """What goes over one connection."""

    __slots__ = ("batch", "link", "places", "requests", "timeout")

    def __init__(self, link: Any, timeout: float) -> None:
        self.link = link
        self.timeout = timeout
        self.places: list[tuple[int, Session, Plan]] = []
        self.requests: list[PreparedRequest] = []
        self.batch: Any = None


def call_together(
    members: Sequence[Member], values: Sequence[Any], plan_of: PlanOf
) -> dict[int, Outcome]:
    """What became of the planned calls, by their members' places; the rest is to be made otherwise."""
    if traced:
        return {}  # a trace is of one call
    by_link: dict[int, _Sent] = {}
    for place, (member, value) in enumerate(zip(members, values, strict=True)):
        _plan(by_link, place, member, value, plan_of)
    found: dict[int, Outcome] = {}
    sending = list(by_link.values())
    try:
        for sent in sending:
            sent.batch = sent.link.begin_many(sent.requests)
    finally:
        for sent in sending:
            if sent.batch is not None:
                _finish(sent, found)
    return found


def _plan(
    by_link: dict[int, _Sent], place: int, member: Member, value: Any, plan_of: PlanOf
) -> None:
    try:
        session = member.proxy()._session
    except DevFailed:
        return  # told when it is called by itself
    link = session.link
    if not member.enabled or link is None or link.closed or not session.connected:
        return
    try:
        plan = plan_of(session, value)
        request = None if plan is None else plan.request(value)
    except MISFITS:
        return
    if plan is not None and request is not None:
        sent = by_link.setdefault(id(link), _Sent(link, session.timeout))
        sent.timeout = max(sent.timeout, session.timeout)
        sent.places.append((place, session, plan))
        sent.requests.append(request)


def _finish(sent: _Sent, found: dict[int, Outcome]) -> None:
    replies = sent.link.finish_many(sent.batch, sent.timeout)
    for (place, session, plan), reply in zip(sent.places, replies, strict=True):
        try:
            result = _result(session, plan, reply)
        except DevFailed as failed:
            found[place] = (None, failed)
        else:
            if result is not AGAIN:
                found[place] = (result, None)


def _result(session: Session, plan: Plan, reply: Reply | SystemException) -> Any:
    """What a reply says; AGAIN only if the call may be made again."""
    try:
        if isinstance(reply, SystemException):
            raise reply
        return plan.result(session, reply)
    except SystemException as exc:
        drive(session.recover(BLOCKING, exc, 0, plan.trouble(session)))
        return AGAIN
