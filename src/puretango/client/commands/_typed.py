"""Commands whose types are known: those of the admin device and of the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from puretango.client.commands._commands import call_command
from puretango.client.session._replies import understood
from puretango.idl import texts_in_value, texts_of_value
from puretango.values import CmdArgType, DeviceData

if TYPE_CHECKING:
    from puretango.client.session._io import IO
    from puretango.client.session._session import Session

__all__ = ["LONGS_STRINGS", "STRING", "STRINGS", "VOID", "typed_command"]

VOID = CmdArgType.DevVoid
STRING = CmdArgType.DevString
STRINGS = CmdArgType.DevVarStringArray
LONGS_STRINGS = CmdArgType.DevVarLongStringArray


async def typed_command(
    io: IO,
    session: Session,
    command: str,
    in_type: CmdArgType = VOID,
    value: Any = None,
    then: Callable[[Any], Any] | None = None,
) -> Any:
    """Run a command whose argument type is known; give its value, or what ``then`` makes of it.

    These are the commands of admin devices, the database and the access control: their
    arguments and results are texts.
    An answer that ``then`` cannot read is the peer's fault: CommunicationFailed.
    """
    if session.local is not None:
        answer = session.local(command, value)
        return answer if then is None else understood(command, then, answer)
    data = DeviceData()
    if in_type != VOID:
        data.insert(in_type, texts_in_value(value))

    def read(received: Any) -> Any:
        out = DeviceData.from_any(received)
        answer = None if out.is_empty() else texts_of_value(out.extract())
        return answer if then is None else then(answer)

    return await call_command(io, session, command, data.any, then=read)
