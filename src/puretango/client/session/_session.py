"""A client's conversation with one object: connect, call, and connect again after a failure.

The rules are cppTango's: a call that finds the connection broken connects once more and is
repeated once; a connection that took long to fail is not tried again for a second; a call that
takes too long is an error of its own, unless the server cannot be connected to either.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from puretango.cdr import CdrWriter
from puretango.client.context._target import Target, ior_target
from puretango.client.session._faults import (
    CONNECT_FAILED,
    Trouble,
    is_timeout,
    raise_added,
    raise_communication,
    raise_connection,
    raise_timeout,
)
from puretango.client.session._interfaces import IS_A, question
from puretango.client.session._kept import Known
from puretango.client.session._replies import NONSENSE, nonsense_in, result_of
from puretango.errors import (
    MARSHAL,
    TRANSIENT,
    DevError,
    DevFailed,
    ErrSeverity,
    MarshalError,
    ProtocolError,
    SystemException,
)
from puretango.giop import (
    Reply,
    ReplyStatus,
    RequestTemplate,
    forwarded_to,
)
from puretango.idl import DEVICE_REPO_IDS, OPERATIONS, Operation
from puretango.values import AccessControlType, DevSource

if TYPE_CHECKING:
    from puretango.client.context._context import ClientContext
    from puretango.client.session._io import IO

__all__ = ["RECONNECTION_DELAY", "Session"]

STALE = (
    "API_IncompatibleAttrDataType",
    "API_IncompatibleAttrArgumentType",
    "API_AttrNotFound",
    "API_IncompatibleCmdArgumentType",
    "API_CommandNotFound",
)
"""Reasons after which a remembered type may be out of date."""

RECONNECTION_DELAY = 1.0
"""Seconds before a connection that failed is tried again."""

SIGN_OF_LIFE = 0.3
"""Seconds in which a server that let a call time out must accept a connection, and then answer a ping."""

QUICK_FAILURE = 0.1
"""Seconds within which a connection that is refused fails."""

DEFAULT_TIMEOUT_MS = 3000
HIGHEST_IDL = 6
_LOST = ("TRANSIENT", "OBJECT_NOT_EXIST", "COMM_FAILURE")
_MAX_FORWARDS = 4

Resolver = Callable[["IO"], Awaitable[Target]]
Decode = Callable[[Operation, Reply], Any]
Pick = Callable[[int], tuple[Operation, tuple[Any, ...]]]
Then = Callable[[Any], Any]


class Session:
    """Everything about the connection to one object that its proxy shares with no other."""

    __slots__ = (
        "__weakref__",
        "access",
        "connected",
        "context",
        "database",
        "device_name",
        "failed_at",
        "idl_version",
        "known",
        "link",
        "local",
        "reconnects",
        "resolver",
        "source",
        "target",
        "templates",
        "timeout",
        "timeout_ms",
    )

    def __init__(
        self,
        context: ClientContext,
        device_name: str,
        resolver: Resolver,
        *,
        database: bool = False,
    ) -> None:
        self.context = context
        context.sessions.add(self)
        self.device_name = device_name
        self.resolver = resolver
        self.database = database
        self.target: Target | None = None
        self.link: Any = None
        self.local: Callable[[str, Any], Any] | None = None
        self.connected = False
        self.idl_version = 0
        self.failed_at: float | None = None
        self.timeout_ms = DEFAULT_TIMEOUT_MS
        self.timeout = DEFAULT_TIMEOUT_MS / 1000
        self.reconnects = True
        self.source = DevSource.CACHE_DEV
        self.access = AccessControlType.ACCESS_WRITE
        self.templates: dict[str, RequestTemplate] = {}
        self.known = Known()

    def set_timeout_ms(self, timeout_ms: int) -> None:
        """Set how long a call may take."""
        self.timeout_ms = int(timeout_ms)
        self.timeout = self.timeout_ms / 1000

    # ------------------------------------------------------------------ connection

    async def connect(self, io: IO, target: Target) -> None:
        """Use a target as the object's place, after making sure that it answers."""
        self.set_target(target)
        try:
            try:
                self.idl_version = await self._narrow(io)
            except SystemException as exc:
                if exc.kind != "COMM_FAILURE":
                    raise
                # A connection that other proxies share was found dead: a new one is needed.
                self.link = None
                self.idl_version = await self._narrow(io)
        except SystemException as exc:
            self.connected = False
            if is_timeout(exc) and not await io.reaches(self, SIGN_OF_LIFE):
                io.retire(self)  # the one that others have made does not answer either
            self._raise_not_connected(exc, target)
        self.connected = True

    def set_target(self, target: Target) -> None:
        """Forget everything that was prepared for another place."""
        if target != self.target:
            if self.target is not None:
                self.templates = {}
                self.known = Known()
                self.link = None
            self.target = target

    async def _narrow(self, io: IO) -> int:
        """The highest version of Tango's Device interface that the object has."""
        assert self.target is not None
        if self.target.idl_version:
            await self.call(io, OPERATIONS["_non_existent"], ())
            return self.target.idl_version
        for repo_id, version in zip(DEVICE_REPO_IDS, range(HIGHEST_IDL, 0, -1), strict=False):
            if await self._is_a(io, repo_id):
                return version
        raise SystemException("not a Tango device")

    async def _is_a(self, io: IO, repo_id: str) -> bool:
        """The one question of a new proxy, ready-made for those that follow to the same place."""
        target = self.target
        assert target is not None
        reply = await io.submit(self, question(target.object_key, target.version, repo_id))
        if reply.status in _FORWARDS:
            self._follow(reply)
            return bool(await self.call(io, IS_A, (repo_id,)))
        try:
            return bool(result_of(IS_A, reply))
        except NONSENSE as exc:
            raise nonsense_in(IS_A.name, exc) from exc

    def _raise_not_connected(self, exc: SystemException, target: Target) -> None:
        reason = "API_CantConnectToDevice"
        what = f"device {self.device_name}"
        if self.database:
            reason = "API_CantConnectToDatabase"
            host, port = target.addresses[0]
            what = f"database on host {host} with port {port}"
        elif target.corba_name.startswith("corbaloc"):
            if exc.kind == "OBJECT_NOT_EXIST":
                reason = "API_DeviceNotDefined"
            elif exc.kind == "TRANSIENT":
                reason = "API_ServerNotRunning"
        raise_connection(exc, reason, f"Failed to connect to {what}", "Connection::connect")

    async def ready(self, io: IO) -> None:
        """Make sure that there is a connection; make one if it was lost."""
        if self.connected:
            return
        now = time.monotonic()
        if self.failed_at is not None and now - self.failed_at < RECONNECTION_DELAY:
            raise DevFailed(
                DevError(
                    "API_CantConnectToDevice",
                    ErrSeverity.ERR,
                    f"Failed to connect to device {self.device_name}\n"
                    "The connection request was delayed.\n"
                    "The last connection request was done less than 1000 ms ago",
                    "Connection::reconnect",
                )
            )
        try:
            await self.connect(io, await self.resolver(io))
        except DevFailed:
            # An attempt that failed at once costs nothing: it may be made again at once.
            # So may one for a database that was never there: its client cannot work without it.
            slow = io.spares_servers and time.monotonic() - now > QUICK_FAILURE
            self.failed_at = now if slow and (not self.database or self.idl_version) else None
            raise
        self.failed_at = None

    @staticmethod
    def is_stale(failed: DevFailed) -> bool:
        """True for a failure that an outdated type of an attribute or argument may have caused."""
        named = getattr(failed, "err_list", ())
        stacks = [failed.args, *(item.err_stack for item in named)]
        return any(stack and stack[0].reason in STALE for stack in stacks)

    def lost(self) -> None:
        """Treat the connection as broken: the next call makes a new one."""
        self.connected = False
        self.link = None
        self.known = Known()

    # ----------------------------------------------------------------------- calls

    async def request(
        self,
        io: IO,
        pick: Pick,
        trouble: Trouble,
        decode: Decode = result_of,
        then: Then | None = None,
    ) -> Any:
        """Call the operation that ``pick`` chooses for the object's IDL version.

        ``then`` makes of its result what the caller wants. An exception of it or of ``decode``
        means that the peer sent nonsense, and is reported like any other failure of the call.
        """
        attempt = io.spent
        while True:
            try:
                if not self.connected:
                    io = io.within(self.timeout)  # connecting is a part of the call
                    await self.ready(io)
            except DevFailed as failed:
                if trouble.added is not None and not self.database:
                    raise_added(failed, *trouble.added, trouble.origin)
                raise
            operation, args = pick(self.idl_version)
            try:
                return await self.call(io, operation, args, decode, then)
            except SystemException as exc:
                await self.recover(io, exc, attempt, trouble)
                attempt += 1
            except DevFailed as failed:
                if trouble.added is not None and trouble.added_on_server_error:
                    raise_added(failed, *trouble.added, trouble.origin)
                raise

    async def recover(self, io: IO, exc: SystemException, attempt: int, trouble: Trouble) -> None:
        """Return if the call should be made again; raise its error otherwise."""
        if is_timeout(exc):
            await self._recover_timeout(io, exc, attempt, trouble)
            return
        if exc.kind not in _LOST:
            raise_communication(exc, self.device_name, trouble)
        self.lost()
        if attempt >= 1 or not self.reconnects:
            raise_communication(exc, self.device_name, trouble)

    async def _recover_timeout(
        self, io: IO, exc: SystemException, attempt: int, trouble: Trouble
    ) -> None:
        """Return if the device has moved and the call is to be made there; raise otherwise.

        A server that is alive may have done what it was asked: it is not asked again. All this
        takes moments, since the call has had its time.
        """
        target = self.target
        assert target is not None
        if await io.reaches(self, SIGN_OF_LIFE):
            if not await self._answers(io.within(SIGN_OF_LIFE)):
                # After a partition, what is sent on the old connection waits for the kernel's next
                # retransmission, long after the network is back; a new connection works at once.
                io.retire(self)
                self.lost()
            raise_timeout(exc, self.device_name, self.timeout_ms, trouble)
        io.retire(self)
        self.lost()
        if attempt >= 1 or not self.reconnects:
            raise_timeout(exc, self.device_name, self.timeout_ms, trouble)
        try:
            if await self.resolver(io.within(SIGN_OF_LIFE)) != target:
                return
            text = "no answer, and no new connection"
            self._raise_not_connected(TRANSIENT(text, minor=CONNECT_FAILED), target)
        except DevFailed as failed:
            self.failed_at = time.monotonic() if io.spares_servers else None
            if trouble.added is not None and not self.database:
                raise_added(failed, *trouble.added, trouble.origin)
            raise

    async def _answers(self, io: IO) -> bool:
        """True if the server still answers a ping."""
        try:
            await self.call(io, OPERATIONS["ping"], ())
        except SystemException as exc:
            return exc.kind != "TRANSIENT" and not is_timeout(exc)
        except DevFailed:
            return True
        return True

    async def call(
        self,
        io: IO,
        operation: Operation,
        args: tuple[Any, ...],
        decode: Decode = result_of,
        then: Then | None = None,
    ) -> Any:
        """Call an operation once; SystemException and DevFailed come through as they are."""
        reply = await io.invoke(self, *self.encode(operation, args))
        for _ in range(_MAX_FORWARDS):
            if reply.status not in _FORWARDS:
                break
            self._follow(reply)
            reply = await io.invoke(self, *self.encode(operation, args))
        try:
            result = decode(operation, reply)
            return result if then is None else then(result)
        except NONSENSE as exc:  # the peer's fault, reported as an ORB does
            raise nonsense_in(operation.name, exc) from exc

    def encode(
        self, operation: Operation, args: tuple[Any, ...]
    ) -> tuple[RequestTemplate, list[Any]]:
        """The request's header and its arguments' bytes."""
        template = self.template(operation.name)
        writer = CdrWriter(True, template.body_offset)
        try:
            operation.encode_args(writer, *args)
        except MarshalError as exc:  # a name or value that cannot be encoded
            raise TypeError(f"{operation.name}: {exc}") from exc
        return template, writer.buffers()

    def template(self, operation: str, response_expected: bool = True) -> RequestTemplate:
        """The header of requests for an operation of this object."""
        key = operation if response_expected else f"{operation}!"
        template = self.templates.get(key)
        if template is None:
            target = self.target
            assert target is not None
            template = RequestTemplate(
                target.object_key, operation, target.version, response_expected
            )
            self.templates[key] = template
        return template

    def _follow(self, reply: Reply) -> None:
        """Connect to the object that a LOCATION_FORWARD reply names."""
        try:
            target = ior_target(str(forwarded_to(reply)))
        except (MarshalError, ProtocolError, DevFailed, ValueError) as exc:
            raise MARSHAL(f"in a forwarding reply: {exc}") from exc
        self.set_target(target)


_FORWARDS = (ReplyStatus.LOCATION_FORWARD, ReplyStatus.LOCATION_FORWARD_PERM)
