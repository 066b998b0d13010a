"""What is asked for at the same time, in one request."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

__all__ = ["Together"]

Waiting = dict[str, list["asyncio.Future[Any]"]]


class Together:
    """Concurrent questions, asked in one request.

    The first task that asks makes the request, one turn of the loop later; those that ask meanwhile wait for
    it. A task that asks alone, as a plan of one signal does, costs no further task and no future.
    """

    def __init__(self, request: Callable[[list[str]], Awaitable[list[Any]]]) -> None:
        self._request = request
        #: The futures of those that wait for the coming request, by key; None while no task is about to make one.
        self._gathering: Waiting | None = None
        self._taken_over: set[asyncio.Task[None]] = set()

    async def ask(self, key: str) -> Any:
        """The answer for one key."""
        if self._gathering is not None:
            future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
            self._gathering.setdefault(key, []).append(future)
            return await future
        waiting: Waiting = {key: []}
        self._gathering = waiting
        try:
            try:
                await asyncio.sleep(0)
            finally:
                self._gathering = None
            answers = await self._request(list(waiting))
        except asyncio.CancelledError:
            # This one was cancelled: the others get their answers all the same.
            if any(waiting.values()):
                task = asyncio.get_running_loop().create_task(self._take_over(waiting))
                self._taken_over.add(task)
                task.add_done_callback(self._taken_over.discard)
            raise
        except BaseException as failure:
            # Whatever the error is: every task that waits for an answer must get it.
            _fail(waiting, failure)
            raise
        _settle(waiting, answers)
        return answers[0]

    async def _take_over(self, waiting: Waiting) -> None:
        """Make the request in place of a task that was cancelled, for the others."""
        waiting = {key: futures for key, futures in waiting.items() if futures}
        try:
            answers = await self._request(list(waiting))
        except BaseException as failure:
            _fail(waiting, failure)
            if not isinstance(failure, (Exception, asyncio.CancelledError)):
                raise
            return
        _settle(waiting, answers)


def _settle(waiting: Waiting, answers: list[Any]) -> None:
    for futures, answer in zip(waiting.values(), answers):
        for future in futures:
            if not future.done():
                future.set_result(answer)


def _fail(waiting: Waiting, failure: BaseException) -> None:
    for futures in waiting.values():
        for future in futures:
            if future.done():
                continue
            if isinstance(failure, asyncio.CancelledError):
                future.cancel()
            else:
                future.set_exception(failure)
