"""A planned call under way on a loop: a future that the connection gives the reply, and that has the result.

Between the reply's arrival and the task that awaits it there is no other future and no other turn
of the loop.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from puretango.client.session._io import AsyncioIO
from puretango.client.session._plan import MISFITS, NEVER, Again
from puretango.errors import SystemException

if TYPE_CHECKING:
    from puretango.client.session._plan import LongWay, Plan
    from puretango.client.session._session import Session

__all__ = ["AwaitedCall", "call_later"]

_finish = asyncio.Future.set_result
_fail = asyncio.Future.set_exception


def call_later(session: Session, plan: Plan, value: Any, long_way: LongWay) -> Any:
    """A future of the result: the request is sent at once if it can be; None if no loop runs."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return None
    target = session.target
    if target is not None and session.connected:
        link = session.context.asyncio_pool(loop).known(*target.addresses[0])
        if link is not None:
            try:
                request = plan.request(value)
                future = AwaitedCall(loop, session, plan, long_way)
                link.submit(request, session.timeout, future)
            except (*MISFITS, SystemException):
                pass  # the long way raises the right error, or connects again
            else:
                return future
    return loop.create_task(long_way(AsyncioIO(loop)))


class AwaitedCall(asyncio.Future[Any]):
    """The result in a reply that is under way."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, session: Session, plan: Plan, long_way: LongWay
    ) -> None:
        super().__init__(loop=loop)
        self._session = session
        self._plan = plan
        self._long_way = long_way

    def set_result(self, reply: Any) -> None:
        """Take the reply."""
        try:
            result = self._plan.result(self._session, reply)
        except SystemException as exc:
            self._again(NEVER, exc)
        except Exception as exc:  # noqa: BLE001  # whoever awaits gets it
            _fail(self, exc)
        else:
            if type(result) is Again:
                self._again(result)
            else:
                _finish(self, result)

    def set_exception(self, exception: type | BaseException, /) -> None:
        """Take the failure: there will be no reply."""
        if isinstance(exception, SystemException):
            self._again(NEVER, exception)
        else:
            _fail(self, exception)

    def _again(self, again: Again, failure: SystemException | None = None) -> None:
        task = self.get_loop().create_task(self._recovered(again, failure))
        task.add_done_callback(self._take)
        self.add_done_callback(lambda done: task.cancel() if done.cancelled() else None)

    async def _recovered(self, again: Again, failure: SystemException | None) -> Any:
        io = AsyncioIO(self.get_loop())
        if failure is not None:
            trouble = self._plan.trouble(self._session)
            await self._session.recover(io, failure, 0, trouble)
            again = Again(1)
        return await self._long_way(again.then(io))

    def _take(self, done: asyncio.Task[Any]) -> None:
        if self.done():
            return
        if done.cancelled():
            self.cancel()
        elif (failure := done.exception()) is not None:
            _fail(self, failure)
        else:
            _finish(self, done.result())
