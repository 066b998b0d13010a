"""Tango devices that plans read whole."""

from __future__ import annotations

from typing import Any

from bluesky.protocols import Hints
from ophyd import Kind
from ophyd_async.core import Signal, StandardReadable, StandardReadableFormat

from puretango.bluesky.aio.signals import AsyncLink, TangoSignalBackend, logger
from puretango.bluesky.attributes import AttributeFacts, AttributeFailed, join, sample
from puretango.bluesky.devices import default_kind
from puretango.bluesky.statuses import FinishedStatus

from ._device import TangoDevice, TangoDeviceConnector


class TangoReadable(TangoDevice, StandardReadable):
    """A Tango device that plans can read whole, in one request.

    Scalars and spectra are read with each event, setpoints without readback and experts'
    attributes are configuration, images are left out; a child's own annotation
    (``StandardReadableFormat``) decides for that child.
    """

    #: What is read beside the annotated children: signal and facts.
    _together: tuple[tuple[Signal[Any], AttributeFacts], ...] = ()
    _link: AsyncLink | None = None
    _formatted = False

    def trigger(self) -> FinishedStatus:
        """There is nothing to wait for: a reading is made when it is asked for."""
        return FinishedStatus()

    @property
    def hints(self) -> Hints:
        """What annotations hint; where the server chose what is read, nothing else."""
        hints = super().hints
        # No fields at all would have bluesky show, and plot, each of perhaps forty attributes.
        if self._together and "fields" not in hints:
            hints["fields"] = []
        return hints

    async def read(self) -> dict[str, Any]:
        """The readings of all children that events hold."""
        readings = dict(await super().read())
        readings.update(await self._read_together())
        return readings

    async def describe(self) -> dict[str, Any]:
        """The DataKeys of what ``read`` gives."""
        keys: dict[str, Any] = dict(await super().describe())
        readings = await self._read_together()
        for signal, facts in self._together:
            value = readings[signal.name]["value"]
            keys[signal.name] = facts.data_key(signal.source, value)
        return keys

    async def _read_together(self) -> dict[str, Any]:
        # One task for all: a task for each signal costs more than the request.
        if self._link is None:
            return {}
        answers = await self._link.read_many([facts.name for _, facts in self._together])
        readings = {}
        for (signal, facts), answer in zip(self._together, answers):
            backend: TangoSignalBackend = signal._connector.backend  # type: ignore[assignment]
            found = sample(facts, join(self.trl, facts.name), answer)
            readings[signal.name] = backend.reading_of(found)
        return readings

    def _kind_of(self, fact: AttributeFacts) -> Kind:
        """Whether an attribute that nobody annotated is read, is configuration, or neither."""
        return default_kind(fact)

    async def _structure_known(
        self, connector: TangoDeviceConnector, facts: list[AttributeFacts]
    ) -> None:
        assert connector.link is not None
        self._link = connector.link
        if self._formatted:
            return
        answers = await connector.link.read_many([fact.name for fact in facts])
        together = []
        for fact, answer in zip(facts, answers):
            signal = connector.added_signal(self, fact.name)
            if signal is None:
                continue
            try:
                sample(fact, join(connector.trl, fact.name), answer)
            except AttributeFailed as failure:
                connector.failing[fact.name] = str(failure)
                logger.info("%s: left out, as it fails: %s", connector.trl, failure)
                continue
            kind = self._kind_of(fact)
            if kind & Kind.normal:
                together.append((signal, fact))
            elif kind & Kind.config:
                self.add_readables([signal], StandardReadableFormat.CONFIG_SIGNAL)
        self._together = tuple(together)
        self._formatted = True
