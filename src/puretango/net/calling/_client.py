"""A blocking client's connection, shared by any number of threads."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from time import monotonic
from typing import Final

from puretango.errors import SystemException
from puretango.giop import (
    Buffer,
    LocateReply,
    LocateStatus,
    PreparedRequest,
    Reply,
    RequestTemplate,
)
from puretango.net._chain import present_step
from puretango.net._failure import (
    again,
    call_timed_out,
)
from puretango.net.calling._replies import REPLY_1_0, REPLY_1_2, REPLY_START, taken
from puretango.net.calling._shared import DEFAULT_TIMEOUT, SMALL, SharedStream, Waiter
from puretango.net.streams._sockets import TIMED_OUT

_PACK_ID: Final = struct.Struct("<I").pack


def _portions(prepared: Sequence[PreparedRequest]) -> Iterator[list[PreparedRequest]]:
    """The requests in portions that can be sent before any reply is read.

    A client that sends more while nobody reads may wait for a server that itself waits for a reader.
    """
    portion: list[PreparedRequest] = []
    size = 0
    for each in prepared:
        length = len(each)
        if portion and size + length > SMALL:
            yield portion
            portion, size = [], 0
        portion.append(each)
        size += length
    if portion:
        yield portion


class Batch:
    """Requests that were sent at once, whose replies one thread reads."""

    __slots__ = ("failure", "portions", "started", "waiting")

    def __init__(self, portions: list[list[PreparedRequest]]) -> None:
        self.portions = portions
        """What is still to be sent."""
        self.waiting: dict[int, Waiter] = {}
        self.failure: SystemException | None = None
        self.started = monotonic()


class ClientConnection(SharedStream):
    """A connection to a server, made when constructed.

    Thread-safe. A caller who is alone sends and receives in its own thread. When several call at
    once, one of them, the leader, reads for all; when it has its reply, the next one leads.
    A timeout of None or 0 is none.
    Whatever goes wrong with the connection, every caller gets a COMM_FAILURE, and the object stays
    closed: make a new one. A call that times out leaves it in order; its late reply is dropped.
    """

    # Calls.

    def call(self, prepared: PreparedRequest, timeout: float | None = DEFAULT_TIMEOUT) -> Reply:
        """Send a prepared request and return its reply."""
        request_id = next(self._ids) & 0xFFFFFFFF
        if prepared.more:
            return self._gathered(request_id, prepared.buffers(request_id), timeout)
        data = prepared.head + _PACK_ID(request_id) + prepared.tail
        if self._family is not None and (caller := present_step()) is not None:
            with self._family.carrying(caller, request_id, self.locate):
                return self._exchange(request_id, data, timeout)
        return self._exchange(request_id, data, timeout)

    def begin_many(self, prepared: Sequence[PreparedRequest]) -> Batch | None:
        """Send prepared requests at once, to be followed by :meth:`finish_many` in this thread.

        None if a call is under way: another connection should be used then. Until the end of
        the batch other calls wait for it.
        """
        if self._waiters or not self._turn.acquire(False):
            return None
        batch = Batch(list(_portions(prepared)))
        try:
            self._send_portion(batch)
        except SystemException as failure:
            batch.failure = failure
        except BaseException:
            self._pass_on()
            raise
        return batch

    def _send_portion(self, batch: Batch) -> None:
        some = batch.portions.pop(0)
        numbers = [next(self._ids) & 0xFFFFFFFF for _ in some]
        batch.waiting = {number: Waiter() for number in numbers}
        self._waiters.update(batch.waiting)
        messages = [each.message(number) for number, each in zip(numbers, some, strict=True)]
        self._send((b"".join(messages),))

    def finish_many(
        self, batch: Batch, timeout: float | None = DEFAULT_TIMEOUT
    ) -> list[Reply | SystemException]:
        """The replies to a batch in order, or what became of them; ``timeout`` is for all together."""
        found: list[Reply | SystemException] = []
        try:
            while True:
                found += self._read_portion(batch, timeout)
                if not batch.portions:
                    return found
                if batch.failure is None:
                    try:
                        self._send_portion(batch)
                    except SystemException as failure:
                        batch.failure = failure
                else:
                    batch.waiting = {
                        -number: Waiter() for number in range(len(batch.portions.pop(0)))
                    }
        finally:
            for number in batch.waiting:
                self._waiters.pop(number, None)
            self._pass_on()

    def _read_portion(self, batch: Batch, timeout: float | None) -> list[Reply | SystemException]:
        found: list[Reply | SystemException] = []
        for number, waiter in batch.waiting.items():
            if waiter.reply is None and batch.failure is None:
                self._waiters.pop(number, None)
                try:
                    waiter.reply = self._lead(number, timeout, batch.started)
                except SystemException as failure:
                    batch.failure = failure
            if isinstance(waiter.reply, Reply):
                found.append(waiter.reply)
            else:
                assert batch.failure is not None
                found.append(again(batch.failure))
        return found

    def invoke(
        self,
        template: RequestTemplate,
        body: Sequence[Buffer] = (),
        timeout: float | None = DEFAULT_TIMEOUT,
    ) -> Reply:
        """Send a request with this body and return its reply."""
        request_id = next(self._ids) & 0xFFFFFFFF
        buffers = template.build(request_id, body, self._giop.fragment_size)
        return self._gathered(request_id, buffers, timeout)

    def _gathered(self, request_id: int, buffers: Sequence[Buffer], timeout: float | None) -> Reply:
        """A request in buffers, and its reply."""
        if self._family is not None and (caller := present_step()) is not None:
            with self._family.carrying(caller, request_id, self.locate):
                return self._invoke(request_id, buffers, timeout)
        return self._invoke(request_id, buffers, timeout)

    def _invoke(self, request_id: int, buffers: Sequence[Buffer], timeout: float | None) -> Reply:
        if sum(map(len, buffers)) <= SMALL:
            return self._exchange(request_id, b"".join(buffers), timeout)
        reply = self._join(request_id, buffers, timeout)
        assert isinstance(reply, Reply)
        return reply

    def oneway(self, template: RequestTemplate, body: Sequence[Buffer] = ()) -> None:
        """Send a request that has no reply."""
        request_id = next(self._ids) & 0xFFFFFFFF
        self._send(template.build(request_id, body, self._giop.fragment_size))

    def locate(self, object_key: bytes, timeout: float | None = DEFAULT_TIMEOUT) -> LocateStatus:
        """Ask the server whether it has this object."""
        request_id = next(self._ids) & 0xFFFFFFFF
        data = self._giop.send_locate(request_id, object_key)
        answer = self._join(request_id, (data,), timeout)
        assert isinstance(answer, LocateReply)
        return answer.status

    def _exchange(self, request_id: int, data: bytes, timeout: float | None) -> Reply:
        """A small request and its reply, in the calling thread if no other call is under way."""
        # A leader must not block in a send while others wait for replies: a server that itself
        # blocks in a send would wait for ever. Alone, and with a small request, it cannot.
        if self._waiters or not self._turn.acquire(False):
            reply = self._join(request_id, (data,), timeout)
            assert isinstance(reply, Reply)
            return reply
        try:
            self._unread = None
            if self._error is not None:
                raise again(self._error)
            if timeout != self._timeout:
                self._set_timeout(timeout)
            try:
                with self._sending:
                    self._stream.sendall(data)
            except BaseException as error:
                # Timed out or not: half a message may have been sent, which would swallow the next ones.
                raise self._broken(error) from error
            try:
                started = monotonic()
                count = None
                if not self._midway:
                    count = self._stream.recv_into(self._buffer)
                    kind, size, first, second, third = REPLY_START(self._buffer)
                    # The reply that almost always comes: whole, alone, and without contexts.
                    if size + 12 == count:
                        if kind == REPLY_1_2 and first == request_id and third == 0:
                            return Reply(request_id, second, taken(self._view, count))
                        if kind == REPLY_1_0 and second == request_id and first == 0:
                            return Reply(request_id, third, taken(self._view, count), 24, True, 0)
            except TIMED_OUT as error:
                raise call_timed_out(self.address, timeout) from error
            except BaseException as error:
                raise self._broken(error) from error
            reply = self._lead(request_id, timeout, started, count)
            assert isinstance(reply, Reply)
            return reply
        finally:
            self._pass_on()

    def __repr__(self) -> str:
        return f"<ClientConnection {self.address}{' closed' if self.closed else ''}>"
