"""Sardana's measurement groups for ophyd-async."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from ophyd_async.core import AsyncStatus, SignalR, StandardReadableFormat

from puretango.bluesky.aio.devices import TangoDeviceConnector
from puretango.bluesky.aio.signals import tango_signal_r
from puretango.bluesky.aio.transport import AsyncLink
from puretango.bluesky.attributes import AttributeFacts, host_prefix
from puretango.bluesky.files import Asset, ReferenceAssets, reference_key
from puretango.bluesky.rules import Channel, channels_of

from ._sardana import Acquiring

__all__ = ["SardanaGroup"]


class SardanaGroup(Acquiring):
    """A measurement group of a Pool: all its channels count together, and are read together.

    A channel whose data the Pool stores (its value reference is enabled in the group's
    configuration) enters the events as an asset; any other as its value, even an image. Which
    channels there are is asked when the group connects.

    Parameters
    ----------
    monitor_count
        Monitor counts that end an acquisition, instead of the integration time.
    starts
        Number of acquisitions that the group is prepared for at a time: the ``{index}`` of value
        references counts within them.
    """

    def __init__(
        self,
        trl: str,
        name: str = "",
        *,
        monitor_count: int | None = None,
        starts: int = 1,
        **options: Any,
    ) -> None:
        #: The channels' values, or their references, by the channels' names.
        self.channels: dict[str, SignalR[Any]] = {}
        self.monitor_count = monitor_count
        self.starts = starts
        self._starts_left = 0
        self._made: dict[str, Channel] = {}
        self._shapes: dict[str, SignalR[Any]] = {}
        self._assets = ReferenceAssets()
        super().__init__(trl, name, **options)

    @property
    def timers(self) -> list[str]:
        """The names of the channels whose time ends an acquisition."""
        return [label for label, channel in self._made.items() if channel.is_timer]

    @property
    def monitors(self) -> list[str]:
        """The names of the channels whose counts end an acquisition by ``monitor_count``."""
        return [label for label, channel in self._made.items() if channel.is_monitor]

    async def _structure_known(
        self, connector: TangoDeviceConnector, facts: list[AttributeFacts], timeout: float
    ) -> None:
        assert connector.link is not None
        for channel in channels_of(str((await connector.link.read("Configuration")).value)):
            if channel.label not in self.channels:
                self._add(channel)
        await super()._structure_known(connector, facts, timeout)

    def _add(self, channel: Channel) -> None:
        element = channel.element
        device = element if "://" in element else f"{host_prefix(self.trl)}{element}"
        attribute = "ValueRef" if channel.referenced else "Value"
        signal = tango_signal_r(None, f"{device}/{attribute}")
        self._made[channel.label] = channel
        self.channels[channel.label] = signal
        setattr(self, channel.label, signal)
        if channel.referenced:
            shape = self._shapes[channel.label] = tango_signal_r(None, f"{device}/Shape")
            setattr(self, f"{channel.label}_shape", shape)
        elif channel.dimensions:
            self.add_readables([signal], StandardReadableFormat.UNCACHED_SIGNAL)
        else:
            self.add_readables([signal], StandardReadableFormat.HINTED_UNCACHED_SIGNAL)

    @AsyncStatus.wrap
    async def stage(self) -> None:
        """Have the next trigger prepare the group, and begin without references."""
        self._starts_left = 0
        self._assets = ReferenceAssets()
        await super().stage()

    async def _set_up(self, link: AsyncLink) -> None:
        if self.monitor_count is None:
            await super()._set_up(link)
        else:
            await link.write("MonitorCount", self.monitor_count)

    async def _begin(self, link: AsyncLink) -> None:
        if self._starts_left < 1:
            await link.write("NbStarts", self.starts)
            await link.call("Prepare")
            self._starts_left = self.starts
        self._starts_left -= 1
        await link.call("Start")

    async def read(self) -> dict[str, Any]:
        """The channels' values, and the references of stored data."""
        readings = await super().read()
        for label in self._shapes:
            signal = self.channels[label]
            found = (await signal.read())[signal.name]
            readings[signal.name] = self._assets.taken(str(found["value"]), found["timestamp"])
        return readings

    async def describe(self) -> dict[str, Any]:
        """The DataKeys of the channels."""
        keys = await super().describe()
        shapes = await asyncio.gather(*(signal.get_value() for signal in self._shapes.values()))
        for label, shape in zip(self._shapes, shapes):
            signal = self.channels[label]
            keys[signal.name] = reference_key(signal.source, shape)
        return keys

    async def collect_asset_docs(self, index: int | None = None) -> AsyncIterator[Asset]:
        """The documents about stored data that have not been emitted yet."""
        for document in self._assets.documents():
            yield document
