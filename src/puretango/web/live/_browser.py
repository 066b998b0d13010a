"""One browser's WebSocket: it sends the attributes to show, and gets frames of newest values."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import math
import time
from collections import deque
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from puretango.errors import DevFailed
from puretango.hub import ERROR, OBJECT, Frame, Hub, Sample
from puretango.web._call import BadRequest
from puretango.web._site import Site
from puretango.web._values import to_json
from puretango.web.live._frame import Region, array_message, is_array, number_message

__all__ = ["Browser", "Browsers"]

LOG = logging.getLogger("puretango.web")

TICK = 0.08
"""Seconds between two frames."""
HEAVY_TICK = 0.25
"""Seconds between two arrays of one attribute."""
ALIVE = 5.0
"""Seconds after which an idle socket sends a sign of life."""
_MOST_NAMES = 20_000
_MOST_WAITING = 2_000
_MOST_REPLIES = 100


class Browsers:
    """All sockets, for messages to every browser."""

    def __init__(self) -> None:
        self.all: set[Browser] = set()

    def tell(self, message: dict[str, Any]) -> None:
        """Send a message to every browser."""
        text = json.dumps(message)
        for browser in self.all:
            browser.put(text)

    def tell_progress(self, subject: str, text: str) -> None:
        """Send the progress of work that takes long; an empty text is its end."""
        self.tell({"t": "progress", "subject": subject, "text": text})


class _Arrays:
    """Spectra and images that wait for their turn, each with its newest value."""

    def __init__(self) -> None:
        self._due: dict[int, float] = {}
        self._newest: dict[int, Sample] = {}
        self._sent: dict[int, float] = {}

    def put(self, index: int, sample: Sample) -> None:
        """Queue an attribute's array to be sent, at most every HEAVY_TICK seconds."""
        if index not in self._due:
            now = time.monotonic()
            self._due[index] = max(now, self._sent.get(index, 0.0) + HEAVY_TICK)
        self._newest[index] = sample

    def forget(self, index: int) -> None:
        """Drop an attribute that is no longer shown, or is no longer an array."""
        for each in (self._due, self._newest, self._sent):
            each.pop(index, None)

    def pop_due(self) -> tuple[int, Sample] | None:
        """An attribute whose array is due."""
        now = time.monotonic()
        for index, due in self._due.items():
            if due <= now:
                del self._due[index]
                self._sent[index] = now
                return index, self._newest.pop(index)
        return None

    @property
    def pause(self) -> float | None:
        """Seconds until the next one's time; None if no array waits."""
        if not self._due:
            return None
        return max(0.01, min(self._due.values()) - time.monotonic())


