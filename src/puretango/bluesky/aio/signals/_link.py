"""The link to one device that all its asynchronous signals share; reads travel together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from puretango.asyncio import DeviceProxy
from puretango.bluesky.attributes import AttributeFacts, device_path, join, unreachable
from puretango.client import subscribe_where_it_arrives
from puretango.errors import DevFailed
from puretango.values import EventType

from ._inbox import Inbox

logger = logging.getLogger("puretango.bluesky")

#: Tango's own timeout, in ms: long, as ophyd-async's signals each have their timeout.
_TIMEOUT = 60_000
#: Seconds between two tries to reach a server that is away.
_RETRY = 0.2

T = TypeVar("T")

Watcher = tuple[Callable[[Any], None], Callable[[DevFailed], None]]


class AsyncLink:
    """One device, on the event loop that first used it.

    ``patience`` is how many seconds a request may wait for a server that is away, such as one
    that is being restarted; with 0 a request fails at once.
    """

    def __init__(self, device: str, *, patience: float = 0.0) -> None:
        self.device = device
        self.patience = patience
        self._loop: asyncio.AbstractEventLoop | None = None
        self._connecting: asyncio.Task[Any] | None = None
        self._proxy: Any = None
        self._reads = _Together(self._read_attributes)
        self._asked = _Together(self._configurations)
        self._pollers: dict[float, _Poller] = {}

    async def proxy(self) -> Any:
        """The device's proxy; DevFailed where there is no such device."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop, self._proxy, self._connecting = loop, None, None
            self._reads = _Together(self._read_attributes)
            self._asked = _Together(self._configurations)
            self._pollers = {}
        if self._proxy is None:
            if self._connecting is None or self._connecting.done():
                self._connecting = loop.create_task(self._connect())
            # Many may wait for it; one that is cancelled takes it from nobody else.
            await asyncio.shield(self._connecting)
        return self._proxy

    async def _connect(self) -> None:
        proxy = await DeviceProxy(self.device)
        proxy.set_timeout_millis(_TIMEOUT)
        self._proxy = proxy

    async def read(self, attribute: str) -> Any:
        """One attribute's answer. Reads that are asked for at the same time are one request."""
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

    async def write(self, attribute: str, value: Any) -> None:
        """Write one attribute; it is done when the server says so."""

        async def request() -> Any:
            return await (await self.proxy()).write_attribute(attribute, value)

        await self._patiently(request)

    async def call(self, command: str, argument: Any = None) -> Any:
        """Run a command. It is never repeated: a caller that lost the answer cannot know if it ran."""
        proxy = await self.proxy()
        if argument is None:
            return await proxy.command_inout(command)
        return await proxy.command_inout(command, argument)

    async def _patiently(self, request: Callable[[], Awaitable[T]]) -> T:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.patience
        while True:
            try:
                return await request()
            except DevFailed as failure:
                if not unreachable(failure) or loop.time() >= deadline:
                    raise
            await asyncio.sleep(_RETRY)

    async def facts(self, attribute: str) -> AttributeFacts:
        """What one attribute is. What is asked at the same time is one request."""
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
        # One name that does not exist fails the whole request: whose is it?
        return [(await self._configurations([attribute]))[0] for attribute in attributes]

    async def all_facts(self) -> list[AttributeFacts]:
        """What every attribute is, from one request."""
        infos = await (await self.proxy()).get_attribute_config_ex(["All attributes"])
        return [AttributeFacts.from_configuration(info) for info in infos]

    async def commands(self) -> list[Any]:
        """The ``CommandInfo`` of every command."""
        return list(await (await self.proxy()).get_command_config())

    async def command(self, name: str) -> Any:
        """The ``CommandInfo`` of one command."""
        return await (await self.proxy()).get_command_config(name)

    async def subscribe(self, attribute: str, take: Callable[[Any], None]) -> Callable[[], None]:
        """Have change events taken on this loop; call what is returned to end it."""
        proxy = await self.proxy()
        loop = asyncio.get_running_loop()
        inbox = Inbox.of(loop)
        number = await subscribe_where_it_arrives(
            proxy, attribute, EventType.CHANGE_EVENT, lambda event: inbox.put(loop, take, event)
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
            poller = self._pollers[period] = _Poller(self, period)
        poller.add(attribute, watcher)
        return lambda: poller.remove(attribute, watcher)

    def __repr__(self) -> str:
        return f"AsyncLink({device_path(self.device)!r})"


class _Together:
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


class _Poller:
    """Reads all attributes that are watched with one period in one request."""

    def __init__(self, link: AsyncLink, period: float) -> None:
        self._link = link
        self._period = period
        self._watchers: dict[str, list[Watcher]] = {}
        self._task: asyncio.Task[None] | None = None

    def add(self, attribute: str, watcher: Watcher) -> None:
        self._watchers.setdefault(attribute, []).append(watcher)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())

    def remove(self, attribute: str, watcher: Watcher) -> None:
        watchers = self._watchers.get(attribute, [])
        if watcher in watchers:
            watchers.remove(watcher)
        if not watchers:
            self._watchers.pop(attribute, None)
        if not self._watchers and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while self._watchers:
            started = loop.time()
            await self._poll(list(self._watchers))
            await asyncio.sleep(max(0.0, self._period - (loop.time() - started)))

    async def _poll(self, attributes: list[str]) -> None:
        try:
            answers = await self._link.read_many(attributes)
        except DevFailed as failure:
            for attribute in attributes:
                self._tell(attribute, None, failure)
            return
        for attribute, answer in zip(attributes, answers):
            failed = answer.has_failed
            self._tell(attribute, answer, DevFailed(*answer.get_err_stack()) if failed else None)

    def _tell(self, attribute: str, answer: Any, failure: DevFailed | None) -> None:
        for on_answer, on_failure in list(self._watchers.get(attribute, ())):
            try:
                if failure is None:
                    on_answer(answer)
                else:
                    on_failure(failure)
            except Exception:
                # One subscriber's mistake must not end the watch of all the others.
                logger.exception("a subscriber to %s failed", join(self._link.device, attribute))
