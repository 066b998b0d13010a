"""A log consumer inside this process: a device that other devices send their log messages to.

Devices are chosen while it runs, and their levels set; the choice is renewed when a server has been
restarted, and undone when the room closes.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import secrets
import socket
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

from puretango.errors import DevFailed
from puretango.server import Device, Server, command
from puretango.values import GreenMode

__all__ = ["LEVELS", "LogMessage", "LogRoom"]

LOG = logging.getLogger("puretango.web")

LEVELS = ("OFF", "FATAL", "ERROR", "WARN", "INFO", "DEBUG")
"""Tango's log levels, by their numbers."""

_ASYNCIO = GreenMode.Asyncio
_CARE = 5.0
"""Seconds between two checks that the devices still have this consumer as a target."""


class LogMessage(NamedTuple):
    """One message: its number here, the sender's time in seconds, level, device, text, thread."""

    number: int
    time: float
    level: str
    device: str
    text: str
    thread: str


class LogConsumer(Device):
    """The device to which the others send messages."""

    room: Callable[[list[str]], None]
    """The receiver of the messages; each room has a class of its own."""

    @command(dtype_in=(str,), doc_in="time (ms), level, device, message, NDC, thread")
    def Log(self, details: list[str]) -> None:
        """Take a message."""
        if len(details) >= 6:
            self.room(list(details))


class LogRoom:
    """The consumer, the devices that send to it, and the last messages."""

    def __init__(self, open_proxy: Callable[[str], Any], tango_host: str = "", kept: int = 10_000):
        self._open = open_proxy
        self._tango_host = tango_host
        self._kept: deque[LogMessage] = deque(maxlen=kept)
        self._numbers = itertools.count(1)
        self._listeners: list[Callable[[LogMessage], None]] = []
        self._levels: dict[str, int] = {}
        self._before: dict[str, int] = {}
        self.errors: dict[str, str] = {}
        """Per device, why a chosen one sends nothing."""
        self._server: Server | None = None
        self._starting = asyncio.Lock()
        self._care: asyncio.Task[None] | None = None

    @property
    def devices(self) -> dict[str, str]:
        """The chosen devices and their levels."""
        return {device: LEVELS[level] for device, level in self._levels.items()}

    def last(self, after: int = 0) -> list[LogMessage]:
        """The messages in memory with a higher number, the oldest first."""
        return [message for message in self._kept if message.number > after]

    def listen(self, listener: Callable[[LogMessage], None]) -> Callable[[], None]:
        """Call the listener with each new message, on the loop; returns a function that ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    # ----------------------------------------------------------------------- devices

    async def choose(self, device: str, level: int) -> None:
        """Make a device send its messages of a level (0 OFF to 5 DEBUG) and more severe ones. Raises DevFailed."""
        await self._start()
        proxy = await self._open(device)
        if device not in self._before:
            self._before[device] = int(await proxy.get_logging_level(green_mode=_ASYNCIO))
        await self._ask(proxy, level)
        self._levels[device] = level
        self.errors.pop(device, None)

    async def _ask(self, proxy: Any, level: int) -> None:
        target = self._target()
        if int(await proxy.get_logging_level(green_mode=_ASYNCIO)) != level:
            await proxy.set_logging_level(level, green_mode=_ASYNCIO)
        known = [str(each).lower() for each in await proxy.get_logging_target(green_mode=_ASYNCIO)]
        if target.lower() not in known:
            await proxy.add_logging_target(target, green_mode=_ASYNCIO)

    async def drop(self, device: str) -> None:
        """Make a device stop sending; its former level is restored. Raises DevFailed."""
        self._levels.pop(device, None)
        self.errors.pop(device, None)
        before = self._before.pop(device, None)
        proxy = await self._open(device)
        await proxy.remove_logging_target(self._target(), green_mode=_ASYNCIO)
        if before is not None:
            await proxy.set_logging_level(before, green_mode=_ASYNCIO)

    async def close(self) -> None:
        """Drop every device, and end the consumer."""
        if self._care is not None:
            self._care.cancel()
            await asyncio.gather(self._care, return_exceptions=True)
        for device in list(self._levels):
            try:
                async with asyncio.timeout(3):
                    await self.drop(device)
            except (DevFailed, TimeoutError) as error:
                LOG.warning("%s still logs to this consumer: %s", device, error)
        if self._server is not None:
            await asyncio.to_thread(self._server.stop)
            self._server = None

    # ---------------------------------------------------------------------- consumer

    async def _start(self) -> None:
        async with self._starting:
            if self._server is not None:
                return
            host = await asyncio.to_thread(_own_address, self._tango_host)
            name = f"web/log/{secrets.token_hex(4)}"
            loop = asyncio.get_running_loop()

            def take(details: list[str]) -> None:
                loop.call_soon_threadsafe(self._take, details)

            consumer = type("LogConsumer", (LogConsumer,), {"room": staticmethod(take)})
            server = Server("web", [consumer], server_name="LogConsumer", host=host,
                            devices={"LogConsumer": [name]})  # fmt: skip
            await asyncio.to_thread(server.start)
            self._name = name
            self._server = server
            self._care = loop.create_task(self._take_care(), name="log consumer")

    def _target(self) -> str:
        assert self._server is not None
        return f"device::{self._server.access(self._name)}"

    def _take(self, details: list[str]) -> None:
        milliseconds, level, device, text, _, thread = details[:6]
        try:
            when = float(milliseconds) / 1000
        except ValueError:
            return  # not a message of a Tango device
        message = LogMessage(next(self._numbers), when, level.upper(), device, text, thread)
        self._kept.append(message)
        for listener in list(self._listeners):
            listener(message)

    async def _take_care(self) -> None:
        """Renew the choice: a restarted server has forgotten its logging targets."""
        while True:
            await asyncio.sleep(_CARE)
            for device, level in list(self._levels.items()):
                try:
                    await self._ask(await self._open(device), level)
                    self.errors.pop(device, None)
                except DevFailed as failed:
                    self.errors[device] = failed.args[0].desc.strip()


def _own_address(tango_host: str) -> str:
    """The address of this machine under which the devices of a control system reach it."""
    host, _, port = tango_host.partition(",")[0].rpartition(":")
    if not host:
        return "127.0.0.1"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((host, int(port)))  # sends nothing: it only chooses the route
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])
