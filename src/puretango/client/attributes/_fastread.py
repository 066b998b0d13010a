"""Reading one scalar again and again: the request's bytes are kept, and the reply's layout.

A read takes this way when its attribute was read before over the same connection. Whatever is
unusual (an error, another type, a lost connection) goes the long way, which also tells it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puretango.cdr import CdrWriter
from puretango.client.attributes._attributes import (
    attributes_of,
    check_read,
    pick_read,
    read_trouble,
)
from puretango.client.green._green import _default_mode as default_mode
from puretango.client.session._io import BLOCKING, drive
from puretango.client.session._trace import traced
from puretango.errors import MARSHAL, DevFailed, MarshalError, SystemException
from puretango.idl import OPERATIONS
from puretango.values import DeviceAttribute, ExtractAs, GreenMode, ScalarLayout

if TYPE_CHECKING:
    from puretango.client.session._io import IO
    from puretango.client.session._session import Session
    from puretango.giop import PreparedRequest, Reply

__all__ = ["FastRead"]

_READ = OPERATIONS["read_attributes_5"]
_NUMPY = ExtractAs.Numpy
_SYNCHRONOUS = GreenMode.Synchronous
_ASYNCIO = GreenMode.Asyncio
BODY = 24
_TRIES = 3
"""After so many replies that are no scalar's, the layout is not looked for any more."""


class ReadPlan:
    """How one attribute is read over the present connection."""

    __slots__ = ("decode", "prepared", "tries")

    def __init__(self, prepared: PreparedRequest) -> None:
        self.prepared = prepared
        self.decode: Any = None
        self.tries = _TRIES


def make_plan(session: Session, name: str) -> ReadPlan:
    """The plan for an attribute, kept until the connection or the source changes."""
    template = session.template("read_attributes_5")
    writer = CdrWriter(True, template.body_offset)
    _, args = pick_read(session, [name])(session.idl_version)
    _READ.encode_args(writer, *args)
    plan = session.prepared[name] = ReadPlan(template.prepare(writer.getvalue()))
    return plan


def attribute_of(session: Session, plan: ReadPlan, reply: Reply) -> DeviceAttribute:
    """The attribute in a reply; raises the exception that it carries."""
    attribute = check_read(attributes_of(_READ, reply, _NUMPY)[0], session)
    if plan.decode is None and plan.tries and reply.body_start == BODY:
        plan.tries -= 1
        layout = ScalarLayout.learn(reply.data[BODY:], reply.little, attribute)
        if layout is not None:
            plan.decode = layout.decode
    return attribute


class FastRead:
    """``read_attribute`` of a DeviceProxy."""

    _session: Session
    _green_mode: GreenMode | None

    def read_attribute(
        self,
        attr_name: str,
        extract_as: ExtractAs = _NUMPY,
        *,
        green_mode: GreenMode | None = None,
        wait: bool | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Read one attribute; its failure is raised."""
        mode = green_mode
        if mode is None:
            mode = self._green_mode
            if mode is None:
                mode = default_mode[0]
        if extract_as is not _NUMPY or timeout is not None or traced:  # a trace is of one call
            return self._read_attribute(  # type: ignore[attr-defined]
                attr_name, extract_as, green_mode=mode, wait=wait, timeout=timeout
            )
        if mode is _SYNCHRONOUS and wait is not False:
            session = self._session
            plan = session.prepared.get(attr_name)
            link = session.link
            if plan is not None and link is not None:
                try:
                    reply = link.call(plan.prepared, session.timeout)
                except SystemException as exc:
                    trouble = read_trouble(session, [attr_name], one=True)
                    drive(session.recover(BLOCKING, exc, 0, trouble))
                else:
                    decode = plan.decode
                    if decode is not None and reply.body_start == BODY and not reply.status:
                        attribute = decode(reply.data[BODY:])
                        if attribute is not None:
                            return attribute
                    return self._long_way(plan, attr_name, reply)
            return drive(self._read_first(BLOCKING, attr_name))
        if mode is _ASYNCIO and not wait:
            return self._read_later(attr_name)
        return self._read_attribute(  # type: ignore[attr-defined]
            attr_name, extract_as, green_mode=mode, wait=wait, timeout=timeout
        )

    def _long_way(self, plan: ReadPlan, name: str, reply: Reply) -> DeviceAttribute:
        """The attribute in a reply of any shape."""
        session = self._session
        if reply.status > 2:  # the object is elsewhere now
            return drive(self._read_first(BLOCKING, name))
        try:
            return attribute_of(session, plan, reply)
        except (SystemException, MarshalError) as error:
            exc = error
            if isinstance(exc, MarshalError):
                exc = MARSHAL(str(exc))
            drive(session.recover(BLOCKING, exc, 0, read_trouble(session, [name], one=True)))
            return drive(self._read_first(BLOCKING, name))
        except DevFailed as failed:
            raise told(session, failed, name) from failed.__cause__

    async def _read_first(self, io: IO, name: str) -> DeviceAttribute:
        """Read an attribute that there is no plan for yet."""
        (attribute,) = await self._read(io, [name], _NUMPY, one=True)  # type: ignore[attr-defined]
        session = self._session
        connected = session.connected and session.link is not None
        if session.idl_version >= 5 and connected and not traced:  # a trace is of one call
            make_plan(session, name)
        found: DeviceAttribute = check_read(attribute, session)
        return found

    # --------------------------------------------------------------------- asyncio

    def _read_later(self, name: str) -> Any:
        """A future of the attribute; where no loop runs, a coroutine."""
        from puretango.client.attributes._awaitedread import read_later  # loads asyncio

        future = read_later(self, name)
        if future is None:
            return self._read_attribute(name, green_mode=_ASYNCIO)  # type: ignore[attr-defined]
        return future

    async def _read_again(self, io: IO, name: str) -> DeviceAttribute:
        (attribute,) = await self._read(io, [name], _NUMPY, one=True)  # type: ignore[attr-defined]
        session = self._session
        unknown = session.connected and name not in session.prepared
        if session.idl_version >= 5 and unknown and not traced:
            make_plan(session, name)
        found: DeviceAttribute = check_read(attribute, session)
        return found


def told(session: Session, failed: DevFailed, name: str) -> DevFailed:
    """The server's refusal of a whole read, with what was tried on top."""
    if failed.args and failed.args[-1].reason == "API_AttributeFailed":
        return failed
    trouble = read_trouble(session, [name], one=True)
    assert trouble.added is not None
    reason, desc = trouble.added
    return failed.add(reason, desc, trouble.origin)
