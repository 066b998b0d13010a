"""The calls of a group, made by one thread: all requests are sent, then all replies are read.

Planned calls are made like this. A member's first call, or one that turns out to be unusual, is started in
the way of an asynchronous call, beside the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from puretango.client.attributes._asynch import failure_of_one_write, write_asynch_trouble
from puretango.client.attributes._attributes import read_attributes
from puretango.client.attributes._failures import tell_failed
from puretango.client.attributes._plans import (
    ReadPlan,
    WritePlan,
    counted_attributes,
    pick_write,
)
from puretango.client.attributes._types import fresh_values, write_group_key, write_values
from puretango.client.commands._commands import (
    call_command,
    command_argument,
    command_trouble,
    fresh_argument,
)
from puretango.client.commands._running import CommandPlan
from puretango.client.session._faults import with_added
from puretango.client.session._io import BLOCKING, drive
from puretango.client.session._plan import MISFITS, Again, Plan
from puretango.client.session._replies import result_of
from puretango.client.session._trace import traced
from puretango.errors import DevFailed, NamedDevFailedList, SystemException
from puretango.idl import OPERATIONS
from puretango.values import AccessControlType, DeviceData, ExtractAs

if TYPE_CHECKING:
    from puretango.client.group._member import Member
    from puretango.client.session._io import IO
    from puretango.client.session._session import Session
    from puretango.giop import PreparedRequest, Reply

__all__ = ["CommandOfAll", "ReadOfAll", "WriteOfAll", "call_together"]

Outcome = tuple[Any, DevFailed | None]
"""A result, or a failure."""

_READ = OPERATIONS["read_attributes_5"]
_COMMAND = OPERATIONS["command_inout_4"]


class _GroupRead(ReadPlan):
    """How an attribute is read for a group: its failure is part of it."""

    __slots__ = ()

    def decode(self, session: Session, reply: Reply) -> Any:
        found = self._layout.read(reply)
        if found is not None:
            return found
        (attribute,) = counted_attributes(_READ, reply, ExtractAs.Nothing, 1)
        tell_failed(session, [attribute])
        if self._layout.wanted:
            (plain,) = counted_attributes(_READ, reply, ExtractAs.Numpy, 1)
            self._layout.learn(reply, plain)
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
        return with_added(failed, command_trouble(session, self._name, "command_inout_asynch"))


class _GroupWrite(WritePlan):
    """How an attribute is written for a group."""

    __slots__ = ()

    def failure(self, session: Session, failed: DevFailed) -> DevFailed:
        if isinstance(failed, NamedDevFailedList):
            return failure_of_one_write(failed, session)
        return failed


class CallOfAll:
    """The same call, made for every member."""

    def __init__(self, name: str) -> None:
        self.name = name
        """The name of the attribute or the command."""

    def plan(self, session: Session, value: Any) -> Plan | None:
        """The plan of a member's call with a value; None if it has none (yet)."""
        raise NotImplementedError

    async def once_more(self, io: IO, session: Session, value: Any) -> Any:
        """The call again, without the plan that did not work out."""
        raise NotImplementedError


class ReadOfAll(CallOfAll):
    """Reading an attribute."""

    def plan(self, session: Session, value: Any) -> Plan | None:
        """The plan of a member's read."""
        key = ("group", self.name)
        plan: Plan | None = session.known.reads.get(key)
        if plan is None and session.idl_version >= 5:
            plan = session.known.reads[key] = _GroupRead(session, self.name)
        return plan

    async def once_more(self, io: IO, session: Session, value: Any) -> Any:
        """Read without a plan."""
        return (await read_attributes(io, session, [self.name], ExtractAs.Nothing, one=False))[0]


class CommandOfAll(CallOfAll):
    """Running a command."""

    def plan(self, session: Session, value: Any) -> Plan | None:
        """The plan of a member's command."""
        if isinstance(value, DeviceData) or session.access == AccessControlType.ACCESS_READ:
            return None
        key = ("group", self.name, value is None)
        plan: Plan | None = session.known.commands.get(key)
        if plan is None and session.idl_version >= 4:
            in_type = session.known.arguments.get(self.name.lower())
            if value is None or in_type is not None:
                kind = None if value is None else in_type
                plan = _GroupCommand(session, self.name, kind, ExtractAs.Numpy)
                session.known.commands[key] = plan
        return plan

    async def once_more(self, io: IO, session: Session, value: Any) -> Any:
        """Run the command without a plan."""
        if io.refused is None:
            argument = await command_argument(io, session, self.name, value)
        else:
            argument = await fresh_argument(io, session, self.name, value, io.refused)
        what = "command_inout_asynch"
        out = await call_command(io, session, self.name, argument.any, what)
        return DeviceData.from_any(out, self.name)


