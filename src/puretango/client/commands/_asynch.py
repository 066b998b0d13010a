"""Asynchronous commands: start now, take the reply later or have a callback run with it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, ClassVar

from puretango.client.commands._commands import (
    call_command,
    command_argument,
    extracted,
    is_refused,
)
from puretango.client.session._faults import not_allowed
from puretango.client.session._io import BLOCKING, drive
from puretango.errors import DevFailed
from puretango.values import DeviceData, ExtractAs, Printable

if TYPE_CHECKING:
    from puretango.client.session._io import IO
    from puretango.client.session._session import Session

__all__ = ["AsynchCommands", "CmdDoneEvent", "callback_function", "outcome_of"]


class CmdDoneEvent(Printable):
    """The reply of an asynchronous command."""

    __slots__ = ("_argout", "_failure", "cmd_name", "device", "err", "errors")

    def __init__(self, device: Any, cmd_name: str, argout: Any, failure: DevFailed | None) -> None:
        self.device = device
        self.cmd_name = cmd_name
        self.err = failure is not None
        self.errors = tuple(failure.args) if failure is not None else ()
        self._argout = argout

    @property
    def argout(self) -> Any:
        """The command's result."""
        if self.err:
            raise DevFailed.make(
                "API_EmptyDeviceData", "Cannot extract, no data in DeviceData object ", "DeviceData"
            )
        return self._argout


def callback_function(callback: Any, method: str) -> Callable[[Any], Any] | None:
    """The function to run for a callback, which is a function itself or an object with such a method."""
    if callable(callback):
        return callback  # type: ignore[no-any-return]  # whatever the user handed in
    return getattr(callback, method, None)


def outcome_of(future: Future[Any]) -> tuple[Any, DevFailed | None]:
    failure = future.exception()
    if failure is None:
        return future.result(), None
    if isinstance(failure, DevFailed):
        return None, failure
    return None, DevFailed.make("PyDs_PythonError", f"{type(failure).__name__}: {failure}")


class AsynchCommands:
    """Asynchronous commands of a Connection."""

    _session: Session
    defaultCommandExtractAs: ClassVar[ExtractAs] = ExtractAs.Numpy

    async def _is_command_allowed(self, io: IO, name: str) -> bool:
        raise NotImplementedError

    def command_inout_asynch(self, cmd_name: str, *args: Any) -> int | None:
        """Start a command: ``(name[, argument[, forget or callback]])`` or ``(name, callback)``."""
        if len(args) > 2:
            raise TypeError("Wrong number of attributes!")
        argument = args[0] if args else None
        callback = None
        forget = False
        if len(args) == 1 and not isinstance(argument, DeviceData):
            callback = callback_function(argument, "cmd_ended")
            if callback is not None:
                argument = None
        elif len(args) == 2:
            callback = callback_function(args[1], "cmd_ended")
            forget = callback is None and bool(args[1])
        if drive(is_refused(BLOCKING, self._session, cmd_name, self._is_command_allowed)):
            where = f"on device {self._session.device_name} for command {cmd_name}"
            desc = f"Command_inout_asynch {where} is not authorized"
            raise not_allowed(desc, "Connection::command_inout_asynch()")
        data = drive(command_argument(BLOCKING, self._session, cmd_name, argument))

        def run() -> DeviceData:
            what = "command_inout_asynch"
            out = drive(call_command(BLOCKING, self._session, cmd_name, data.any, what))
            return DeviceData.from_any(out, cmd_name)

        deliver = None
        if callback is not None:
            call = callback

            def deliver(future: Future[Any]) -> None:
                out, failure = outcome_of(future)
                value = None if out is None else extracted(out, self.defaultCommandExtractAs)
                call(CmdDoneEvent(self, cmd_name, value, failure))

        pending = self._session.context.pending
        number = pending.start(self, "command", run, deliver, forget)
        return None if callback is not None else number

    def command_inout_reply(self, idx: int, timeout: int | None = None) -> Any:
        """The result of a command started before; waits at most ``timeout`` milliseconds."""
        return extracted(self.command_inout_reply_raw(idx, timeout), self.defaultCommandExtractAs)

    def command_inout_reply_raw(self, id: int, timeout_ms: int | None = None) -> DeviceData:
        """The result of a command started before, as DeviceData."""
        session = self._session
        data: DeviceData = session.context.pending.reply(
            id, "command", timeout_ms, session.device_name, "Connection::command_inout_reply"
        )
        return data

    def get_asynch_replies(self, call_timeout: int | None = None) -> None:
        """Run the callbacks of the replies that are there, waiting as long as said."""
        self._session.context.pending.deliver(call_timeout, self)

    def cancel_asynch_request(self, id: int) -> None:
        """Forget a call; its reply is dropped."""
        self._session.context.pending.cancel(id)

    def cancel_all_polling_asynch_request(self) -> None:
        """Forget all calls without callback of this proxy."""
        self._session.context.pending.cancel_all(self)
