"""An asyncio server's listening sockets and its clients' connections."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, cast

from puretango.errors import ProtocolError
from puretango.giop import (
    MAX_MESSAGE,
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
from puretango.net._chain import HOUSEHOLD, served_under
from puretango.net._failure import cannot_listen, check_port
from puretango.net._serving import (
    MAX_CONNECTIONS,
    Answer,
    AsyncHandler,
    Locate,
    Peer,
    failed,
    located,
    reply_buffers,
    silent_one,
)
from puretango.net._sockets import LOG

_BACKLOG: Final = 128
_RECEIVE: Final = 64 * 1024
_MAX_TASKS: Final = 1000
_ID: Final = struct.Struct("<I").unpack_from
_BIG_ID: Final = struct.Struct(">I").unpack_from
GRACE: Final = 2.0


def _is_meant(error: BaseException) -> bool:
    """True of what ends the task or the program: the client has left, or somebody presses Ctrl-C.

    A handler may raise the same for reasons of its own, which are the client's answer.
    """
    if isinstance(error, asyncio.CancelledError):
        task = asyncio.current_task()
        return task is not None and task.cancelling() > 0
    if isinstance(error, KeyboardInterrupt):
        return threading.current_thread() is threading.main_thread()
    return isinstance(error, GeneratorExit)


class _Served(asyncio.BufferedProtocol):
    """One client's connection, one task for each request that has to wait."""

    def __init__(self, listener: AsyncListener) -> None:
        self._listener = listener
        self._giop = Connection(
            Role.SERVER, max_message=listener.max_message, allocate=listener.allocate
        )
        self._buffer = listener.buffer
        self._tasks: set[asyncio.Task[Any]] = set()
        self._direct = False
        self._full = False
        self.asked = False
        self.since = time.monotonic()
        self.peer = Peer("", 0)
        self.transport: asyncio.Transport | None = None
        self.gone = listener.loop.create_future()

    # The protocol's side.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not asked for its class: other loops' transports (uvloop's) share only the methods.
        self.transport = stream = cast("asyncio.Transport", transport)
        name = stream.get_extra_info("peername") or ("", 0)
        self.peer = Peer(name[0], name[1])
        sock = stream.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if not self._listener.joined(self):
            stream.abort()

    def get_buffer(self, sizehint: int) -> memoryview:
        self._direct = self._giop.assembler.filling
        return self._giop.assembler.get_buffer() if self._direct else self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        try:
            if self._direct:
                self._giop.assembler.buffer_updated(nbytes)
            else:
                # The buffer is all connections': its bytes are taken out before anything runs.
                data = bytes(self._buffer[:nbytes])
                if self._giop.assembler.at_boundary:
                    invocation = self._listener.cache.find(data)
                    if invocation is not None:
                        unpack = _ID if invocation.little else _BIG_ID
                        at = 12 if invocation.minor == 2 else 16
                        self._execute(invocation, unpack(data, at)[0])
                        return
                    request = whole_request(data)
                    if request is not None:
                        self._giop.minor = request.minor
                        self._execute(Invocation(request), request.request_id)
                        return
                self._giop.receive_data(data)
            self._handle_events()
        except ProtocolError as error:
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
        self._listener.left(self)
        if not self.gone.done():
            self.gone.set_result(None)

    def pause_writing(self) -> None:
        """The client does not read its replies: read no further requests from it meanwhile."""
        if self.transport is not None:
            self.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.transport is not None and not self._full:
            self.transport.resume_reading()

    # Requests.

    def _handle_events(self) -> None:
        while (event := self._giop.next_event()) is not None:
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
        planned = invocation.plan is not None
        self.asked = True
        calls = self.peer.calls
        step = None if calls is None else calls.get(request_id)
        if step is not None:
            # What is started within takes the step along, as a task takes its context.
            served_under(step, self._handle, invocation, request_id, planned)
        else:
            self._handle(invocation, request_id, planned)

    def _handle(self, invocation: Invocation, request_id: int, planned: bool) -> None:
        try:
            answer = self._listener.handler(invocation, self.peer)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is the client's answer
            answer = failed(invocation, self.peer, error)
        if not planned and invocation.plan is not None:
            self._listener.cache.keep(invocation)
        if type(answer) is tuple:
            self._answer(invocation, request_id, answer)
        else:
            assert isinstance(answer, Awaitable)
            self._start(invocation, request_id, answer)

    def _start(self, invocation: Invocation, request_id: int, work: Awaitable[Answer]) -> None:
        core = self._work(invocation, request_id, work)
        if sys.version_info >= (3, 12):
            # What does not have to wait is answered here and now.
            task = asyncio.Task(core, loop=self._listener.loop, eager_start=True)
            if task.done():
                self._ended(task)
                return
        else:
            task = self._listener.loop.create_task(core)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        if len(self._tasks) >= _MAX_TASKS and not self._full and self.transport is not None:
            self._full = True
            self.transport.pause_reading()

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
        if self._full and len(self._tasks) < _MAX_TASKS // 2 and self.transport is not None:
            self._full = False
            self.transport.resume_reading()

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
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(data)

    # The end.

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
        self._write(build_close(self._giop.minor))
        self._close()
        done, _ = await asyncio.wait([self.gone], timeout=grace)
        if not done:
            self.transport.abort()


