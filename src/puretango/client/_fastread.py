"""Reading one scalar again and again: the request's bytes are kept, and the reply's layout.

A read takes this way when its attribute was read before over the same connection. Whatever is
unusual (an error, another type, a lost connection) goes the long way, which also tells it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from puretango.cdr import CdrWriter
from puretango.client._attributes import attributes_of, check_read, pick_read, read_trouble
from puretango.client._green import _default_mode as default_mode
from puretango.client._io import BLOCKING, AsyncioIO, drive
from puretango.errors import MARSHAL, DevFailed, MarshalError, SystemException
from puretango.idl import OPERATIONS
from puretango.values import DeviceAttribute, ExtractAs, GreenMode, ScalarLayout

if TYPE_CHECKING:
    import asyncio

    from puretango.client._io import IO
    from puretango.client._session import Session
    from puretango.giop import PreparedRequest, Reply

__all__ = ["FastRead"]

_READ = OPERATIONS["read_attributes_5"]
_NUMPY = ExtractAs.Numpy
_SYNCHRONOUS = GreenMode.Synchronous
_ASYNCIO = GreenMode.Asyncio
_BODY = 24
_TRIES = 3
"""After so many replies that are no scalar's, the layout is not looked for any more."""


class ReadPlan:
    """How one attribute is read over the present connection."""

    __slots__ = ("decode", "prepared", "tries")

    def __init__(self, prepared: PreparedRequest) -> None:
        self.prepared = prepared
        self.decode: Any = None
        self.tries = _TRIES


def make_plan(session: Session, name: str) -> ReadPlan:
    """The plan for an attribute, kept until the connection or the source changes."""
    template = session.template("read_attributes_5")
    writer = CdrWriter(True, template.body_offset)
    _, args = pick_read(session, [name])(session.idl_version)
    _READ.encode_args(writer, *args)
    plan = session.prepared[name] = ReadPlan(template.prepare(writer.getvalue()))
    return plan


def attribute_of(session: Session, plan: ReadPlan, reply: Reply) -> DeviceAttribute:
    """The attribute in a reply; raises the exception that it carries."""
    attribute = check_read(attributes_of(_READ, reply, _NUMPY)[0], session)
    if plan.decode is None and plan.tries and reply.body_start == _BODY:
        plan.tries -= 1
        layout = ScalarLayout.learn(reply.data[_BODY:], reply.little, attribute)
        if layout is not None:
            plan.decode = layout.decode
    return attribute


