"""Whole Tango devices as ophyd devices that take their structure from the server."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from ophyd import Kind, Signal
from ophyd.device import Staged

from puretango.bluesky.attributes import AttributeFailed, OnFailure, sample, unreachable
from puretango.bluesky.signals import TangoSignal
from puretango.bluesky.statuses import FinishedStatus
from puretango.errors import DevFailed

from ._listing import used_devices
from ._structured import StructuredDevice


class TangoDevice(StructuredDevice):
    """Any Tango device, by name or alias: ``TangoDevice("sys/tg_test/1")``.

    Each attribute of the device becomes a :class:`TangoSignal` and each command a
    :class:`TangoCommand`, under their own names; a name that ophyd reserves gets an underscore
    at its end (``position_``; ``renamed`` lists them). All attributes that an event needs are read
    in one request.

    Parameters
    ----------
    prefix
        The device's name, alias or locator, or a DeviceProxy.
    name
        The prefix of the keys of its readings; made from the device's name if none is given.
    kinds
        Which attributes are read: one Kind for all, or ``{attribute: kind}`` where ``"*"`` is
        all others. Without a choice, see ``default_kind``; an attribute that fails when the
        device connects is left out, and ``failing`` tells why.
    on_failure
        What an event holds if an attribute fails in mid-run: one policy for all, or
        ``{attribute: policy}``, see `OnFailure`.
    polling_period, events, patience, timeout
        As for TangoSignal, for all attributes.

    Construction connects if the server is there. If not, the device connects when it is used,
    or in ``wait_for_connection``. Connecting reads what events and configuration hold, and
    nothing else; staging asks for all attributes' configuration again.
    """

    def stage(self) -> list[object]:
        """Read the present configuration."""
        self.refresh_configuration()
        staged: list[object] = super().stage()
        return staged

    def trigger(self) -> Any:
        """Nothing to do, unless a subclass has components with a trigger value."""
        return super().trigger() if self.trigger_signals else FinishedStatus()

    def read(self) -> dict[str, dict[str, Any]]:
        """All attributes of kind normal or hinted, from one request."""
        return self._read(Kind.normal, "read")

    def read_configuration(self) -> dict[str, dict[str, Any]]:
        """All attributes of kind config, from one request."""
        return self._read(Kind.config, "read_configuration")

    def _read(self, kind: Kind, verb: str) -> dict[str, dict[str, Any]]:
        self._connect()
        parts = self._parts(kind)
        signals = [part for part in parts if _is_one_of(part)]
        self.refresh(signals)
        readings: dict[str, dict[str, Any]] = OrderedDict()
        for part in parts:
            readings.update(part.latest() if _is_one_of(part) else getattr(part, verb)())
        return readings

    def _parts(self, kind: Kind) -> list[Any]:
        return [part for _, part in self._get_components_of_kind(kind) if not _has_own_stream(part)]

    @property
    def own_stream_signals(self) -> list[TangoSignal]:
        """The attributes that events would hold, but that have streams of their own."""
        self._connect()
        parts = (part for _, part in self._get_components_of_kind(Kind.normal))
        return [part for part in parts if _has_own_stream(part)]

    def refresh(self, signals: list[TangoSignal]) -> None:
        """Read these attributes in one request; AttributeFailed names the first that fails."""
        try:
            answers = self._link.read_many([signal.attribute for signal in signals])
        except DevFailed as failure:
            if unreachable(failure):
                for signal in signals:
                    signal._set_connected(False)
            if any(signal.on_failure is OnFailure.FAIL for signal in signals):
                raise AttributeFailed.from_failure(self._full_name, failure) from failure
            answers = [failure] * len(signals)
        for signal, answer in zip(signals, answers):
            signal.take(answer)

    def describe(self) -> dict[str, dict[str, Any]]:
        """The DataKeys of the readings that ``read`` gives."""
        return self._describe(Kind.normal, "describe")

    def describe_configuration(self) -> dict[str, dict[str, Any]]:
        """The DataKeys of the readings that ``read_configuration`` gives."""
        return self._describe(Kind.config, "describe_configuration")

    def _describe(self, kind: Kind, verb: str) -> dict[str, dict[str, Any]]:
        if self._staged is Staged.yes:
            self._connect()
        else:
            self.refresh_configuration()
        keys: dict[str, dict[str, Any]] = OrderedDict()
        for part in self._parts(kind):
            keys.update(part.describe() if isinstance(part, Signal) else getattr(part, verb)())
        return keys

    @property
    def hints(self) -> dict[str, Any]:
        """The attributes of kind hinted."""
        fields: list[str] = []
        for part in self._parts(Kind.normal):
            if not _is_one_of(part) or Kind.hinted in part.kind:
                fields.extend(part.hints.get("fields", []))
        return {"fields": fields}

    def get(self, **kwargs: Any) -> Any:
        """The values of all attributes that can be read; None for the rest.

        Images, which take long, are among them only if they are read with events.
        """
        self._connect()
        signals = {name: self._signals[name] for name in self._device_tuple._fields}
        unwanted = [
            name for name, signal in signals.items() if signal.facts.image and not signal.kind
        ]
        values: dict[str, Any] = dict.fromkeys(unwanted)
        signals = {name: signal for name, signal in signals.items() if name not in values}
        answers = self._link.read_many([signal.attribute for signal in signals.values()])
        for (name, signal), answer in zip(signals.items(), answers):
            try:
                values[name] = signal.accept(sample(signal.facts, signal.trl, answer)).value
            except AttributeFailed:
                values[name] = None
        return self._device_tuple(**values)

    def sub_devices(self) -> list[str]:
        """The names of the devices that this device says it uses."""
        return used_devices(self._link)


def _is_one_of(part: Any) -> bool:
    """Whether a component comes from the server's structure; these are read together."""
    return getattr(part, "_kind_is_its_devices", False)


def _has_own_stream(part: Any) -> bool:
    return getattr(part, "on_failure", None) is OnFailure.OWN_STREAM
