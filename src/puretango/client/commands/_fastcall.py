"""Writing a scalar and running a command again and again, with the request's bytes kept.

As for reading: whatever is unusual goes the long way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puretango.cdr import CdrWriter
from puretango.client.attributes._attributes import raise_written, write_trouble
from puretango.client.commands._commands import command_trouble, extracted, pick_command
from puretango.client.green._green import _default_mode as default_mode
from puretango.client.session._faults import raise_added, raise_communication
from puretango.client.session._identity import client_identity
from puretango.client.session._io import BLOCKING, drive
from puretango.client.session._replies import raise_reply, result_of
from puretango.client.session._trace import traced
from puretango.errors import DevFailed, MarshalError, SystemException
from puretango.giop import PreparedRequest
from puretango.idl import OPERATIONS
from puretango.values import (
    AccessControlType,
    AttrDataFormat,
    CmdArgType,
    DeviceData,
    GreenMode,
    ScalarBody,
    scalar_command,
    scalar_result,
    scalar_write,
)

if TYPE_CHECKING:
    from puretango.client.session._session import Session
    from puretango.giop import Reply, RequestTemplate

__all__ = ["FastCalls"]

_SYNCHRONOUS = GreenMode.Synchronous
_READ_ONLY = AccessControlType.ACCESS_READ
_COMMAND = OPERATIONS["command_inout_4"]
_NUMBERS = frozenset(
    (
        CmdArgType.DevBoolean,
        CmdArgType.DevShort,
        CmdArgType.DevLong,
        CmdArgType.DevLong64,
        CmdArgType.DevUShort,
        CmdArgType.DevULong,
        CmdArgType.DevULong64,
        CmdArgType.DevFloat,
        CmdArgType.DevDouble,
    )
)
"""Types whose values are the same in Python and on the wire."""
_BODY = 24


class CallPlan:
    """A request that is the same every time but for one number, or altogether."""

    __slots__ = ("convert", "fixed", "head", "result", "suffix", "tries")

    def __init__(self, template: RequestTemplate, whole: bytes, body: ScalarBody | None) -> None:
        prepared = template.prepare(whole)
        self.head = prepared.head
        self.suffix = prepared.tail[: len(prepared.tail) - len(whole)]
        self.fixed = prepared if body is None else None
        self.convert = None if body is None else body.body
        self.result: Any = None
        self.tries = 3

    def request(self, value: Any) -> PreparedRequest:
        """The request with a value; raises what the conversion raises."""
        if self.fixed is not None:
            return self.fixed
        assert self.convert is not None
        return PreparedRequest(self.head, self.suffix + self.convert(value))


def _write_plan(session: Session, name: str) -> CallPlan | None:
    """The plan to write a scalar whose type is known; None if there is none."""
    info = session.prepared.get(("info", name.lower()))
    if info is None or session.idl_version < 4 or info.data_format != AttrDataFormat.SCALAR:
        return None
    if info.data_type not in _NUMBERS:
        return None
    template = session.template("write_attributes_4")
    identity = client_identity(session.idl_version)
    body = scalar_write(info.data_type, name, identity, template.body_offset)
    if body is None:
        return None
    plan = CallPlan(template, body.body(0), body)
    session.prepared["w", name] = plan
    return plan


def _command_plan(session: Session, name: str, value: Any) -> CallPlan | None:
    """The plan to run a command without argument, or with a scalar of known type."""
    if session.idl_version < 4:
        return None
    template = session.template("command_inout_4")
    identity = client_identity(session.idl_version)
    if value is None:
        writer = CdrWriter(True, template.body_offset)
        operation, args = pick_command(session, name, DeviceData().any)(session.idl_version)
        try:
            operation.encode_args(writer, *args)
        except MarshalError:
            return None  # the long way says what is wrong
        plan = CallPlan(template, writer.getvalue(), None)
        session.prepared["c", name] = plan
        return plan
    in_type = session.prepared.get(("in_type", name.lower()))
    if in_type not in _NUMBERS:
        return None
    body = scalar_command(in_type, name, session.source, identity, template.body_offset)
    if body is None:
        return None
    plan = CallPlan(template, body.body(0), body)
    session.prepared["ca", name] = plan
    return plan


class FastCalls:
    """``write_attribute`` and ``command_inout`` of a DeviceProxy."""

    _session: Session
    _green_mode: GreenMode | None
    defaultCommandExtractAs: Any

    def _is_synchronous(self, green_mode: GreenMode | None) -> bool:
        mode = self._green_mode if green_mode is None else green_mode
        return (default_mode[0] if mode is None else mode) is _SYNCHRONOUS

    def write_attribute(
        self,
        attr: Any,
        value: Any,
        *,
        green_mode: GreenMode | None = None,
        wait: bool | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Write one attribute, named or described."""
        session = self._session
        link = session.link
        if (
            type(attr) is str
            and link is not None
            and not traced
            and self._is_synchronous(green_mode)
        ):
            plan = session.prepared.get(("w", attr)) or _write_plan(session, attr)
            if plan is not None and session.access is not _READ_ONLY and wait is not False:
                try:
                    request = plan.request(value)
                except (TypeError, ValueError, OverflowError, DevFailed):
                    request = None  # the long way says what is wrong
                if request is not None and self._written(link, request, attr):
                    return None
        return self._write_attribute(  # type: ignore[attr-defined]
            attr, value, green_mode=green_mode, wait=wait, timeout=timeout
        )

    def _written(self, link: Any, request: PreparedRequest, name: str) -> bool:
        """True if the write succeeded; False if it is to be made the long way."""
        session = self._session
        try:
            reply = link.call(request, session.timeout)
            if not reply.status:
                return True
            if reply.status > 2:
                return False
            raise_reply(reply)
        except SystemException as exc:
            drive(session.recover(BLOCKING, exc, 0, write_trouble("write_attribute")))
            return False
        except DevFailed as failed:
            if session.forget_stale(failed, ("w", name), ("info", name.lower())):
                return False
            raise_written(failed, session, "write_attribute", [(name, None)])

    def command_inout(
        self,
        name: str,
        cmd_param: Any = None,
        *,
        green_mode: GreenMode | None = None,
        wait: bool | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Run a command; its argument is converted to the type that the device declares."""
        session = self._session
        link = session.link
        if (
            link is not None
            and not traced
            and session.access is not _READ_ONLY
            and wait is not False
            and type(cmd_param) is not DeviceData
            and self._is_synchronous(green_mode)
        ):
            key = ("c" if cmd_param is None else "ca", name)
            plan = session.prepared.get(key) or _command_plan(session, name, cmd_param)
            if plan is not None:
                try:
                    request = plan.request(cmd_param)
                except (TypeError, ValueError, OverflowError, DevFailed):
                    request = None  # the long way says what is wrong
                if request is not None:
                    reply = self._command_reply(link, request, key)
                    if reply is not None:
                        return self._result(plan, reply, name)
        return self._command_inout(  # type: ignore[attr-defined]
            name, cmd_param, green_mode=green_mode, wait=wait, timeout=timeout
        )

    def _command_reply(
        self, link: Any, request: PreparedRequest, key: tuple[str, str]
    ) -> Reply | None:
        """The reply of a command that succeeded; None if it is to be run the long way."""
        session = self._session
        name = key[1]
        try:
            reply: Reply = link.call(request, session.timeout)
            if not reply.status:
                return reply
            if reply.status > 2:
                return None
            raise_reply(reply)
        except SystemException as exc:
            drive(session.recover(BLOCKING, exc, 0, command_trouble(session, name)))
            return None
        except DevFailed as failed:
            if key[0] == "ca" and session.forget_stale(failed, key, ("in_type", name.lower())):
                return None
            trouble = command_trouble(session, name)
            assert trouble.added is not None
            raise_added(failed, *trouble.added, trouble.origin)

    def _result(self, plan: CallPlan, reply: Reply, name: str) -> Any:
        if plan.result is not None and reply.body_start == _BODY and reply.little:
            value = plan.result(reply.data[_BODY:])
            if value is not None:
                return value
        try:
            received = result_of(_COMMAND, reply)
        except SystemException as exc:
            session = self._session
            raise_communication(exc, session.device_name, command_trouble(session, name))
        data = DeviceData.from_any(received, name)
        if data.is_empty():
            return None
        if plan.result is None and plan.tries:
            plan.tries -= 1
            kind = data.get_type()
            body = scalar_result(kind) if kind in _NUMBERS else None
            if body is not None:
                plan.result = body.match
        return extracted(data, self.defaultCommandExtractAs)