class FastRead:
    """``read_attribute`` of a DeviceProxy."""

    _session: Session
    _green_mode: GreenMode | None

    def read_attribute(
        self,
        attr_name: str,
        extract_as: ExtractAs = _NUMPY,
        *,
        green_mode: GreenMode | None = None,
        wait: bool | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Read one attribute; its failure is raised."""
        mode = green_mode
        if mode is None:
            mode = self._green_mode
            if mode is None:
                mode = default_mode[0]
        if extract_as is not _NUMPY or timeout is not None:
            return self._read_attribute(  # type: ignore[attr-defined]
                attr_name, extract_as, green_mode=mode, wait=wait, timeout=timeout
            )
        if mode is _SYNCHRONOUS and wait is not False:
            session = self._session
            plan = session.prepared.get(attr_name)
            link = session.link
            if plan is not None and link is not None:
                try:
                    reply = link.call(plan.prepared, session.timeout)
                except SystemException as exc:
                    trouble = read_trouble(session, [attr_name], one=True)
                    drive(session.recover(BLOCKING, exc, 0, trouble))
                else:
                    decode = plan.decode
                    if decode is not None and reply.body_start == _BODY and not reply.status:
                        attribute = decode(reply.data[_BODY:])
                        if attribute is not None:
                            return attribute
                    return self._long_way(plan, attr_name, reply)
            return drive(self._read_first(BLOCKING, attr_name))
        if mode is _ASYNCIO and not wait:
            return self._read_later(attr_name)
        return self._read_attribute(  # type: ignore[attr-defined]
            attr_name, extract_as, green_mode=mode, wait=wait, timeout=timeout
        )

    def _long_way(self, plan: ReadPlan, name: str, reply: Reply) -> DeviceAttribute:
        """The attribute in a reply of any shape."""
        session = self._session
        if reply.status > 2:  # the object is elsewhere now
            return drive(self._read_first(BLOCKING, name))
        try:
            return attribute_of(session, plan, reply)
        except (SystemException, MarshalError) as error:
            exc = error
            if isinstance(exc, MarshalError):
                exc = MARSHAL(str(exc))
            drive(session.recover(BLOCKING, exc, 0, read_trouble(session, [name], one=True)))
            return drive(self._read_first(BLOCKING, name))
        except DevFailed as failed:
            raise _told(session, failed, name) from failed.__cause__

    async def _read_first(self, io: IO, name: str) -> DeviceAttribute:
        """Read an attribute that there is no plan for yet."""
        (attribute,) = await self._read(io, [name], _NUMPY, one=True)  # type: ignore[attr-defined]
        session = self._session
        if session.idl_version >= 5 and session.connected and session.link is not None:
            make_plan(session, name)
        found: DeviceAttribute = check_read(attribute, session)
        return found

    # --------------------------------------------------------------------- asyncio

    def _read_later(self, name: str) -> Any:
        """A future of the attribute: the request is sent at once if it can be."""
        import asyncio  # loaded by whoever has a loop

        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return self._read_attribute(name, green_mode=_ASYNCIO)  # type: ignore[attr-defined]
        session = self._session
        plan = session.prepared.get(name)
        target = session.target
        if plan is not None and target is not None and session.connected:
            link = session.context.asyncio_pool(loop).known(*target.addresses[0])
            if link is not None:
                try:
                    sent = link.submit(plan.prepared, session.timeout)
                except SystemException:
                    return loop.create_task(self._read_again(AsyncioIO(loop), name))
                return _decoded(loop, self, plan, name, sent)
        return loop.create_task(self._read_again(AsyncioIO(loop), name))

    async def _read_again(self, io: IO, name: str) -> DeviceAttribute:
        (attribute,) = await self._read(io, [name], _NUMPY, one=True)  # type: ignore[attr-defined]
        session = self._session
        if session.idl_version >= 5 and session.connected and name not in session.prepared:
            make_plan(session, name)
        found: DeviceAttribute = check_read(attribute, session)
        return found


def _told(session: Session, failed: DevFailed, name: str) -> DevFailed:
    """The server's refusal of a whole read, with what was tried on top."""
    if failed.args and failed.args[-1].reason == "API_AttributeFailed":
        return failed
    trouble = read_trouble(session, [name], one=True)
    assert trouble.added is not None
    reason, desc = trouble.added
    return failed.add(reason, desc, trouble.origin)


def _decoded(
    loop: asyncio.AbstractEventLoop,
    proxy: Any,
    plan: ReadPlan,
    name: str,
    sent: asyncio.Future[Reply],
) -> asyncio.Future[DeviceAttribute]:
    """A future of the attribute in a reply that is under way."""
    result: asyncio.Future[DeviceAttribute] = loop.create_future()

    def take(done: asyncio.Future[Reply]) -> None:
        if result.done():
            return
        if done.cancelled():
            result.cancel()
            return
        failure = done.exception()
        if failure is None:
            reply = done.result()
            if plan.decode is not None and reply.body_start == _BODY and not reply.status:
                attribute = plan.decode(bytes(reply.data[_BODY:]))
                if attribute is not None:
                    result.set_result(attribute)
                    return
            if reply.status <= 1:
                try:
                    result.set_result(attribute_of(proxy._session, plan, reply))
                except DevFailed as failed:
                    result.set_exception(_told(proxy._session, failed, name))
                except Exception as exc:  # noqa: BLE001  # whoever awaits gets it
                    result.set_exception(exc)
                return
        _chain(loop.create_task(_recovered(proxy, AsyncioIO(loop), name, failure)), result)

    sent.add_done_callback(take)
    result.add_done_callback(lambda done: sent.cancel() if done.cancelled() else None)
    return result


async def _recovered(
    proxy: Any, io: IO, name: str, failure: BaseException | None
) -> DeviceAttribute:
    if isinstance(failure, SystemException):
        session = proxy._session
        await session.recover(io, failure, 0, read_trouble(session, [name], one=True))
    elif failure is not None:
        raise failure
    found: DeviceAttribute = await proxy._read_again(io, name)
    return found


def _chain(task: asyncio.Task[Any], result: asyncio.Future[Any]) -> None:
    def pass_on(done: asyncio.Task[Any]) -> None:
        if result.done():
            return
        if done.cancelled():
            result.cancel()
        elif (failure := done.exception()) is not None:
            result.set_exception(failure)
        else:
            result.set_result(done.result())

    task.add_done_callback(pass_on)
