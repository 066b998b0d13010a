"""One client's connection, as an asyncio server reads and answers it."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol, cast

from puretango.errors import ProtocolError
from puretango.giop import (
    CancelRequest,
    CloseConnection,
    Connection,
    Invocation,
    InvocationCache,
    LocateRequest,
    MessageError,
    Request,
    Role,
    build_close,
    reply_header,
    whole_request,
)
from puretango.net._chain import present_step, served_under, under
from puretango.net.serving._serving import (
    SEND_TIMEOUT,
    SETTLED,
    Answer,
    AsyncHandler,
    Locate,
    Peer,
    failed,
    located,
    reply_buffers,
    request_id_of,
)
from puretango.net.streams._sockets import LOG

_MAX_TASKS: Final = 1000
_AT_ONCE: Final = 16
"""Requests of one client that are started before other clients and replies have their turn."""
_MAX_PENDING: Final = 16 * 1024 * 1024
"""Most octets that the replies to one client's running requests may have, estimated from those before."""


class ServedBy(Protocol):
    """What a connection needs of its listener."""

    handler: AsyncHandler
    locate: Locate | None
    max_message: int
    allocate: Callable[[int], memoryview] | None
    cache: InvocationCache
    buffer: memoryview
    stuck: set[AsyncServed]

    @property
    def loop(self) -> asyncio.AbstractEventLoop: ...
    def joined(self, connection: AsyncServed) -> bool: ...
    def left(self, connection: AsyncServed) -> None: ...
    def is_stuck(self, connection: AsyncServed) -> None: ...


def _is_meant(error: BaseException) -> bool:
    """True for an exception that ends the task or the program: the client has left, or somebody pressed Ctrl-C.

    A handler may raise the same for reasons of its own; that is then the client's answer.
    """
    if isinstance(error, asyncio.CancelledError):
        task = asyncio.current_task()
        return task is not None and task.cancelling() > 0
    if isinstance(error, KeyboardInterrupt):
        return threading.current_thread() is threading.main_thread()
    return isinstance(error, GeneratorExit)


