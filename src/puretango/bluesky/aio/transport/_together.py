"""What is asked for at the same time, in one request."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

__all__ = ["Together"]


class Together:
    """What is asked for at the same time, in one request."""

    def __init__(self, request: Callable[[list[str]], Awaitable[list[Any]]]) -> None:
        self._request = request
        self._waiting: dict[str, list[asyncio.Future[Any]]] = {}
        self._task: asyncio.Task[None] | None = None

    async def ask(self, key: str) -> Any:
        """The answer for one key."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self._waiting.setdefault(key, []).append(future)
        if self._task is None:
            self._task = loop.create_task(self._run())
        return await future

    async def _run(self) -> None:
        self._task = None
        waiting, self._waiting = self._waiting, {}
        try:
            answers = await self._request(list(waiting))
        except BaseException as failure:
            # Whatever it is: whoever waits for an answer must hear of it.
            for futures in waiting.values():
                _settle(futures, failure=failure)
            if not isinstance(failure, (Exception, asyncio.CancelledError)):
                raise
            return
        for futures, answer in zip(waiting.values(), answers):
            _settle(futures, answer)


def _settle(
    futures: list[asyncio.Future[Any]], answer: Any = None, failure: BaseException | None = None
) -> None:
    for future in futures:
        if future.done():
            continue
        if failure is None:
            future.set_result(answer)
        elif isinstance(failure, asyncio.CancelledError):
            future.cancel()
        else:
            future.set_exception(failure)
