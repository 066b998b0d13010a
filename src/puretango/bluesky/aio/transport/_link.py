"""The link to one device that all its asynchronous signals share; concurrent reads are one request."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from puretango.asyncio import DeviceProxy
from puretango.bluesky.attributes import (
    AttributeFacts,
    FailedAnswer,
    certainly_not_executed,
    device_path,
    join,
    unreachable,
)
from puretango.client import subscribe_where_it_arrives
from puretango.errors import DevError, DevFailed, ErrSeverity
from puretango.values import EventType

from ._inbox import Inbox
from ._poller import Poller, Watcher
from ._together import Together

logger = logging.getLogger("puretango.bluesky")

#: Tango's own timeout, in ms: long, as ophyd-async's signals each have their timeout.
_TIMEOUT = 60_000
#: Seconds between two attempts to reach a server that does not answer.
_RETRY = 0.2

T = TypeVar("T")


class AsyncLink:
    """One device, on the event loop that first used it.

    ``patience`` is how many seconds a request may wait for a server that does not answer, such as one
    that is being restarted; with 0 a request fails at once. A write is repeated only if it
    certainly was not executed. ``proxy`` is an asynchronous DeviceProxy to use, with its timeout.
    """

    def __init__(self, device: str, *, patience: float = 0.0, proxy: Any = None) -> None:
        self.device = device
        self.patience = patience
        self._given = proxy
        self._loop: asyncio.AbstractEventLoop | None = None
        self._connecting: asyncio.Task[Any] | None = None
        self._proxy: Any = proxy
        self._reads = Together(self._read_attributes)
        self._asked = Together(self._configurations)
        self._pollers: dict[float, Poller] = {}
        self._patient_proxies: dict[float, Any] = {}
        self._looks: dict[str, list[Callable[[], Awaitable[None]]]] = {}

    @property
    def connected_proxy(self) -> Any:
        """The device's proxy, once there is one."""
        return self._proxy

    async def proxy(self) -> Any:
        """The device's proxy; DevFailed if there is no such device."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop, self._proxy, self._connecting = loop, self._given, None
            self._reads = Together(self._read_attributes)
            self._asked = Together(self._configurations)
            self._pollers, self._patient_proxies, self._looks = {}, {}, {}
        if self._proxy is None:
            if self._connecting is None or self._connecting.done():
                self._connecting = loop.create_task(self._connect())
            # Several tasks may wait for it: the cancellation of one must not cancel it for the others.
            await asyncio.shield(self._connecting)
        return self._proxy

    async def _connect(self) -> None:
        proxy = await DeviceProxy(self.device)
        proxy.set_timeout_millis(_TIMEOUT)
        self._proxy = proxy

    async def read(self, attribute: str) -> Any:
        """One attribute's answer. Reads that are asked for at the same time are one request."""
        if self._proxy is None or self._loop is not asyncio.get_running_loop():
            await self._patiently(self.proxy)
        return await self._reads.ask(attribute)

    async def _read_attributes(self, attributes: list[str]) -> list[Any]:
        async def request() -> Any:
            return await self._proxy.read_attributes(attributes)

        return list(await self._patiently(request))

    async def read_many(self, attributes: list[str]) -> list[Any]:
        """The answers of several attributes, from one request."""

        async def request() -> Any:
            return await (await self.proxy()).read_attributes(attributes)

        return list(await self._patiently(request)) if attributes else []

    async def read_within(self, attributes: list[str], seconds: float) -> list[Any]:
        """The answers of several attributes, each of which may take ``seconds``.

        In one request if the device can give all of them in that time. If not, each is read by itself,
        and one that is late even then has a failed answer.
        """
        try:
            return await asyncio.wait_for(self.read_many(attributes), seconds)
        except TimeoutError:
            await self._wait_until_free(seconds)
        return [await self._read_alone(attribute, seconds) for attribute in attributes]

    async def _read_alone(self, attribute: str, seconds: float) -> Any:
        try:
            return (await asyncio.wait_for(self.read_many([attribute]), seconds))[0]
        except TimeoutError:
            await self._wait_until_free(seconds)
        text = f"{attribute} did not answer within {seconds:g} s"
        error = DevError("API_DeviceTimedOut", ErrSeverity.ERR, desc=text, origin=self.device)
        return FailedAnswer(DevFailed(error))

    async def _wait_until_free(self, seconds: float) -> None:
        """Wait for a device that still works on a request that timed out: others would have to wait for it."""
        with contextlib.suppress(TimeoutError, DevFailed):
            await asyncio.wait_for(self._proxy.state(), seconds)

    async def write(self, attribute: str, value: Any, *, timeout: float | None = None) -> None:
        """Write one attribute; it is done when the server says so, within ``timeout`` seconds.

        It is sent again only if it certainly was not executed: a late answer is no reason.
        The polled attributes of this device have been read again when this returns.
        """

        async def request() -> Any:
            proxy = await (self.proxy() if timeout is None else self._with_timeout(timeout))
            return await proxy.write_attribute(attribute, value)

        await self._patiently(request, certainly_not_executed)
        for watched in list(self._pollers.values()):
            await watched.look_now()
        for look in list(self._looks.get(attribute.lower(), ())):
            await look()

    async def _with_timeout(self, timeout: float) -> Any:
        # The timeout is a setting of the proxy, which other requests use meanwhile: this write gets a proxy of its own.
        await self.proxy()
        if timeout not in self._patient_proxies:
            proxy = await DeviceProxy(self.device)
            proxy.set_timeout_millis(max(1, round(timeout * 1000)))
            self._patient_proxies[timeout] = proxy
        return self._patient_proxies[timeout]

    def look_after_writes(
        self, attribute: str, look: Callable[[], Awaitable[None]]
    ) -> Callable[[], None]:
        """Have ``look`` awaited after each write of an attribute; call what is returned to end it."""
        looks = self._looks.setdefault(attribute.lower(), [])
        looks.append(look)
        return lambda: looks.remove(look)

    async def call(self, command: str, argument: Any = None) -> Any:
        """Run a command. It is never repeated: a caller that lost the answer cannot know whether it ran."""
        proxy = await self.proxy()
        if argument is None:
            return await proxy.command_inout(command)
        return await proxy.command_inout(command, argument)

    async def _patiently(
        self,
        request: Callable[[], Awaitable[T]],
        again: Callable[[DevFailed], bool] = unreachable,
    ) -> T:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.patience
        while True:
            try:
                return await request()
            except DevFailed as failure:
                if not again(failure) or loop.time() >= deadline:
                    raise
            await asyncio.sleep(_RETRY)

    async def facts(self, attribute: str) -> AttributeFacts:
        """The facts of one attribute. Concurrent questions are one request."""
        await self.proxy()
        answer = await self._asked.ask(attribute)
        if isinstance(answer, DevFailed):
            raise answer
        return AttributeFacts.from_configuration(answer)

    async def _configurations(self, attributes: list[str]) -> list[Any]:
        try:
            return list(await self._proxy.get_attribute_config_ex(attributes))
        except DevFailed as failure:
            if len(attributes) == 1:
                return [failure]
        # One name that does not exist fails the whole request: ask for each alone.
        return [(await self._configurations([attribute]))[0] for attribute in attributes]

    async def all_facts(self) -> list[AttributeFacts]:
        """The facts of every attribute, from one request."""
        infos = await (await self.proxy()).get_attribute_config_ex(["All attributes"])
        return [AttributeFacts.from_configuration(info) for info in infos]

    async def commands(self) -> list[Any]:
        """The ``CommandInfo`` of every command."""
        return list(await (await self.proxy()).get_command_config())

    async def command(self, name: str) -> Any:
        """The ``CommandInfo`` of one command."""
        return await (await self.proxy()).get_command_config(name)

    async def subscribe(
        self,
        attribute: str,
        take: Callable[[Any], None],
        kind: EventType = EventType.CHANGE_EVENT,
    ) -> Callable[[], None]:
        """Have ``take`` called with events on this loop; call the returned function to end that."""
        proxy = await self.proxy()
        loop = asyncio.get_running_loop()
        inbox = Inbox.of(loop)
        number = await subscribe_where_it_arrives(
            proxy, attribute, kind, lambda event: inbox.put(loop, take, event)
        )

        def end() -> None:
            try:
                proxy.unsubscribe_event(number, green_mode=False)
            except DevFailed as failure:
                logger.debug("unsubscribing from %s: %s", join(self.device, attribute), failure)

        return end

    def source(self, member: str) -> str:
        """The locator of a member, for documents."""
        trl = join(self.device, member)
        return trl if "://" in trl else f"tango://{trl}"

    def poll(self, attribute: str, period: float, watcher: Watcher) -> Callable[[], None]:
        """Read an attribute once per period; call what is returned to end it."""
        poller = self._pollers.get(period)
        if poller is None:
            poller = self._pollers[period] = Poller(self, period)
        poller.add(attribute, watcher)
        return lambda: poller.remove(attribute, watcher)

    def __repr__(self) -> str:
        return f"AsyncLink({device_path(self.device)!r})"
