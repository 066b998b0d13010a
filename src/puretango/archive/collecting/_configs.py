"""Asking devices for their attributes' configurations (type, format, access, labels), many in one request."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from puretango.archive.collecting._names import device_and_attribute
from puretango.asyncio import DeviceProxy
from puretango.errors import DevFailed, PuretangoError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Configurations"]


class Configurations:
    """Collects simultaneous questions, asks each device once, and passes on every answer."""

    def __init__(self, told: Callable[[str, Any, str], None]) -> None:
        """Call `told(name, configuration, error)`; if the device does not answer, the configuration is None."""
        self._told = told
        self._wanted: dict[str, dict[str, str]] = {}
        self._proxies: dict[str, Any] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._limit = asyncio.Semaphore(16)

    def ask(self, name: str) -> None:
        """Ask for an attribute's configuration."""
        device, attribute = device_and_attribute(name)
        asked = self._wanted.get(device)
        if asked is not None:
            asked[attribute] = name
            return
        self._wanted[device] = {attribute: name}
        task = asyncio.get_running_loop().create_task(self._ask(device))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _ask(self, device: str) -> None:
        async with self._limit:
            await asyncio.sleep(0)  # Other questions in this turn of the loop join it.
            asked = self._wanted.pop(device)
            found = await self._configurations(device, list(asked))
            for attribute, name in asked.items():
                self._told(name, *found[attribute])

    async def _configurations(
        self, device: str, attributes: list[str]
    ) -> dict[str, tuple[Any, str]]:
        try:
            proxy = self._proxies.get(device)
            if proxy is None:
                proxy = self._proxies[device] = await DeviceProxy(device)
            configurations = await proxy.get_attribute_config(attributes)
        except PuretangoError as error:
            if len(attributes) == 1:
                return {attributes[0]: (None, _text(error))}
            # An attribute that the device does not have must not hide the others' configurations.
            found: dict[str, tuple[Any, str]] = {}
            for attribute in attributes:
                found |= await self._configurations(device, [attribute])
            return found
        return {name: (told, "") for name, told in zip(attributes, configurations)}

    async def close(self) -> None:
        """Stop asking."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._proxies.clear()


def _text(error: PuretangoError) -> str:
    if isinstance(error, DevFailed) and error.args:
        return f"{error.args[0].reason}: {error.args[0].desc.strip()}"
    return str(error)
