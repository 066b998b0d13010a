"""What is asked for at the same time, in one request."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from puretango.bluesky.aio.transport._together import Together


class Requests:
    """Answers requests, with each key in capitals, once it may."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.may = asyncio.Event()
        self.failure: BaseException | None = None

    async def __call__(self, keys: list[str]) -> list[Any]:
        self.asked.append(keys)
        await self.may.wait()
        if self.failure is not None:
            raise self.failure
        return [key.upper() for key in keys]


async def test_one_request_for_all() -> None:
    requests = Requests()
    requests.may.set()
    together = Together(requests)
    assert await asyncio.gather(*map(together.ask, "abab")) == ["A", "B", "A", "B"]
    assert requests.asked == [["a", "b"]]
    assert await together.ask("c") == "C"
    assert len(requests.asked) == 2


@pytest.mark.parametrize("when", ["before the request", "during the request"])
async def test_one_that_is_cancelled_takes_nothing_from_the_others(when: str) -> None:
    requests = Requests()
    together = Together(requests)
    first, second = (asyncio.ensure_future(together.ask(key)) for key in "ab")
    await asyncio.sleep(0)
    if when == "during the request":
        await asyncio.sleep(0)
        assert requests.asked == [["a", "b"]]
    first.cancel()
    requests.may.set()
    assert await second == "B"
    assert requests.asked[-1] == ["b"]
    with pytest.raises(asyncio.CancelledError):
        await first
    assert await together.ask("c") == "C"


async def test_a_failure_is_everybodys() -> None:
    requests = Requests()
    requests.failure = ValueError("no")
    requests.may.set()
    together = Together(requests)
    found = await asyncio.gather(*map(together.ask, "aab"), return_exceptions=True)
    assert [type(one) for one in found] == [ValueError] * 3


async def test_a_failure_after_the_first_was_cancelled() -> None:
    requests = Requests()
    together = Together(requests)
    first, second = (asyncio.ensure_future(together.ask(key)) for key in "ab")
    await asyncio.sleep(0)
    first.cancel()
    requests.failure = ValueError("no")
    requests.may.set()
    with pytest.raises(ValueError, match="no"):
        await second