class Browser:
    """A socket and its viewer; however slow it is, only the last values wait."""

    def __init__(self, socket: WebSocket, site: Site, hub: Hub) -> None:
        self._socket = socket
        self._site = site
        self._hub = hub
        self._viewer = hub.viewer()
        self._replies: deque[str] = deque()
        """Answers to this browser: none is dropped, and it is not read from while many wait."""
        self._answered = asyncio.Event()
        self._asked = asyncio.Event()
        self._outbox: deque[str] = deque(maxlen=_MOST_WAITING)
        """Messages to all browsers; one that is too slow misses the oldest."""
        self._arrays = _Arrays()
        self._regions: dict[int, Region] = {}
        self._heard = time.monotonic()
        """When anything was last sent to the browser."""
        self.skipped = 0
        """How many values this browser was too slow for."""

    def put(self, text: str) -> None:
        """Queue a text, to be sent before the next frame."""
        self._outbox.append(text)
        self._hub.wake()

    async def run(self) -> None:
        """Serve until the browser is gone."""
        sending = asyncio.create_task(self._send_all(), name="browser")
        receiving = asyncio.create_task(self._receive_all(), name="browser")
        try:
            await asyncio.wait([sending, receiving], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, receiving):
                task.cancel()
            for found in await asyncio.gather(sending, receiving, return_exceptions=True):
                if isinstance(found, Exception):
                    LOG.error("a browser's socket has failed", exc_info=found)
            self._viewer.close()

    # --------------------------------------------------------------------- receiving

    async def _receive_all(self) -> None:
        try:
            while True:
                self._take(await self._socket.receive_text())
                while len(self._replies) > _MOST_REPLIES:
                    self._answered.clear()
                    await self._answered.wait()
        except (WebSocketDisconnect, KeyError):
            return  # disconnected; or bytes instead of text, which no page of ours sends

    def _take(self, text: str) -> None:
        try:
            message = json.loads(text)
        except ValueError:
            message = None
        if not isinstance(message, dict):
            self._reply({"t": "error", "error": "a message that is no JSON object"})
            return
        try:
            self._do(message)
        except BadRequest as bad:
            self._reply({"t": "error", "error": str(bad)})

    def _do(self, message: dict[str, Any]) -> None:
        if message.get("hidden"):
            self._look_away()
        found = [self._add(*item) for item in _names(message.get("add"))]
        if found:
            self._reply({"t": "index", "names": found})
        for name, _ in _names(message.get("remove")):
            full = self._site.full_attribute(name)
            if self._viewer.looks_at(full):
                number = self._viewer.remove(full)
                self._arrays.forget(number)
                self._regions.pop(number, None)
        self._look_at_region(message.get("region"))

    def _look_at_region(self, wanted: Any) -> None:
        """Send only a region of an image, ``[name, x, y, width, height]``; ``[name]`` is the whole image."""
        if not isinstance(wanted, list) or not wanted or not isinstance(wanted[0], str):
            return
        full = self._site.full_attribute(wanted[0])
        if not self._viewer.looks_at(full):
            return
        number = self._viewer.add(full)
        region = _region(wanted[1:])
        if region is None:
            self._regions.pop(number, None)
        else:
            self._regions[number] = region
        last = self._viewer.status(full).last
        if last is not None and not last.error and is_array(last):
            self._arrays.put(number, last)
            self._hub.wake()

    def _look_away(self) -> None:
        """The page is hidden: drop all attributes until it adds them again.

        A number means one attribute for the life of the socket: a message under way with an older one
        cannot be mistaken for another attribute's value.
        """
        self._viewer.close()
        self._viewer = self._hub.viewer(self._viewer.next)
        self._arrays = _Arrays()
        self._regions.clear()

    def _reply(self, message: dict[str, Any]) -> None:
        self._replies.append(json.dumps(message))
        self._asked.set()
        self._hub.wake()

    def _add(self, name: str, period: float | None) -> list[Any]:
        """Add an attribute; returns its name and number, or its name, null and the error."""
        try:
            if len(self._viewer) >= _MOST_NAMES:
                raise BadRequest(f"more than {_MOST_NAMES} attributes in one page")
            full = self._site.full_attribute(name)
            return [name, self._viewer.add(full, poll_period=period)]
        except (DevFailed, BadRequest) as failed:
            text = failed.args[0].desc if isinstance(failed, DevFailed) else str(failed)
            return [name, None, text.strip()]

    # ----------------------------------------------------------------------- sending

    async def _send_all(self) -> None:
        try:
            while True:
                while waiting := self._replies or self._outbox:
                    await self._send_text(waiting.popleft())
                self._answered.set()
                version = self._hub.version
                frame = self._viewer.take()
                if frame is not None:
                    await self._send(frame)
                await self._send_due()
                if frame is not None:
                    await self._tick()
                elif not (self._replies or self._outbox) and self._hub.version == version:
                    await self._wait()
        except (WebSocketDisconnect, RuntimeError, OSError):
            return  # the browser has disconnected

    async def _tick(self) -> None:
        """Wait until the next frame may be sent, which is at once if the page has just asked for more."""
        self._asked.clear()
        if self._replies:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TICK):
                await self._asked.wait()

    async def _wait(self) -> None:
        """Wait until something may have changed, or an array is due; meanwhile the browser gets signs of life."""
        pause = max(0.0, self._heard + ALIVE - time.monotonic())
        due = self._arrays.pause
        try:
            async with asyncio.timeout(pause if due is None else min(due, pause)):
                await self._hub.changed()
        except TimeoutError:
            pass
        # The change may concern other browsers only: this one's last message may be long ago.
        if time.monotonic() - self._heard >= ALIVE:
            await self._send_text('{"t":"alive"}')

    async def _send_text(self, text: str) -> None:
        self._heard = time.monotonic()
        await self._socket.send_text(text)

    async def _send_bytes(self, message: bytes) -> None:
        self._heard = time.monotonic()
        await self._socket.send_bytes(message)

    async def _send(self, frame: Frame) -> None:
        self.skipped += int(frame.skipped.sum())
        numbers = number_message(frame, time.time())
        texts = self._sort(frame)
        # From here on the page may show other attributes: nothing of the frame is kept.
        await self._send_bytes(numbers)
        if texts:
            await self._send_text(json.dumps({"t": "v", "v": texts}))

    def _sort(self, frame: Frame) -> list[list[Any]]:
        """Handle items that are not numbers: arrays wait for their turn, the others are sent at once."""
        kinds = frame.kinds
        texts = []
        for position in ((kinds == OBJECT) | (kinds == ERROR)).nonzero()[0].tolist():
            index = int(frame.indices[position])
            sample = frame.sample(position)
            if sample is None:
                continue
            if not sample.error and is_array(sample):
                self._arrays.put(index, sample)
            else:
                self._arrays.forget(index)
                texts.append(_told(index, sample))
        return texts

    async def _send_due(self) -> None:
        # An attribute's number is sent before its values: one added meanwhile waits for the next turn.
        while not self._replies and (found := self._arrays.pop_due()) is not None:
            index, sample = found
            await self._send_bytes(array_message(index, sample, self._regions.get(index)))


def _told(index: int, sample: Sample) -> list[Any]:
    if sample.error:
        return [
            index,
            None,
            None,
            int(sample.quality),
            sample.received,
            sample.error,
            sample.reason,
        ]
    return [
        index,
        to_json(sample.value),
        to_json(sample.set_value),
        int(sample.quality),
        sample.time,
    ]


def _region(numbers: list[Any]) -> Region | None:
    if len(numbers) != 4 or not all(type(number) is int for number in numbers):
        return None
    x, y, width, height = numbers
    if not (0 <= x < 2**16 and 0 <= y < 2**16 and width > 0 and height > 0):
        return None
    return x, y, width, height


def _names(items: Any) -> list[tuple[str, float | None]]:
    """Names, or pairs of a name and a polling period in seconds (0.2 at least)."""
    found: list[tuple[str, float | None]] = []
    for item in items if isinstance(items, list) else ():
        if isinstance(item, str):
            found.append((item, None))
        elif isinstance(item, list) and len(item) == 2 and isinstance(item[0], str):
            period = item[1]
            if isinstance(period, (int, float)) and math.isfinite(period):
                found.append((item[0], min(max(float(period), 0.2), 3600.0)))
    return found
