"""From a request's bytes to a reply's: find the device, decode, run, encode."""

from __future__ import annotations

import logging
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from puretango.cdr import CdrReader
from puretango.errors import (
    BAD_OPERATION,
    MARSHAL,
    OBJECT_NOT_EXIST,
    DevFailed,
    MarshalError,
    SystemException,
)
from puretango.idl import OPERATIONS, Operation
from puretango.server.base._calling import drive
from puretango.server.base._failure import AUTHORS_ERRORS
from puretango.server.base._peer import Client
from puretango.server.base._visit import visiting
from puretango.server.dispatch._operations import HANDLERS
from puretango.server.dispatch._planning import make_plan
from puretango.server.dispatch._questions import FACTS
from puretango.server.dispatch._reply import encoded
from puretango.server.dispatch._table import told

if TYPE_CHECKING:
    from puretango.giop import Invocation
    from puretango.net import Answer, Peer
    from puretango.server.device._deviceimpl import DeviceImpl
    from puretango.server.dispatch._ports import DispatchHost
    from puretango.server.dispatch._table import Handler

LOG = logging.getLogger("puretango.server")


class Dispatcher:
    """The handler of a server's listener."""

    def __init__(self, server: DispatchHost) -> None:
        self._server = server
        self.by_key: dict[bytes, DeviceImpl] = {}
        """The devices by object key: their names in lower case."""

    def locate(self, object_key: bytes) -> bool:
        """True if there is such a device."""
        return self.find(object_key) is not None

    def find(self, object_key: bytes) -> DeviceImpl | None:
        """The device with that object key, in any case of letters."""
        device = self.by_key.get(object_key)
        if device is None:
            device = self.by_key.get(object_key.lower())
        return device

    # -- one request -------------------------------------------------------------------------------

    def handle(self, invocation: Invocation, peer: Peer) -> Any:
        """Answer a request: in the calling thread, or as something to be awaited."""
        plan = invocation.plan
        if plan is not None:
            answer = plan(peer, invocation.data)
            if answer is not None:
                return answer
            invocation.plan = invocation.span = None
        device = self.find(invocation.object_key)
        if device is None or not device._tango.exported:
            raise OBJECT_NOT_EXIST(
                f"no device {invocation.object_key.decode('utf-8', 'replace')!r} here"
            )
        operation = OPERATIONS.get(invocation.operation)
        handler = HANDLERS.get(invocation.operation)
        if operation is None or handler is None:
            raise BAD_OPERATION(f"no such operation: {invocation.operation}")
        try:
            arguments = operation.decode_args(
                CdrReader(invocation.data, invocation.little, invocation.body_start)
            )
        except MarshalError as error:
            LOG.warning("%s from %s: %s", operation.name, peer, error)
            raise MARSHAL(str(error)) from error
        self._server.adopt_thread()
        in_worker = self._server.loop_thread is not None and not device._tango.is_asyncio
        if not in_worker or operation.name in FACTS:
            plan = make_plan(device, invocation, operation.name, arguments)
            if plan is not None:
                answer = plan(peer, invocation.data)
                if answer is not None:
                    invocation.plan = plan
                    return answer
        identity = arguments[-1] if handler.has_identity else None
        client = Client(peer.host, identity, peer.port)
        if handler.has_identity:
            arguments = arguments[:-1]
        core = self._serve(device, operation, handler, client, arguments)
        if device._tango.is_asyncio:
            return core
        if in_worker:
            return self._server.in_worker(lambda: self._in_thread(core))
        done: Answer = drive(core)
        return done

    async def _serve(
        self,
        device: DeviceImpl,
        operation: Operation,
        handler: Handler,
        client: Client,
        arguments: tuple[Any, ...],
    ) -> Answer:
        """Serve a request that has no plan: the same frame, and the work that covers all cases."""
        visit = handler.visit(device, arguments)
        # A thread that serves requests is never cancelled from outside; a task can be.
        caught = AUTHORS_ERRORS if device._tango.is_asyncio else BaseException
        try:
            answer: Answer = await visiting(
                device, visit, client, self._answer, device, operation, handler, arguments
            )
        except caught as error:
            if not isinstance(error, (DevFailed, SystemException)):
                LOG.debug("%s of %s", operation.name, device._tango.name, exc_info=error)
            answer = handler.failed(error)
        return answer

    async def _answer(
        self,
        device: DeviceImpl,
        operation: Operation,
        handler: Handler,
        arguments: tuple[Any, ...],
    ) -> Answer:
        result = await handler.work(device, *arguments)
        try:
            return encoded(operation, result)
        except MarshalError as error:  # the result may hold what the client sent
            LOG.error("the result of %s of %s: %s", operation.name, device._tango.name, error)
            return told(error)
        except Exception as error:
            LOG.exception("the result of %s of %s", operation.name, device._tango.name)
            return told(error)

    def _in_thread(self, core: Coroutine[Any, Any, Answer]) -> Answer:
        """Serve a synchronous device of an asyncio server in a thread, while the loop goes on."""
        self._server.adopt_thread()
        answer: Answer = drive(core)
        return answer
