"""From a request's bytes to a reply's: find the device, decode, run, encode."""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

from puretango.cdr import CdrReader, CdrWriter
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
from puretango.server.base._failure import AUTHORS_ERRORS, to_dev_failed
from puretango.server.base._peer import Client
from puretango.server.dispatch._factplan import is_fact, make_fact_plan
from puretango.server.dispatch._operations import HANDLERS
from puretango.server.dispatch._readplan import make_plan
from puretango.server.dispatch._reply import NO_EXCEPTION, body_of, user_exception
from puretango.server.dispatch._writeplan import write_at_once

if TYPE_CHECKING:
    from puretango.giop import Invocation
    from puretango.net import Answer, Peer
    from puretango.server.device._deviceimpl import DeviceImpl
    from puretango.server.dispatch._ports import DispatchHost

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
            answer = plan(peer)
            if answer is not None:
                return answer
            invocation.plan = None
        device = self.find(invocation.object_key)
        if device is None or not device._tango_exported:
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
        client = self._client(peer)
        if is_fact(device, operation.name, arguments):
            return self._tell(invocation, device, operation, handler(device, client, *arguments))
        if self._server.loop_thread is not None and not device._tango_is_asyncio:
            return self._in_worker(device, operation, handler, client, arguments)
        if not device._tango_is_asyncio:
            written = write_at_once(device, client, operation.name, arguments)
            if written is not None:
                return written
        plan = make_plan(device, operation.name, arguments)
        if plan is not None:
            invocation.plan = plan
            answer = plan(peer)
            if answer is not None:
                return answer
            invocation.plan = None
        core = handler(device, client, *arguments)
        if device._tango_is_asyncio:
            return self._finish_on_loop(device, operation, core)
        return self._finish(device, operation, core)

    def _tell(
        self, invocation: Invocation, device: DeviceImpl, operation: Operation, core: Awaitable[Any]
    ) -> Answer:
        """Answer what will be answered in the same way next time."""
        stamp = device._tango_stamp
        answer = self._finish(device, operation, core)
        invocation.plan = make_fact_plan(device, operation.name, stamp, answer)
        return answer

    def _client(self, peer: Peer) -> Client:
        self._server.adopt_thread()
        return Client(peer.host, None, peer.port)

    def _finish(self, device: DeviceImpl, operation: Operation, core: Awaitable[Any]) -> Answer:
        try:
            result = drive(core)
        except (
            BaseException
        ) as error:  # a thread that serves requests is never interrupted from outside
            return self._failed(device, operation, error)
        return self._encode(device, operation, result)

    async def _finish_on_loop(
        self, device: DeviceImpl, operation: Operation, core: Awaitable[Any]
    ) -> Answer:
        try:
            result = await core
        except AUTHORS_ERRORS as error:
            return self._failed(device, operation, error)
        return self._encode(device, operation, result)

    def _in_worker(
        self,
        device: DeviceImpl,
        operation: Operation,
        handler: Any,
        client: Client,
        arguments: tuple[Any, ...],
    ) -> Awaitable[Answer]:
        """A synchronous device of an asyncio server: in a thread, the loop goes on."""

        def work() -> Answer:
            self._server.adopt_thread()
            return self._finish(device, operation, handler(device, client, *arguments))

        return self._server.in_worker(work)

    # -- replies -------------------------------------------------------------------------------------

    def _encode(self, device: DeviceImpl, operation: Operation, result: Any) -> Answer:
        writer = CdrWriter()
        try:
            operation.encode_result(writer, result)
        except MarshalError as error:  # it may be what the client sent, told back
            LOG.error("the result of %s of %s: %s", operation.name, device._tango_name, error)
            return self._failed(device, operation, error)
        except Exception as error:
            LOG.exception("the result of %s of %s", operation.name, device._tango_name)
            return self._failed(device, operation, error)
        return NO_EXCEPTION, body_of(writer)

    def _failed(self, device: DeviceImpl, operation: Operation, error: BaseException) -> Answer:
        if isinstance(error, SystemException):
            raise error
        if not isinstance(error, DevFailed):
            LOG.debug("%s of %s", operation.name, device._tango_name, exc_info=error)
        return user_exception(to_dev_failed(error))
