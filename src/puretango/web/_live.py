"""One browser's socket: what it looks at goes in, frames of newest values come out."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from puretango.errors import DevFailed
from puretango.hub import ERROR, OBJECT, Frame, Hub, Sample
from puretango.web._call import BadRequest
from puretango.web._frame import array_message, is_array, number_message
from puretango.web._site import Site
from puretango.web._values import to_json

__all__ = ["Browser", "Browsers"]

TICK = 0.08
"""Seconds between two frames."""
HEAVY_TICK = 0.25
"""Seconds between two arrays of one attribute."""
ALIVE = 5.0
"""Seconds after which an idle socket says that it lives."""
_MOST_NAMES = 20_000
_MOST_WAITING = 2_000


class Browsers:
    """All sockets, to tell them something."""

    def __init__(self) -> None:
        self.all: set[Browser] = set()

    def tell(self, message: dict[str, Any]) -> None:
        """Tell every browser."""
        text = json.dumps(message)
        for browser in self.all:
            browser.put(text)

    def tell_progress(self, subject: str, text: str) -> None:
        """How long work goes on; an empty text is its end."""
        self.tell({"t": "progress", "subject": subject, "text": text})


class Browser:
    """A socket and its viewer; whatever is slow here, nothing but the last values waits."""

    def __init__(self, socket: WebSocket, site: Site, hub: Hub) -> None:
        self._socket = socket
        self._site = site
        self._hub = hub
        self._viewer = hub.viewer()
        self._outbox: deque[str] = deque(maxlen=_MOST_WAITING)
        self._due: dict[int, float] = {}
        self._arrays: dict[int, Sample] = {}
        self._sent: dict[int, float] = {}
        self.skipped = 0
        """Values that this browser was too slow for."""

    def put(self, text: str) -> None:
        """Send this text before the next frame."""
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
            await asyncio.gather(sending, receiving, return_exceptions=True)
            self._viewer.close()

    # --------------------------------------------------------------------- receiving

    async def _receive_all(self) -> None:
        try:
            while True:
                self._take(await self._socket.receive_text())
        except (WebSocketDisconnect, KeyError):
            return  # gone; or bytes where text was wanted, which no page of ours sends

    def _take(self, text: str) -> None:
        try:
            message = json.loads(text)
        except ValueError:
            message = None
        if not isinstance(message, dict):
            self.put(json.dumps({"t": "error", "error": "a message that is no JSON object"}))
            return
        if message.get("hidden"):
            self._viewer.close()
            self._viewer = self._hub.viewer()
            self._due.clear()
            self._arrays.clear()
            self._sent.clear()
        for item in _names(message.get("add")):
            self._add(*item)
        for name, _ in _names(message.get("remove")):
            full = self._site.full_attribute(name)
            if self._viewer.looks_at(full):
                self._viewer.remove(full)

    def _add(self, name: str, period: float | None) -> None:
        try:
            if len(self._viewer) >= _MOST_NAMES:
                raise BadRequest(f"more than {_MOST_NAMES} attributes in one page")
            full = self._site.full_attribute(name)
            number = self._viewer.add(full, poll_period=period)
        except (DevFailed, BadRequest) as failed:
            text = failed.args[0].desc if isinstance(failed, DevFailed) else str(failed)
            self.put(json.dumps({"t": "refused", "name": name, "error": text.strip()}))
            return
        self.put(json.dumps({"t": "index", "name": name, "index": number}))

    # ----------------------------------------------------------------------- sending

    async def _send_all(self) -> None:
        try:
            while True:
                while self._outbox:
                    await self._socket.send_text(self._outbox.popleft())
                version = self._hub.version
                frame = self._viewer.take()
                if frame is not None:
                    await self._send(frame)
                await self._send_due()
                if frame is not None:
                    await asyncio.sleep(TICK)
                elif not self._outbox and self._hub.version == version:
                    await self._wait()
        except (WebSocketDisconnect, RuntimeError, OSError):
            return  # the browser is gone

    async def _wait(self) -> None:
        pause = ALIVE
        if self._due:
            pause = max(0.01, min(self._due.values()) - time.monotonic())
        try:
            async with asyncio.timeout(pause):
                await self._hub.changed()
        except TimeoutError:
            if not self._due:
                await self._socket.send_text('{"t":"alive"}')

    async def _send(self, frame: Frame) -> None:
        self.skipped += int(frame.skipped.sum())
        await self._socket.send_bytes(number_message(frame, time.time()))
        kinds = frame.kinds
        special = ((kinds == OBJECT) | (kinds == ERROR)).nonzero()[0].tolist()
        if not special:
            return
        texts = []
        now = time.monotonic()
        for position in special:
            index = int(frame.indices[position])
            sample = frame.sample(position)
            if sample is None:
                continue
            if not sample.error and is_array(sample):
                self._due.setdefault(index, max(now, self._sent.get(index, 0.0) + HEAVY_TICK))
                self._arrays[index] = sample
            else:
                texts.append(_told(index, sample))
        if texts:
            await self._socket.send_text(json.dumps({"t": "v", "v": texts}))

    async def _send_due(self) -> None:
        """The arrays whose time has come, each with its newest value."""
        now = time.monotonic()
        for index in [index for index, due in self._due.items() if due <= now]:
            del self._due[index]
            sample = self._arrays.pop(index, None)
            if sample is not None:
                self._sent[index] = now
                await self._socket.send_bytes(array_message(index, sample))


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


def _names(items: Any) -> list[tuple[str, float | None]]:
    """Names, or pairs of a name and a polling period in seconds (0.2 at least)."""
    found: list[tuple[str, float | None]] = []
    for item in items if isinstance(items, list) else ():
        if isinstance(item, str):
            found.append((item, None))
        elif isinstance(item, list) and len(item) == 2 and isinstance(item[0], str):
            period = item[1]
            if isinstance(period, (int, float)):
                found.append((item[0], min(max(float(period), 0.2), 3600.0)))
    return found