class WriteOfAll(CallOfAll):
    """Writing an attribute."""

    def plan(self, session: Session, value: Any) -> Plan | None:
        """The plan of a member's write."""
        if session.access == AccessControlType.ACCESS_READ:
            return None
        key = write_group_key(self.name)
        plan: Plan | None = session.known.writes.get(key)
        info = session.known.infos.get(self.name.lower())
        if plan is None and session.idl_version >= 4 and info is not None:
            plan = session.known.writes[key] = _GroupWrite(session, self.name, info)
        return plan

    async def once_more(self, io: IO, session: Session, value: Any) -> Any:
        """Write without a plan."""
        pairs = [(self.name, value)]
        if io.refused is None:
            values = await write_values(io, session, pairs)
        else:
            values = await fresh_values(io, session, pairs, io.refused)
        trouble = write_asynch_trouble("write_attribute", [self.name])
        try:
            await session.request(io, pick_write(values), trouble)
        except NamedDevFailedList as failed:
            raise failure_of_one_write(failed, session) from failed.__cause__


class _Sent:
    """The requests sent over one connection."""

    __slots__ = ("batch", "link", "places", "requests", "timeout")

    def __init__(self, link: Any, timeout: float) -> None:
        self.link = link
        self.timeout = timeout
        self.places: list[tuple[int, Session, Plan, Any]] = []
        self.requests: list[PreparedRequest] = []
        self.batch: Any = None


def call_together(
    members: Sequence[Member], values: Sequence[Any], made: CallOfAll
) -> dict[int, Outcome]:
    """The outcomes of the planned calls, by their members' indexes; the other calls are still to be made."""
    if traced:
        return {}  # each traced call has a request of its own
    by_link: dict[int, _Sent] = {}
    for place, (member, value) in enumerate(zip(members, values, strict=True)):
        _plan(by_link, place, member, value, made)
    found: dict[int, Outcome] = {}
    sending = list(by_link.values())
    try:
        for sent in sending:
            sent.batch = sent.link.begin_many(sent.requests)
    finally:
        for sent in sending:
            if sent.batch is not None:
                _finish(sent, found, made)
    return found


def _plan(
    by_link: dict[int, _Sent], place: int, member: Member, value: Any, made: CallOfAll
) -> None:
    try:
        session = member.proxy()._session
    except DevFailed:
        return  # the failure shows when it is called by itself
    link = session.link
    if not member.enabled or link is None or link.closed or not session.connected:
        return
    try:
        plan = made.plan(session, value)
        request = None if plan is None else plan.request(value)
    except MISFITS:
        return
    if plan is not None and request is not None:
        sent = by_link.setdefault(id(link), _Sent(link, session.timeout))
        sent.timeout = max(sent.timeout, session.timeout)
        sent.places.append((place, session, plan, value))
        sent.requests.append(request)


def _finish(sent: _Sent, found: dict[int, Outcome], made: CallOfAll) -> None:
    replies = sent.link.finish_many(sent.batch, sent.timeout)
    again: list[tuple[int, Session, Any, Again]] = []
    for (place, session, plan, value), reply in zip(sent.places, replies, strict=True):
        try:
            result = _result(session, plan, reply)
        except DevFailed as failed:
            found[place] = (None, failed)
        else:
            if type(result) is Again:
                again.append((place, session, value, result))
            else:
                found[place] = (result, None)
    for place, session, value, tried in again:
        if tried.spent or tried.refused is not None:
            found[place] = _once_more(made, session, value, tried)


def _once_more(made: CallOfAll, session: Session, value: Any, tried: Again) -> Outcome:
    try:
        return drive(made.once_more(tried.then(BLOCKING), session, value)), None
    except DevFailed as failed:
        return None, failed


def _result(session: Session, plan: Plan, reply: Reply | SystemException) -> Any:
    """The result in a reply, or a mark that the call is to be made again."""
    try:
        if isinstance(reply, SystemException):
            raise reply
        return plan.result(session, reply)
    except SystemException as exc:
        drive(session.recover(BLOCKING, exc, 0, plan.trouble(session)))
        return Again(1)
