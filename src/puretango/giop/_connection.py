"""A GIOP connection without I/O: bytes in, events out, messages checked against the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from puretango.errors import ProtocolError
from puretango.giop._assembly import STRANGER, TRUSTED, Assembler, Message
from puretango.giop._header import MAX_MESSAGE, MessageType
from puretango.giop._messages import (
    Buffer,
    CloseConnection,
    Event,
    LocateRequest,
    LocateStatus,
    MessageError,
    Request,
    build_cancel,
    build_close,
    build_error,
    build_locate,
    build_locate_reply,
    parse_message,
)
from puretango.giop._reply import build_reply
from puretango.giop._request import PreparedRequest, RequestTemplate
from puretango.giop._state import TRANSITIONS, Role, State


class Connection:
    """One side of a connection.

    Received bytes go to :meth:`receive_data` (or, without a copy, through :attr:`assembler`);
    :meth:`next_event` gives their meaning. The ``send_`` methods return the bytes to send.
    A broken rule raises :class:`ProtocolError` that names who broke it; after one by the peer,
    send what :meth:`send_error` gives and close.
    """

    __slots__ = ("_table", "assembler", "fragment_size", "minor", "next_id", "role", "state")

    def __init__(
        self,
        role: Role,
        *,
        max_message: int = MAX_MESSAGE,
        fragment_size: int = 0,
        assembler: Assembler | None = None,
        allocate: Callable[[int], memoryview] | None = None,
    ) -> None:
        self.role = role
        self.state = State.OPEN
        self.fragment_size = fragment_size
        """Longer messages are sent in fragments of this size; 0 sends them whole."""
        if assembler is None:
            trusted = STRANGER if role is Role.SERVER else TRUSTED
            assembler = Assembler(max_message, allocate, trusted)
        self.assembler = assembler
        self.minor = 2
        """The minor version of the last message received, in which a MessageError or CloseConnection answers."""
        self.next_id = 0
        self._table = TRANSITIONS[role]

    def receive_data(self, data: Buffer) -> None:
        """Take bytes from the peer; no bytes mean that it has closed its side."""
        if data:
            self.assembler.feed(data)
        else:
            self.receive_eof()

    def receive_eof(self) -> None:
        """The peer has closed the stream."""
        if self.state is State.OPEN:
            self.state = State.CLOSED
            if not self.assembler.at_boundary:
                raise ProtocolError("the peer closed the connection in the middle of a message")

    def next_message(self) -> Message | None:
        """The next whole message, its place in the conversation checked, its body not parsed."""
        try:
            message = self.assembler.next_message()
        except ProtocolError:
            self.state = State.FAILED
            raise
        if message is None:
            return None
        self.minor = message.minor
        after = self._table.get(("receive", self.state, message.kind))
        if after is None:
            state, self.state = self.state, State.FAILED
            raise ProtocolError(
                f"the peer sent a {message.kind.name} on a connection {state.value}"
            )
        self.state = after
        return message

    def next_event(self) -> Event | None:
        """The next event from the peer, or None until more bytes have come."""
        message = self.next_message()
        return None if message is None else self.parse(message)

    def parse(self, message: Message) -> Event:
        """The event in a message from next_message."""
        try:
            return parse_message(message)
        except ProtocolError:
            self.state = State.FAILED
            raise

    def events(self) -> Iterator[Event]:
        """All events in the bytes received so far."""
        while (event := self.next_event()) is not None:
            yield event
            if isinstance(event, CloseConnection | MessageError):
                return

    def _sending(self, kind: MessageType) -> None:
        after = self._table.get(("send", self.state, kind))
        if after is None:
            raise ProtocolError(f"a {self.role.value} cannot send {kind.name}: {self.state.value}")
        self.state = after

    # The client's messages.

    def new_id(self) -> int:
        """The next request id; omniORB steps by 2, and so do we."""
        self.next_id = (self.next_id + 2) & 0xFFFFFFFF
        return self.next_id

    def send_request(
        self, request_id: int, template: RequestTemplate, body: list[Buffer]
    ) -> list[Buffer]:
        """A request from its template."""
        self._sending(MessageType.REQUEST)
        return template.build(request_id, body, self.fragment_size)

    def send_prepared(self, request_id: int, prepared: PreparedRequest) -> bytes:
        """A prepared request."""
        self._sending(MessageType.REQUEST)
        return prepared.message(request_id)

    def send_locate(self, request_id: int, object_key: bytes, minor: int = 2) -> bytes:
        """A LocateRequest."""
        self._sending(MessageType.LOCATE_REQUEST)
        return build_locate(request_id, object_key, minor)

    def send_cancel(self, request_id: int, minor: int = 2) -> bytes:
        """A CancelRequest."""
        self._sending(MessageType.CANCEL_REQUEST)
        return build_cancel(request_id, minor)

    # The server's messages.

    def send_reply(self, request: Request, status: int, body: list[Buffer]) -> list[Buffer]:
        """The reply to a request, in its version; the body is little endian."""
        self._sending(MessageType.REPLY)
        return build_reply(
            request.request_id,
            status,
            body,
            request.minor,
            fragment_size=self.fragment_size,
        )

    def send_locate_reply(self, request: LocateRequest, status: LocateStatus) -> bytes:
        """The answer to a LocateRequest."""
        self._sending(MessageType.LOCATE_REPLY)
        return build_locate_reply(request.request_id, status, request.minor, little=request.little)

    # Either side's.

    def send_close(self) -> bytes:
        """A CloseConnection; nothing may follow it."""
        self._sending(MessageType.CLOSE_CONNECTION)
        return build_close(self.minor)

    def send_error(self) -> bytes:
        """A MessageError; nothing may follow it. Allowed after the peer broke a rule."""
        self.state = State.FAILED
        return build_error(self.minor)