class AsyncListener:
    """Listens when started, and calls ``handler(invocation, peer)`` on the loop for each request.

    The handler returns the reply's status and body, or an awaitable of them, which runs as a task
    of its own and is cancelled when the client leaves.
    """

    def __init__(
        self,
        host: str,
        port: int,
        handler: AsyncHandler,
        *,
        locate: Locate | None = None,
        max_message: int = MAX_MESSAGE,
        max_connections: int = MAX_CONNECTIONS,
        allocate: Callable[[int], memoryview] | None = None,
    ) -> None:
        self.host = host
        self.port = port
        """The port asked for, and once started the one that was picked."""
        self.handler = handler
        self.locate = locate
        self.max_message = max_message
        self.max_connections = max_connections
        self.allocate = allocate
        self.cache = InvocationCache()
        self.buffer = memoryview(bytearray(_RECEIVE))
        self._connections: set[_Served] = set()
        self._server: asyncio.Server | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = False

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop on which it was started."""
        if self._loop is None:
            raise RuntimeError("the listener is not started")
        return self._loop

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        return len(self._connections)

    async def bind(self) -> AsyncListener:
        """Take the address; an OSError tells that it is not to be had."""
        self._loop = asyncio.get_running_loop()
        check_port(self.host, self.port)
        try:
            self._server = await self._loop.create_server(
                lambda: _Served(self), self.host, self.port, backlog=_BACKLOG, start_serving=False
            )
        except OSError as error:
            raise cannot_listen(self.host, self.port, error) from error
        self.port = self._server.sockets[0].getsockname()[1]
        HOUSEHOLD.moved_in(self.port)
        return self

    async def start(self) -> AsyncListener:
        """Let clients in, at the address taken now or before."""
        if self._server is None:
            await self.bind()
        assert self._server is not None
        await self._server.start_serving()
        return self

    def joined(self, connection: _Served) -> bool:
        """A client has connected; False if it may not."""
        full = len(self._connections) >= self.max_connections
        silent = silent_one(self._connections) if full else None
        if silent is not None and silent.transport is not None:
            LOG.warning(
                "connection from %s closed: all places are taken, it is silent", silent.peer
            )
            self._connections.discard(silent)
            silent.transport.abort()
            full = False
        if self._stopping or full:
            LOG.warning(
                "connection from %s refused: %d are open", connection.peer, self.connections
            )
            return False
        self._connections.add(connection)
        return True

    def left(self, connection: _Served) -> None:
        """A connection has ended."""
        self._connections.discard(connection)

    async def stop(self, grace: float = GRACE) -> None:
        """Stop without a trace; requests under way get ``grace`` seconds to end."""
        if self._stopping or self._server is None:
            return
        self._stopping = True
        HOUSEHOLD.moved_out(self.port)
        self._server.close()
        stops = [connection.stop(grace) for connection in self._connections]
        try:
            await asyncio.gather(*stops)
        finally:
            for connection in tuple(self._connections):  # cancelled: without grace, then
                connection.abort()
        await self._server.wait_closed()
        self.cache.clear()

    async def __aenter__(self) -> AsyncListener:
        return await self.start()

    async def __aexit__(self, *_exc: object) -> None:
        await self.stop()
