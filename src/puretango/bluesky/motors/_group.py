"""Sardana's measurement groups for plans."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from puretango.bluesky.attributes import AttributeFailed, host_prefix
from puretango.bluesky.files import Asset, ReferenceAssets, reference_key
from puretango.bluesky.rules import Channel, channels_of
from puretango.bluesky.signals import TangoSignal
from puretango.errors import DevFailed

from ._sardana import Acquiring


class SardanaGroup(Acquiring):
    """A measurement group of a Pool: all its channels count together, and are read together.

    A channel whose data the Pool stores (its value reference is enabled in the group's
    configuration) enters the events as an asset; any other as its value, even an image.

    Parameters
    ----------
    monitor_count
        Monitor counts that end an acquisition, instead of the integration time.
    starts
        Number of acquisitions that the group is prepared for at a time: the ``{index}`` of value
        references counts within them.
    """

    def __init__(
        self, prefix: str, *, monitor_count: int | None = None, starts: int = 1, **kwargs: Any
    ) -> None:
        self.monitor_count = monitor_count
        self.starts = starts
        self._starts_left = 0
        self._made: list[_Measured] = []
        self._assets = ReferenceAssets()
        super().__init__(prefix, **kwargs)

    def fake_members(self) -> tuple[list[str], list[str]]:
        """A fake has no channels."""
        attributes, commands = super().fake_members()
        names = ["Configuration", "MonitorCount", "NbStarts"]
        return [*names, *attributes], ["Prepare", *commands]

    @property
    def channels(self) -> dict[str, TangoSignal]:
        """The channels' values, or their references, by the channels' names."""
        return {each.channel.label: each.signal for each in self._measured}

    @property
    def timers(self) -> list[str]:
        """The names of the channels whose time ends an acquisition."""
        return [each.channel.label for each in self._measured if each.channel.is_timer]

    @property
    def monitors(self) -> list[str]:
        """The names of the channels whose counts end an acquisition by ``monitor_count``."""
        return [each.channel.label for each in self._measured if each.channel.is_monitor]

    @property
    def _measured(self) -> list[_Measured]:
        if not self._made:
            self._learn()
        return self._made

    def _learn(self) -> None:
        """Read the group's configuration, which other clients may have changed."""
        text = str(self.attribute("Configuration").get() or "{}")  # a fake has none
        present = [each.channel for each in self._made]
        channels = channels_of(text)
        if channels != present:
            prefix = host_prefix(self._link.device)
            self._made = [_Measured(channel, prefix, self) for channel in channels]

    def stage(self) -> list[object]:
        """Read the present channels and their configuration."""
        staged: list[object] = super().stage()
        self._learn()
        self._starts_left = 0
        self._assets = ReferenceAssets()
        return staged

    def _set_up(self) -> None:
        if self.monitor_count is None:
            super()._set_up()
        else:
            self.attribute("MonitorCount").put(self.monitor_count)

    def _start(self) -> None:
        if self._starts_left < 1:
            self.attribute("NbStarts").put(self.starts)
            self.command("Prepare")()
            self._starts_left = self.starts
        self._starts_left -= 1
        self.command("Start")()

    def read(self) -> dict[str, dict[str, Any]]:
        """The channels' values, and the references of stored data."""
        readings: dict[str, dict[str, Any]] = OrderedDict(super().read())
        for each in self._measured:
            found = each.signal.sample()
            if each.channel.referenced:
                taken = self._assets.taken(str(found.value), found.timestamp)
                readings[each.signal.name] = taken
            else:
                readings[each.signal.name] = found.reading()
        return readings

    def describe(self) -> dict[str, dict[str, Any]]:
        """The DataKeys of the channels."""
        keys: dict[str, dict[str, Any]] = OrderedDict(super().describe())
        for each in self._measured:
            try:
                keys.update(each.describe())
            except (AttributeFailed, DevFailed) as failure:
                raise AttributeFailed.from_failure(each.signal.trl, failure) from failure
        return keys

    def collect_asset_docs(self, index: int | None = None) -> Iterator[Asset]:
        """The documents about stored data that have not been emitted yet."""
        yield from self._assets.documents()

    @property
    def hints(self) -> dict[str, Any]:
        """All channels that give a number are worth plotting."""
        channels = [each.channel for each in self._measured if not each.channel.dimensions]
        return {"fields": [channel.label for channel in channels]}


class _Measured:
    """One channel of a group."""

    def __init__(self, channel: Channel, prefix: str, group: SardanaGroup) -> None:
        self.channel = channel
        element = channel.element
        device = element if "://" in element else f"{prefix}{element}"
        attribute = "ValueRef" if channel.referenced else "Value"
        self._shape = TangoSignal(f"{device}/Shape", name=f"{channel.label}_shape", parent=group)
        self.signal = TangoSignal(f"{device}/{attribute}", name=channel.label, parent=group)

    def describe(self) -> dict[str, dict[str, Any]]:
        """Its DataKey."""
        if not self.channel.referenced:
            return self.signal.describe()
        return {self.signal.name: reference_key(self.signal.source_name, self._shape.get())}
