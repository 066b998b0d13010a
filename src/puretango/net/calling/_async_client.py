"""An asyncio client's connection."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final, cast

from puretango.errors import ProtocolError, SystemException
from puretango.giop import (
    MAX_MESSAGE,
    Buffer,
    CloseConnection,
    Connection,
    LocateReply,
    LocateStatus,
    MessageError,
    PreparedRequest,
    Reply,
    RequestTemplate,
    Role,
)
from puretango.net._chain import HOUSEHOLD, Family, Step, present_step
from puretango.net._failure import (
    again,
    call_timed_out,
    closed_by_server,
    connect_failed,
    connection_lost,
)
from puretango.net.calling._replies import BUFFER, whole_replies
from puretango.net.calling._shared import CONNECT_TIMEOUT, DEFAULT_TIMEOUT
from puretango.net.streams._async_tcp import connect_on_loop
from puretango.net.streams._names import why_not_connected
from puretango.net.streams._sockets import address_text

_SMALL: Final = 16 * 1024


class _Deadlines:
    """The calls with the same timeout, in the order of their deadlines, with one timer."""

    __slots__ = ("queue", "timer")

    def __init__(self) -> None:
        self.queue: deque[tuple[float, int]] = deque()
        self.timer: asyncio.TimerHandle | None = None


class AsyncClientConnection(asyncio.BufferedProtocol):
    """A connection for the tasks of one loop; make it with :meth:`connect`.

    Any number of tasks call at once. A cancelled or timed out call leaves the connection in
    order; its late reply is dropped.
    """

    def __init__(self, host: str, port: int, giop: Connection) -> None:
        self.host = host
        self.port = port
        self.address = address_text(host, port)
        self._giop = giop
        self._loop = asyncio.get_running_loop()
        self._ids = itertools.count(2, 2)
        self._pending: dict[int, asyncio.Future[Any]] = {}
        self._deadlines: dict[float, _Deadlines] = {}
        self._error: SystemException | None = None
        self._transport: asyncio.Transport | None = None
        self._family: Family | None = None
        self._gone = self._loop.create_future()
        self._buffer = bytearray(BUFFER)
        self._view = memoryview(self._buffer)
        self._direct = False
        self._later: list[Buffer] = []
        """The buffers to be sent at the end of this turn of the loop."""

    @classmethod
    async def connect(
        cls,
        host: str,
        port: int,
        *,
        connect_timeout: float | None = CONNECT_TIMEOUT,
        max_message: int = MAX_MESSAGE,
        fragment_size: int = 0,
        allocate: Callable[[int], memoryview] | None = None,
    ) -> AsyncClientConnection:
        """Connect to a server."""
        giop = Connection(
            Role.CLIENT, max_message=max_message, fragment_size=fragment_size, allocate=allocate
        )
        try:
            _, protocol = await connect_on_loop(
                lambda: cls(host, port, giop), host, port, connect_timeout
            )
        except (OSError, UnicodeError) as error:
            reason = why_not_connected(error, connect_timeout)
            raise connect_failed(address_text(host, port), reason) from error
        return protocol

    # Calls.

    async def call(
        self, prepared: PreparedRequest, timeout: float | None = DEFAULT_TIMEOUT
    ) -> Reply:
        """Send a prepared request and await its reply."""
        reply: Reply = await self.submit(prepared, timeout)
        return reply

    def submit(
        self,
        prepared: PreparedRequest,
        timeout: float | None = DEFAULT_TIMEOUT,
        future: asyncio.Future[Any] | None = None,
    ) -> asyncio.Future[Any]:
        """Send a prepared request; the future (the caller's own, if given) gets its reply."""
        request_id = next(self._ids) & 0xFFFFFFFF
        future = future or self._loop.create_future()
        if self._family is not None and (caller := present_step()) is not None:
            self._for_caller(self._family, caller, request_id, future)
        self._write(prepared.buffers(request_id))
        return self._expect(request_id, timeout, future)

    async def invoke(
        self,
        template: RequestTemplate,
        body: Sequence[Buffer] = (),
        timeout: float | None = DEFAULT_TIMEOUT,
    ) -> Reply:
        """Send a request with this body and await its reply."""
        request_id = next(self._ids) & 0xFFFFFFFF
        buffers = template.build(request_id, body, self._giop.fragment_size)
        reply: Reply = await self._send(request_id, buffers, timeout)
        return reply

    def oneway(self, template: RequestTemplate, body: Sequence[Buffer] = ()) -> None:
        """Send a request that has no reply."""
        request_id = next(self._ids) & 0xFFFFFFFF
        self._write(template.build(request_id, body, self._giop.fragment_size))

    async def locate(
        self, object_key: bytes, timeout: float | None = DEFAULT_TIMEOUT
    ) -> LocateStatus:
        """Ask the server whether it has this object."""
        request_id = next(self._ids) & 0xFFFFFFFF
        data = self._giop.send_locate(request_id, object_key)
        answer: LocateReply = await self._send(request_id, (data,), timeout)
        return answer.status

    def _send(
        self, request_id: int, buffers: Sequence[Buffer], timeout: float | None
    ) -> asyncio.Future[Any]:
        future = self._loop.create_future()
        if self._family is not None and (caller := present_step()) is not None:
            self._for_caller(self._family, caller, request_id, future)
        self._write(buffers)
        return self._expect(request_id, timeout, future)

    def _for_caller(
        self, family: Family, caller: Step, request_id: int, future: asyncio.Future[Any]
    ) -> None:
        """Take the caller's step along, if the server is in this process (see _chain)."""
        self._check_open()
        if family.known is None:
            self._ask_to_be_known(family)
        step = family.begin(request_id, caller)
        future.add_done_callback(lambda _: family.end(request_id, step))

    def _ask_to_be_known(self, family: Family) -> None:
        # The answer need not be awaited: the listener reads the question before the request.
        family.known = True
        key = HOUSEHOLD.ask(family)
        number = next(self._ids) & 0xFFFFFFFF

        def answered(answer: asyncio.Future[LocateReply]) -> None:
            HOUSEHOLD.asked(key)
            if answer.cancelled() or answer.exception() is not None:
                return
            if answer.result().status != LocateStatus.OBJECT_HERE:
                self._family = None

        answer = self._pending[number] = self._loop.create_future()
        answer.add_done_callback(answered)
        self._write((self._giop.send_locate(number, key),))

    def _expect(
        self, request_id: int, timeout: float | None, future: asyncio.Future[Any]
    ) -> asyncio.Future[Any]:
        self._pending[request_id] = future
        if timeout:
            self._watch(request_id, timeout)
        return future

    def _write(self, buffers: Sequence[Buffer]) -> None:
        transport = self._check_open()
        if self._later or (len(self._pending) > 1 and len(buffers) == 1):
            self._write_later(buffers)
        elif len(buffers) == 1:
            transport.write(buffers[0])
        elif sum(map(len, buffers)) <= _SMALL:
            transport.write(b"".join(buffers))
        else:
            for buffer in buffers:
                transport.write(buffer)

    def _write_later(self, buffers: Sequence[Buffer]) -> None:
        """Several calls are under way: what is to be sent in this turn of the loop goes out together."""
        if not self._later:
            self._loop.call_soon(self._flush)
        self._later += buffers

    def _flush(self) -> None:
        buffers, self._later = self._later, []
        if self._error is None and self._transport is not None:
            self._transport.write(b"".join(buffers))

    def _check_open(self) -> asyncio.Transport:
        if self._error is not None or self._transport is None:
            raise again(self._error or connection_lost(self.address, "not connected"))
        return self._transport

    # Timeouts: nearly every call ends in time, so it gets a place in a queue and no timer.

    def _watch(self, request_id: int, timeout: float) -> None:
        deadlines = self._deadlines.get(timeout)
        if deadlines is None:
            deadlines = self._deadlines[timeout] = _Deadlines()
        queue = deadlines.queue
        while queue and queue[0][1] not in self._pending:
            queue.popleft()
        due = self._loop.time() + timeout
        queue.append((due, request_id))
        if deadlines.timer is None:
            deadlines.timer = self._loop.call_at(due, self._expire, timeout, deadlines)

    def _expire(self, timeout: float, deadlines: _Deadlines) -> None:
        queue = deadlines.queue
        now = self._loop.time()
        while queue and (queue[0][0] <= now or queue[0][1] not in self._pending):
            future = self._pending.pop(queue.popleft()[1], None)
            if future is not None and not future.done():
                future.set_exception(call_timed_out(self.address, timeout))
        if queue:
            deadlines.timer = self._loop.call_at(queue[0][0], self._expire, timeout, deadlines)
        else:
            del self._deadlines[timeout]

    # The protocol's side.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The loop has connected us."""
        # Its class is not checked: other loops' transports (uvloop's) share only the methods.
        self._transport = cast("asyncio.Transport", transport)
        if HOUSEHOLD.may_be_here(self.port):
            self._family = Family(transport.get_extra_info("sockname")[:2])

    def get_buffer(self, sizehint: int) -> memoryview:
        """The buffer to receive into: a long reply comes straight into its own."""
        self._direct = self._giop.assembler.filling
        return self._giop.assembler.get_buffer() if self._direct else self._view

    def buffer_updated(self, nbytes: int) -> None:
        """The loop has received."""
        assembler = self._giop.assembler
        if self._direct:
            assembler.buffer_updated(nbytes)
        else:
            start = self._deliver_whole(nbytes) if assembler.at_boundary else 0
            if start == nbytes:
                return
            assembler.feed(self._view[start:nbytes])
        try:
            while (event := self._giop.next_event()) is not None:
                if isinstance(event, Reply | LocateReply):
                    future = self._pending.pop(event.request_id, None)
                    if (
                        future is not None and not future.done()
                    ):  # otherwise its caller has given up
                        future.set_result(event)
                elif isinstance(event, CloseConnection):
                    self._fail(closed_by_server(self.address))
                    return
                elif isinstance(event, MessageError):
                    raise ProtocolError("the server did not understand the request")
        except ProtocolError as error:
            self._fail(connection_lost(self.address, error))

    def _deliver_whole(self, count: int) -> int:
        """Deliver the plain replies that are complete; returns how many of the received octets they are."""
        replies, end = whole_replies(self._view, count)
        for reply in replies:
            future = self._pending.pop(reply.request_id, None)
            if future is not None and not future.done():  # otherwise its caller has given up
                future.set_result(reply)
        return end

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended."""
        self._fail(connection_lost(self.address, exc or "the server closed it"))
        if not self._gone.done():
            self._gone.set_result(None)

    def _fail(self, error: SystemException) -> None:
        if self._error is None:
            self._error = error
        if self._transport is not None:
            self._transport.abort()
        for deadlines in self._deadlines.values():
            if deadlines.timer is not None:
                deadlines.timer.cancel()
        self._deadlines.clear()
        pending, self._pending = self._pending, {}
        for future in pending.values():
            if not future.done():
                future.set_exception(again(self._error))

    @property
    def closed(self) -> bool:
        """True once the connection cannot be used any more."""
        return self._error is not None

    def retire(self) -> None:
        """Close when the calls that are under way have ended: no new one will find it."""
        ends = [future for future in self._pending.values() if not future.done()]
        if not ends:
            self.close()
            return
        left = len(ends)

        def count(_done: object) -> None:
            nonlocal left
            left -= 1
            if not left:
                self.close()

        for future in ends:
            future.add_done_callback(count)

    def close(self) -> None:
        """Close; calls under way fail."""
        self._fail(connection_lost(self.address, "closed by this client"))

    async def wait_closed(self) -> None:
        """Wait until the socket is closed too."""
        await asyncio.shield(self._gone)

    async def __aenter__(self) -> AsyncClientConnection:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        self.close()
        await self.wait_closed()

    def __repr__(self) -> str:
        return f"<AsyncClientConnection {self.address}{' closed' if self.closed else ''}>"
