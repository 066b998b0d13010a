"""A browser's socket, step by step: what it was told under one number is never another attribute's value."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import numpy as np
import pytest

from puretango.hub import Sample, Status, Viewer
from puretango.hub._board import Board
from puretango.values import DeviceAttribute
from puretango.web.live._browser import Browser
from tests.waiting import eventually


class Feed:
    """An attribute that has what it is given."""

    def __init__(self, board: Board, name: str) -> None:
        self.board, self.name = board, name
        self.place = board.take()

    def status(self) -> Status:
        return Status("change", "", 0.0, 1, 0, self.board.last[self.place])

    def put(self, value: Any) -> None:
        data = DeviceAttribute()
        data.value, data.w_value = value, None
        self.board.put(self.place, Sample(self.name, "change", data, 1.0))


class Hub:
    """What viewers need of a hub; the values come from the test."""

    def __init__(self) -> None:
        self.board = Board()
        self.version = 0
        self.feeds: dict[str, Feed] = {}
        self.released: list[str] = []
        self._woken = asyncio.Event()

    def viewer(self, first: int = 0) -> Viewer:
        return Viewer(self, first)  # type: ignore[arg-type]  # a stand-in for what a browser or a hub is

    def acquire(self, name: str, *_: Any) -> Feed:
        return self.feeds.setdefault(name, Feed(self.board, name))

    def release(self, feed: Feed) -> None:
        self.released.append(feed.name)

    def wake(self) -> None:
        self.version += 1
        self._woken.set()

    async def changed(self) -> None:
        self._woken.clear()
        await self._woken.wait()


class Socket:
    """Takes one message at a time, each when the test lets it through."""

    def __init__(self) -> None:
        self.received: asyncio.Queue[str] = asyncio.Queue()
        self.sent: asyncio.Queue[Any] = asyncio.Queue()
        self.ready = asyncio.Semaphore(0)

    async def receive_text(self) -> str:
        return await self.received.get()

    async def _send(self, message: Any) -> None:
        await self.sent.put(message)
        await self.ready.acquire()

    send_text = send_bytes = _send


class Site:
    """Names as they are."""

    def full_attribute(self, name: str) -> str:
        return name


class Page:
    """What a browser makes of the messages: for each number the attribute that it was said to be."""

    def __init__(self, socket: Socket) -> None:
        self.socket = socket
        self.names: dict[int, str] = {}
        self.arrays: list[tuple[str, list[float]]] = []

    def say(self, **message: Any) -> None:
        self.socket.received.put_nowait(json.dumps(message))

    async def take(self) -> Any:
        """The next message, let through."""
        message = await asyncio.wait_for(self.socket.sent.get(), 30)
        self.socket.ready.release()
        if isinstance(message, str):
            told = json.loads(message)
            if told["t"] == "index":
                self.names |= {number: name for name, number, *_ in told["names"]}
        elif message[0] == 2:
            index = int.from_bytes(message[4:8], "little")
            self.arrays.append(
                (self.names[index], np.frombuffer(message, "<f8", offset=40).tolist())
            )
        return message


async def _until(true: Any) -> None:
    await eventually(true, step=0)


@pytest.mark.parametrize("how", ["hidden", "removed"])
def test_a_page_that_looks_elsewhere_in_mid_frame(how: str) -> None:
    """The numbers of a frame are being sent while the page is hidden, or looks away from an attribute."""

    async def main() -> Page:
        hub, socket = Hub(), Socket()
        page = Page(socket)
        serving = asyncio.create_task(Browser(socket, Site(), hub).run())  # type: ignore[arg-type]  # a stand-in for what a browser or a hub is
        page.say(add=["a/b/c/first"])
        await page.take()
        hub.feeds["a/b/c/first"].put(np.array([1.0, 1.0]))
        hub.wake()
        # The frame's numbers are on their way and wait for the socket.
        await _until(lambda: not socket.sent.empty())
        if how == "hidden":
            page.say(hidden=True)
        else:
            page.say(remove=["a/b/c/first"])
        page.say(add=["a/b/c/second"])
        await _until(lambda: "a/b/c/second" in hub.feeds)
        await page.take()
        hub.feeds["a/b/c/second"].put(np.array([2.0, 2.0]))
        hub.wake()
        while not page.arrays:
            await page.take()
        assert hub.released == ["a/b/c/first"]
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        return page

    page = asyncio.run(main())
    assert page.arrays == [("a/b/c/second", [2.0, 2.0])]
    assert len(page.names) == 2  # no number is used for both


def test_numbers_go_on_and_what_was_looked_at_is_forgotten() -> None:
    """A page that is used for weeks holds no more than what it looks at."""
    hub = Hub()
    viewer = hub.viewer(first=5)
    numbers = [viewer.add(f"a/b/c/{index}") for index in range(3)]
    assert numbers == [5, 6, 7]
    assert viewer.add("a/b/c/1") == 6
    assert viewer.remove("a/b/c/1") == 6
    assert viewer.add("a/b/c/1") == 8
    assert viewer.next == 9
    for feed in hub.feeds.values():
        feed.put(np.array([1.0]))
    frame = viewer.take()
    assert frame is not None
    assert frame.indices.tolist() == [5, 7, 8]
    feed = hub.feeds["a/b/c/0"]
    feed.put(np.array([2.0]))
    frame = viewer.take()
    assert frame is not None
    feed.put(np.array([3.0]))
    assert frame.sample(0).value.tolist() == [2.0]  # type: ignore[union-attr]  # a stand-in for what a browser or a hub is
    for _ in range(1000):
        viewer.add("x/y/z/t")
        viewer.remove("x/y/z/t")
    assert len(viewer._numbers) == 3


@pytest.mark.parametrize(
    "wrong", [[], ["a/b/c/d", 1], ["x"], 5, ["a/b/c/d", -1, 0, 1, 1], ["a/b/c/d", 0, 0, "1", 1]]
)
def test_a_region_is_sent_at_once_and_a_wrong_one_is_the_whole_image(wrong: Any) -> None:
    async def main() -> None:
        hub, socket = Hub(), Socket()
        page = Page(socket)
        serving = asyncio.create_task(Browser(socket, Site(), hub).run())  # type: ignore[arg-type]  # a stand-in for what a browser or a hub is
        page.say(add=["a/b/c/d"])
        await page.take()
        hub.feeds["a/b/c/d"].put(np.arange(100.0).reshape(10, 10))
        hub.wake()

        async def array() -> bytes:
            while True:
                message = await page.take()
                if not isinstance(message, str) and message[0] == 2:
                    return bytes(message)

        assert len(await array()) == 40 + 800
        page.say(region=["a/b/c/d", 2, 3, 4, 2])
        message = await array()
        assert list(np.frombuffer(message, "<u2", 2, 36)) == [2, 3]
        assert np.frombuffer(message, "<f8", offset=40).tolist() == [32, 33, 34, 35, 42, 43, 44, 45]
        page.say(region=wrong)
        page.say(region=["a/b/c/d"])
        assert len(await array()) == 40 + 800
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)

    asyncio.run(main())


def test_a_browser_whose_values_stand_still_hears_that_the_server_lives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Others' values wake the hub all the time; one that was told nothing would believe the server gone."""
    monkeypatch.setattr("puretango.web.live._browser.ALIVE", 0.1)

    async def main() -> None:
        hub, socket = Hub(), Socket()
        page = Page(socket)
        serving = asyncio.create_task(Browser(socket, Site(), hub).run())  # type: ignore[arg-type]  # a stand-in for what a browser or a hub is

        waking = asyncio.create_task(eventually(hub.wake, step=0.01))  # again and again
        for _ in range(3):
            assert await page.take() == '{"t":"alive"}'
        for task in (serving, waking):
            task.cancel()
        await asyncio.gather(serving, waking, return_exceptions=True)

    asyncio.run(main())


