"""Running a command, by a plan from the second time on."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, ClassVar

from puretango.cdr import CdrWriter
from puretango.client.commands._commands import (
    command_trouble,
    extracted,
    pick_command,
    run_command,
)
from puretango.client.green._green import quick, run_green
from puretango.client.green._planned import mode_of, submit
from puretango.client.session._faults import with_added
from puretango.client.session._identity import client_identity
from puretango.client.session._io import BLOCKING, drive
from puretango.client.session._plan import BODY, Plan
from puretango.client.session._replies import result_of
from puretango.client.session._trace import traced
from puretango.errors import DevFailed, MarshalError
from puretango.idl import OPERATIONS
from puretango.values import (
    AccessControlType,
    CmdArgType,
    DeviceData,
    ExtractAs,
    GreenMode,
    command_body,
    is_status,
    result_reader,
)

if TYPE_CHECKING:
    from puretango.client.session._faults import Trouble
    from puretango.client.session._io import IO
    from puretango.client.session._session import Session
    from puretango.giop import PreparedRequest, Reply

__all__ = ["Running"]

_COMMAND = OPERATIONS["command_inout_4"]
_READ_ONLY = AccessControlType.ACCESS_READ
_TRIES = 3


_NOTHING = bytes(4)
"""The body of a reply without a result: the type code tk_null."""


class CommandPlan(Plan):
    """How a command is run: all of the request but its argument is kept."""

    __slots__ = (
        "_body",
        "_extract_as",
        "_fixed",
        "_name",
        "_prepare",
        "_result",
        "_tries",
        "rests_on_type",
    )
    operation = "command_inout_4"
    rests_on_type: bool

    def __init__(
        self, session: Session, name: str, in_type: CmdArgType | None, extract_as: ExtractAs
    ) -> None:
        template = session.template("command_inout_4")
        self._name = name
        self.rests_on_type = in_type is not None
        self._extract_as = extract_as
        self._prepare = template.prepare
        self._result: Any = None
        self._tries = _TRIES
        self._fixed: PreparedRequest | None = None
        self._body: Any = None
        if in_type is None:
            writer = CdrWriter(True, template.body_offset)
            _, args = pick_command(session, name, DeviceData().any)(session.idl_version)
            _COMMAND.encode_args(writer, *args)
            self._fixed = template.prepare(writer.getvalue())
        else:
            identity = client_identity(session.idl_version)
            self._body = command_body(in_type, name, session.source, identity, template.body_offset)

    def request(self, value: Any) -> PreparedRequest:
        """The request with an argument in it."""
        if self._fixed is not None:
            return self._fixed
        return self._prepare(self._body(value))

    def decode(self, session: Session, reply: Reply) -> Any:
        """The command's result."""
        if reply.body_start == BODY and reply.data[BODY:] == _NOTHING:
            return None
        if self._result is not None and reply.body_start == BODY and reply.little:
            value = self._result(reply.data[BODY:])
            if value is not None:
                return value
        data = DeviceData.from_any(result_of(_COMMAND, reply), self._name)
        if data.is_empty():
            return None
        if self._result is None and self._tries and not is_status(self._name):
            self._tries -= 1
            self._result = result_reader(data.get_type(), self._extract_as == ExtractAs.Numpy)
        return extracted(data, self._extract_as)

    def trouble(self, session: Session) -> Trouble:
        """What the errors of a command say."""
        return command_trouble(session, self._name)

    def failure(self, session: Session, failed: DevFailed) -> DevFailed:
        """The command's own errors, and on top what was tried."""
        return with_added(failed, self.trouble(session))


def plan_of(session: Session, name: str, value: Any, extract_as: ExtractAs) -> Plan | None:
    """The plan to run a command; None if there is none (yet)."""
    key: Any = name if value is None else (name,)
    plan = session.known.commands.get(key)
    if plan is None and session.idl_version >= 4 and session.connected:
        in_type = None
        if value is not None:
            in_type = session.known.arguments.get(name.lower())
            if in_type is None:
                return None
        try:
            plan = CommandPlan(session, name, in_type, extract_as)
        except (MarshalError, TypeError):
            return None  # the long way says what is wrong
        session.known.commands[key] = plan
    return plan


class Running:
    """``command_inout`` of a Connection."""

    _session: Session
    _green_mode: GreenMode | None = None
    defaultCommandExtractAs: ClassVar[ExtractAs] = ExtractAs.Numpy

    async def _is_command_allowed(self, io: IO, name: str) -> bool:
        """True for what may be run with read access."""
        return name.lower() in ("state", "status")

    async def _command_inout(self, io: IO, name: str, cmd_param: Any = None) -> Any:
        """Run a command; its argument is converted to the type that the device declares."""
        data = await run_command(io, self._session, name, cmd_param, self._is_command_allowed)
        return extracted(data, self.defaultCommandExtractAs)

    @quick(_command_inout)
    def command_inout(
        self,
        name: str,
        cmd_param: Any = None,
        *,
        green_mode: GreenMode | None = None,
        wait: bool | None = None,
        timeout: float | None = None,
    ) -> Any:
        """By a plan if there is one."""
        session = self._session
        mode = mode_of(self, green_mode)

        def long_way(io: IO) -> Coroutine[Any, Any, Any]:
            return self._command_inout(io, name, cmd_param)

        if (
            type(name) is str
            and not traced
            and session.access is not _READ_ONLY
            and type(cmd_param) is not DeviceData
        ):
            plan = plan_of(session, name, cmd_param, self.defaultCommandExtractAs)
            if plan is not None:
                return submit(self, plan, cmd_param, long_way, mode, wait, timeout)
        return run_green(self, long_way, (), {}, mode, wait, timeout)

    def command_inout_raw(self, cmd_name: str, cmd_param: Any = None) -> DeviceData:
        """Run a command; the result comes as DeviceData."""
        allowed = self._is_command_allowed
        return drive(run_command(BLOCKING, self._session, cmd_name, cmd_param, allowed))
