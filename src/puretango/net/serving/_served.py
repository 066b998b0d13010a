"""One client's connection, as a blocking server reads and answers it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final, Protocol

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
from puretango.net._chain import served_under
from puretango.net.serving._serving import (
    SEND_TIMEOUT,
    Answer,
    Handler,
    Locate,
    Peer,
    failed,
    located,
    reply_buffers,
    request_id_of,
)
from puretango.net.streams._sockets import LOG, TIMED_OUT
from puretango.net.streams._stream import Stream

_RECEIVE: Final = 16 * 1024
PATIENCE: Final = 1.0
"""Seconds that a thread waits for the next request of its connection."""


class Waker(Protocol):
    """The supervisor of slow requests, which a connection wakes when it begins one."""

    asleep: bool

    def wake(self) -> None: ...


class ServedBy(Protocol):
    """What a connection needs of its listener."""

    handler: Handler
    locate: Locate | None
    max_message: int
    allocate: Callable[[int], memoryview] | None
    cache: InvocationCache
    crowded: bool

    @property
    def supervisor(self) -> Waker: ...
    def wait_for(self, connection: ServedConnection) -> bool: ...
    def stand_in_line(self, connection: ServedConnection) -> None: ...
    def forget(self, connection: ServedConnection) -> None: ...


class ServedConnection:
    """Read by one thread at a time, the reader, which also executes what it reads.

    While the reader executes a request it gives up the role. If the request takes long, the
    supervisor gives the role to another thread, which reads on; the first one leaves after it
    has answered. So a quick request costs no change of threads, and a slow one holds up nothing.
    """

    __slots__ = (
        "_closing",
        "_giop",
        "_listener",
        "_sending",
        "_threads",
        "peer",
        "role",
        "seen",
        "since",
        "stream",
        "turn",
    )

    def __init__(self, listener: ServedBy, stream: Stream, peer: Peer) -> None:
        stream.set_timeouts(PATIENCE, SEND_TIMEOUT)
        self.stream = stream
        self.peer = peer
        self.role = threading.Lock()
        """Held by the reader; free while the reader executes a request."""
        self.role.acquire()
        self.turn = 0
        """Counts requests: if it stays the same, the supervisor knows that one has not ended since it last looked."""
        self.seen = 0
        self.since = time.monotonic()
        self._listener = listener
        self._giop = Connection(
            Role.SERVER, max_message=listener.max_message, allocate=listener.allocate
        )
        self._sending = threading.Lock()
        self._threads = 0
        self._closing = False

    @property
    def is_stuck(self) -> bool:
        """True while a reply is being sent: nothing more is read for a client that takes nothing."""
        return self._sending.locked()

    @property
    def asked(self) -> bool:
        """Whether it has ever sent a request."""
        return self.turn > 0

    # Reading.

    def run(self) -> None:
        """Read and execute until the connection ends or another thread has the role."""
        with self._sending:
            self._threads += 1
        try:
            self._read()
        except ProtocolError as error:
            LOG.warning("connection from %s closed: %s", self.peer, error)
            self._send_last(self._giop.send_error())
            self._end()
        except OSError as error:
            if not self._closing:
                LOG.info("connection from %s lost: %s", self.peer, error)
            self._end()
        except BaseException:  # noqa: BLE001 - told, and the connection closed
            LOG.exception("connection from %s closed", self.peer)
            self._end()
        finally:
            self._leave()

    def _read(self) -> None:
        wait, look = self.stream.recv, self.stream.recv_now
        listener = self._listener
        match = listener.cache.match
        assembler = self._giop.assembler
        # The thread before may have left whole messages that came with its own.
        if not self._handle_events():
            return
        clean = assembler.at_boundary
        while not self._closing:
            if clean:
                try:
                    data = look(_RECEIVE) if listener.crowded else wait(_RECEIVE)
                except TIMED_OUT:
                    self.since = time.monotonic()
                    if self._listener.wait_for(self):  # and no thread does
                        return
                    continue
                invocation = match(data)
                if invocation is not None:
                    # The same request as one before, or but for a value: its plan is ready.
                    if not self._execute(invocation, request_id_of(invocation, data), data):
                        return
                    # Another thread may have read meanwhile, and have given up the role again.
                    if assembler.at_boundary:
                        if listener.crowded:
                            listener.stand_in_line(self)
                            return
                        continue
                elif (request := whole_request(data)) is not None:
                    self._giop.minor = request.minor
                    if not self._execute(Invocation(request), request.request_id, data):
                        return
                    if assembler.at_boundary:
                        if listener.crowded:
                            listener.stand_in_line(self)
                            return
                        continue
                elif not self._received(data):
                    return
            elif not self._receive_more():
                return
            if not self._handle_events():
                return
            clean = assembler.at_boundary

    def _received(self, data: bytes) -> bool:
        """Take bytes; False if the stream has ended."""
        if not data:
            if self._closing:
                return False
            self._end()
        self._giop.receive_data(data)
        return bool(data)

    def _receive_more(self) -> bool:
        assembler = self._giop.assembler
        try:
            if not assembler.filling:
                return self._received(self.stream.recv(_RECEIVE))
            count = self.stream.fill(assembler.get_buffer())
        except TIMED_OUT:  # in the middle of a message: the rest will follow
            return not self.peer.closed
        if not count:
            return self._received(b"")
        assembler.buffer_updated(count)
        return True

    def _handle_events(self) -> bool:
        """Do what the whole messages ask; False if this thread shall read no further."""
        match = self._listener.cache.match
        while (message := self._giop.next_message()) is not None:
            data = message.data
            if type(data) is bytes and (known := match(data)) is not None:
                if not self._execute(known, request_id_of(known, data), data):
                    return False
                continue
            event = self._giop.parse(message)
            if isinstance(event, Request):
                if not self._execute(Invocation(event), event.request_id, b""):
                    return False
            elif isinstance(event, LocateRequest):
                self._send(located(event, self._listener.locate, self.peer))
            elif isinstance(event, CloseConnection | MessageError):
                self._end()
                return False
            else:
                # A CancelRequest is a hint that the client will ignore the reply, as it will.
                assert isinstance(event, CancelRequest)
        return True

    # Executing.

    def _execute(self, invocation: Invocation, request_id: int, data: bytes) -> bool:
        """Execute a request and answer; True if this thread is still the reader.

        ``data`` is the message, where it has a plan.
        """
        if self.peer.closed:
            return False  # its client has left: nobody waits for the answer
        listener = self._listener
        self.turn += 1
        self.role.release()
        if listener.supervisor.asleep:
            listener.supervisor.wake()
        status: int
        calls = self.peer.calls
        step = None if calls is None else calls.get(request_id)
        try:
            if step is None:
                status, body = self._serve(invocation, data)
            else:
                status, body = served_under(step, self._serve, invocation, data)
        except BaseException as error:  # noqa: BLE001 - whatever a handler raises is the client's answer
            status, body = failed(invocation, self.peer, error)
        if invocation.response_expected:
            try:
                if type(body) is bytes:
                    header = reply_header(request_id, status, len(body), invocation.minor)
                    with self._sending:
                        self.stream.sendall(header + body)
                else:
                    buffers = reply_buffers(request_id, invocation.minor, status, body)
                    with self._sending:
                        self.stream.send_buffers(buffers)
            except OSError as error:
                self._unsent(error)
        return self.role.acquire(False)

    def _serve(self, invocation: Invocation, data: bytes) -> Answer:
        """The answer by the plan, if there is one that fits; else by the handler, which may make one."""
        if (plan := invocation.plan) is not None:
            answer: Answer | None = plan(self.peer, data)
            if answer is not None:
                return answer
            invocation = invocation.without_plan(data)
        answer = self._listener.handler(invocation, self.peer)
        if invocation.plan is not None:
            self._listener.cache.keep(invocation)
        return answer

    def _unsent(self, error: OSError) -> None:
        if not self.peer.closed:
            reason = "it does not read its replies" if isinstance(error, TIMED_OUT) else error
            LOG.info("reply to %s not sent: %s", self.peer, reason)
        self._end()

    def _send(self, data: bytes) -> None:
        with self._sending:
            self.stream.sendall(data)

    def _send_last(self, data: bytes) -> None:
        try:
            self._send(data)
        except OSError as error:
            LOG.debug("last words to %s not sent: %s", self.peer, error)

    # The end.

    def _end(self) -> None:
        """End the connection: nothing more will be read or sent."""
        self.peer.closed = True
        self.stream.shut()

    def dismiss(self) -> None:
        """Close in order a connection that no thread reads."""
        self.close_when_idle()
        self.run()

    def close_when_idle(self) -> None:
        """Stop reading, let the requests under way be answered, then close in order."""
        self._closing = True
        self.stream.shut_reading()

    def abort(self) -> None:
        """Close at once."""
        self._closing = True
        self._end()

    def _leave(self) -> None:
        """The last thread to leave closes the socket."""
        with self._sending:
            self._threads -= 1
            last = not self._threads and (self.peer.closed or self._closing)
        if last:
            if not self.peer.closed:
                self._send_last(build_close(self._giop.minor))
                self._end()
            self._listener.forget(self)
            self.stream.close()