def test_no_number_of_many_is_dropped_and_a_page_that_does_not_read_is_not_read() -> None:
    """Twenty thousand names, by a browser that takes its time; broadcasts meanwhile are bounded."""

    async def main() -> None:
        hub, socket = Hub(), Socket()
        page = Page(socket)
        browser = Browser(socket, Site(), hub)  # type: ignore[arg-type]  # a stand-in for what a browser or a hub is
        serving = asyncio.create_task(browser.run())
        for start in range(0, 20_000, 50):
            page.say(add=[f"a/b/{number}/c" for number in range(start, start + 50)])
        for number in range(5_000):
            browser.put(json.dumps({"t": "log", "number": number}))
        await page.take()
        await _until(lambda: len(browser._replies) > 100)
        for _ in range(1_000):  # turns of the loop, in which it could read on
            await asyncio.sleep(0)
        assert len(hub.feeds) < 10_000  # the rest waits in the socket
        assert len(browser._outbox) <= 2_000
        while len(page.names) < 20_000:
            await page.take()
        assert [page.names[number] for number in (0, 19_999)] == ["a/b/0/c", "a/b/19999/c"]
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)

    asyncio.run(main())


def test_a_slow_browser_gets_the_newest_value_and_a_count() -> None:
    """Ten thousand values and arrays while one message is under way: one of each waits."""

    async def main() -> None:
        hub, socket = Hub(), Socket()
        page = Page(socket)
        browser = Browser(socket, Site(), hub)  # type: ignore[arg-type]  # a stand-in for what a browser or a hub is
        serving = asyncio.create_task(browser.run())
        page.say(add=["a/b/c/text", "a/b/c/curve"])
        await page.take()
        text, curve = hub.feeds["a/b/c/text"], hub.feeds["a/b/c/curve"]
        text.put("first")
        curve.put(np.array([0.0]))
        hub.wake()
        await _until(lambda: not socket.sent.empty())
        for number in range(1, 10_001):
            text.put(str(number))
            curve.put(np.array([float(number)]))
        told, skipped = [], 0
        while "10000" not in told or [10_000.0] not in [values for _, values in page.arrays]:
            message = await page.take()
            if isinstance(message, str):
                told += [each[1] for each in json.loads(message).get("v", [])]
            elif message[0] == 1:
                count = int.from_bytes(message[4:8], "little")
                skipped += int(np.frombuffer(message, "<u4", count, 16 + 28 * count).sum())
        assert told == ["first", "10000"]
        assert skipped == browser.skipped == 2 * 9_999
        assert len(page.arrays) <= 2
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)

    asyncio.run(main())
