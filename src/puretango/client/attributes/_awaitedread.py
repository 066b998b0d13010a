"""A read under way on a loop: a future that the connection tells the reply, and that has the attribute.

Between the reply's arrival and the task that awaits it there is no other future and no other turn
of the loop.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from puretango.client.attributes._attributes import read_trouble
from puretango.client.attributes._fastread import BODY, attribute_of, told
from puretango.client.session._io import AsyncioIO
from puretango.client.session._trace import traced
from puretango.errors import DevFailed, SystemException
from puretango.values import DeviceAttribute

if TYPE_CHECKING:
    from puretango.client.attributes._fastread import ReadPlan

__all__ = ["AwaitedRead", "read_later"]

_finish = asyncio.Future.set_result
_fail = asyncio.Future.set_exception


def read_later(proxy: Any, name: str) -> Any:
    """A future of the attribute: the request is sent at once if it can be."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return None
    session = proxy._session
    plan = session.prepared.get(name)
    target = session.target
    if plan is not None and target is not None and session.connected and not traced:
        link = session.context.asyncio_pool(loop).known(*target.addresses[0])
        if link is not None:
            future = AwaitedRead(loop, proxy, plan, name)
            try:
                link.submit(plan.prepared, session.timeout, future)
            except SystemException:
                pass  # the long way connects again
            else:
                return future
    return loop.create_task(proxy._read_again(AsyncioIO(loop), name))


class AwaitedRead(asyncio.Future[DeviceAttribute]):
    """The attribute in a reply that is under way."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, proxy: Any, plan: ReadPlan, name: str
    ) -> None:
        super().__init__(loop=loop)
        self._proxy = proxy
        self._plan = plan
        self._name = name

    def set_result(self, reply: Any) -> None:
        """The reply is here."""
        plan = self._plan
        if plan.decode is not None and reply.body_start == BODY and not reply.status:
            attribute = plan.decode(bytes(reply.data[BODY:]))
            if attribute is not None:
                _finish(self, attribute)
                return
        if reply.status > 1:
            self._read_again(None)
            return
        try:
            _finish(self, attribute_of(self._proxy._session, plan, reply))
        except DevFailed as failed:
            _fail(self, told(self._proxy._session, failed, self._name))
        except Exception as exc:  # noqa: BLE001  # whoever awaits gets it
            _fail(self, exc)

    def set_exception(self, exception: type | BaseException, /) -> None:
        """There will be no reply."""
        if isinstance(exception, SystemException):
            self._read_again(exception)
        else:
            _fail(self, exception)

    def _read_again(self, failure: SystemException | None) -> None:
        task = self.get_loop().create_task(self._recovered(failure))
        task.add_done_callback(self._take)
        self.add_done_callback(lambda done: task.cancel() if done.cancelled() else None)

    async def _recovered(self, failure: SystemException | None) -> DeviceAttribute:
        proxy, name = self._proxy, self._name
        io = AsyncioIO(self.get_loop())
        if failure is not None:
            session = proxy._session
            await session.recover(io, failure, 0, read_trouble(session, [name], one=True))
        found: DeviceAttribute = await proxy._read_again(io, name)
        return found

    def _take(self, done: asyncio.Task[DeviceAttribute]) -> None:
        if self.done():
            return
        if done.cancelled():
            self.cancel()
        elif (failure := done.exception()) is not None:
            _fail(self, failure)
        else:
            _finish(self, done.result())
