"""A client's stream, shared by any number of threads: the one that reads, those that wait, and the end."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Sequence
from time import monotonic, sleep
from typing import Final, Self

from puretango.errors import ProtocolError, SystemException
from puretango.giop import (
    MAX_MESSAGE,
    Buffer,
    CloseConnection,
    Connection,
    LocateReply,
    MessageError,
    Reply,
    Role,
)
from puretango.net._chain import HOUSEHOLD, Family
from puretango.net._failure import (
    again,
    call_timed_out,
    closed_by_server,
    connect_failed,
    connection_lost,
)
from puretango.net.calling._replies import BUFFER, whole_replies
from puretango.net.streams._names import why_not_connected
from puretango.net.streams._sockets import TIMED_OUT, address_text
from puretango.net.streams._stream import Connect
from puretango.net.streams._tcp import connect_tcp

DEFAULT_TIMEOUT: Final = 3.0
CONNECT_TIMEOUT: Final = 3.0
SMALL: Final = 16 * 1024
_SLACK: Final = 0.01
_FAREWELL: Final = 1.0
_LOOK: Final = 0.01


class Waiter:
    """A caller whose reply another thread reads."""

    __slots__ = ("error", "reply", "wake")

    def __init__(self) -> None:
        self.wake = threading.Lock()
        self.wake.acquire()
        self.reply: Reply | LocateReply | None = None
        self.error: SystemException | None = None


class SharedStream:
    """A client's stream, of which one thread at a time, the leader, reads for all that wait.

    Whatever goes wrong with it, all waiting callers get the error, and it stays closed.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        connect_timeout: float | None = CONNECT_TIMEOUT,
        max_message: int = MAX_MESSAGE,
        fragment_size: int = 0,
        allocate: Callable[[int], memoryview] | None = None,
        connect: Connect = connect_tcp,
    ) -> None:
        self.host = host
        self.port = port
        self.address = address_text(host, port)
        try:
            self._stream = connect(host, port, connect_timeout)
        except (OSError, UnicodeError) as error:
            reason = why_not_connected(error, connect_timeout)
            raise connect_failed(self.address, reason) from error
        self._family = Family(self._stream.own_place()) if HOUSEHOLD.may_be_here(port) else None
        self._giop = Connection(
            Role.CLIENT, max_message=max_message, fragment_size=fragment_size, allocate=allocate
        )
        self._ids = itertools.count(2, 2)
        self._buffer = bytearray(BUFFER)
        self._view = memoryview(self._buffer)
        self._sending = threading.Lock()
        # Held by the leader: the only thread that reads and touches self._giop's receiving side.
        self._turn = threading.Lock()
        self.busy = self._turn.locked
        """True while a call is under way."""
        self._waiters: dict[int, Waiter] = {}
        self._midway = False
        self._unread: object | None = None
        """Set by a caller that has timed out while something was waiting to be read; the leader clears it."""
        self._retired = False
        self._timeout: float | None = None
        self._error: SystemException | None = None
        self._set_timeout(DEFAULT_TIMEOUT)

    def _send(self, buffers: Sequence[Buffer]) -> None:
        try:
            with self._sending:
                if self._error is not None:
                    raise again(self._error)
                self._stream.send_buffers(buffers)
        except SystemException:
            raise
        except BaseException as error:
            # Half a message may be out: nobody can send on this connection any more.
            failure = self._broken(error)
            if self._turn.acquire(False):
                self._pass_on()
            raise failure from error

    def _join(
        self, request_id: int, buffers: Sequence[Buffer], timeout: float | None
    ) -> Reply | LocateReply:
        """Send, then wait for the leader to bring the reply, or lead."""
        started = monotonic()
        waiter = self._waiters[request_id] = Waiter()
        try:
            self._send(buffers)
        except BaseException:
            self._withdraw(request_id, waiter)
            raise
        leads = self._turn.acquire(False)
        if leads:
            if self._waiters.pop(request_id, None) is None:
                # The last leader has just brought it.
                self._pass_on()
                leads = False
                waiter.wake.acquire()
        else:
            try:
                came = self._wait(waiter, timeout, started)
            except BaseException:  # Ctrl-C
                self._withdraw(request_id, waiter)
                raise
            if not came:
                if self._waiters.pop(request_id, None) is not None:
                    # Ctrl-C may have hit the leader just outside its "try": then there is none.
                    if self._nobody_reads():
                        raise self._broken(connection_lost(self.address, "nobody reads it"))
                    raise call_timed_out(self.address, timeout)
                waiter.wake.acquire()  # the thread that took the waiter is about to wake it
        if waiter.error is not None:
            raise waiter.error
        if waiter.reply is not None:
            return waiter.reply
        try:  # we hold the turn
            if self._error is not None:
                raise again(self._error)
            return self._lead(request_id, timeout, started)
        finally:
            self._pass_on()

    def _nobody_reads(self) -> bool:
        """True if something has arrived that stays unread.

        On a busy machine a leader may merely not have run yet: it gets some time to read.
        """
        if not self._stream.lies_unread():
            return False
        mark = self._unread = object()
        end = monotonic() + _FAREWELL
        while monotonic() < end:
            sleep(_LOOK)
            if self._unread is not mark:
                return False
            if self._turn.acquire(False):
                self._pass_on()
                return False
        return True

    def _withdraw(self, request_id: int, waiter: Waiter) -> None:
        """Give up waiting; the turn, if it has come to this waiter, goes to the next."""
        if self._waiters.pop(request_id, None) is None:
            # The thread that took the waiter is about to wake it, or had just done so when Ctrl-C came.
            waiter.wake.acquire(timeout=_FAREWELL)
            if waiter.error is None and waiter.reply is None:
                self._pass_on()

    @staticmethod
    def _wait(waiter: Waiter, timeout: float | None, started: float) -> bool:
        if not timeout:
            return waiter.wake.acquire()
        return waiter.wake.acquire(timeout=max(started + timeout - monotonic(), 0))

    # The leader.

    def _lead(
        self, request_id: int, timeout: float | None, started: float, count: int | None = None
    ) -> Reply | LocateReply:
        """Read for all until our own reply is there; ``count`` bytes are in the buffer."""
        assembler = self._giop.assembler
        try:
            while True:
                if count is not None:
                    mine = self._received(count, request_id)
                    if mine is not None:
                        return mine
                while (event := self._giop.next_event()) is not None:
                    if isinstance(event, Reply | LocateReply):
                        if event.request_id == request_id:
                            return event
                        waiter = self._waiters.pop(event.request_id, None)
                        if waiter is not None:  # otherwise its caller has given up
                            waiter.reply = event
                            waiter.wake.release()
                    elif isinstance(event, CloseConnection):
                        raise closed_by_server(self.address)
                    elif isinstance(event, MessageError):
                        raise ProtocolError("the server did not understand the request")
                self._unread = None
                self._leave_time(timeout, started)
                if assembler.filling:
                    # A long message goes straight to its own buffer, in as few turns as can be.
                    count = self._stream.fill(assembler.get_buffer())
                    if count:
                        assembler.buffer_updated(count)
                        count = None
                else:
                    count = self._stream.recv_into(self._buffer)
        except TIMED_OUT as error:
            raise call_timed_out(self.address, timeout) from error
        except BaseException as error:
            raise self._broken(error) from error
        finally:
            self._midway = not assembler.at_boundary

    def _received(self, count: int, request_id: int) -> Reply | None:
        """Take what was received; give our own reply if it is the last whole one in there."""
        if count == 0:
            raise EOFError("the server closed it")
        assembler = self._giop.assembler
        mine, start = None, 0
        if assembler.at_boundary:
            replies, start = whole_replies(self._view, count)
            for reply in replies:
                if reply.request_id == request_id:
                    mine = reply
                elif (waiter := self._waiters.pop(reply.request_id, None)) is not None:
                    waiter.reply = reply
                    waiter.wake.release()
        if start < count:
            assembler.feed(self._view[start:count])
        return mine

    def _leave_time(self, timeout: float | None, started: float) -> None:
        """Let the next recv wait no longer than the call may take."""
        if not timeout:
            if self._timeout:
                self._set_timeout(None)
            return
        left = started + timeout - monotonic()
        if left <= 0:
            raise BlockingIOError
        if not self._timeout or abs(self._timeout - left) > _SLACK:
            self._set_timeout(left)

    def _pass_on(self) -> None:
        """Give up the turn, to the next waiter if there is one."""
        if self._retired and self._error is None and not self._waiters:
            self._broken(connection_lost(self.address, "the server did not answer"))
        if self._error is not None:
            with self._sending:
                self._stream.close()
        self._turn.release()
        if self._waiters:
            self._promote()

    def _promote(self) -> None:
        # A caller that registers after this looked at the waiters finds the turn free and takes it.
        while self._waiters and self._turn.acquire(False):
            try:
                _, waiter = self._waiters.popitem()
            except KeyError:
                self._turn.release()
            else:
                waiter.wake.release()  # the waiter now has the turn
                return

    def _set_timeout(self, timeout: float | None) -> None:
        try:
            self._stream.set_timeouts(timeout, timeout)
        except OSError as error:
            raise self._broken(error) from error
        self._timeout = timeout

    # The end.

    def _broken(self, error: BaseException) -> BaseException:
        """Close for all because of ``error``; returns what the caller raises."""
        failure = error if isinstance(error, SystemException) else None
        if failure is None:
            reason = "the server reads too slowly" if isinstance(error, TIMED_OUT) else error
            failure = connection_lost(self.address, reason or type(error).__name__)
        if self._error is None:
            self._error = failure
        self._stream.shut()
        while self._waiters:
            try:
                _, waiter = self._waiters.popitem()
            except KeyError:
                break
            waiter.error = again(self._error)
            waiter.wake.release()
        return failure if isinstance(error, Exception) else error

    @property
    def closed(self) -> bool:
        """True once the connection cannot be used any more."""
        return self._error is not None

    def left(self) -> bool:
        """True if the server has closed it, as far as can be told now and without waiting.

        A connection on which a call is under way is left to that call.
        """
        if self._error is not None:
            return True
        if not self._turn.acquire(False):
            return False
        try:
            return not self._waiters and self._stream.has_ended()
        finally:
            self._pass_on()

    def retire(self) -> None:
        """Close as soon as no call is under way: no new one will find it."""
        self._retired = True
        if self._turn.acquire(False):
            self._pass_on()

    def close(self) -> None:
        """Close; calls under way fail."""
        if self._error is None:
            self._broken(connection_lost(self.address, "closed by this client"))
        # The leader is awake now, and closes the socket as it leaves.
        if self._turn.acquire(timeout=_FAREWELL):
            self._pass_on()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()