class AsyncServed(asyncio.BufferedProtocol):
    """One client's connection, one task for each request that has to wait."""

    def __init__(self, listener: ServedBy) -> None:
        self._listener = listener
        self._giop = Connection(
            Role.SERVER, max_message=listener.max_message, allocate=listener.allocate
        )
        self._buffer = listener.buffer
        self._tasks: set[asyncio.Task[Any]] = set()
        self._direct = False
        self._full = False
        self._stuck = False
        self._more: asyncio.Handle | None = None
        self._largest = 1
        """Octets of the largest reply so far."""
        self._patience: asyncio.TimerHandle | None = None
        self.asked = False
        self.since = time.monotonic()
        self.peer = Peer("", 0)
        self.transport: asyncio.Transport | None = None
        self.gone = listener.loop.create_future()

    # The protocol's side.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(
            "asyncio.Transport", transport
        )  # for any loop's transport, uvloop's too
        name = transport.get_extra_info("peername") or ("", 0)
        self.peer = Peer(name[0], name[1])
        sock = transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if not self._listener.joined(self):
            self.abort()

    def get_buffer(self, sizehint: int) -> memoryview:
        self._direct = self._giop.assembler.filling
        return self._giop.assembler.get_buffer() if self._direct else self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        try:
            if self._direct:
                self._giop.assembler.buffer_updated(nbytes)
            else:
                # All connections share the buffer: its bytes are taken out before anything else runs.
                data = bytes(self._buffer[:nbytes])
                if self._giop.assembler.at_boundary:
                    invocation = self._listener.cache.find(data)
                    if invocation is not None:
                        self._execute(invocation, request_id_of(invocation, data))
                        return
                    request = whole_request(data)
                    if request is not None:
                        self._giop.minor = request.minor
                        self._execute(Invocation(request), request.request_id)
                        return
                self._giop.receive_data(data)
            self._handle_events()
        except ProtocolError as error:
            self._refuse(error)

    def _refuse(self, error: ProtocolError) -> None:
        LOG.warning("connection from %s closed: %s", self.peer, error)
        self._write(self._giop.send_error())
        self._close()

    def eof_received(self) -> bool:
        try:
            self._giop.receive_eof()
        except ProtocolError as error:
            LOG.warning("connection from %s closed: %s", self.peer, error)
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None:
            LOG.info("connection from %s lost: %s", self.peer, exc)
        self.peer.closed = True
        for task in self._tasks:
            task.cancel()
        for handle in (self._more, self._patience):
            if handle is not None:
                handle.cancel()
        self._listener.left(self)
        if not self.gone.done():
            self.gone.set_result(None)

    def pause_writing(self) -> None:
        """Stop working for a client that does not read its replies, until it does."""
        self._stuck = True
        if self.transport is not None:
            self.transport.pause_reading()
        self._patience = self._listener.loop.call_later(SEND_TIMEOUT, self._give_up)
        self._listener.is_stuck(self)

    def resume_writing(self) -> None:
        self._stuck = False
        self._listener.stuck.discard(self)
        if self._patience is not None:
            self._patience.cancel()
        self._go_on()

    def _give_up(self) -> None:
        LOG.info("connection from %s closed: it does not read its replies", self.peer)
        self.abort()

    def _go_on(self) -> None:
        """Execute the requests that have been read and not executed, then read on."""
        if self._is_held_up or self.transport is None or self.transport.is_closing():
            return
        try:
            self._handle_events()
        except ProtocolError as error:
            self._refuse(error)
            return
        if not self._is_held_up:
            self.transport.resume_reading()

    @property
    def _is_held_up(self) -> bool:
        return self._stuck or self._full or self._more is not None

    def _next_turn(self) -> None:
        self._more = None
        self._go_on()

    # Requests.

    def _handle_events(self) -> None:
        left = _AT_ONCE
        while not self._is_held_up:
            if not left:
                # First the replies of these: they show whether the client takes them.
                if self.transport is not None:
                    self.transport.pause_reading()
                self._more = self._listener.loop.call_soon(self._next_turn)
                return
            message = self._giop.next_message()
            if message is None:
                return
            left -= 1
            data = message.data
            if type(data) is bytes and (known := self._listener.cache.find(data)) is not None:
                self._execute(known, request_id_of(known, data))
                continue
            event = self._giop.parse(message)
            if isinstance(event, Request):
                self._execute(Invocation(event), event.request_id)
            elif isinstance(event, LocateRequest):
                self._write(located(event, self._listener.locate, self.peer))
            elif isinstance(event, CloseConnection | MessageError):
                self._close()
                return
            else:
                assert isinstance(event, CancelRequest)

    def _execute(self, invocation: Invocation, request_id: int) -> None:
        planned = invocation.plan
        self.asked = True
        self.since = time.monotonic()
        calls = self.peer.calls
        step = None if calls is None else calls.get(request_id)
        if step is not None:
            # What is started within inherits the step, as a task inherits its context.
            served_under(step, self._handle, invocation, request_id, planned)
        elif present_step() is not None:
            # A step of the thread that started the listener, or of code that ran here before, is not the request's.
            with under(None):
                self._handle(invocation, request_id, planned)
        else:
            self._handle(invocation, request_id, planned)

    def _handle(self, invocation: Invocation, request_id: int, planned: object) -> None:
        try:
            answer = self._listener.handler(invocation, self.peer)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is the client's answer
            answer = failed(invocation, self.peer, error)
        if invocation.plan is not planned and invocation.plan is not None:
            self._listener.cache.keep(invocation)
        if type(answer) is tuple:
            self._answer(invocation, request_id, answer)
        else:
            assert isinstance(answer, Awaitable)
            self._start(invocation, request_id, answer)

    def _start(self, invocation: Invocation, request_id: int, work: Awaitable[Answer]) -> None:
        core = self._work(invocation, request_id, work)
        if sys.version_info >= (3, 12):
            # A request that does not have to wait is answered at once.
            task = asyncio.Task(core, loop=self._listener.loop, eager_start=True)
            if task.done():
                self._ended(task)
                return
        else:
            task = self._listener.loop.create_task(core)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        if self._is_enough(1) and not self._full and self.transport is not None:
            self._full = True
            self.transport.pause_reading()

    def _is_enough(self, share: int) -> bool:
        """True if more requests, with replies like those before, would be too much for one client."""
        count = len(self._tasks) * share
        return count >= _MAX_TASKS or count * self._largest >= _MAX_PENDING

    async def _work(self, invocation: Invocation, request_id: int, work: Awaitable[Answer]) -> None:
        try:
            answer = await work
        except BaseException as error:
            if _is_meant(error):
                raise
            answer = failed(invocation, self.peer, error)
        self._answer(invocation, request_id, answer)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            LOG.error("a reply to %s could not be sent", self.peer, exc_info=error)
        if self._full and not self._is_enough(2):
            self._full = False
            self._go_on()

    def _answer(self, invocation: Invocation, request_id: int, answer: Answer) -> None:
        if not invocation.response_expected or self.peer.closed:
            return
        status, body = answer
        if type(body) is bytes:
            header = reply_header(request_id, status, len(body), invocation.minor)
            self._write(header + body)
        else:
            for buffer in reply_buffers(request_id, invocation.minor, status, body):
                self._write(buffer)

    def _write(self, data: bytes | bytearray | memoryview) -> None:
        self._largest = max(self._largest, len(data))
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(data)

    # The end.

    @property
    def pending(self) -> int:
        """Octets of replies that the client has not taken."""
        return 0 if self.transport is None else self.transport.get_write_buffer_size()

    @property
    def is_quiet(self) -> bool:
        """True if nothing is under way, and has not been for a while."""
        return not self._tasks and self.since < time.monotonic() - SETTLED

    def dismiss(self) -> None:
        """Close in order."""
        self._write(build_close(self._giop.minor))
        self._close()

    def _close(self) -> None:
        if self.transport is not None:
            self.transport.close()

    def abort(self) -> None:
        """Close at once."""
        if self.transport is not None:
            self.transport.abort()

    async def stop(self, grace: float) -> None:
        """Stop reading, let the requests under way be answered, then close in order."""
        if self.transport is None:
            return
        self.transport.pause_reading()
        current = asyncio.current_task()
        tasks = [task for task in self._tasks if task is not current]
        if tasks:
            await asyncio.wait(tasks, timeout=grace)
        self.dismiss()
        done, _ = await asyncio.wait([self.gone], timeout=grace)
        if not done:
            self.transport.abort()
