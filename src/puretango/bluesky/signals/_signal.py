"""Tango attributes as ophyd signals."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from ophyd import Kind, Signal
from ophyd.signal import UNSET_VALUE
from ophyd.utils import LimitError, ReadOnlyError
from ophyd.utils.epics_pvs import _wait_for_value

from puretango.bluesky.attributes import (
    AttributeFacts,
    AttributeFailed,
    OnFailure,
    Sample,
    locate,
    sample_or_stand_in,
    split,
    to_tango,
    tolerant_key,
    unreachable,
)
from puretango.bluesky.statuses import FinishedStatus, ReasonedStatus
from puretango.errors import DevFailed

from ._dispatcher import CONTROL_LAYER, SerialQueue
from ._epicsnames import EpicsNames
from ._fakeclasses import register_fake
from ._fakes import FakeSignal
from ._link import Link, shared_link
from ._watched import WatchedSignal

_logger = logging.getLogger("puretango.bluesky")


class TangoSignal(WatchedSignal, EpicsNames):
    """One attribute of a Tango device, as an ophyd signal.

    Parameters
    ----------
    trl
        ``[tango://host:port/]domain/family/member/attribute[#dbase=no]``. In a Component the
        device is the prefix and ``"/attribute"`` the suffix. It may also be an AttributeProxy.
    name
        The key of its readings; by default the attribute's name.
    polling_period
        Seconds between two reads while somebody is subscribed and the device sends no events.
    events
        False polls even if the device would send events.
    patience
        Seconds that a request waits for a server that does not answer before it fails.
    timeout, write_timeout
        Seconds for the answer to a read and to a write; by default Tango's 3 s.
    tolerance, rtolerance
        If given, ``set`` is done only when a reading is this close to the set value.
    limits
        False leaves the check of limits to the server.
    on_failure
        What an event holds if the attribute cannot be read: see `OnFailure`.
    connection_timeout
        Seconds that ``wait_for_connection`` waits by default.
    string, put_complete, auto_monitor
        Accepted without effect, so that one class can be made of EPICS and of Tango signals: labels
        and texts are texts, every write completes, and ``get`` asks the device.
    """

    SUB_SETPOINT = "setpoint"
    _metadata_keys = (
        *Signal._core_metadata_keys,
        "status",
        "severity",
        "precision",
        "units",
        "lower_ctrl_limit",
        "upper_ctrl_limit",
        "enum_strs",
    )

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not cls._is_fake:
            register_fake(cls, FakeSignal)

    def __init__(
        self,
        trl: Any,
        *,
        name: str | None = None,
        parent: Any = None,
        kind: Any = Kind.hinted,
        attr_name: str = "",
        labels: Any = None,
        tolerance: float | None = None,
        rtolerance: float | None = None,
        polling_period: float = 0.5,
        events: bool = True,
        patience: float = 0.0,
        timeout: float | None = None,
        write_timeout: float | None = None,
        connection_timeout: float = 5.0,
        limits: bool = True,
        on_failure: OnFailure | str = OnFailure.FAIL,
        string: bool = False,
        put_complete: bool = True,
        auto_monitor: bool | None = None,
        link: Link | None = None,
        facts: AttributeFacts | None = None,
        cl: Any = None,
    ) -> None:
        locator = split(locate(trl))
        self.trl = locator.trl
        self.attribute = locator.member
        self._start_unconnected(
            link
            or shared_link(
                self._link_class, parent, locator.device, patience=patience, timeout=timeout
            )
        )
        self.on_failure = OnFailure(on_failure)
        self._sample: Sample | None = None
        self._good: Sample | None = None
        self._kind_is_its_devices = facts is not None
        self.timeout = timeout
        self.write_timeout = write_timeout
        self.connection_timeout = connection_timeout
        self.use_limits = limits
        self._puts = SerialQueue("put")  # in order, and not held up by other devices
        self._start_unwatched(polling_period, events)
        super().__init__(
            name=self.attribute if name is None else name,
            value=UNSET_VALUE,
            parent=parent,
            kind=kind,
            attr_name=attr_name,
            labels=labels,
            tolerance=tolerance,
            rtolerance=rtolerance,
            cl=cl or CONTROL_LAYER,
            metadata={"connected": False, "read_access": False, "write_access": False},
        )
        if facts is not None:
            self.learn(facts)
        elif parent is not None:
            # All signals of a device connect at the same time, so that waiting for them is short.
            self._connect_soon()

    # -- reading

    def sample(self) -> Sample:
        """Read the attribute now: its value and everything that belongs to it."""
        facts = self.facts
        self._alive()
        try:
            answer = self._link.read(self.attribute)
        except DevFailed as failure:
            if unreachable(failure):
                self._set_connected(False)
            answer = failure
        return self.take(answer, facts)

    def take(self, answer: Any, facts: AttributeFacts | None = None) -> Sample:
        """Take over an answer, or a failure according to ``on_failure``."""
        facts = facts or self.facts
        found = sample_or_stand_in(facts, self.trl, answer, self.on_failure, self._good)
        if found.severity >= 0:
            self._good = found
        return self.accept(found)

    def accept(self, found: Sample) -> Sample:
        """Take over the sample from a request for several attributes."""
        self._sample = found
        self._readback = found.value
        self._metadata.update(
            timestamp=found.timestamp, severity=found.severity, status=found.message or None
        )
        if not self._metadata["connected"] and found.severity >= 0:
            self._set_connected(True)
        return found

    def get(self, **kwargs: Any) -> Any:
        """The attribute's value, read now."""
        return self.sample().value

    @property
    def value(self) -> Any:
        """The attribute's value, read now."""
        return self.get()

    @value.setter
    def value(self, value: Any) -> None:
        self.put(value)

    def trigger(self) -> FinishedStatus:
        """Nothing to do: each reading is a fresh one."""
        return FinishedStatus()

    def read(self) -> dict[str, dict[str, Any]]:
        """Value, timestamp and alarm severity, read now; AttributeFailed names the attribute."""
        return {self.name: self.sample().reading()}

    @property
    def sample_now(self) -> Sample:
        """The last sample taken, by whatever request; the first is taken now."""
        return self._sample or self.sample()

    def latest(self) -> dict[str, dict[str, Any]]:
        """The last reading, without asking the device again."""
        return {self.name: self.sample_now.reading()}

    def get_setpoint(self, **kwargs: Any) -> Any:
        """The last value written, as the server knows it."""
        found = self.sample()
        return found.value if found.setpoint is None else found.setpoint

    setpoint = property(get_setpoint)

    def locate(self) -> dict[str, Any]:
        """Where it was sent and where it is."""
        found = self.sample()
        setpoint = found.value if found.setpoint is None else found.setpoint
        return {"setpoint": setpoint, "readback": found.value}

    def _failed(self, failure: DevFailed) -> AttributeFailed:
        if unreachable(failure):
            self._set_connected(False)
        return AttributeFailed.from_failure(self.trl, failure)

    # -- description

    def describe(self) -> dict[str, dict[str, Any]]:
        """The DataKey, from the attribute's configuration and, for arrays, its present shape."""
        if not self._kind_is_its_devices:
            self.refresh_configuration()
        facts = self.facts
        value = None
        if not facts.scalar or facts.dtype == "string":
            value = self.sample_now.value
        key = facts.data_key(self.source_name, value)
        return {self.name: tolerant_key(facts, self.on_failure, key)}

    # -- writing

    def check_value(self, value: Any) -> None:
        """LimitError outside the limits, ValueError for an unknown label or None."""
        super().check_value(value)
        self._fresh_label(value)
        facts = self.facts
        to_tango(facts, value)
        if self.use_limits and facts.forbids(value):
            # The limits may have been changed since they were read.
            self.refresh_configuration()
            low, high = self.limits
            if self.facts.forbids(value):
                raise LimitError(f"{self.name}: {value} is outside of {low} to {high}")

    def put(
        self,
        value: Any,
        *,
        force: bool = False,
        wait: bool = True,
        callback: Callable[..., None] | None = None,
        use_complete: bool | None = None,
        timeout: float | None = None,
        connection_timeout: float | None = None,
        **kwargs: Any,
    ) -> None:
        """Write the attribute; raises the server's refusal.

        ``callback`` is called when the server has taken the value. With ``wait=False`` and a
        callback the caller does not wait for that, and a refusal goes to the log and to those
        subscribed to SUB_ERROR. ``force`` leaves the checks to the server.
        """
        if connection_timeout is not None:
            self.wait_for_connection(connection_timeout)
        if force:
            self._fresh_label(value)
        else:
            if not self.facts.writes or not self._allows_writing:
                raise ReadOnlyError(f"{self.trl} cannot be written")
            self.check_value(value)
        if callback is not None and not wait:
            self._puts.run(self._put_later, value, timeout, callback)
            return
        self._write(to_tango(self.facts, value), timeout)
        if callback is not None:
            callback(obj=self, value=value)

    def _put_later(self, value: Any, timeout: float | None, callback: Callable[..., None]) -> None:
        try:
            self._write(to_tango(self.facts, value), timeout)
        except AttributeFailed as failure:
            _logger.error("put failed: %s", failure)
            self._run_subs(sub_type=self.SUB_ERROR, error=failure)
            return
        callback(obj=self, value=value)

    def _write(self, value: Any, timeout: float | None) -> None:
        self._alive()
        try:
            self._link.write(self.attribute, value, timeout or self.write_timeout)
        except DevFailed as failure:
            raise self._failed(failure) from failure
        if self._link.watches:
            # Monitors of this device get the new value before the put counts as done.
            self._told()
        self._run_subs(sub_type=self.SUB_SETPOINT, value=value, timestamp=None)

    def set(
        self,
        value: Any,
        *,
        timeout: float | None = None,
        settle_time: float | None = None,
        **kwargs: Any,
    ) -> Any:
        """Write the attribute; the status is done when the server has taken the value.

        With a tolerance it is done when the attribute's value is that close.
        """
        if not self.facts.writes or not self._allows_writing:
            raise ReadOnlyError(f"{self.trl} cannot be written")
        self.check_value(value)
        status = super().set(value, timeout=timeout, settle_time=settle_time, **kwargs)
        status.__class__ = ReasonedStatus  # ophyd makes the status and takes no other class
        return status

    def _set_and_wait(self, value: Any, timeout: float | None, **kwargs: Any) -> None:
        self.put(value, timeout=timeout, wait=True, **kwargs)
        if self.tolerance is not None or self.rtolerance is not None:
            _wait_for_value(
                self,
                value,
                poll_time=0.02,
                timeout=timeout,
                atol=self.tolerance,
                rtol=self.rtolerance,
            )

    @property
    def hints(self) -> dict[str, Any]:
        """Its value, if hinted; always for a signal of a TangoDevice, whose kind is about the whole device."""
        found: dict[str, Any] = super().hints
        return {"fields": [self.name]} if self._kind_is_its_devices else found

    def destroy(self) -> None:
        """Release the device."""
        self._unwatch()
        super().destroy()

    def _repr_info(self) -> Any:
        yield ("trl", self.trl)
        yield from super()._repr_info()


register_fake(TangoSignal, FakeSignal)
