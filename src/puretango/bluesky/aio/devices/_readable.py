"""Tango devices that plans read as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bluesky.protocols import Hints
from ophyd import Kind
from ophyd_async.core import AsyncStatus, Signal, StandardReadable, StandardReadableFormat

from puretango.bluesky.aio.signals import TangoSignalBackend
from puretango.bluesky.aio.transport import AsyncLink, logger
from puretango.bluesky.attributes import (
    AttributeFacts,
    AttributeFailed,
    OnFailure,
    join,
    sample,
)
from puretango.bluesky.devices import default_kind
from puretango.bluesky.statuses import FinishedStatus
from puretango.errors import DevFailed

from ._device import TangoDevice, TangoDeviceConnector

#: How many requests connecting may take, one after the other: all together, then one by one.
_TRIES = 3


class TangoReadable(TangoDevice, StandardReadable):
    """A Tango device that plans can read as a whole, in one request.

    Scalars and spectra are read with each event, setpoints without readback and experts'
    attributes are configuration, images are left out; a child's own annotation
    (``StandardReadableFormat``) decides for that child.
    """

    #: The signals that are read besides the annotated children.
    _together: tuple[tuple[Signal[Any], TangoSignalBackend], ...] = ()
    #: Signals that events would hold, but that have streams of their own.
    own_stream_signals: Sequence[Signal[Any]] = ()
    _link: AsyncLink | None = None
    _formatted = False

    @AsyncStatus.wrap
    async def stage(self) -> None:
        """Read the present configuration."""
        await self._refresh_configuration()
        await super().stage()

    async def _refresh_configuration(self) -> None:
        connector = self._connector
        if self._mock is None and isinstance(connector, TangoDeviceConnector):
            await connector.refresh_configuration()

    def trigger(self) -> FinishedStatus:
        """There is nothing to wait for: a reading is made when it is asked for."""
        return FinishedStatus()

    @property
    def hints(self) -> Hints:
        """The signals hinted by annotations, and no others if the server's structure decides what is read."""
        hints = super().hints
        # Without any fields bluesky would show, and plot, each of perhaps forty attributes.
        if self._together and "fields" not in hints:
            hints["fields"] = []
        return hints

    async def read(self) -> dict[str, Any]:
        """The readings of all children that events hold."""
        readings = dict(await super().read())
        readings.update(await self._read_together())
        return readings

    async def describe(self) -> dict[str, Any]:
        """The DataKeys of the readings that ``read`` gives."""
        keys: dict[str, Any] = dict(await super().describe())
        await self._refresh_configuration()
        readings = await self._read_together()
        for signal, backend in self._together:
            value = readings[signal.name]["value"]
            keys[signal.name] = backend.key_of(signal.source, value)
        return keys

    async def _read_together(self) -> dict[str, Any]:
        # One task for all: a task for each signal costs more than the request.
        if self._link is None:
            return {}
        names = [backend.read_name for _, backend in self._together]
        answers: list[Any]
        try:
            answers = await self._link.read_many(names)
        except DevFailed as failure:
            if any(backend.on_failure is OnFailure.FAIL for _, backend in self._together):
                raise AttributeFailed.from_failure(
                    f"{self.name} ({self.trl})", failure
                ) from failure
            answers = [failure] * len(names)
        return {
            signal.name: backend.reading_of(backend.take(answer))
            for (signal, backend), answer in zip(self._together, answers)
        }

    def _kind_of(self, fact: AttributeFacts) -> Kind:
        """Whether an attribute without annotation is read, is configuration, or neither."""
        return default_kind(fact)

    async def _structure_known(
        self, connector: TangoDeviceConnector, facts: list[AttributeFacts], timeout: float
    ) -> None:
        assert connector.link is not None
        self._link = connector.link
        if self._formatted:
            return
        wanted = []
        for fact in facts:
            signal = connector.added_signal(self, fact.name)
            kind = self._kind_of(fact)
            if signal is not None and kind & (Kind.normal | Kind.config):
                wanted.append((signal, fact, kind))
        answers = await connector.link.read_within(
            [fact.name for _, fact, _ in wanted], timeout / _TRIES
        )
        together = []
        for (signal, fact, kind), answer in zip(wanted, answers):
            backend = connector.backends[fact.name.lower()]
            try:
                sample(fact, join(connector.trl, fact.name), answer)
            except AttributeFailed as failure:
                connector.failing[fact.name] = str(failure)
                if backend.on_failure is OnFailure.FAIL:
                    logger.info("%s: left out, as it fails: %s", connector.trl, failure)
                    continue
            if kind & Kind.normal:
                together.append((signal, backend))
            else:
                self.add_readables([signal], StandardReadableFormat.CONFIG_SIGNAL)
        self._together = tuple(
            each for each in together if each[1].on_failure is not OnFailure.OWN_STREAM
        )
        self.own_stream_signals = [
            signal for signal, backend in together if backend.on_failure is OnFailure.OWN_STREAM
        ]
        self._formatted = True
