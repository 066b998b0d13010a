"""Reading one attribute, by a plan from the second time on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from puretango.cdr import CdrWriter
from puretango.client.attributes._attributes import (
    attributes_of,
    check_read,
    pick_read,
    read_attributes,
    read_trouble,
)
from puretango.client.green._green import quick, run_green
from puretango.client.green._planned import mode_of, submit
from puretango.client.session._plan import BODY, Plan
from puretango.client.session._trace import traced
from puretango.idl import OPERATIONS
from puretango.values import DeviceAttribute, ExtractAs, GreenMode, ScalarLayout

if TYPE_CHECKING:
    from puretango.client.session._faults import Trouble
    from puretango.client.session._io import IO
    from puretango.client.session._session import Session
    from puretango.errors import DevFailed
    from puretango.giop import PreparedRequest, Reply

__all__ = ["Reading"]

_READ = OPERATIONS["read_attributes_5"]
_NUMPY = ExtractAs.Numpy
_TRIES = 3
"""After so many replies that are no scalar's, the layout is not looked for any more."""


class ReadPlan(Plan):
    """How one attribute is read."""

    __slots__ = ("_layout", "_name", "_request", "_tries")

    def __init__(self, name: str, request: PreparedRequest) -> None:
        self._name = name
        self._request = request
        self._layout: Any = None
        self._tries = _TRIES

    def request(self, value: Any) -> PreparedRequest:
        """The request, which is the same each time."""
        return self._request

    def decode(self, session: Session, reply: Reply) -> DeviceAttribute:
        """The attribute; its failure is raised."""
        layout = self._layout
        if layout is not None and reply.body_start == BODY:
            found: DeviceAttribute | None = layout(reply.data[BODY:])
            if found is not None:
                return found
        attribute = check_read(attributes_of(_READ, reply, _NUMPY)[0], session)
        if layout is None and self._tries:
            self._learn(reply, attribute)
        return attribute

    def _learn(self, reply: Reply, attribute: DeviceAttribute) -> None:
        """Look whether the reply has a layout that the next ones will have too."""
        self._tries -= 1
        if reply.body_start == BODY:
            learnt = ScalarLayout.learn(reply.data[BODY:], reply.little, attribute)
            if learnt is not None:
                self._layout = learnt.decode

    def trouble(self, session: Session) -> Trouble:
        """What the errors of a read say."""
        return read_trouble(session, [self._name], one=True)

    def failure(self, session: Session, failed: DevFailed) -> DevFailed:
        """The server's refusal of the whole read, with what was tried on top."""
        if failed.args and failed.args[-1].reason == "API_AttributeFailed":
            return failed
        trouble = self.trouble(session)
        assert trouble.added is not None
        reason, desc = trouble.added
        return failed.add(reason, desc, trouble.origin)

    def forget(self, session: Session) -> None:
        """Forget the plan itself: the attribute is another one."""
        session.known.reads.pop(self._name, None)


def make_plan(session: Session, name: str) -> None:
    """Remember how an attribute is read, until the connection or the source changes."""
    if session.idl_version < 5 or not session.connected or traced:
        return  # a trace is of one call
    session.known.reads[name] = ReadPlan(name, read_request(session, name))


def read_request(session: Session, name: str) -> PreparedRequest:
    """The request that reads an attribute."""
    template = session.template("read_attributes_5")
    writer = CdrWriter(True, template.body_offset)
    _, args = pick_read(session, [name])(session.idl_version)
    _READ.encode_args(writer, *args)
    return template.prepare(writer.getvalue())


class Reading:
    """``read_attribute`` of a DeviceProxy."""

    _session: Session

    async def _read_attribute(
        self, io: IO, attr_name: str, extract_as: ExtractAs = _NUMPY
    ) -> DeviceAttribute:
        """Read one attribute; its failure is raised."""
        session = self._session
        (attribute,) = await read_attributes(io, session, [attr_name], extract_as, one=True)
        if type(attr_name) is str and attr_name not in session.known.reads:
            make_plan(session, attr_name)
        return check_read(attribute, session)

    @quick(_read_attribute)
    def read_attribute(
        self,
        attr_name: str,
        extract_as: ExtractAs = _NUMPY,
        *,
        green_mode: GreenMode | None = None,
        wait: bool | None = None,
        timeout: float | None = None,
    ) -> Any:
        """By a plan if there is one."""
        mode = mode_of(self, green_mode)
        long_way = partial(self._read_attribute, attr_name=attr_name, extract_as=extract_as)
        if extract_as is _NUMPY and not traced and type(attr_name) is str:
            plan = self._session.known.reads.get(attr_name)
            if plan is not None:
                return submit(self, plan, None, long_way, mode, wait, timeout)
        return run_green(self, long_way, (), {}, mode, wait, timeout)
